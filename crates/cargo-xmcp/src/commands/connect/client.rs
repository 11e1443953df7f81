//! The clients: what each calls things, as its own documentation says.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::{Value, json};

use super::{entry::Server, places};
use crate::{Failure, Result};

/// A client that people use servers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Client {
    /// Claude Code: ~/.claude.json, or .mcp.json
    ClaudeCode,
    /// Claude Desktop: claude_desktop_config.json
    ClaudeDesktop,
    /// Cursor: ~/.cursor/mcp.json, or .cursor/mcp.json
    Cursor,
    /// Visual Studio Code: mcp.json of your profile, or .vscode/mcp.json
    Vscode,
    /// Codex: ~/.codex/config.toml, or .codex/config.toml
    Codex,
    /// Gemini CLI: ~/.gemini/settings.json, or .gemini/settings.json
    Gemini,
}

/// Whose configuration it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Scope {
    /// The user's, for whatever they work on
    User,
    /// The folder's, for whoever works in it
    Project,
}

/// How a configuration is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// JSON, in which some clients allow comments.
    Json,
    Toml,
}

impl Client {
    /// The word of the command line.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::ClaudeCode => "claude-code",
            Self::ClaudeDesktop => "claude-desktop",
            Self::Cursor => "cursor",
            Self::Vscode => "vscode",
            Self::Codex => "codex",
            Self::Gemini => "gemini",
        }
    }

    pub(super) fn format(self) -> Format {
        match self {
            Self::Codex => Format::Toml,
            _ => Format::Json,
        }
    }

    /// What the servers are below.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Vscode => "servers",
            Self::Codex => "mcp_servers",
            _ => "mcpServers",
        }
    }

    /// Whether a URL may stand in its configuration.
    pub(super) fn takes_urls(self) -> bool {
        self != Self::ClaudeDesktop
    }

    /// Where its configuration is.
    pub(super) fn file(self, scope: Scope, folder: &Path) -> Result<PathBuf> {
        if scope == Scope::Project {
            return match self {
                // https://code.claude.com/docs/en/mcp, "MCP installation scopes"
                Self::ClaudeCode => Ok(folder.join(".mcp.json")),
                // https://cursor.com/docs/mcp, "Configuration locations"
                Self::Cursor => Ok(folder.join(".cursor/mcp.json")),
                // https://code.visualstudio.com/docs/agents/reference/mcp-configuration
                Self::Vscode => Ok(folder.join(".vscode/mcp.json")),
                // https://developers.openai.com/codex/mcp: for projects that the user trusts
                Self::Codex => Ok(folder.join(".codex/config.toml")),
                // https://geminicli.com/docs/tools/mcp-server
                Self::Gemini => Ok(folder.join(".gemini/settings.json")),
                Self::ClaudeDesktop => Err(Failure::new(
                    "Claude Desktop has no configuration of a folder",
                )
                .hint("leave out `--scope project`")),
            };
        }
        match self {
            Self::ClaudeCode => places::home(".claude.json"),
            // https://modelcontextprotocol.io/docs/develop/connect-local-servers
            Self::ClaudeDesktop => places::application("Claude/claude_desktop_config.json"),
            Self::Cursor => places::home(".cursor/mcp.json"),
            // The default profile's, https://code.visualstudio.com/docs/configure/settings, "User settings.json location"
            Self::Vscode => places::application("Code/User/mcp.json"),
            Self::Codex => places::codex("config.toml"),
            Self::Gemini => places::home(".gemini/settings.json"),
        }
    }

    /// A server, in its words.
    pub(super) fn entry(self, server: &Server) -> Result<Value> {
        Ok(match (self, server) {
            (Self::ClaudeDesktop, Server::Url(url)) => {
                return Err(Failure::new("Claude Desktop starts programs, and takes no URLs in its configuration")
                    .hint(format!("add {url} under Settings > Connectors there; for the app of this folder: `cargo xmcp connect claude-desktop --stdio`")));
            }
            (Self::ClaudeCode | Self::Vscode, Server::Url(url)) => {
                json!({ "type": "http", "url": url.as_str() })
            }
            // There, `url` alone means the transport before Streamable HTTP.
            (Self::Gemini, Server::Url(url)) => json!({ "httpUrl": url.as_str() }),
            (Self::Cursor | Self::Codex, Server::Url(url)) => json!({ "url": url.as_str() }),
            (
                Self::ClaudeCode | Self::Vscode | Self::Cursor,
                Server::Program { command, arguments },
            ) => {
                json!({ "type": "stdio", "command": command, "args": arguments })
            }
            (_, Server::Program { command, arguments }) => {
                json!({ "command": command, "args": arguments })
            }
        })
    }

    /// What its user does now.
    pub(super) fn next(self) -> &'static str {
        match self {
            Self::ClaudeCode => "Start Claude Code anew; `/mcp` there shows it, and signs in",
            Self::ClaudeDesktop => "Quit Claude Desktop and start it anew",
            Self::Cursor => "Cursor shows it among its MCP servers, where it is switched on",
            Self::Vscode => "`MCP: List Servers` in the command palette starts it",
            Self::Codex => "Start Codex anew; `codex mcp login NAME` signs in",
            Self::Gemini => {
                "Start Gemini CLI anew; `/mcp` there shows it, and `/mcp auth NAME` signs in"
            }
        }
    }
}
