//! What a tool's schema says is enforced, in words that a model can act on (2025-11-25 server/tools, "Error Handling").

use serde_json::{Value, json};

use crate::support::{BOTH, Server, in_era};
use crate::tools;

fn refusal(reasons: &str) -> Value {
    json!({ "content": [{ "type": "text", "text": format!("invalid arguments for this call:\n{reasons}") }], "isError": true })
}

#[tokio::test]
async fn arguments_that_break_the_schema_are_an_error_for_the_model() {
    let server = Server::new().await;
    let cases = [
        (json!({}), "- `text`: required, but missing"),
        (
            json!({ "text": 7 }),
            "- `text`: expected a string of 1 to 20 characters, got 7",
        ),
        (
            json!({ "text": null }),
            "- `text`: expected a string of 1 to 20 characters, got null",
        ),
        (
            json!({ "text": "a", "times": 4 }),
            "- `times`: expected an integer from 1 to 3, got 4",
        ),
        (
            json!({ "text": "a", "times": 1.5 }),
            "- `times`: expected an integer from 1 to 3, got 1.5",
        ),
        (
            json!({ "text": "a", "loud": "loud" }),
            "- `loud`: expected true or false, got \"loud\"",
        ),
        (
            json!({ "text": "a", "tags": ["b", 1] }),
            "- `tags[1]`: expected a string, got 1",
        ),
        (
            json!({ "text": "a", "tmes": 2 }),
            "- `tmes`: unknown argument, did you mean `times`?",
        ),
        (
            json!({ "times": 0, "loud": 1 }),
            "- `times`: expected an integer from 1 to 3, got 0\n- `loud`: expected true or false, got 1\n- `text`: required, but missing",
        ),
    ];
    for era in BOTH {
        for (arguments, reasons) in &cases {
            let result = server.result(era, "repeat", arguments.clone()).await;
            assert_eq!(result, in_era(era, refusal(reasons)), "{era:?} {arguments}");
        }
    }
}

#[tokio::test]
async fn arguments_that_are_no_object_are_refused() {
    let server = Server::new().await;
    for era in BOTH {
        for arguments in [json!([]), json!("x"), json!(7)] {
            let answer = server.call(era, "hello", arguments.clone()).await.json();
            let is_refused =
                answer["error"]["code"] == -32602 || answer["result"]["isError"] == true;
            assert!(is_refused, "{era:?} {arguments}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_tool_without_arguments_takes_none() {
    let server = Server::new().await;
    for era in BOTH {
        let result = server.result(era, "hello", json!({ "name": "Ada" })).await;
        assert_eq!(result["isError"], true, "{result}");
        assert!(
            result["content"][0]["text"]
                .as_str()
                .unwrap()
                .contains("`name`"),
            "{result}"
        );
    }
}

#[tokio::test]
async fn a_raw_schema_is_enforced_as_it_is_served() {
    let server = Server::new().await;
    for era in BOTH {
        let accepted = server
            .result(era, "raw", json!({ "when": "2026", "more": 1 }))
            .await;
        assert_eq!(
            accepted,
            in_era(
                era,
                json!({ "content": [{ "type": "text", "text": "2026" }] })
            )
        );
        let refused = server.result(era, "raw", json!({ "when": "now" })).await;
        assert_eq!(refused["isError"], true, "{refused}");
        let text = refused["content"][0]["text"].as_str().unwrap();
        for part in ["`when`", "^[0-9]{4}$", "\"now\""] {
            assert!(text.contains(part), "{text}");
        }
    }
}

#[tokio::test]
async fn values_sent_as_json_strings_are_accepted_where_there_is_no_doubt() {
    let server = Server::new().await;
    let arguments = json!({ "text": "7", "times": "2", "loud": "true", "tags": "[\"a\"]" });
    for era in BOTH {
        let result = server.result(era, "repeat", arguments.clone()).await;
        assert_eq!(
            result,
            in_era(
                era,
                json!({ "content": [{ "type": "text", "text": "77 #A" }] })
            )
        );
        let refused = server
            .result(era, "repeat", json!({ "text": "a", "times": "4" }))
            .await;
        assert_eq!(
            refused["isError"], true,
            "the value inside of the string is held to the schema too: {refused}"
        );
    }
}

#[tokio::test]
async fn a_strict_server_takes_values_as_they_are_sent() {
    let server = Server::with(tools::TOOLS, |settings| settings.server.strict = true).await;
    for era in BOTH {
        let result = server
            .result(era, "repeat", json!({ "text": "a", "times": "2" }))
            .await;
        assert_eq!(
            result,
            in_era(
                era,
                refusal("- `times`: expected an integer from 1 to 3, got \"2\"")
            )
        );
        let result = server
            .result(era, "repeat", json!({ "text": "a", "times": 2 }))
            .await;
        assert_eq!(
            result,
            in_era(
                era,
                json!({ "content": [{ "type": "text", "text": "aa" }] })
            )
        );
    }
}

#[tokio::test]
async fn an_argument_that_stands_twice_is_refused() {
    let server = Server::new().await;
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"repeat","arguments":{"text":"a","text":"b"}}}"#;
    let result = server.post(body).await.result();
    assert_eq!(result["isError"], true, "{result}");
    assert!(
        result["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("`text`"),
        "{result}"
    );
}
