//! The protocol versions that this server speaks, and which generation a request belongs to.

use xmcp_config::ProtocolVersion;

use super::jsonrpc::RpcError;
use crate::Era;

/// The newest version of the modern generation.
pub(crate) const MODERN: &str = "2026-07-28";
/// What a request speaks that names no version (2025-11-25 basic/transports, "Protocol Version Header").
const UNNAMED: &str = "2025-03-26";

/// The versions that this server speaks, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Versions(Vec<&'static str>);

impl Versions {
    /// These, or all that there are when none is named.
    pub(crate) fn new(chosen: &[ProtocolVersion]) -> Self {
        let all = ProtocolVersion::WORDS.iter().copied();
        let is_chosen = |version: &&str| {
            chosen.is_empty() || chosen.iter().any(|chosen| chosen.word() == *version)
        };
        Self(all.filter(is_chosen).collect())
    }

    pub(crate) fn all(&self) -> &[&'static str] {
        &self.0
    }

    /// The generation of a version, or the error that lists those spoken here.
    pub(crate) fn era(&self, version: &str) -> Result<Era, RpcError> {
        if !self.0.contains(&version) {
            return Err(RpcError::unsupported_version(version, &self.0));
        }
        Ok(match version {
            MODERN => Era::Modern,
            _ => Era::Legacy,
        })
    }

    /// The generation of a request that names no version: one of a client that opened with `initialize`.
    pub(crate) fn unnamed(&self) -> Result<Era, RpcError> {
        match self.newest_with_handshake() {
            Some(_) => Ok(Era::Legacy),
            None => Err(RpcError::unsupported_version(UNNAMED, &self.0)),
        }
    }

    /// The version that `initialize` agrees on: the client's, if it has a handshake and is spoken here, else the newest that has
    /// (2025-11-25 basic/lifecycle, "Version Negotiation").
    pub(crate) fn negotiate(&self, requested: &str) -> Result<&'static str, RpcError> {
        let with_handshake = self.0.iter().filter(|version| **version != MODERN);
        let same = with_handshake
            .copied()
            .find(|version| *version == requested);
        same.or(self.newest_with_handshake())
            .ok_or_else(|| RpcError::unsupported_version(requested, &self.0))
    }

    fn newest_with_handshake(&self) -> Option<&'static str> {
        self.0.iter().copied().find(|version| *version != MODERN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initialize_agrees_on_the_clients_version_or_on_the_newest_with_a_handshake() {
        let versions = Versions::new(&[]);
        assert_eq!(versions.negotiate("2025-06-18"), Ok("2025-06-18"));
        assert_eq!(versions.negotiate("2026-07-28"), Ok("2025-11-25"));
        assert_eq!(versions.negotiate("1999-01-01"), Ok("2025-11-25"));
    }

    #[test]
    fn versions_are_the_chosen_ones_newest_first() {
        let chosen = [ProtocolVersion::V2025_03_26, ProtocolVersion::V2026_07_28];
        let versions = Versions::new(&chosen);
        assert_eq!(versions.all(), ["2026-07-28", "2025-03-26"]);
        assert_eq!(versions.negotiate("2025-11-25"), Ok("2025-03-26"));
        assert!(versions.era("2025-11-25").is_err());
        assert!(Versions::new(&chosen[1..]).unnamed().is_err());
    }
}
