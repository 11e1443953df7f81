//! The variables of the environment, named here and nowhere else.

/// The environment's URL, like `https://acme.scalekit.dev`. Required.
pub const ENVIRONMENT_URL: &str = "SCALEKIT_ENVIRONMENT_URL";

/// The id of the MCP server in the dashboard, like `res_123`. Without it clients cannot register themselves, and tokens are accepted
/// by the resource's URL.
pub const RESOURCE_ID: &str = "SCALEKIT_RESOURCE_ID";

/// The id of the environment's API client. Verifying tokens needs none. It goes with [`CLIENT_SECRET`].
pub const CLIENT_ID: &str = "SCALEKIT_CLIENT_ID";

/// The secret of the environment's API client. It goes with [`CLIENT_ID`].
pub const CLIENT_SECRET: &str = "SCALEKIT_CLIENT_SECRET";

/// All of them.
pub const ALL: [&str; 4] = [ENVIRONMENT_URL, RESOURCE_ID, CLIENT_ID, CLIENT_SECRET];
