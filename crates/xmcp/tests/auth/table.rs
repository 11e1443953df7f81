//! The whole of who gets what answer, as one table.

use http::{Method, header};
use scalekit_emulator::Signer;
use serde_json::{Value, json};
use xmcp::Era;

use crate::{
    fixture::{METADATA, Protected},
    support::{ACCEPT, Answer, BOTH, modern_meta},
};

/// A call of `write`, which needs the scopes `todo:read` and `todo:write`, to every route by every method with every credential.
const TABLE: &str = "
              none basic malformed forged unknown expired audience issuer twice scopeless good
/mcp  GET     401  401   401       401    401     401     401      401    400   405       405
/mcp  POST    401  401   401       401    401     401     401      401    400   403       200
/mcp  HEAD    401  401   401       401    401     401     401      401    400   405       405
/mcp  DELETE  401  401   401       401    401     401     401      401    400   405       405
/mcp  OPTIONS 401  401   401       401    401     401     401      401    400   405       405
/mcp  PUT     401  401   401       401    401     401     401      401    400   405       405
/mine GET     401  401   401       401    401     401     401      401    400   200       200
/mine POST    401  401   401       401    401     401     401      401    400   405       405
/mine HEAD    401  401   401       401    401     401     401      401    400   200       200
/mine DELETE  401  401   401       401    401     401     401      401    400   405       405
/mine OPTIONS 401  401   401       401    401     401     401      401    400   405       405
/mine PUT     401  401   401       401    401     401     401      401    400   405       405
";

/// The same for all credentials: nobody looks at them here.
const OPEN: &str = "
                                          GET POST HEAD DELETE OPTIONS PUT
/open                                     200 405  200  405    405     405
/health                                   200 405  200  405    405     405
/                                         200 404  200  404    404     404
/.well-known/oauth-protected-resource     200 405  200  405    204     405
/.well-known/oauth-protected-resource/mcp 200 405  200  405    204     405
/nowhere                                  404 404  404  404    404     404
/mcp/                                     404 404  404  404    404     404
/MCP                                      404 404  404  404    404     404
/mcp/mine                                 404 404  404  404    404     404
";

/// Whom the tokens of the table name, which no answer does.
const SUBJECT: &str = "usr_of_the_table";

/// What a request brings along: the value of `Authorization`, and the challenge to it where it is refused.
struct Credential {
    name: &'static str,
    header: Option<String>,
    challenge: String,
}

impl Credential {
    fn all(protected: &Protected) -> Vec<Self> {
        let scalekit = &protected.scalekit;
        let claims = |changes: Value| {
            let mut claims = json!({ "sub": SUBJECT, "scope": "todo:read todo:write", "scopes": ["todo:read", "todo:write"] });
            for (name, value) in changes.as_object().unwrap() {
                claims[name] = value.clone();
            }
            claims
        };
        let mint = |changes: Value| protected.bearer(claims(changes));
        let forged = scalekit.mint_signed(claims(json!({})), json!({}), &Signer::Stranger);
        let unknown = scalekit.mint(claims(json!({})), json!({ "kid": "snk_unknown" }));
        let missing = format!("Bearer resource_metadata=\"{METADATA}\"");
        let because = |error: &str, description: &str| {
            format!(
                "Bearer error=\"{error}\", error_description=\"{description}\", resource_metadata=\"{METADATA}\""
            )
        };
        let invalid = because("invalid_token", "Token verification failed");
        let insufficient = format!(
            "Bearer error=\"insufficient_scope\", scope=\"todo:read todo:write\", resource_metadata=\"{METADATA}\", \
             error_description=\"The access token lacks a required scope\""
        );
        let ambiguous =
            format!("Bearer error=\"invalid_request\", resource_metadata=\"{METADATA}\"");
        let of = |name, header: Option<String>, challenge: &str| Self {
            name,
            header,
            challenge: challenge.to_owned(),
        };
        vec![
            of("none", None, &missing),
            of(
                "basic",
                Some("Basic dXNyX29mX3RoZV90YWJsZTpodW50ZXIyaHVudGVyMg==".to_owned()),
                &missing,
            ),
            of(
                "malformed",
                Some("Bearer this-is-no-token-at-all".to_owned()),
                &invalid,
            ),
            of("forged", Some(format!("Bearer {forged}")), &invalid),
            of("unknown", Some(format!("Bearer {unknown}")), &invalid),
            of(
                "expired",
                Some(mint(json!({ "iat": 1_000, "nbf": 1_000, "exp": 4_600 }))),
                &because("invalid_token", "The access token expired"),
            ),
            of(
                "audience",
                Some(mint(json!({ "aud": ["res_other"] }))),
                &invalid,
            ),
            of(
                "issuer",
                Some(mint(json!({ "iss": "https://evil.example" }))),
                &invalid,
            ),
            of("twice", Some(mint(json!({}))), &ambiguous),
            of(
                "scopeless",
                Some(mint(
                    json!({ "scope": "todo:read", "scopes": ["todo:read"] }),
                )),
                &insufficient,
            ),
            of("good", Some(mint(json!({}))), ""),
        ]
    }

    async fn ask(&self, protected: &Protected, path: &str, method: &str, era: Era) -> Answer {
        let mut params = json!({ "name": "write", "arguments": {} });
        let accept = if path == "/" { "text/html" } else { ACCEPT };
        let mut headers = vec![("content-type", "application/json"), ("accept", accept)];
        match era {
            Era::Legacy => headers.push(("mcp-protocol-version", "2025-11-25")),
            Era::Modern => {
                headers.extend([
                    ("mcp-protocol-version", "2026-07-28"),
                    ("mcp-method", "tools/call"),
                    ("mcp-name", "write"),
                ]);
                for (key, value) in modern_meta() {
                    params["_meta"][key] = value;
                }
            }
        }
        headers.extend(self.header.as_deref().map(|value| ("authorization", value)));
        let token = self.header.as_deref().unwrap_or_default();
        let uri = match self.name {
            "twice" => format!(
                "{path}?access_token={}",
                token.trim_start_matches("Bearer ")
            ),
            _ => path.to_owned(),
        };
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        protected
            .server
            .ask(method, &uri, &headers, message.to_string())
            .await
    }

    /// What is wrong with an answer, apart from its status.
    fn problem(&self, answer: &Answer) -> Option<String> {
        let expected = match answer.status.as_u16() {
            400 | 401 | 403 => vec![self.challenge.as_str()],
            _ => vec![],
        };
        let challenges: Vec<_> = answer
            .headers
            .get_all(header::WWW_AUTHENTICATE)
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect();
        if challenges != expected {
            return Some(format!("the challenges are {challenges:?}"));
        }
        let exposed = answer.header("access-control-expose-headers");
        if !expected.is_empty()
            && (exposed, answer.header("cache-control"))
                != (Some("www-authenticate"), Some("no-store"))
        {
            return Some(
                "the challenge cannot be read by pages, or the answer may be stored".to_owned(),
            );
        }
        let shown = format!("{:?} {}", answer.headers, answer.text());
        if shown.contains(SUBJECT) {
            return Some(format!("the answer names the subject: {shown}"));
        }
        let secret = self.header.as_deref().unwrap_or_default();
        let secret = secret.split_once(' ').map_or("", |(_, secret)| secret);
        secret
            .as_bytes()
            .windows(12)
            .find(|piece| shown.contains(std::str::from_utf8(piece).unwrap()))
            .map(|_| format!("the answer holds a piece of the credential: {shown}"))
    }
}

/// A row: its first words, and a status under each name of the table's first line.
struct Row<const N: usize> {
    first: [&'static str; N],
    statuses: Vec<(&'static str, u16)>,
}

fn rows<const N: usize>(table: &'static str) -> Vec<Row<N>> {
    let mut lines = table
        .trim()
        .lines()
        .map(|line| line.split_ascii_whitespace().collect::<Vec<&'static str>>());
    let names = lines.next().unwrap();
    lines
        .map(|words| {
            let (first, statuses) = words.split_first_chunk::<N>().unwrap();
            assert_eq!(statuses.len(), names.len(), "{first:?}");
            let statuses = statuses.iter().map(|status| status.parse().unwrap());
            Row {
                first: *first,
                statuses: names.iter().copied().zip(statuses).collect(),
            }
        })
        .collect()
}

#[tokio::test]
async fn every_route_method_generation_and_credential_has_its_answer() {
    let protected = Protected::start().await;
    let credentials = Credential::all(&protected);
    let mut cells = Vec::new();
    for row in rows(TABLE) {
        let [path, method] = row.first;
        for (name, status) in row.statuses {
            let credential = credentials
                .iter()
                .find(|credential| credential.name == name)
                .unwrap();
            cells.push((path, method, credential, status));
        }
    }
    for row in rows(OPEN) {
        let [path] = row.first;
        for (method, status) in row.statuses {
            cells.extend(
                credentials
                    .iter()
                    .map(|credential| (path, method, credential, status)),
            );
        }
    }
    let mut problems = Vec::new();
    for (path, method, credential, status) in cells {
        for era in BOTH {
            let answer = credential.ask(&protected, path, method, era).await;
            let wrong =
                (answer.status != status).then(|| format!("{} instead of {status}", answer.status));
            if let Some(problem) = wrong.or_else(|| credential.problem(&answer)) {
                problems.push(format!(
                    "{method} {path}, {era:?}, {}: {problem}",
                    credential.name
                ));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
