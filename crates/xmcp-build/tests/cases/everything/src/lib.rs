xmcp::include_app!();

pub mod db;
