//! The size of a result: what clients and models can take. Text is cut with a notice; what cannot be cut is refused.

use std::io;

use serde::Serialize;
use serde_json::Value;

use crate::{CallToolResult, content::Content};

/// What a block takes beside what it holds, once there are so many that this adds up.
const FRAME: usize = 32;
/// So many blocks are common.
const FEW: usize = 16;

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
        if self.meta.as_ref().is_some_and(|meta| written(meta) > limit) {
            return refusal("`_meta`", limit);
        }
        let mut room = limit;
        for index in 0..self.content.len() {
            if index >= FEW {
                room = room.saturating_sub(FRAME);
            }
            let size = self.content[index].size();
            if room == 0 && index >= FEW {
                self.content.truncate(index);
                let notice =
                    format!("[cut: {index} blocks shown, because a result may have {limit} bytes]");
                return self.text(notice);
            }
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

/// The message and the data of a JSON-RPC error within `limit` bytes: data that is larger is left out.
pub(crate) fn bounded_error(
    mut message: String,
    data: Option<Value>,
    limit: usize,
) -> (String, Option<Value>) {
    message.truncate(floor_char_boundary(&message, limit));
    let data = data.filter(|data| written(data) <= limit);
    (message, data)
}

/// How many bytes the value takes as JSON.
fn written(value: &impl Serialize) -> usize {
    struct Count(usize);

    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut count = Count(0);
    match serde_json::to_writer(&mut count, value) {
        Ok(()) => count.0,
        Err(_) => usize::MAX,
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
    use serde_json::Map;

    use crate::content::{EmbeddedResource, Image, ResourceLink, Text};

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

    #[test]
    fn blocks_without_text_count_too_when_there_are_many() {
        let mut result = CallToolResult::new();
        for _ in 0..100_000 {
            result = result.text("");
        }
        let result = result.bounded(1024);
        // 16 that are free, 31 that fill the limit, and the notice.
        assert_eq!(result.content.len(), 48);
        let notice = "[cut: 47 blocks shown, because a result may have 1024 bytes]";
        assert_eq!(result.content[47], Content::Text(Text::new(notice)));
    }

    #[test]
    fn everything_that_a_block_says_counts() {
        let long = "x".repeat(1025);
        for block in [
            Content::from(Image::new([], long.clone())),
            EmbeddedResource::text(long.clone(), "text/plain", "").into(),
            ResourceLink::new("a:b", "name").title(long.clone()).into(),
        ] {
            assert!(CallToolResult::new().content(block).bounded(1024).is_error);
        }
    }

    #[test]
    fn large_meta_is_refused() {
        let meta = |length: usize| Map::from_iter([("a".to_owned(), "x".repeat(length).into())]);
        // `{"a":""}` takes eight bytes.
        assert!(
            !CallToolResult::new()
                .meta(meta(1016))
                .bounded(1024)
                .is_error
        );
        assert!(
            CallToolResult::new()
                .meta(meta(1017))
                .bounded(1024)
                .is_error
        );
    }

    #[test]
    fn the_data_of_an_error_is_left_out_when_it_is_large() {
        let data = Some(Value::from("x".repeat(1022)));
        let (message, kept) = bounded_error("é".repeat(600), data.clone(), 1024);
        assert_eq!((message.len(), kept), (1024, data));
        let data = Some(Value::from("x".repeat(1023)));
        assert_eq!(bounded_error(String::new(), data, 1024).1, None);
    }
}
