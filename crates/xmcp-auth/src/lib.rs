//! Who is calling: the verified session of a request.
//!
//! For now this is the type alone; what verifies tokens and makes sessions comes with the providers.
#![warn(missing_docs, unreachable_pub)]

mod session;

pub use session::{Session, SessionBuilder};
