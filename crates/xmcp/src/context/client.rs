//! Who the client says it is.

use serde::Deserialize;

/// The client's program, as it names itself: a hint, never proof.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ClientInfo {
    /// The program's name.
    #[serde(default)]
    pub name: String,
    /// The program's version.
    #[serde(default)]
    pub version: String,
    /// A name for people.
    #[serde(default)]
    pub title: Option<String>,
}

impl ClientInfo {
    /// How many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        self.name.len() + self.version.len() + self.title.as_deref().map_or(0, str::len)
    }
}
