//! JSON-RPC 2.0 as MCP narrows it: one message a body, string or integer ids, objects for params.

mod envelope;
mod error;
mod id;
mod object;

pub(crate) use self::{
    envelope::{Message, Meta, Params, Refusal, Request, Response, parse},
    error::{RpcError, code},
    id::Id,
};
