//! The protocol versions that this server speaks, and which generation a request belongs to.

use crate::Era;

/// The newest version of each generation.
pub(crate) const MODERN: &str = "2026-07-28";
pub(crate) const LEGACY: &str = "2025-11-25";

/// Every version, newest first.
pub(crate) const SUPPORTED: [&str; 5] = [MODERN, LEGACY, "2025-06-18", "2025-03-26", "2024-11-05"];

/// The generation of a version that this server speaks.
pub(crate) fn era(version: &str) -> Option<Era> {
    if version == MODERN {
        return Some(Era::Modern);
    }
    SUPPORTED.contains(&version).then_some(Era::Legacy)
}

/// The version that `initialize` agrees on: the client's, if it has a handshake and is spoken here, else the newest that has
/// (2025-11-25 basic/lifecycle, "Version Negotiation").
pub(crate) fn negotiate(requested: &str) -> &'static str {
    SUPPORTED
        .into_iter()
        .find(|version| *version != MODERN && *version == requested)
        .unwrap_or(LEGACY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initialize_agrees_on_the_clients_version_or_on_the_newest_with_a_handshake() {
        assert_eq!(negotiate("2025-06-18"), "2025-06-18");
        assert_eq!(negotiate("2026-07-28"), "2025-11-25");
        assert_eq!(negotiate("1999-01-01"), "2025-11-25");
    }
}
