//! The whole of who gets what answer, as one table, for every provider.
//!
//! Another provider is one more entry of [`PROVIDERS`]: a function that says what its credentials are.

use std::rc::Rc;

use futures_util::future::BoxFuture;
use http::{Method, header};
use serde_json::json;
use xmcp::{Era, auth::Provider};

use crate::{
    fixture::{METADATA, Setup},
    issuers::{self, Credential, Issuer},
    support::{ACCEPT, Answer, BOTH, Server, modern_meta},
};

/// A call of `write`, which needs the scopes `todo:read` and `todo:write`, to every route by every method with every kind of credential.
/// `none` is none, or one of a scheme that nobody takes; `stranger` is the same where the provider is optional.
const TABLE: &str = "
              none stranger bad expired twice scopeless good
/mcp  GET     401  405      401 401     400   405       405
/mcp  POST    401  401      401 401     400   403       200
/mcp  HEAD    401  405      401 401     400   405       405
/mcp  DELETE  401  405      401 401     400   405       405
/mcp  OPTIONS 401  405      401 401     400   405       405
/mcp  PUT     401  405      401 401     400   405       405
/mine GET     401  401      401 401     400   200       200
/mine POST    401  401      401 401     400   405       405
/mine HEAD    401  401      401 401     400   200       200
/mine DELETE  401  401      401 401     400   405       405
/mine OPTIONS 401  401      401 401     400   405       405
/mine PUT     401  401      401 401     400   405       405
";

/// The same for all credentials: nobody looks at them here.
const OPEN: &str = "
           GET POST HEAD DELETE OPTIONS PUT
/open      200 405  200  405    405     405
/health    200 405  200  405    405     405
/          200 404  200  404    404     404
/nowhere   404 404  404  404    404     404
/mcp/      404 404  404  404    404     404
/MCP       404 404  404  404    404     404
/mcp/mine  404 404  404  404    404     404
";

/// Where there is metadata.
const DOCUMENTS: &str = "
                                          GET POST HEAD DELETE OPTIONS PUT
/.well-known/oauth-protected-resource     200 405  200  405    204     405
/.well-known/oauth-protected-resource/mcp 200 405  200  405    204     405
";

/// Makes the provider of a server at this URL, and whoever vouches for callers there.
type Start = for<'a> fn(&'a str) -> BoxFuture<'a, (Provider, Box<dyn Issuer>)>;

/// Every provider there is.
const PROVIDERS: &[(&str, Start)] = &[
    ("scalekit", issuers::scalekit),
    ("scalekit, optional", issuers::optional_scalekit),
    ("oauth", issuers::oauth),
    ("jwt, keys at a place", issuers::jwt_of_a_set),
    ("jwt, one key", issuers::jwt_of_a_key),
    ("a verifier of one's own", issuers::own),
    ("any of both", issuers::any_of_both),
    ("introspection", issuers::introspected),
    ("keys", issuers::keys),
];

/// A request's credential, and what the answer says where it is refused.
struct Case {
    credential: Credential,
    /// Whether it is in the query once more.
    is_twice: bool,
    /// The column of the table.
    column: &'static str,
    challenge: String,
}

impl Case {
    /// Everything that this issuer's callers may bring.
    fn all(issuer: &dyn Issuer) -> Vec<Self> {
        let scheme = issuer.scheme();
        let read_on = match issuer.has_metadata() {
            true => format!("resource_metadata=\"{METADATA}\""),
            false => "realm=\"mcp\"".to_owned(),
        };
        let [bad, expired, lacking] = issuer.words();
        let missing = format!("{scheme} {read_on}");
        let because = |error: &str, description: &str| {
            format!("{scheme} error=\"{error}\", error_description=\"{description}\", {read_on}")
        };
        let invalid = because("invalid_token", bad);
        let insufficient = format!(
            "{scheme} error=\"insufficient_scope\", scope=\"todo:read todo:write\", {read_on}, \
             error_description=\"{lacking}\""
        );
        let of = |credential, column, challenge: &str| Self {
            credential,
            is_twice: false,
            column,
            challenge: challenge.to_owned(),
        };
        let nobody = match issuer.is_optional() {
            true => "stranger",
            false => "none",
        };
        let mut cases = vec![
            of(Credential::none(), nobody, &missing),
            of(
                Credential::authorization("Basic dXNyX29mX3RoZV90YWJsZTpodW50ZXIyaHVudGVyMg=="),
                nobody,
                &missing,
            ),
            of(issuer.scopeless(), "scopeless", &insufficient),
            Self {
                is_twice: true,
                ..of(
                    issuer.good(),
                    "twice",
                    &format!("{scheme} error=\"invalid_request\", {read_on}"),
                )
            },
        ];
        cases.extend(
            issuer
                .good_ones()
                .into_iter()
                .map(|good| of(good, "good", "")),
        );
        cases.extend(issuer.bad().into_iter().map(|bad| of(bad, "bad", &invalid)));
        let expired = because("invalid_token", expired);
        cases.extend(issuer.expired().map(|it| of(it, "expired", &expired)));
        cases
    }

    async fn ask(&self, protected: &Server, path: &str, method: &str, era: Era) -> Answer {
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
        headers.extend(self.credential.header());
        let uri = match self.is_twice {
            true => format!("{path}?access_token={}", self.credential.secret()),
            false => path.to_owned(),
        };
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        protected
            .ask(method, &uri, &headers, message.to_string())
            .await
    }

    /// What is wrong with an answer, apart from its status.
    fn problem(&self, answer: &Answer, path: &str) -> Option<String> {
        let mut challenge = self.challenge.clone();
        if self.column == "stranger" && path == "/mcp" {
            // It got as far as to the tool, whose scopes it is to ask for.
            challenge += ", scope=\"todo:read todo:write\"";
        }
        let expected = match answer.status.as_u16() {
            400 | 401 | 403 => vec![challenge.as_str()],
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
        if shown.contains(issuers::SUBJECT) {
            return Some(format!("the answer names the subject: {shown}"));
        }
        self.credential
            .secret()
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
    let mut problems = Vec::new();
    for (name, start) in PROVIDERS {
        let (provider, issuer) = start("http://localhost:3001/mcp").await;
        let router = Setup::default().of(provider).await.unwrap();
        let server = Server { router };
        for (path, method, case, status) in cells(&*issuer) {
            for era in BOTH {
                let answer = case.ask(&server, path, method, era).await;
                let wrong = (answer.status != status)
                    .then(|| format!("{} instead of {status}", answer.status));
                if let Some(problem) = wrong.or_else(|| case.problem(&answer, path)) {
                    problems.push(format!(
                        "{name}: {method} {path}, {era:?}, {}, {}: {problem}",
                        case.column,
                        case.credential.name()
                    ));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Everything that is to be asked: path, method, credential, and the status that is right.
fn cells(issuer: &dyn Issuer) -> Vec<(&'static str, &'static str, Rc<Case>, u16)> {
    let cases: Vec<Rc<Case>> = Case::all(issuer).into_iter().map(Rc::new).collect();
    for column in ["bad", "scopeless", "good"] {
        assert!(cases.iter().any(|case| case.column == column), "{column}");
    }
    let mut cells = Vec::new();
    for row in rows(TABLE) {
        let [path, method] = row.first;
        for (column, status) in row.statuses {
            let those = cases.iter().filter(|case| case.column == column);
            cells.extend(those.map(|case| (path, method, Rc::clone(case), status)));
        }
    }
    let documents = if issuer.has_metadata() {
        rows(DOCUMENTS)
    } else {
        vec![]
    };
    for row in rows(OPEN).into_iter().chain(documents) {
        let [path] = row.first;
        for (method, status) in row.statuses {
            cells.extend(
                cases
                    .iter()
                    .map(|case| (path, method, Rc::clone(case), status)),
            );
        }
    }
    cells
}
