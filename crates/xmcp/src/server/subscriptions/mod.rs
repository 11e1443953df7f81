//! Telling clients what changed: `subscriptions/listen` of 2026-07-28, and the notifications of both generations.
//!
//! 1. A client is told of the kinds that it asked for and this server has, and of nothing else.
//! 2. The first message on a subscription says what it will tell; the last one, at shutdown, that it is over.
//! 3. What a caller may not read when it changes, it is not told of.
//! 4. Subscriptions are bounded in number and in what they ask for. A client that reads slowly misses nothing and holds nobody up.

mod audience;
mod filter;
mod listen;
mod notification;
mod watch;

pub(crate) use self::{
    audience::Audience,
    filter::Filter,
    listen::{Events, Subscription},
    notification::changed,
    watch::watch,
};
