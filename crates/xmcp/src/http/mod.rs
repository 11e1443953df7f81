//! The HTTP server itself: the listener, the limits of a connection, and the layers that every request passes before a route.
//!
//! What a request meets, in order, is one list in [`layers`]. What a connection may cost is decided in [`connection`] and [`serve`].

mod activity;
mod alarm;
mod arrival;
pub(crate) mod body;
mod body_budget;
mod catch_panic;
mod connection;
mod cors;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
mod gate;
mod glance;
mod handover;
mod header_count;
pub(crate) mod health;
mod host;
mod in_flight;
pub(crate) mod landing;
pub(crate) mod layers;
pub(crate) mod listener;
pub(crate) mod loopback;
mod not_found;
mod origin;
pub(crate) mod refusal;
mod request_body;
mod request_id;
mod request_span;
mod serve;
mod site;
mod start_problem;
#[cfg(test)]
mod tests;
mod timeout;
mod url;

pub use self::serve::test_serve;
pub(crate) use self::{
    arrival::{Arrival, Facts, InFacts},
    body_budget::{BodyBudget, BodyRoom},
    glance::Glance,
    handover::Ends,
    in_flight::{Listening, counted},
    loopback::is_loopback_host,
    refusal::{busy, too_many_of_caller},
    request_id::RequestId,
    request_span::OpensRequests,
    serve::serve,
    site::{Answering, Direct, Routed, Site},
    start_problem::StartProblem,
    url::{endpoint_url, has_endpoint_twice, listening_url, registered_url},
};
