//! Transport sessions: what a 2025-11-25 client and this server share from `initialize` to DELETE, for servers that want it
//! (`[http] sessions`; 2025-11-25 basic/transports, "Session Management").
//!
//! 1. A session is the caller's who made it. To everybody else, and once it is over, there is none: 404.
//! 2. A request without an id is answered without a session, as by a server that has none. An id that is sent is binding.
//! 3. A lost connection cancels nothing. What a request would have said is kept, within bounds, for a client that comes back.
//! 4. Sessions, their requests, questions, streams and bytes are bounded in number, and nobody waits for a client without a limit.
//!
//! A session lives in one process: replicas need a load balancer that keeps a client with the replica that it began with. 2026-07-28
//! has no sessions, and this server needs none for it.

mod asker;
mod event;
mod events;
mod exchange;
mod http;
pub(crate) mod questions;
mod replay;
mod running;
mod session;
mod store;
mod streams;

#[cfg(any(test, feature = "fuzzing"))]
pub(super) use self::event::EventId;
pub(crate) use self::{
    exchange::{Exchange, too_many},
    http::{begin, delete, is_named, listen, no_more, of_message, of_request},
    session::TransportSession,
    store::SessionStore,
};
