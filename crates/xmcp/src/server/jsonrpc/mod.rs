//! JSON-RPC 2.0 as MCP narrows it: one message a body, string or integer ids, objects for params.

mod envelope;
mod error;
mod id;
mod meta;
mod object;

#[cfg(any(test, feature = "bench", feature = "fuzzing"))]
pub(crate) use self::envelope::parse;
pub(crate) use self::{
    envelope::{Message, Params, Refusal, Request, Response, parse_text},
    error::{RpcError, code},
    id::Id,
    meta::Meta,
};
