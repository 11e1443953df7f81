//! A protected resource as a client meets it: what is refused, how, and where it is said to get a token. Sections of the RFCs and
//! of the MCP specification stand beside the tests.

mod carried;
mod credentials;
mod fixture;
mod limits;
mod metadata;
mod remembered;
mod routes;
mod scopes;
mod several;
