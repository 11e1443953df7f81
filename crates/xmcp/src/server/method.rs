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
    ListPrompts,
    GetPrompt,
    ListResources,
    ListTemplates,
    ReadResource,
    Subscribe,
    Unsubscribe,
    Listen,
    Complete,
    GetTask,
    UpdateTask,
    CancelTask,
    ListSkills,
    GetSkill,
    ReadDirectory,
}

impl Method {
    /// The method of this name, in any generation.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "tools/call" => Self::CallTool,
            "tools/list" => Self::ListTools,
            "prompts/list" => Self::ListPrompts,
            "prompts/get" => Self::GetPrompt,
            "resources/list" => Self::ListResources,
            "resources/templates/list" => Self::ListTemplates,
            "resources/read" => Self::ReadResource,
            "resources/subscribe" => Self::Subscribe,
            "resources/unsubscribe" => Self::Unsubscribe,
            "subscriptions/listen" => Self::Listen,
            "completion/complete" => Self::Complete,
            "tasks/get" => Self::GetTask,
            "tasks/update" => Self::UpdateTask,
            "tasks/cancel" => Self::CancelTask,
            "skills/list" => Self::ListSkills,
            "skills/get" => Self::GetSkill,
            "resources/directory/read" => Self::ReadDirectory,
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
            Self::ListPrompts => "prompts/list",
            Self::GetPrompt => "prompts/get",
            Self::ListResources => "resources/list",
            Self::ListTemplates => "resources/templates/list",
            Self::ReadResource => "resources/read",
            Self::Subscribe => "resources/subscribe",
            Self::Unsubscribe => "resources/unsubscribe",
            Self::Listen => "subscriptions/listen",
            Self::Complete => "completion/complete",
            Self::GetTask => "tasks/get",
            Self::UpdateTask => "tasks/update",
            Self::CancelTask => "tasks/cancel",
            Self::ListSkills => "skills/list",
            Self::GetSkill => "skills/get",
            Self::ReadDirectory => "resources/directory/read",
            Self::Initialize => "initialize",
            Self::Ping => "ping",
            Self::SetLevel => "logging/setLevel",
            Self::Discover => "server/discover",
        }
    }

    /// Whether a stranger may ask for it, where the provider lets strangers in: what there is, and what is gone with its answer. What
    /// a handler does is up to the gate.
    pub(crate) fn is_for_strangers(self) -> bool {
        match self {
            Self::Initialize
            | Self::Discover
            | Self::Ping
            // It is kept in a transport session, which a stranger has not; otherwise it does nothing.
            | Self::SetLevel
            | Self::ListTools
            | Self::ListPrompts
            | Self::ListResources
            | Self::ListTemplates
            | Self::ListSkills
            | Self::CallTool
            | Self::GetPrompt
            | Self::ReadResource
            | Self::Complete => true,
            Self::Subscribe
            | Self::Unsubscribe
            | Self::Listen
            | Self::GetTask
            | Self::UpdateTask
            | Self::CancelTask
            | Self::GetSkill
            | Self::ReadDirectory => false,
        }
    }

    /// Whether the method is part of a generation (2026-07-28 changelog).
    pub(crate) fn is_in(self, era: Era) -> bool {
        match self {
            Self::Initialize
            | Self::Ping
            | Self::SetLevel
            | Self::Subscribe
            | Self::Unsubscribe => era == Era::Legacy,
            Self::Discover
            | Self::Listen
            | Self::GetTask
            | Self::UpdateTask
            | Self::CancelTask
            | Self::ListSkills
            | Self::GetSkill
            | Self::ReadDirectory => era == Era::Modern,
            Self::ListTools
            | Self::CallTool
            | Self::ListPrompts
            | Self::GetPrompt
            | Self::ListResources
            | Self::ListTemplates
            | Self::ReadResource
            | Self::Complete => true,
        }
    }
}
