//! Everything a tool can do, one file each.

xmcp::include_app!();
