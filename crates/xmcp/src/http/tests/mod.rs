//! The server as hostile clients meet it: raw bytes over real sockets, one test per limit.

mod bodies;
mod caps;
mod cors;
mod departures;
mod heads;
mod hosts;
mod http2;
mod listeners;
mod origins;
mod request_ids;
mod shutdown;
mod spans;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Extension, Router,
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, mpsc},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use xmcp_config::HttpSettings;

use super::{
    RequestId, body,
    body_budget::BodyBudget,
    handover::{Ends, Handover},
    layers::{Routes, stack},
    serve,
};

/// What no step of a test takes when all is well.
const PATIENCE: Duration = Duration::from_secs(20);
const BODY_LIMIT: usize = 10_000;
/// An answer in one piece that does not fit between a server and a client who reads nothing.
const LARGE: usize = 32 * 1024 * 1024;

/// A server with a toy in the place of the endpoint.
struct TestServer {
    address: SocketAddr,
    shutdown: CancellationToken,
    handover: Handover,
    task: JoinHandle<()>,
    /// Lets one request to `/wait` go on.
    release: Arc<Notify>,
    /// Says that a request to `/wait` has begun.
    waiting: mpsc::UnboundedReceiver<()>,
}

impl TestServer {
    async fn start(settings: HttpSettings) -> Self {
        Self::start_as(settings, true).await
    }

    async fn start_as(mut settings: HttpSettings, dev: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        settings.port = Some(address.port());
        let release = Arc::new(Notify::new());
        let (sender, waiting) = mpsc::unbounded_channel();
        let router = stack(routes(&settings, &release, sender), &settings, dev).unwrap();
        let ends = Ends::default();
        let Ends { shutdown, handover } = ends.clone();
        let task =
            tokio::spawn(
                async move { serve(listener.into(), router, &settings.limits, &ends).await },
            );
        Self {
            address,
            shutdown,
            handover,
            task,
            release,
            waiting,
        }
    }

    async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    /// Sends `request` on a connection of its own, and reads until the server closes it.
    async fn send(&self, request: impl AsRef<[u8]>) -> Answer {
        let mut client = self.connect().await;
        client.write(request).await;
        client.answer().await
    }

    /// GET `path` as a well-meaning client, with further header lines.
    async fn get(&self, path: &str, headers: &str) -> Answer {
        self.send(format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{headers}\r\n",
            self.address
        ))
        .await
    }

    /// Whether the server still serves: what every attack must leave as it was.
    async fn is_well(&self) -> bool {
        self.get("/mcp", "").await.status == 200
    }

    async fn stop(self) {
        self.shutdown.cancel();
        timeout(PATIENCE, self.task)
            .await
            .expect("the server ends")
            .unwrap();
    }
}

fn routes(
    settings: &HttpSettings,
    release: &Arc<Notify>,
    waiting: mpsc::UnboundedSender<()>,
) -> Routes {
    let body_timeout = settings.limits.body_timeout;
    let release = Arc::clone(release);
    let wait = move || {
        let release = Arc::clone(&release);
        let waiting = waiting.clone();
        async move {
            waiting.send(()).unwrap();
            release.notified().await;
            "done"
        }
    };
    let read = move |request: Request| async move {
        if let Err(error) = body::check_encoding(request.headers()) {
            return error.into_response();
        }
        let budget = BodyBudget::for_bodies_of(BODY_LIMIT);
        match body::read(request.into_body(), BODY_LIMIT, body_timeout, &budget).await {
            Ok((body, _)) => format!("{} bytes", body.len()).into_response(),
            Err(error) => error.into_response(),
        }
    };
    let guarded = Router::new()
        .route("/mcp", post(read).get(|| async { "ok" }))
        .route("/wait", get(wait.clone()).post(wait))
        .route("/quiet", get(quiet))
        .route(
            "/id",
            get(|Extension(id): Extension<RequestId>| async move { id.as_str().to_owned() }),
        )
        .route("/panic", get(|| async { panics() }))
        .route("/endless", get(endless))
        .route("/large", get(|| async { vec![b'x'; LARGE] }));
    let open = Router::new().route("/document", get(|| async { "{}" }));
    Routes {
        guarded,
        open,
        ..Routes::default()
    }
}

fn panics() -> Response {
    panic!("a secret of the handler");
}

async fn endless() -> Response {
    let piece = Bytes::from(vec![b'x'; 64 * 1024]);
    Response::new(Body::from_stream(stream::repeat_with(move || {
        Ok::<_, std::io::Error>(piece.clone())
    })))
}

/// A stream that begins and then has nothing to say.
async fn quiet() -> Response {
    let first = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"begun"))]);
    Response::new(Body::from_stream(first.chain(stream::pending())))
}

/// One connection.
struct Client(TcpStream);

impl Client {
    async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Everything until the server closes the connection.
    async fn answer(&mut self) -> Answer {
        let mut bytes = Vec::new();
        let read = timeout(PATIENCE, self.0.read_to_end(&mut bytes))
            .await
            .expect("the server closes the connection");
        assert!(read.is_ok() || !bytes.is_empty(), "{read:?}");
        Answer::parse(&bytes)
    }

    /// One piece of what the server sends.
    async fn piece(&mut self) -> String {
        let mut bytes = vec![0; 4096];
        let length = timeout(PATIENCE, self.0.read(&mut bytes))
            .await
            .expect("the server sends something")
            .unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }

    /// How long it takes until the server closes the connection, while `bytes` go out one every 50 ms.
    async fn trickle(&mut self, bytes: &[u8]) -> (Duration, Answer) {
        let start = Instant::now();
        let (mut reader, mut writer) = self.0.split();
        let mut received = Vec::new();
        let send = async {
            for byte in bytes.iter().cycle() {
                if writer.write_all(&[*byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = send => {}
            read = timeout(PATIENCE, reader.read_to_end(&mut received)) => drop(read.expect("the server closes the connection")),
        }
        (start.elapsed(), Answer::parse(&received))
    }
}

/// What the server sent, in parts. Status 0 means nothing.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or(0);
        Self {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// The message of a JSON-RPC error.
    fn message(&self) -> String {
        let json: serde_json::Value = serde_json::from_str(&self.body).expect("the body is JSON");
        assert!(
            json.get("id").is_none() && json["jsonrpc"] == "2.0",
            "{json}"
        );
        json["error"]["message"]
            .as_str()
            .expect("the error has a message")
            .to_owned()
    }
}
