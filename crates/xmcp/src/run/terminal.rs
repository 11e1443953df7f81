//! Whether a person sits at the other end of standard error.

use std::io::{self, IsTerminal};

/// Whether colours and signs may be used: on a terminal, unless `NO_COLOR` asks for none (no-color.org).
pub(crate) fn has_colours() -> bool {
    let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !is_refused
}
