//! The app: what the build script found, and what its tools share. Tools reach modules declared here as `crate::name`.

xmcp::include_app!();
