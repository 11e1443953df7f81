//! `params._meta` of a message (2026-07-28 basic, "_meta").

use std::borrow::Cow;

use serde::de::{IgnoredAny, MapAccess};
use serde_json::value::RawValue;

use super::object::{Members, Nullable, Place, members};

/// The members of `_meta` that decide how a request is served, or that its handler can see.
#[derive(Debug, Default)]
pub(crate) struct Meta<'a> {
    pub(crate) protocol_version: Option<Cow<'a, str>>,
    pub(crate) client_capabilities: Option<&'a RawValue>,
    pub(crate) client_info: Option<&'a RawValue>,
    pub(crate) log_level: Option<&'a RawValue>,
    pub(crate) progress_token: Option<&'a RawValue>,
}

members! {
    impl['de] Meta<'de> {
        "io.modelcontextprotocol/protocolVersion" => protocol_version,
        "io.modelcontextprotocol/clientCapabilities" => client_capabilities,
        "io.modelcontextprotocol/clientInfo" => client_info,
        "io.modelcontextprotocol/logLevel" => log_level,
        "progressToken" => progress_token,
    }
}

/// `_meta` of a message, read with the message and not once more: with 2026-07-28 it is the longest part of most requests.
#[derive(Debug)]
pub(super) enum Metadata<'a> {
    Fit(Meta<'a>),
    /// It is no object, or has a member that is of another type or stands twice. The member is passed over.
    Unfit,
}

impl Default for Metadata<'_> {
    fn default() -> Self {
        Self::Fit(Meta::default())
    }
}

impl<'de> Place<'de> for Metadata<'de> {
    fn read<A: MapAccess<'de>>(&mut self, values: &mut A) -> Result<(), A::Error> {
        match self {
            Self::Fit(meta) => values.next_value_seed(Nullable(meta)),
            Self::Unfit => values.next_value::<IgnoredAny>().map(|_| ()),
        }
    }
}
