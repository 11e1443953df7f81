//! Which protocol generation, over which transport.

/// A generation of the protocol (2026-07-28 basic/versioning, "Terminology").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Era {
    /// 2025-11-25 and earlier: the client opens with `initialize`.
    Legacy,
    /// 2026-07-28 and later: every request carries version and capabilities in `_meta`.
    Modern,
}

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Streamable HTTP.
    Http,
    /// Standard input and output of this process.
    Stdio,
}
