use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::AbortHandle,
};

/// What the server says to whoever asks.
#[derive(Clone)]
pub(crate) struct Answer {
    status: &'static str,
    headers: String,
    body: String,
}

impl Answer {
    pub(crate) fn keys(keys: impl IntoIterator<Item = Value>) -> Self {
        Self::body(json!({ "keys": keys.into_iter().collect::<Vec<_>>() }).to_string())
    }

    pub(crate) fn body(body: impl Into<String>) -> Self {
        Self {
            status: "200 OK",
            headers: String::new(),
            body: body.into(),
        }
    }

    pub(crate) fn status(mut self, status: &'static str) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }
}

/// An HTTP server that publishes keys, misbehaves, and counts.
pub(crate) struct KeyServer {
    address: std::net::SocketAddr,
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    answer: Mutex<Answer>,
    hits: AtomicUsize,
    seen: watch::Sender<usize>,
    open: watch::Sender<bool>,
}

impl KeyServer {
    pub(crate) async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            answer: Mutex::new(answer),
            hits: AtomicUsize::new(0),
            seen: watch::Sender::new(0),
            open: watch::Sender::new(true),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared))).abort_handle();
        Self {
            address,
            shared,
            task,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn answers(&self, answer: Answer) {
        *self.shared.answer.lock().unwrap() = answer;
    }

    /// Keeps those who ask waiting, until [`Self::release`].
    pub(crate) fn hold(&self) {
        self.shared.open.send_replace(false);
    }

    pub(crate) fn release(&self) {
        self.shared.open.send_replace(true);
    }

    pub(crate) fn hits(&self) -> usize {
        self.shared.hits.load(Ordering::SeqCst)
    }

    /// Waits until so many asked.
    pub(crate) async fn asked(&self, times: usize) {
        let mut seen = self.shared.seen.subscribe();
        let asked = seen.wait_for(|seen| *seen >= times);
        let asked = tokio::time::timeout(std::time::Duration::from_secs(10), asked).await;
        asked.expect("nobody asked within 10 seconds").unwrap();
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let shared = Arc::clone(&shared);
        connections.spawn(serve(stream, shared));
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let hits = shared.hits.fetch_add(1, Ordering::SeqCst) + 1;
    shared.seen.send_replace(hits);
    shared.open.subscribe().wait_for(|open| *open).await.ok()?;
    let Answer {
        status,
        headers,
        body,
    } = shared.answer.lock().unwrap().clone();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}
