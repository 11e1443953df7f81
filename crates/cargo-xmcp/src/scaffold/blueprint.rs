//! The files of an app.

use crate::{Result, secret};

use super::{Auth, Choices, Framework, Part, Transport, manifest, template};

/// An app that is about to be written.
#[derive(Debug)]
pub(crate) struct Blueprint {
    /// What its package is called.
    pub(crate) package: String,
    /// What its library is called in code.
    pub(crate) library: String,
    pub(crate) choices: Choices,
    pub(crate) framework: Framework,
}

/// A file of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// Its path as seen from the app's folder, with `/` between its parts.
    pub(crate) path: &'static str,
    pub(crate) text: String,
}

impl Blueprint {
    /// All files of a new app.
    pub(crate) fn files(&self) -> Vec<File> {
        let mut files = vec![
            self.file(
                "Cargo.toml",
                &manifest::manifest(&self.package, &self.choices, &self.framework),
            ),
            self.ignored(),
            self.file("README.md", &self.readme()),
        ];
        if let Some(lock) = self.framework.lock() {
            files.push(File {
                path: "Cargo.lock",
                text: lock,
            });
        }
        files.extend(self.sources());
        files.extend(self.examples_of(&self.choices.with));
        files
    }

    /// What makes an app of a crate.
    pub(crate) fn sources(&self) -> Vec<File> {
        let mut files = vec![
            self.file("build.rs", template::BUILD),
            self.file("xmcp.toml", &self.settings()),
            self.file("xmcp.schema.json", &xmcp_config::schema_text()),
            self.file(".env.example", &self.variables()),
            self.file("src/lib.rs", template::LIB),
            self.file("src/main.rs", template::MAIN),
        ];
        let middleware = match self.choices.auth {
            Auth::Scalekit => Some(template::MIDDLEWARE_SCALEKIT),
            Auth::Jwt => Some(template::MIDDLEWARE_JWT),
            Auth::ApiKey => Some(template::MIDDLEWARE_API_KEY),
            Auth::None => None,
        };
        files.extend(middleware.map(|text| self.file("src/middleware.rs", text)));
        files
    }

    /// Files of these kinds to begin with, and their tests.
    pub(crate) fn examples_of(&self, parts: &[Part]) -> Vec<File> {
        let auth = self.choices.auth;
        let mut files = Vec::new();
        for part in parts {
            match part {
                Part::Tools => {
                    let greet = match auth {
                        Auth::None => template::GREET_ANYBODY,
                        _ => template::GREET,
                    };
                    files.push(self.file("tools/greet.rs", greet));
                    files.push(self.file("tests/tools.rs", template::TEST_TOOLS));
                    if auth != Auth::None {
                        files.push(self.file("tools/whoami.rs", template::WHOAMI));
                        files.push(self.file("tests/signed_in.rs", template::TEST_SIGNED_IN));
                    }
                    if auth == Auth::Scalekit {
                        files.push(self.file("tools/organization.rs", template::ORGANIZATION));
                        files.push(self.file("tests/scalekit.rs", template::TEST_SCALEKIT));
                    }
                }
                Part::Prompts => {
                    files.push(self.file("prompts/review.rs", template::REVIEW));
                    files.push(self.file("tests/prompts.rs", template::TEST_PROMPTS));
                }
                Part::Resources => {
                    files.push(self.file("resources/(docs)/rules.rs", template::RULES));
                    files.push(self.file("tests/resources.rs", template::TEST_RESOURCES));
                }
            }
        }
        files
    }

    /// What git leaves out.
    pub(crate) fn ignored(&self) -> File {
        self.file(".gitignore", template::GITIGNORE)
    }

    fn file(&self, path: &'static str, text: &str) -> File {
        File {
            path,
            text: template::named(text, &self.library, &self.package),
        }
    }

    /// `xmcp.toml`: every key commented, but for the transport.
    fn settings(&self) -> String {
        xmcp_config::template()
            .replace("docs/config.md", "docs/config.md of xmcp")
            .replace(
                "# transport = \"http\"",
                &format!("transport = \"{}\"", self.choices.transport),
            )
    }

    fn variables(&self) -> String {
        let of_auth = match self.choices.auth {
            Auth::Scalekit => template::ENV_SCALEKIT,
            Auth::ApiKey => template::ENV_API_KEY,
            Auth::Jwt | Auth::None => "",
        };
        format!("{}{of_auth}", template::ENV)
    }

    fn readme(&self) -> String {
        let who = match self.choices.auth {
            Auth::Scalekit => {
                "Callers sign in with Scalekit. While no `SCALEKIT_*` variable is set, `cargo run` brings up a local one with made-up users.\n"
            }
            Auth::Jwt => {
                "Callers bring a JWT of the backend that [src/middleware.rs](src/middleware.rs) names.\n"
            }
            Auth::ApiKey => {
                "Callers bring an API key, in the header `x-api-key`. The server knows those in `.env` ([.env.example](.env.example)).\n"
            }
            Auth::None => "Everybody who reaches it may call it.\n",
        };
        let serves = match self.choices.transport {
            Transport::Http => "serves http://localhost:3001/mcp",
            Transport::Stdio => "speaks MCP on stdin and stdout; a client starts it",
        };
        format!(
            "# xmcp-app\n\n\
             An MCP server in which a file in `tools/` is a tool, one in `prompts/` a prompt, and one in `resources/` a resource.\n\n\
             ```sh\n\
             cargo run                         # {serves}\n\
             cargo xmcp dev                    # the same, and every change is served at once\n\
             cargo xmcp create tool dice/roll  # tools/dice/roll.rs is the tool `dice_roll`\n\
             cargo xmcp check                  # what is wrong with the files\n\
             cargo test\n\
             cargo xmcp build                  # a release build\n\
             ```\n\n\
             {who}\n\
             Settings are in [xmcp.toml](xmcp.toml).\n"
        )
    }
}

/// The `.env` of an app with API keys, with a new key in it.
pub(crate) fn variables_with_key() -> Result<String> {
    let key = secret::random()?;
    Ok(format!(
        "# A key for whoever develops this server.\nXMCP_API_KEY_ME={key}\n"
    ))
}
