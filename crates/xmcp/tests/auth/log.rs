//! What the log never says, at its most talkative: tokens, secrets and keys.

use std::{
    io,
    sync::{Arc, Mutex, OnceLock},
};

use http::Method;
use scalekit_emulator::{Credentials, Emulator, Fault, Signer};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    fixture::{Protected, Setup},
    support::{Answer, BOTH},
};

/// Everything that this process logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// The log of the whole process: handlers run on other threads too, and the emulator in tasks of its own.
    fn start() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        let log = LOG.get_or_init(|| {
            let log = Self::default();
            let writer = log.clone();
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_ansi(false)
                .with_writer(move || writer.clone())
                .finish();
            tracing::subscriber::set_global_default(subscriber).unwrap();
            log
        });
        log.clone()
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// What must not be in the log: no piece of it of this length.
const PIECE: usize = 20;

/// Whether any piece of the secret is in the text.
fn leaks(text: &str, secret: &str) -> bool {
    match secret.len() {
        0..PIECE => text.contains(secret),
        _ => secret
            .as_bytes()
            .windows(PIECE)
            .any(|piece| text.contains(std::str::from_utf8(piece).unwrap())),
    }
}

#[tokio::test]
async fn no_token_secret_or_key_is_in_the_log_at_its_most_talkative() {
    let log = Log::start();
    let folder = tempfile::tempdir().unwrap();
    let protected = Protected::with(Setup {
        scalekit: Emulator::builder().port(0).state_dir(folder.path()),
        ..Setup::default()
    })
    .await;
    let admin = protected.scalekit.admin();
    let none = || json!({});

    let good = admin.mint(json!({ "scopes": ["todo:read", "todo:write"] }), none());
    let refused = [
        admin.mint_signed(none(), none(), &Signer::Stranger),
        admin.mint_signed(none(), none(), &Signer::Secret(b"hunter2".to_vec())),
        admin.mint(json!({ "aud": ["res_other"] }), none()),
        admin.mint(json!({ "iss": "https://evil.example" }), none()),
        admin.mint(json!({ "iat": 1_000, "nbf": 1_000, "exp": 4_600 }), none()),
        admin.mint(none(), json!({ "kid": "snk_unknown" })),
        format!("{good}.and-something-after-its-signature"),
        format!("{good}!"),
    ];
    for era in BOTH {
        for tool in ["write", "who", "waiting_who", "blocking_who", "spawned_who"] {
            let answer = protected
                .call(era, tool, Some(&format!("Bearer {good}")))
                .await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        for token in &refused {
            let answer = protected
                .call(era, "who", Some(&format!("Bearer {token}")))
                .await;
            assert_eq!(answer.status, 401, "{}", answer.text());
        }
        assert_eq!(protected.call(era, "who", None).await.status, 401);
    }
    let lacking = admin.mint(json!({ "scope": "openid", "scopes": ["openid"] }), none());
    let answer = protected
        .call(BOTH[0], "write", Some(&format!("Bearer {lacking}")))
        .await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    let in_query = in_query(&protected, &good).await;
    assert_eq!(in_query.status, 400, "{}", in_query.text());

    // Not a token for this server: what to do instead is said at once, and still nothing of the token.
    let environment = environment_token(&protected).await;
    let answer = protected
        .call(BOTH[0], "who", Some(&format!("Bearer {environment}")))
        .await;
    assert_eq!(answer.status, 401, "{}", answer.text());

    // One more server, which never gets a key.
    let unreachable = Protected::start().await;
    unreachable
        .scalekit
        .admin()
        .fault("/keys", Fault::Status(500));
    let unverified = unreachable.scalekit.admin().mint(none(), none());
    let answer = unreachable
        .call(BOTH[0], "who", Some(&format!("Bearer {unverified}")))
        .await;
    assert_eq!(answer.status, 503, "{}", answer.text());

    let text = log.text();
    for said in [
        "refused a token reason=",
        "refused a token: ",
        "refused a token that is over",
        "refused a request without a token",
        "refused a request with two credentials",
        "refused a credential that has not the form of a token",
        "cannot verify tokens now",
    ] {
        assert!(text.contains(said), "{said} is not in the log: {text}");
    }
    for token in refused
        .iter()
        .chain([&good, &lacking, &environment, &unverified])
    {
        // The first part is the same for most and says which key signed, which the log may say too.
        for part in token.split('.').skip(1) {
            assert!(!leaks(&text, part), "{part} is in the log: {text}");
        }
        assert!(!text.contains(token), "{token} is in the log: {text}");
    }
    let connection = protected.scalekit.connection();
    let clients = [
        connection.environment_client(),
        connection.mcp_client(),
        connection.organization_client(),
    ];
    for secret in clients.map(Credentials::secret) {
        assert!(!leaks(&text, secret), "{secret} is in the log: {text}");
    }
    for key in private_keys(&folder.path().join("state.json")) {
        assert!(!leaks(&text, &key), "a private key is in the log: {text}");
    }
    assert!(!text.contains("PRIVATE KEY"), "{text}");
}

/// The token in the header and in the query, of which the latter is part of what servers like to log.
async fn in_query(protected: &Protected, token: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    let path = format!("/mcp?access_token={token}");
    protected
        .server
        .ask(Method::POST, &path, &headers, "{}")
        .await
}

/// The token that a backend gets for the environment itself, by its secret.
async fn environment_token(protected: &Protected) -> String {
    let connection = protected.scalekit.connection();
    let client = connection.environment_client();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        client.id(),
        client.secret()
    );
    let authority = connection.environment_url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let request = format!(
        "POST /oauth/token HTTP/1.0\r\nhost: {authority}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"));
    body["access_token"].as_str().unwrap().to_owned()
}

/// The private keys of an environment, from where it keeps them.
fn private_keys(file: &std::path::Path) -> Vec<String> {
    let state: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let keys = state["keys"].as_array().unwrap();
    assert!(!keys.is_empty());
    keys.iter()
        .map(|key| key["pkcs8"].as_str().unwrap().to_owned())
        .collect()
}
