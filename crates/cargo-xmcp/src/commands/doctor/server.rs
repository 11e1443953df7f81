//! The way to a server, step by step: name, connection, TLS, checks of `Host` and `Origin`, and both revisions of the protocol.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use tokio::{
    net::{TcpStream, lookup_host},
    time,
};
use url::Url;

use super::{auth, clock, finding::Report, identity};
use crate::{
    Result, endpoint,
    wire::{self, Answer, Silence},
};

/// A name that nobody has (RFC 6761, section 6.4).
const STRANGER: &str = "doctor.invalid";

/// The server of the app of this folder, which calls itself `app`, if somebody listens at its URL.
pub(super) async fn examine_if_running(
    app: &str,
    url: &Url,
    timeout: Duration,
    report: &mut Report,
) -> Result<()> {
    report.area("server");
    let place = endpoint::place(url);
    let connection = time::timeout(timeout, TcpStream::connect(place.as_str())).await;
    if !matches!(connection, Ok(Ok(_))) {
        report.note(
            "running",
            format!("nobody listens at {place}, so there was no server to look at"),
            "start it, `cargo xmcp dev`, and run this again to see it as clients do",
        );
        return Ok(());
    }
    look(url, Some(app), timeout, report).await
}

/// The server of the app of this folder, where its settings say that clients start it.
pub(super) fn started_by_clients(report: &mut Report) {
    report.area("server");
    report.note(
        "running",
        "clients start it and speak to it over stdio, so nothing listens",
        "`cargo xmcp inspect` starts it as they do; with a URL this looks at one that serves HTTP",
    );
}

/// The server at `url`, whoever made it.
pub(super) async fn examine(url: &Url, timeout: Duration, report: &mut Report) -> Result<()> {
    look(url, None, timeout, report).await
}

async fn look(url: &Url, app: Option<&str>, timeout: Duration, report: &mut Report) -> Result<()> {
    report.area("server");
    if !reach(url, timeout, report).await {
        return Ok(());
    }
    let client = wire::client(timeout, HeaderMap::new())?;
    let asked = Asked { client, url };
    let first = match asked.post(&[], wire::initialize()).await {
        Ok(answer) => answer,
        Err(error) => {
            let silence = Silence::of(&error);
            let causes = wire::causes(&error);
            let cause = causes.last().map_or("", String::as_str);
            let check = if silence == Silence::Tls {
                "tls"
            } else {
                "http"
            };
            report.problem(check, format!("no answer: {cause}"), silence.hint(url));
            return Ok(());
        }
    };
    secrecy(url, report);
    let second = asked.discover().await;
    if let Some(app) = app {
        let answers = [Some(&first), second.as_ref()];
        // What follows would be about somebody else.
        if !identity::is_app(app, url, &asked.client, answers, report).await {
            return Ok(());
        }
    }
    if !eras(&first, second.as_ref(), report) {
        return Ok(());
    }
    strangers(&asked, report).await;
    browsers(&asked, report).await;
    clock::examine(&first, "the server", report);
    auth::examine(url, timeout, &first, report).await
}

/// One server, and who asks it.
struct Asked<'a> {
    client: reqwest::Client,
    url: &'a Url,
}

impl Asked<'_> {
    async fn post(
        &self,
        headers: &[(HeaderName, HeaderValue)],
        body: Value,
    ) -> std::result::Result<Answer, reqwest::Error> {
        let mut request = self
            .client
            .post(self.url.clone())
            // With HTTP/2, `Host` would be the URL's whatever is said.
            .version(http::Version::HTTP_11)
            .header(header::ACCEPT, wire::ACCEPT)
            .json(&body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        wire::send(request).await
    }

    /// What it answers to the question with which revision 2026-07-28 begins.
    async fn discover(&self) -> Option<Answer> {
        let question = json!({
            "jsonrpc": "2.0",
            "id": 1,
            "method": "server/discover",
            "params": { "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": { "name": "cargo-xmcp", "version": env!("CARGO_PKG_VERSION") },
                "io.modelcontextprotocol/clientCapabilities": {},
            } },
        });
        let headers = [
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "server/discover"),
        ]
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        self.post(&headers, question).await.ok()
    }
}

async fn reach(url: &Url, timeout: Duration, report: &mut Report) -> bool {
    let place = endpoint::place(url);
    let addresses: Vec<_> = match time::timeout(timeout, lookup_host(place.as_str())).await {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    if addresses.is_empty() {
        report.problem(
            "dns",
            format!("nobody knows the host of {place}"),
            Silence::UnknownHost.hint(url),
        );
        return false;
    }
    report.ok("dns", format!("{place} is known"));
    match time::timeout(timeout, TcpStream::connect(&addresses[..])).await {
        Ok(Ok(_)) => {
            report.ok("tcp", format!("somebody listens at {place}"));
            true
        }
        Ok(Err(error)) => {
            report.problem(
                "tcp",
                format!("nobody listens at {place}: {error}"),
                Silence::Refused.hint(url),
            );
            false
        }
        Err(_) => {
            report.problem(
                "tcp",
                format!("{place} does not answer in time"),
                Silence::TimedOut.hint(url),
            );
            false
        }
    }
}

fn secrecy(url: &Url, report: &mut Report) {
    if url.scheme() == "https" {
        report.ok("tls", "the certificate is good");
    } else if endpoint::is_here(url) {
        report.ok("tls", "none, and none is needed on this machine");
    } else {
        report.problem(
            "tls",
            "none: whoever is on the way reads tokens, and clients may refuse the URL",
            "serve it by https, behind a proxy that has a certificate",
        );
    }
}

/// Whether it speaks the protocol at all: as revision 2025-11-25 and as 2026-07-28 begin it.
fn eras(first: &Answer, second: Option<&Answer>, report: &mut Report) -> bool {
    let old = era(first, |result| {
        let version = result["protocolVersion"].as_str()?;
        Some(format!("speaks {version}"))
    });
    let new = match second {
        Some(answer) => era(answer, |result| {
            let versions = result["supportedVersions"].as_array()?;
            let versions: Vec<_> = versions.iter().filter_map(Value::as_str).collect();
            Some(format!("speaks {}", versions.join(", ")))
        }),
        None => Era::Foreign("no answer".to_owned()),
    };
    let is_known = |era: &Era| matches!(era, Era::Speaks(_) | Era::AsksFirst);
    let is_any = is_known(&old) || is_known(&new);
    for (check, era, loses) in [
        (
            "initialize",
            old,
            "clients of 2025-11-25 and before cannot begin",
        ),
        (
            "server/discover",
            new,
            "clients of 2026-07-28 fall back to the older revision",
        ),
    ] {
        match era {
            Era::Speaks(found) => report.ok(check, found),
            Era::AsksFirst => report.ok(check, "asks for a credential first"),
            Era::Foreign(found) if is_any => report.warning(
                check,
                found,
                format!("{loses}; a newer version of the server's framework may know it"),
            ),
            Era::Foreign(found) => report.problem(
                check,
                found,
                "this is no MCP endpoint: compare the URL and its path with what the server says; mostly it is `/mcp`",
            ),
        }
    }
    is_any
}

enum Era {
    Speaks(String),
    /// 401: who knows no credential cannot see more.
    AsksFirst,
    Foreign(String),
}

fn era(answer: &Answer, says: impl Fn(&Value) -> Option<String>) -> Era {
    if answer.status == StatusCode::UNAUTHORIZED {
        return Era::AsksFirst;
    }
    let json = answer.json().unwrap_or_default();
    if let Some(found) = says(&json["result"]) {
        return Era::Speaks(found);
    }
    let status = answer.status;
    Era::Foreign(match json["error"]["message"].as_str() {
        Some(message) => format!("{status}: {message}"),
        None => format!("{status}: {}", answer.excerpt()),
    })
}

/// Whether a page of a stranger's could use the server through its visitor's browser: DNS rebinding.
async fn strangers(asked: &Asked<'_>, report: &mut Report) {
    let here = endpoint::is_here(asked.url);
    for (check, name, value) in [
        ("host", header::HOST, STRANGER.to_owned()),
        ("origin", header::ORIGIN, format!("https://{STRANGER}")),
    ] {
        let Ok(value) = HeaderValue::from_str(&value) else {
            continue;
        };
        let Ok(answer) = asked
            .post(&[(name.clone(), value)], wire::initialize())
            .await
        else {
            report.ok(check, format!("a foreign `{name}` gets no answer"));
            continue;
        };
        let status = answer.status;
        if status == StatusCode::UNAUTHORIZED {
            report.ok(
                check,
                format!("a foreign `{name}` is asked for a credential"),
            );
        } else if status.is_client_error() || status.is_redirection() {
            report.ok(check, format!("a foreign `{name}` is refused ({status})"));
        } else if here {
            report.problem(
                check,
                format!("a foreign `{name}` is served ({status}): any page on the web can use this server through a browser here"),
                format!("let the server check `{name}` against its own names"),
            );
        } else {
            report.warning(
                check,
                format!("a foreign `{name}` is served ({status})"),
                format!(
                    "let the server, or the proxy before it, check `{name}` against its own names"
                ),
            );
        }
    }
}

/// What pages in a browser may do.
async fn browsers(asked: &Asked<'_>, report: &mut Report) {
    let page = HeaderValue::from_static("https://doctor.invalid");
    let preflight = asked
        .client
        .request(http::Method::OPTIONS, asked.url.clone())
        .header(header::ORIGIN, page)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(
            header::ACCESS_CONTROL_REQUEST_HEADERS,
            "authorization,content-type,mcp-protocol-version",
        );
    let Ok(answer) = wire::send(preflight).await else {
        report.ok("cors", "a question of a browser's gets no answer");
        return;
    };
    let credentials = answer.header(header::ACCESS_CONTROL_ALLOW_CREDENTIALS) == Some("true");
    match answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        None => report.ok("cors", "pages of other origins may not call it"),
        Some(_) if credentials => report.problem(
            "cors",
            "pages of any origin may call it with the cookies of their visitors",
            "name the origins that may, or leave out `Access-Control-Allow-Credentials`",
        ),
        Some(_) => report.ok("cors", "pages of any origin may call it, without cookies"),
    }
}
