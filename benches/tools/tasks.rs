//! How many tasks of the runtime are alive: for whoever watches that they do not become more
use tokio::runtime::Handle;

pub async fn handler() -> u64 {
    Handle::current().metrics().num_alive_tasks() as u64
}
