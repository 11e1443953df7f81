//! `cargo xmcp`, and without cargo `cargo-xmcp`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_xmcp::main()
}
