//! An in-memory MCP client, for the tests of an app of one's own.
//!
//! [`client`] starts the app without a socket and calls its tools as a real client would: every layer, check and encoding of
//! the server is in between. [`Client::builder`] puts a session, a state or other settings of the test's making in the place of
//! the real ones.
//!
//! ```no_run
//! # mod my_app { pub fn app() -> xmcp::App { unimplemented!() } }
//! use serde_json::json;
//! use xmcp::Session;
//! use xmcp_test::Client;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let client = xmcp_test::client(my_app::app()).await;
//! let greeting = client.call("greet", json!({ "name": "Ada" })).await;
//! assert_eq!(greeting.text(), "Hello, Ada!");
//!
//! let ada = Session::for_test("usr_1").scopes(["greet:read"]).build();
//! let client = Client::builder(my_app::app()).session(ada).build().await.unwrap();
//! let greeting = client.call("greet", json!({ "name": "Ada" })).await;
//! assert_eq!(greeting.text(), "Hello, Ada! Your user ID is usr_1");
//! # }
//! ```
#![warn(missing_docs, unreachable_pub)]

mod answers;
mod builder;
mod client;
mod error;
mod manner;
mod message;
mod request;
mod result;

pub use builder::ClientBuilder;
pub use client::Client;
pub use error::{Error, RpcError};
pub use result::CallResult;

/// A client of the app: nobody is signed in, the settings are those of `xmcp.toml`, the state is that of `src/state.rs`.
///
/// The layers and routes of `src/middleware.rs` are there, its auth provider is not. A provider that is made with
/// `ScalekitConfig::from_env()` needs no variables for that: where none is set, it gets a placeholder.
///
/// # Panics
///
/// When the app does not start, with the reason. [`ClientBuilder::build`] returns it instead.
pub async fn client(app: xmcp::App) -> Client {
    match Client::builder(app).build().await {
        Ok(client) => client,
        Err(error) => panic!("the app does not start: {error}"),
    }
}
