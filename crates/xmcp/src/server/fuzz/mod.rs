//! Fuzz targets of the protocol. `crate::fuzz` runs them.

mod envelope;
mod identifiers;
mod parameter_headers;
mod request_headers;

pub use self::{
    envelope::envelope,
    identifiers::{cursor, excerpt, last_event_id, uri},
    parameter_headers::parameter_headers,
    request_headers::request_headers,
};
