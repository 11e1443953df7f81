//! Texts of files, as the framework's own app has them. In them it is called `xmcp-app`, which becomes the app's name.

pub(super) const BUILD: &str = include_str!("../../templates/build.rs");
pub(super) const LIB: &str = include_str!("../../templates/src/lib.rs");
pub(super) const MAIN: &str = include_str!("../../templates/src/main.rs");

pub(super) const MIDDLEWARE_SCALEKIT: &str = include_str!("../../templates/middleware/scalekit.rs");
pub(super) const MIDDLEWARE_JWT: &str = include_str!("../../templates/middleware/jwt.rs");
pub(super) const MIDDLEWARE_API_KEY: &str = include_str!("../../templates/middleware/api_key.rs");

pub(super) const GREET: &str = include_str!("../../templates/tools/greet.rs");
pub(super) const GREET_ANYBODY: &str = include_str!("../../templates/tools/greet_anybody.rs");
pub(super) const WHOAMI: &str = include_str!("../../templates/tools/whoami.rs");
pub(super) const ORGANIZATION: &str = include_str!("../../templates/tools/organization.rs");
pub(super) const REVIEW: &str = include_str!("../../templates/prompts/review.rs");
pub(super) const RULES: &str = include_str!("../../templates/resources/rules.rs");

pub(super) const TEST_TOOLS: &str = include_str!("../../templates/tests/tools.rs");
pub(super) const TEST_SIGNED_IN: &str = include_str!("../../templates/tests/signed_in.rs");
pub(super) const TEST_SCALEKIT: &str = include_str!("../../templates/tests/scalekit.rs");
pub(super) const TEST_PROMPTS: &str = include_str!("../../templates/tests/prompts.rs");
pub(super) const TEST_RESOURCES: &str = include_str!("../../templates/tests/resources.rs");

pub(super) const GITIGNORE: &str = include_str!("../../templates/gitignore");
pub(super) const ENV: &str = include_str!("../../templates/env.example");
pub(super) const ENV_SCALEKIT: &str = include_str!("../../templates/env.scalekit.example");
pub(super) const ENV_API_KEY: &str = include_str!("../../templates/env.api_key.example");

/// A text with the name of the app in place of `xmcp-app`.
pub(super) fn named(text: &str, library: &str, package: &str) -> String {
    text.replace("xmcp_app", library)
        .replace("xmcp-app", package)
}
