//! Is not reachable
fn handler() {}
