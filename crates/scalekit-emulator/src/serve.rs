//! The listener and its connections, each bounded in time and number.

use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinSet, time::sleep};

const CONNECTIONS: usize = 512;
const HEAD: Duration = Duration::from_secs(10);
const HEAD_BYTES: usize = 32 * 1024;
/// The longest that a connection may last: whoever sends slowly is cut off, and whoever is still here connects again.
const LONGEST: Duration = Duration::from_secs(300);
const BACK_OFF: Duration = Duration::from_millis(100);

/// Serves until `shutdown`, then drops every connection.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    mut shutdown: oneshot::Receiver<()>,
) {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    let service = TowerToHyperService::new(router.clone());
                    let connection = builder.serve_connection(TokioIo::new(stream), service);
                    // How one ends is the peer's affair.
                    connections.spawn(async move { drop(tokio::time::timeout(LONGEST, connection).await) });
                }
                Err(_) => sleep(BACK_OFF).await,
            },
        }
    }
    connections.shutdown().await;
}
