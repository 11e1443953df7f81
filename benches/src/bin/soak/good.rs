//! What callers ask who know how: every method in both generations of the protocol, and what comes back.

use serde_json::{Value, json};
use xmcp_benches::request::{Era, Request};

/// A request, and what its answer holds.
pub struct Good {
    pub name: String,
    pub bytes: Vec<u8>,
    pub status: u16,
    pub expected: &'static str,
}

impl Good {
    /// Each of them, from this caller.
    pub fn all(token: Option<&str>) -> Vec<Self> {
        Era::BOTH
            .into_iter()
            .flat_map(|era| Self::of(era, token))
            .collect()
    }

    fn of(era: Era, token: Option<&str>) -> Vec<Self> {
        let call = |name: &str, arguments: Value| json!({ "name": name, "arguments": arguments });
        let reference = json!({ "type": "ref/prompt", "name": "review" });
        let argument = json!({ "name": "code", "value": "a" });
        let mut requests = vec![
            ("tools/list", json!({}), r#""greet_aware""#),
            (
                "tools/call",
                call("greet", json!({ "name": "World" })),
                "Hello, World!",
            ),
            (
                "tools/call",
                call("greet_aware", json!({ "name": "World" })),
                "Hello, World!",
            ),
            (
                "tools/call",
                call("add", json!({ "a": 2, "b": 0.5 })),
                "2.5",
            ),
            // A mistake that a model makes, and is told of.
            (
                "tools/call",
                call("greet", json!({ "name": 7 })),
                r#""isError":true"#,
            ),
            ("tools/call", call("no_such", json!({})), r#""error""#),
            ("prompts/list", json!({}), r#""review""#),
            (
                "prompts/get",
                call("review", json!({ "code": "fn main() {}" })),
                "Review this code: fn main() {}",
            ),
            ("resources/list", json!({}), "bench://note"),
            ("resources/templates/list", json!({}), "resourceTemplates"),
            (
                "resources/read",
                json!({ "uri": "bench://note" }),
                "A note for whoever reads it",
            ),
            (
                "completion/complete",
                json!({ "ref": reference, "argument": argument }),
                r#""completion""#,
            ),
        ];
        match era {
            Era::Legacy => requests.extend([
                ("ping", json!({}), r#""result":{}"#),
                (
                    "initialize",
                    json!({ "protocolVersion": "2025-11-25", "capabilities": {} }),
                    r#""serverInfo""#,
                ),
                ("logging/setLevel", json!({ "level": "info" }), r#""id":1"#),
            ]),
            Era::Modern => requests.push(("server/discover", json!({}), r#""supportedVersions""#)),
        }
        requests
            .into_iter()
            .map(|(method, params, expected)| Self::new(era, method, params, expected, token))
            .collect()
    }

    fn new(
        era: Era,
        method: &'static str,
        params: Value,
        expected: &'static str,
        token: Option<&str>,
    ) -> Self {
        let what = params["name"]
            .as_str()
            .or(params["uri"].as_str())
            .unwrap_or_default();
        let name = format!("{} {method} {what}", era.version());
        let request = Request::new(era, method, params);
        let request = match token {
            Some(token) => request.signed_in(token),
            None => request,
        };
        Self {
            name,
            bytes: request.bytes(),
            status: 200,
            expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_generations_and_all_kinds_are_asked_for() {
        let all = Good::all(None);
        for what in [
            "tools/list",
            "tools/call greet",
            "resources/read",
            "prompts/get",
            "server/discover",
            "ping",
        ] {
            assert!(all.iter().any(|good| good.name.contains(what)), "{what}");
        }
        assert!(
            all.iter()
                .all(|good| !String::from_utf8_lossy(&good.bytes).contains("Authorization"))
        );
        let signed_in = Good::all(Some("a.b.c"));
        assert!(signed_in.iter().all(|good| {
            String::from_utf8_lossy(&good.bytes).contains("Authorization: Bearer a.b.c")
        }));
    }
}
