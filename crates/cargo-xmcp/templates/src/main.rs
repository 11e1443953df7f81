//! Serves the app over Streamable HTTP, or over stdio with `--stdio`.

use std::process::ExitCode;

fn main() -> ExitCode {
    xmcp::run(xmcp_app::app())
}
