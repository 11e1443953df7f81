//! What `params._meta` of a request says of the client. Read only when a handler asks for it.

use std::ops::Range;

use bytestring::ByteString;
use serde::de::DeserializeOwned;
use serde_json::{Value, value::RawValue};

use super::{ClientCapabilities, ClientInfo, LogLevel};
use crate::server::{jsonrpc::Meta, place};

/// The members of `_meta` that handlers can see. One that does not fit its type counts as absent: the envelope has
/// already refused what the protocol requires.
#[derive(Debug, Default)]
pub(crate) struct RequestMeta {
    pub(crate) client: Option<ClientInfo>,
    pub(crate) capabilities: Option<ClientCapabilities>,
    pub(crate) log_level: Option<LogLevel>,
    pub(crate) progress_token: Option<Value>,
}

/// The members as a request has them: places in its message, since few handlers ask for any.
#[derive(Clone, Debug, Default)]
pub(crate) struct MetaText {
    message: ByteString,
    client: Option<Range<usize>>,
    capabilities: Option<Range<usize>>,
    log_level: Option<Range<usize>>,
    progress_token: Option<Range<usize>>,
}

impl MetaText {
    /// What is there of the members of a message's `_meta`. None when there is nothing, so that nobody keeps the message for it.
    pub(crate) fn of(meta: &Meta<'_>, message: &ByteString) -> Option<Self> {
        let place = |text: Option<&RawValue>| text.map(|text| place(message, text.get()));
        let text = Self {
            message: ByteString::new(),
            client: place(meta.client_info),
            capabilities: place(meta.client_capabilities),
            log_level: place(meta.log_level),
            progress_token: place(meta.progress_token),
        };
        let is_empty = text.places().into_iter().all(Option::is_none);
        (!is_empty).then(|| Self {
            message: message.clone(),
            ..text
        })
    }

    /// The same without the rest of the message.
    pub(crate) fn alone(&self) -> Self {
        let mut message = String::with_capacity(self.len());
        let [client, capabilities, log_level, progress_token] = self.places().map(|place| {
            let start = message.len();
            message.push_str(&self.message[place.clone()?]);
            Some(start..message.len())
        });
        Self {
            message: message.into(),
            client,
            capabilities,
            log_level,
            progress_token,
        }
    }

    /// How many bytes the members have.
    pub(crate) fn len(&self) -> usize {
        let places = self.places().into_iter().flatten();
        places.map(Range::len).sum()
    }

    /// What it says that the client can do.
    pub(crate) fn capabilities(&self) -> Option<ClientCapabilities> {
        self.read(&self.capabilities)
    }

    fn places(&self) -> [&Option<Range<usize>>; 4] {
        [
            &self.client,
            &self.capabilities,
            &self.log_level,
            &self.progress_token,
        ]
    }

    fn read<T: DeserializeOwned>(&self, place: &Option<Range<usize>>) -> Option<T> {
        serde_json::from_str(&self.message[place.clone()?]).ok()
    }
}

impl From<&MetaText> for RequestMeta {
    fn from(text: &MetaText) -> Self {
        let progress_token: Option<Value> = text.read(&text.progress_token);
        Self {
            client: text.read(&text.client),
            capabilities: text.capabilities(),
            log_level: text.read(&text.log_level),
            progress_token: progress_token.filter(is_progress_token),
        }
    }
}

/// A string or an integer. It is repeated with every report of progress, so one of any length would let a client turn one long
/// request into many long answers.
fn is_progress_token(token: &Value) -> bool {
    const LONGEST: usize = 1024;
    match token {
        Value::String(text) => text.len() <= LONGEST,
        token => token.is_i64() || token.is_u64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::jsonrpc::{Message, parse_text};

    fn text(meta: &str) -> Option<MetaText> {
        let message = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"name":"a","_meta":{meta}}}}}"#
        );
        let message = ByteString::from(message);
        let Ok(Message::Request(request)) = parse_text(&message, |_| true) else {
            panic!("{message}");
        };
        MetaText::of(request.params.meta().unwrap(), &message)
    }

    #[test]
    fn the_members_are_the_same_without_their_message() {
        let meta = r#"{"progressToken":"ü","other":[1],"io.modelcontextprotocol/clientInfo":{"name":"é","version":"1"},
            "io.modelcontextprotocol/logLevel":"debug","io.modelcontextprotocol/clientCapabilities":{"roots":{}}}"#;
        let text = text(meta).unwrap();
        let alone = text.alone();
        assert_eq!(alone.message.len(), text.len());
        for text in [text, alone] {
            let meta = RequestMeta::from(&text);
            assert_eq!(meta.progress_token, Some("ü".into()));
            assert_eq!(meta.client.unwrap().name, "é");
            assert_eq!(meta.log_level, Some(LogLevel::Debug));
            assert!(meta.capabilities.unwrap().has(&crate::Capability::Roots));
        }
    }

    #[test]
    fn a_message_is_not_kept_for_what_is_not_there() {
        for meta in ["{}", "null", r#"{"other":1,"progressToken":null}"#] {
            assert!(text(meta).is_none(), "{meta}");
        }
    }

    #[test]
    fn a_member_that_does_not_fit_takes_no_other_with_it() {
        let text = text(r#"{"progressToken":1,"io.modelcontextprotocol/logLevel":7}"#).unwrap();
        let meta = RequestMeta::from(&text);
        assert_eq!(
            (meta.log_level, meta.progress_token),
            (None, Some(1.into()))
        );
    }
}
