//! What a process of the app says once it answers.

use serde::Deserialize;

/// The line that a process writes to its supervisor.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Ready {
    /// What clients call the server.
    pub(super) name: String,
    /// The endpoint where it listens.
    pub(super) local_url: Option<String>,
    /// The endpoint as clients are to be given it.
    pub(super) client_url: Option<String>,
    /// The header that a person has to give a client, with a variable of the shell's for the credential.
    pub(super) header: Option<String>,
    /// A digest of each list.
    pub(super) lists: Lists,
}

/// Digests, each another one when anything in the list is.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub(super) struct Lists {
    tools: u64,
    prompts: u64,
    resources: u64,
}

impl Lists {
    /// The names of the lists that are others there.
    pub(super) fn differing(&self, other: &Self) -> Vec<&'static str> {
        let lists = [
            ("tools", self.tools == other.tools),
            ("prompts", self.prompts == other.prompts),
            ("resources", self.resources == other.resources),
        ];
        lists
            .into_iter()
            .filter_map(|(name, is_same)| (!is_same).then_some(name))
            .collect()
    }
}
