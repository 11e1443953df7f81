//! The text of a request, of which its id and its arguments are needed until it is answered.
//!
//! They are places in it. A piece of its own would be one more holder of the text, and to count holders takes longer than to find a place.

use std::ops::Range;

use bytestring::ByteString;
use serde_json::value::RawValue;

use super::jsonrpc::Id;

/// The text of a request, and where in it its id and its arguments stand.
#[derive(Clone, Debug)]
pub(crate) struct RequestText {
    message: ByteString,
    parts: TextParts,
}

/// The places in a text.
#[derive(Clone, Debug)]
pub(crate) struct TextParts {
    id: Range<usize>,
    arguments: Option<Range<usize>>,
}

impl TextParts {
    /// Where these parts of a message are.
    pub(crate) fn of(message: &str, id: Id<'_>, arguments: Option<&RawValue>) -> Self {
        Self {
            id: place(message, id.as_str()),
            arguments: arguments.map(|text| place(message, text.get())),
        }
    }

    /// With the message that they are places in.
    pub(crate) fn in_message(self, message: ByteString) -> RequestText {
        RequestText {
            message,
            parts: self,
        }
    }
}

impl RequestText {
    pub(crate) fn id(&self) -> Id<'_> {
        Id::parse(&self.message[self.parts.id.clone()])
            .expect("an id that was parsed before is one still")
    }

    /// JSON text, if the client sent any.
    pub(crate) fn arguments(&self) -> Option<&str> {
        let place = self.parts.arguments.clone()?;
        Some(&self.message[place])
    }

    /// The same without the rest of the message.
    pub(crate) fn alone(&self) -> Self {
        let id = self.id().as_str();
        let mut message = String::from(id);
        let arguments = self.arguments().map(|arguments| {
            message.push_str(arguments);
            id.len()..message.len()
        });
        let parts = TextParts {
            id: 0..id.len(),
            arguments,
        };
        parts.in_message(message.into())
    }
}

/// Where in a message a part of it stands.
pub(crate) fn place(message: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - message.as_ptr().addr();
    start..start + part.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_the_same_without_their_message() {
        const ID: &str = r#""ä""#;
        const ARGUMENTS: &str = r#"{"name":"Zoë"}"#;
        let message = format!(r#"{{"params":{{"arguments":{ARGUMENTS}}},"id":{ID}}}"#);
        let message = ByteString::from(message);
        let part = |text: &str| {
            let start = message.find(text).unwrap();
            &message[start..start + text.len()]
        };
        let arguments: &RawValue = serde_json::from_str(part(ARGUMENTS)).unwrap();
        for (arguments, given) in [(None, None), (Some(arguments), Some(ARGUMENTS))] {
            let id = Id::parse(part(ID)).unwrap();
            let text = TextParts::of(&message, id, arguments).in_message(message.clone());
            let alone = text.alone();
            assert_eq!(alone.message.len(), ID.len() + given.map_or(0, str::len));
            for text in [text, alone] {
                assert_eq!(text.id().as_str(), ID);
                assert_eq!(text.arguments(), given);
            }
        }
    }
}
