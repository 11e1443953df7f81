//! The accept loop and its end.
//!
//! 1. `axum::serve` sets no timers and no caps, so this stands on hyper-util's connections.
//! 2. At most `connections` at a time. One more is answered 503 and closed, and when many more come, closed without a word.
//! 3. What accepting fails with is the peer's doing or passes; either way the loop goes on, without spinning.
//! 4. At shutdown the listener closes first, connections finish what they have for at most `drain`, then they are dropped. Every task
//!    that was started here has ended when [`serve`] returns.
//! 5. With a successor on the same socket, connections end as [`super::handover`] says, and then the rest as at any shutdown.

use std::{future::Future, io, time::Duration};

use axum::Router;
use hyper::rt::Executor;
use hyper_util::{rt::TokioTimer, server::conn::auto};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::{JoinError, JoinSet},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use xmcp_config::HttpLimits;

use super::{
    RequestId,
    activity::Times,
    connection,
    handover::{Ends, GRACE},
    listener::Listener,
    site::Site,
};
use crate::seldom::Seldom;

/// The smallest buffer that hyper takes for a head.
const SMALLEST_HEAD: usize = 8192;
/// hyper's own bound on header fields, which costs nothing. A higher one has to be set.
const HYPER_HEADERS: usize = 100;
/// Requests at a time on one HTTP/2 connection.
const STREAMS: u32 = 128;
/// The largest header list of an HTTP/2 request.
const HEADER_LIST: u32 = 16 * 1024;
/// How often an HTTP/2 client is asked whether it is still there, and how long it has to answer.
const PING: Duration = Duration::from_secs(20);
/// Connections beyond the cap that are told so at a time.
const TURNED_AWAY: usize = 64;
/// The longest that telling one may take.
const TURN_AWAY: Duration = Duration::from_secs(1);
/// How long to wait before accepting again when the system has nothing left to accept with.
const BACK_OFF: Duration = Duration::from_millis(100);

/// Serves a test's router on a test's socket, with everything that a connection meets, until the future is dropped.
#[doc(hidden)]
pub async fn test_serve(listener: tokio::net::TcpListener, router: Router, limits: &HttpLimits) {
    serve(listener.into(), router.into(), limits, &Ends::default()).await;
}

/// Serves `site` on `listener` until one of the `ends`, and then for at most `limits.drain`. A handover becomes a shutdown here, once
/// the connections had their time.
pub(crate) async fn serve(listener: Listener, site: Site, limits: &HttpLimits, ends: &Ends) {
    let Ends { handover, shutdown } = ends;
    let tasks = Tasks::default();
    let builder = builder(limits, tasks.clone());
    let times = Times::from(limits);
    let mut connections = JoinSet::new();
    let mut turned_away = JoinSet::new();
    let told = Seldom::new();
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            () = handover.begun() => break,
            Some(end) = connections.join_next() => note(end),
            Some(end) = turned_away.join_next() => note(end),
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) if connections.len() < limits.connections => match prepared(stream) {
                    Ok(stream) => {
                        connections.spawn(connection::serve((stream, peer), site.clone(), builder.clone(), times, ends.clone()));
                    }
                    Err(error) => tracing::debug!(%error, "a connection was closed before it could be served"),
                },
                Ok((stream, peer)) if turned_away.len() < TURNED_AWAY => {
                    if let Some(left_out) = told.next() {
                        tracing::warn!(%peer, left_out, "turned a connection away: [http.limits] connections is reached");
                    }
                    turned_away.spawn(turn_away(stream));
                }
                Ok(_) => {}
                Err(error) if is_of_peer(&error) => tracing::debug!(%error, "a connection ended before it was accepted"),
                Err(error) => {
                    tracing::error!(%error, "cannot accept connections, trying again");
                    tokio::select! {
                        () = shutdown.cancelled() => break,
                        () = handover.begun() => break,
                        () = sleep(BACK_OFF) => {}
                    }
                }
            },
        }
    }
    drop(listener);
    turned_away.shutdown().await;
    if !shutdown.is_cancelled() {
        let left = async {
            while let Some(end) = connections.join_next().await {
                note(end);
            }
        };
        tokio::select! {
            () = left => {}
            () = sleep(GRACE) => {}
            () = shutdown.cancelled() => {}
        }
        shutdown.cancel();
    }
    let drained = async {
        while let Some(end) = connections.join_next().await {
            note(end);
        }
        tasks.finished().await;
    };
    if timeout(limits.drain, drained).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "dropping what did not finish in time"
        );
        tasks.abort.cancel();
        connections.shutdown().await;
        tasks.finished().await;
    }
}

/// A connection as it is served: without `TCP_NODELAY` each piece of a streamed answer waits for the client to acknowledge the last
/// one.
fn prepared(stream: TcpStream) -> io::Result<TcpStream> {
    stream.set_nodelay(true)?;
    Ok(stream)
}

pub(super) fn builder(limits: &HttpLimits, tasks: Tasks) -> auto::Builder<Tasks> {
    let mut builder = auto::Builder::new(tasks);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None) // `connection` bounds it
        .half_close(true) // `connection` sees a client leave
        .max_buf_size(limits.header_bytes.max(SMALLEST_HEAD));
    if limits.headers > HYPER_HEADERS {
        builder.http1().max_headers(limits.headers);
    }
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(
            HEADER_LIST.min(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX)),
        )
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
    builder
}

/// The tasks that HTTP/2 connections start for their requests.
#[derive(Clone, Default)]
pub(super) struct Tasks {
    tracker: TaskTracker,
    abort: CancellationToken,
}

impl Tasks {
    async fn finished(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}

impl<F> Executor<F> for Tasks
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, future: F) {
        self.tracker
            .spawn(self.abort.clone().run_until_cancelled_owned(future));
    }
}

/// Says 503 to a connection beyond the cap.
async fn turn_away(mut stream: TcpStream) {
    let body = r#"{"jsonrpc":"2.0","error":{"code":-32000,"message":"the server has too many connections, try again"}}"#;
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\nx-request-id: {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        RequestId::new(),
        body.len(),
    );
    let answered = async {
        let mut discarded = [0_u8; 4096];
        // Clients take an answer amiss that comes before their request.
        if stream.read(&mut discarded).await? == 0 {
            return Ok(());
        }
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        // Closing with bytes unread would take the answer back.
        while stream.read(&mut discarded).await? > 0 {}
        Ok::<_, io::Error>(())
    };
    if let Ok(Err(error)) = timeout(TURN_AWAY, answered).await {
        tracing::debug!(%error, "could not turn a connection away politely");
    }
}

/// Errors that concern one connection, and not the listener.
fn is_of_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

fn note(end: Result<(), JoinError>) {
    if let Err(error) = end
        && error.is_panic()
    {
        tracing::error!("a connection's task panicked");
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn what_is_written_to_a_connection_leaves_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (_client, accepted) = tokio::join!(client, listener.accept());
        let (stream, _) = accepted.unwrap();
        assert!(!stream.nodelay().unwrap(), "the system does not do it");
        assert!(prepared(stream).unwrap().nodelay().unwrap());
    }
}
