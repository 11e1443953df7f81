use std::io;

xmcp::include_app!();

pub mod state;
mod db;

#[path = "elsewhere.rs"]
mod middleware;
