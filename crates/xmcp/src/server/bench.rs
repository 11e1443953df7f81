//! The parts of a request one by one, for `benches/`. No part of the interface: with the feature `bench` alone, and it changes as the parts
//! do.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    Overrides, Server, asked, assemble, encode,
    jsonrpc::{self, Id, Request},
    method::Method,
};
use crate::{App, CallToolResult, Era, StartError, schema::InputCheck};

/// A message that was read, and asks for something.
pub struct Decoded<'a>(Request<'a>);

/// Reads the body of a request.
pub fn decode(body: &[u8]) -> Option<Decoded<'_>> {
    match jsonrpc::parse(body, |name| Method::parse(name).is_some()) {
        Ok(jsonrpc::Message::Request(request)) => Some(Decoded(request)),
        _ => None,
    }
}

/// The schema of a tool's arguments, compiled.
pub struct Enforced(InputCheck);

impl Enforced {
    /// Nothing if it is no schema that could be enforced.
    pub fn compile(schema: &Map<String, Value>) -> Option<Self> {
        InputCheck::compile(schema, false).ok().map(Self)
    }

    /// Whether these arguments are what the schema asks for.
    pub fn accepts(&self, arguments: &str) -> bool {
        self.0.check(arguments).is_ok()
    }
}

/// A server that nobody can reach.
pub struct Unreachable(Arc<Server>);

impl Unreachable {
    /// Of this app.
    ///
    /// # Errors
    ///
    /// What would keep the app from starting.
    pub async fn start(app: &App) -> Result<Self, StartError> {
        let assembled = assemble(app, app.settings(), Overrides::default()).await?;
        Ok(Self(assembled.server))
    }

    /// Whether there is somebody who answers this.
    pub fn dispatch(&self, Decoded(request): &Decoded<'_>) -> bool {
        asked(&self.0, request, Era::Modern, None).is_ok()
    }
}

/// The response with this result, as a client of 2026-07-28 gets it.
pub fn encode(result: &CallToolResult) -> Vec<u8> {
    let id = Id::parse("1").expect("a number is an id");
    let mut buffer = encode::response_head(id);
    encode::tool_result(&mut buffer, result, None, Era::Modern);
    buffer.push(b'}');
    buffer
}
