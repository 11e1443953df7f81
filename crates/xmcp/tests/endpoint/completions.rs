//! Completions (2025-11-25 and 2026-07-28 server/utilities/completion).

use serde_json::{Value, json};
use xmcp::{Era, Session};

use crate::{
    primitives::{PROMPTS, RESOURCES},
    support::{Answer, BOTH, Server, app_of},
};

async fn server() -> Server {
    Server::app(app_of(PROMPTS, RESOURCES), |_| {}, None, None).await
}

async fn ask(server: &Server, era: Era, reference: Value, argument: &str, value: &str) -> Answer {
    let argument = json!({ "name": argument, "value": value });
    let params = json!({ "ref": reference, "argument": argument });
    server.request(era, "completion/complete", params).await
}

fn prompt(name: &str) -> Value {
    json!({ "type": "ref/prompt", "name": name })
}

fn template(uri: &str) -> Value {
    json!({ "type": "ref/resource", "uri": uri })
}

/// "Completion Results".
#[tokio::test]
async fn values_are_ranked_by_how_they_begin() {
    let server = server().await;
    for era in BOTH {
        let answer = ask(&server, era, prompt("review"), "language", "py").await;
        let values = json!(["python3", "Python", "typescript"]);
        let mut expected =
            json!({ "completion": { "values": values, "total": 3, "hasMore": false } });
        if era == Era::Modern {
            expected["resultType"] = "complete".into();
        }
        assert_eq!(answer.result(), expected);
    }
}

#[tokio::test]
async fn at_most_a_hundred_values_are_sent() {
    let server = server().await;
    for era in BOTH {
        let answer = ask(&server, era, prompt("review"), "code", "many")
            .await
            .result();
        let completion = &answer["completion"];
        assert_eq!(completion["values"].as_array().unwrap().len(), 100);
        assert_eq!(completion["values"][99], "x99");
        assert_eq!(
            (&completion["total"], &completion["hasMore"]),
            (&json!(250), &json!(true))
        );
    }
}

#[tokio::test]
async fn what_is_filled_in_already_reaches_complete() {
    let server = server().await;
    for era in BOTH {
        let params = json!({
            "ref": prompt("review"),
            "argument": { "name": "code", "value": "x" },
            "context": { "arguments": { "language": "rust" } },
        });
        let answer = server
            .request(era, "completion/complete", params)
            .await
            .result();
        assert_eq!(answer["completion"]["values"], json!(["x in rust"]));
    }
}

#[tokio::test]
async fn a_choice_completes_itself() {
    let server = server().await;
    let values = async |era, reference, argument: &str, value: &str| {
        ask(&server, era, reference, argument, value).await.result()["completion"]["values"].take()
    };
    for era in BOTH {
        let colors = template("test://colors/{color}");
        for (value, expected) in [
            ("", json!(["red", "green", "infrared"])),
            ("RE", json!(["red", "green", "infrared"])),
            ("red", json!(["red", "infrared"])),
            ("blue", json!([])),
        ] {
            assert_eq!(
                values(era, colors.clone(), "color", value).await,
                expected,
                "{value}"
            );
        }
        let how = values(era, prompt("failing"), "how", "m").await;
        assert_eq!(how, json!(["message"]));
        let user = values(era, template("test://users/{user_id}"), "user_id", "a").await;
        assert_eq!(user, json!(["a-1", "a-2"]));
    }
}

/// "Error Handling".
#[tokio::test]
async fn what_cannot_be_completed_is_an_error_of_the_params() {
    let server = server().await;
    let cases = [
        (prompt("no_such"), "code", "unknown prompt `no_such`"),
        (
            template("test://no/{such}"),
            "such",
            "unknown resource template `test://no/{such}`",
        ),
        (
            template("test://rules"),
            "x",
            "unknown resource template `test://rules`",
        ),
        (
            prompt("review"),
            "colour",
            "`review` has no argument `colour`",
        ),
        (
            json!({ "type": "ref/other" }),
            "x",
            "`ref` does not have the form that the specification gives it",
        ),
        (
            json!("review"),
            "x",
            "`ref` does not have the form that the specification gives it",
        ),
    ];
    for era in BOTH {
        for (reference, argument, expected) in &cases {
            let answer = ask(&server, era, reference.clone(), argument, "")
                .await
                .error();
            assert_eq!(answer, (200, -32602, (*expected).to_owned()));
        }
        for params in [
            json!({}),
            json!({ "ref": prompt("review") }),
            json!({ "ref": prompt("review"), "argument": { "name": "code" } }),
            json!({ "ref": prompt("review"), "argument": { "name": "code", "value": "" }, "context": 7 }),
        ] {
            let (_, code, _) = server
                .request(era, "completion/complete", params)
                .await
                .error();
            assert_eq!(code, -32602);
        }
        let (_, code, message) = ask(&server, era, prompt("review"), "code", "fail")
            .await
            .error();
        assert_eq!((code, &*message), (-32603, "the index is being rebuilt"));
    }
}

#[tokio::test]
async fn completing_needs_the_scopes_of_what_it_completes() {
    for (scope, status) in [("todo:read", 200), ("other", 403)] {
        let session = Session::for_test("usr_1").scopes([scope]).build();
        let server = Server::app(app_of(GUARDED, &[]), |_| {}, None, Some(session)).await;
        for era in BOTH {
            let answer = ask(&server, era, prompt("review"), "language", "").await;
            assert_eq!(answer.status, status);
        }
    }
}

static GUARDED: &[xmcp::codegen::Prompt] = &[xmcp::codegen::Prompt {
    metadata: &xmcp::PromptMetadata::new().scopes(&["todo:read"]),
    ..PROMPTS[1]
}];

#[tokio::test]
async fn a_text_longer_than_anybody_types_is_not_completed() {
    let server = server().await;
    for era in BOTH {
        let longest = "x".repeat(4096);
        let answer = ask(&server, era, prompt("review"), "code", &longest).await;
        assert_eq!(answer.result()["completion"]["total"], 1);
        let answer = ask(&server, era, prompt("review"), "code", &(longest + "x")).await;
        assert_eq!(answer.json()["error"]["code"], -32602);
    }
}
