//! A local Scalekit environment, for development and tests: an authorization server with a consent page, and as much of the REST
//! interface as an MCP server needs. Its documents, tokens and errors have the shape of the real ones.
//!
//! It listens on 127.0.0.1 only, knows three made-up users, and gives a token to whoever asks. It is for the machine of the person who
//! develops, and for nothing else.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use scalekit_emulator::{Emulator, Fault};
//!
//! let emulator = Emulator::builder().resource_id("res_1").start().await?;
//! emulator.admin().fault("/keys", Fault::Status(500));
//! // ... let a server verify a token against `emulator.environment_url()` ...
//! assert_eq!(emulator.admin().hits("/keys"), 0);
//! # Ok::<(), scalekit_emulator::StartError>(())
//! # }).unwrap();
//! ```

#![warn(missing_docs, unreachable_pub)]

mod admin;
mod authorize;
mod caller;
mod client;
mod connection;
mod consent;
mod development;
mod digest;
mod directory;
mod document;
mod dpop;
mod emulator;
mod environment;
mod error;
mod fault;
mod introspect;
mod issuer_mode;
mod jwt;
mod key;
mod listener;
mod metadata;
mod opaque;
mod origin;
mod page;
mod parameters;
mod pending;
mod random;
mod redirect_uri;
mod refusal;
mod register;
mod reply;
mod rest;
mod routes;
mod running;
mod serve;
mod state;
mod time;
mod token;
mod token_endpoint;
mod token_exchange;
mod variables;

pub use admin::{Admin, StrayKey};
pub use connection::{Connection, Credentials};
pub use consent::{Consent, ConsentError};
pub use emulator::{Builder, Emulator, Started};
pub use error::StartError;
pub use fault::Fault;
pub use issuer_mode::{IssuerMode, IssuerModeError};
pub use jwt::Signer;
pub use listener::DEFAULT_PORT;
pub use running::Running;
pub use variables::{
    CONSENT_VARIABLE, ISSUER_VARIABLE, LIFETIME_VARIABLE, STATE_VARIABLE, misspelt_variables,
    misspelt_variables_from_env,
};
