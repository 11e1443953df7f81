//! Requests that the two ways get: valid ones of every method in both generations of the protocol, and what becomes of them when
//! something is changed.

use fuzz_corpus::{Change, Seed};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};
use xmcp::Era;

use super::json::{Json, Mutation, VALUES};

/// Requests of both generations: method and params.
pub(crate) fn known() -> Vec<(&'static str, Value)> {
    let call = |name: &str, arguments: Value| {
        let params = json!({ "name": name, "arguments": arguments });
        ("tools/call", params)
    };
    let complete = |reference: Value, name: &str, value: &str| {
        let argument = json!({ "name": name, "value": value });
        (
            "completion/complete",
            json!({ "ref": reference, "argument": argument }),
        )
    };
    let read = |uri: &str| ("resources/read", json!({ "uri": uri }));
    let prompt = json!({ "type": "ref/prompt", "name": "review" });
    let template = json!({ "type": "ref/resource", "uri": "test://colors/{color}" });
    let client = json!({ "name": "a", "version": "1" });
    vec![
        ("tools/list", json!({})),
        ("tools/list", json!({ "cursor": "x" })),
        (
            "initialize",
            json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client }),
        ),
        ("initialize", json!({ "protocolVersion": "1999-01-01" })),
        ("initialize", json!({})),
        ("server/discover", json!({})),
        ("ping", json!({})),
        ("logging/setLevel", json!({ "level": "info" })),
        ("logging/setLevel", json!({ "level": "loud" })),
        ("logging/setLevel", json!({})),
        ("tools/call", json!({})),
        ("tools/call", json!({ "name": "no_such" })),
        ("tools/call", json!({ "name": "echo" })),
        ("prompts/list", json!({})),
        ("prompts/list", json!({ "cursor": "x" })),
        ("prompts/get", json!({ "name": "plain" })),
        ("prompts/get", json!({ "name": "messages" })),
        ("prompts/get", json!({ "name": "review" })),
        (
            "prompts/get",
            json!({ "name": "review", "arguments": { "code": "x", "language": "rust", "tone": "very-kind" } }),
        ),
        ("prompts/get", json!({ "name": "guarded_prompt" })),
        ("prompts/get", json!({ "name": "no_such" })),
        (
            "prompts/get",
            json!({ "name": "failing", "arguments": { "how": "message" } }),
        ),
        (
            "prompts/get",
            json!({ "name": "failing", "arguments": { "how": "error" } }),
        ),
        (
            "prompts/get",
            json!({ "name": "failing", "arguments": { "how": "internal" } }),
        ),
        (
            "prompts/get",
            json!({ "name": "failing", "arguments": { "how": "rpc" } }),
        ),
        (
            "prompts/get",
            json!({ "name": "failing", "arguments": { "how": "illegal_rpc" } }),
        ),
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        ("resources/read", json!({})),
        read("x"),
        read("test://rules"),
        read("test://picture"),
        read("test://folder"),
        read("test://config"),
        read("test://broken"),
        read("test://users/a%20b"),
        read("test://users/%2e%2e"),
        read("test://users/nobody"),
        read("test://users/root"),
        read("test://users/%72oot"),
        read("test://users/ada/posts/7"),
        read("test://users/ada/posts/10"),
        read("test://users/ada/posts/x"),
        read("test://files/a/b%2Fc/d.txt"),
        read("test://colors/red"),
        read("test://colors/blue"),
        ("resources/subscribe", json!({ "uri": "test://rules" })),
        ("resources/unsubscribe", json!({ "uri": "test://rules" })),
        (
            "subscriptions/listen",
            json!({ "notifications": { "toolsListChanged": true } }),
        ),
        ("completion/complete", json!({})),
        complete(prompt.clone(), "code", "many"),
        complete(prompt.clone(), "code", "fail"),
        complete(prompt, "language", "py"),
        complete(template, "color", "r"),
        (
            "completion/complete",
            json!({
                "ref": { "type": "ref/prompt", "name": "review" },
                "argument": { "name": "code", "value": "x" },
                "context": { "arguments": { "language": "rust" } },
            }),
        ),
        ("tasks/get", json!({ "taskId": "a" })),
        (
            "tasks/update",
            json!({ "taskId": "a", "inputResponses": {} }),
        ),
        ("tasks/cancel", json!({ "taskId": "a" })),
        ("skills/list", json!({})),
        ("skills/get", json!({ "name": "a" })),
        ("resources/directory/read", json!({ "uri": "skill://a" })),
        ("notifications/initialized", json!({})),
        (
            "notifications/cancelled",
            json!({ "requestId": 77, "reason": "late" }),
        ),
        (
            "notifications/progress",
            json!({ "progressToken": 1, "progress": 1 }),
        ),
        ("no/such", json!({})),
        call(
            "echo",
            json!({ "text": "Grüße \u{1f600} \n \u{2028} </script>" }),
        ),
        call("echo", json!({ "text": 7 })),
        call("echo", json!({ "text": "a", "more": 1 })),
        call("said", json!({ "text": "structured" })),
        call("nothing", json!({})),
        call("refuse", json!({})),
        call("scoped", json!({})),
        call("panic_at_once", json!({})),
    ]
}

/// Arguments of `order`, most of which its schema allows.
fn order() -> impl Strategy<Value = Value> {
    let mostly = |right: BoxedStrategy<Value>| {
        let wrong =
            select(&VALUES[..]).prop_filter_map("is JSON", |text| serde_json::from_str(text).ok());
        prop_oneof![8 => right, 1 => wrong]
    };
    let of = |values: &[Value]| mostly(select(values.to_vec()).boxed());
    (
        of(&[
            json!("tea"),
            json!("ä"),
            json!("x".repeat(20)),
            json!("x".repeat(21)),
        ]),
        of(&[json!(1), json!(5), json!(6), json!(2.0), json!("3")]),
        of(&[json!("small"), json!("very-large"), json!("Small")]),
        of(&[
            json!([]),
            json!(["a", "b", "c"]),
            json!(["a", "b", "c", "d"]),
            json!("[\"a\"]"),
        ]),
        of(&[
            json!({ "street": "Am Weg 1", "code": "ab12" }),
            json!({ "street": "" }),
            json!({}),
        ]),
        of(&[json!(0.0), json!(-0.5), json!(1e300), json!("1.5")]),
        of(&[json!({ "any": [1, { "thing": null }] }), json!(null)]),
        0..128_u32,
    )
        .prop_map(|(name, count, size, tags, to, price, note, present)| {
            let members = [
                ("name", name),
                ("count", count),
                ("size", size),
                ("tags", tags),
                ("to", to),
                ("price", price),
                ("note", note),
            ];
            let members = members.into_iter().enumerate();
            // The first two are required, and mostly there.
            let is_there =
                |place: usize| present & (1 << place) != 0 || (place < 2 && present % 8 != 0);
            members
                .filter(|(place, _)| is_there(*place))
                .map(|(_, (key, value))| (key.to_owned(), value))
                .collect::<serde_json::Map<_, _>>()
                .into()
        })
}

fn method_and_params() -> impl Strategy<Value = (String, Value)> {
    let known = select(known()).prop_map(|(method, params)| (method.to_owned(), params));
    let order = order().prop_map(|arguments| {
        let params = json!({ "name": "order", "arguments": arguments });
        ("tools/call".to_owned(), params)
    });
    prop_oneof![3 => known, 2 => order]
}

/// Texts that come where an id should be.
fn id() -> impl Strategy<Value = &'static str> {
    let strange = select(
        &[
            "0",
            "-1",
            "1.0",
            "1.5",
            "1e3",
            "null",
            "true",
            "[]",
            "{}",
            "\"\"",
            r#""\u0041-1""#,
            r#""\ud800""#,
            r#""ä 😀""#,
            "9007199254740993",
            "-9223372036854775808",
            "18446744073709551616",
            "1e999",
            "-0",
            "1E+2",
            r#""a\"b""#,
        ][..],
    );
    prop_oneof![3 => Just("1"), 2 => Just(r#""a""#), 3 => strange]
}

/// A message without a fault but for its id.
fn valid() -> impl Strategy<Value = Json> {
    let era = prop_oneof![Just(Era::Legacy), Just(Era::Modern)];
    (era, id(), method_and_params())
        .prop_map(|(era, id, (method, params))| message(era, id, &method, params))
}

fn message(era: Era, id: &str, method: &str, mut params: Value) -> Json {
    if era == Era::Modern {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "modern-client", "version": "2" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
    }
    let mut json = Json::from(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    if let (false, Json::Object(members)) = (method.starts_with("notifications/"), &mut json) {
        members.insert(1, ("\"id\"".to_owned(), Json::Text(id.to_owned())));
    }
    json
}

/// Anything: a message as it should be, or one with faults, or one of the corpus with faults; sometimes with bytes changed below
/// all of that.
pub(crate) fn any_message(corpus: Vec<Seed>) -> impl Strategy<Value = Vec<u8>> {
    let recorded: Vec<Json> = corpus
        .iter()
        .filter_map(|seed| serde_json::from_slice::<Value>(&seed.bytes).ok())
        .map(|value| Json::from(&value))
        .collect();
    let base = prop_oneof![3 => valid(), 1 => select(recorded)];
    let mutations = prop_oneof![1 => Just(Vec::new()), 2 => vec(Mutation::any(), 1..4)];
    let files = corpus.len();
    let changes = prop_oneof![6 => Just(Vec::new()), 1 => vec(Change::any(files), 1..3)];
    (base, mutations, changes).prop_map(move |(mut json, mutations, changes)| {
        for mutation in &mutations {
            mutation.apply(&mut json);
        }
        let mut bytes = json.to_string().into_bytes();
        for change in &changes {
            change.apply(&mut bytes, &corpus);
        }
        bytes
    })
}

/// A modern request without a fault, for those whose headers have some.
pub(crate) fn modern() -> impl Strategy<Value = Vec<u8>> {
    let has_no_stream = |(method, _): &(String, Value)| {
        method != "subscriptions/listen" && !method.starts_with("notifications/")
    };
    method_and_params()
        .prop_filter("is answered at once", has_no_stream)
        .prop_map(|(method, params)| {
            message(Era::Modern, "1", &method, params)
                .to_string()
                .into_bytes()
        })
}
