pub use crate::auth::middleware;
