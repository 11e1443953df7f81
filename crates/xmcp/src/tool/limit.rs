//! The size of a result: what clients and models can take. Text is cut with a notice; what cannot be cut is refused.

use crate::{CallToolResult, content::Content};

impl CallToolResult {
    /// The result within `limit` bytes of content.
    pub(crate) fn bounded(mut self, limit: usize) -> Self {
        if self
            .structured
            .as_ref()
            .is_some_and(|structured| structured.get().len() > limit)
        {
            return refusal("structured content", limit);
        }
        let mut room = limit;
        for index in 0..self.content.len() {
            let size = self.content[index].size();
            if size <= room {
                room -= size;
                continue;
            }
            let Content::Text(text) = &mut self.content[index] else {
                return refusal("content", limit);
            };
            let shown = floor_char_boundary(&text.text, room);
            let notice = format!(
                "\n[cut: {shown} of {size} bytes shown, because a result may have {limit} bytes]"
            );
            text.text.truncate(shown);
            text.text.push_str(&notice);
            self.content.truncate(index + 1);
            break;
        }
        self
    }
}

fn refusal(what: &str, limit: usize) -> CallToolResult {
    CallToolResult::error(format!(
        "the result's {what} is larger than {limit} bytes: ask for less"
    ))
}

/// The last place at or before `index` where a character begins.
fn floor_char_boundary(text: &str, index: usize) -> usize {
    (0..=index.min(text.len()))
        .rev()
        .find(|&place| text.is_char_boundary(place))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{Image, Text};

    #[test]
    fn long_text_is_cut_between_characters_and_says_so() {
        let result = CallToolResult::new()
            .text("abcdé")
            .text("never shown")
            .bounded(5);
        let expected =
            Text::new("abcd\n[cut: 4 of 6 bytes shown, because a result may have 5 bytes]");
        assert_eq!(result.content, [Content::Text(expected)]);
        assert!(!result.is_error);
    }

    #[test]
    fn what_fits_is_left_alone() {
        let result = CallToolResult::new().text("abc").text("de").bounded(5);
        assert_eq!(
            result.content,
            [
                Content::Text(Text::new("abc")),
                Content::Text(Text::new("de"))
            ]
        );
    }

    #[test]
    fn what_cannot_be_cut_is_refused() {
        let result = CallToolResult::new()
            .content(Image::new([0; 32], "image/png"))
            .bounded(16);
        assert!(result.is_error);
        assert_eq!(
            result.content,
            [Content::Text(Text::new(
                "the result's content is larger than 16 bytes: ask for less"
            ))]
        );
    }
}
