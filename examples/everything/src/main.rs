//! The server of the conformance suite.

use std::process::ExitCode;

fn main() -> ExitCode {
    xmcp::run(everything::app())
}
