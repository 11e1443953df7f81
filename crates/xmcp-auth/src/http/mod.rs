//! Every request this crate sends goes out here.
//!
//! 1. `https` only; `http` to this machine alone. A URL carries no credentials.
//! 2. No redirects: where a document or an endpoint is, configuration says and not the answer.
//! 3. 3 seconds to connect, 5 in all, and a body no longer than the caller says. Who asks for a handler has 5 and 20: no other
//!    caller's request waits for that.
//! 4. Errors name the URL without its query. What proves who we are is never printed.
//! 5. What somebody else's document names is asked only if it is on the internet, and the connection itself sees to that
//!    ([`Reach`]).

mod address;
mod fetcher;
mod outgoing;
mod peer;
mod resolver;
mod target;

pub(crate) use fetcher::Fetcher;
pub(crate) use outgoing::{ClientAuthentication, Outgoing};
pub(crate) use peer::{Answer, FetchError, Peer};
pub(crate) use resolver::Reach;
pub(crate) use target::Target;
pub use target::TargetError;
