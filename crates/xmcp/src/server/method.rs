//! The methods of the protocol that this server answers, and in which generation.

use crate::Era;

/// A method that this server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Initialize,
    Ping,
    SetLevel,
    Discover,
    ListTools,
    CallTool,
}

impl Method {
    /// The method of this name, in any generation.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "tools/call" => Self::CallTool,
            "tools/list" => Self::ListTools,
            "initialize" => Self::Initialize,
            "ping" => Self::Ping,
            "logging/setLevel" => Self::SetLevel,
            "server/discover" => Self::Discover,
            _ => return None,
        })
    }

    /// The method's name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CallTool => "tools/call",
            Self::ListTools => "tools/list",
            Self::Initialize => "initialize",
            Self::Ping => "ping",
            Self::SetLevel => "logging/setLevel",
            Self::Discover => "server/discover",
        }
    }

    /// Whether the method is part of a generation (2026-07-28 changelog).
    pub(crate) fn is_in(self, era: Era) -> bool {
        match self {
            Self::Initialize | Self::Ping | Self::SetLevel => era == Era::Legacy,
            Self::Discover => era == Era::Modern,
            Self::ListTools | Self::CallTool => true,
        }
    }
}
