xmcp::include_app!();
