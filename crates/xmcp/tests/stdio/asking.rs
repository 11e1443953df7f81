//! Questions over a pipe: to a 2025-11-25 client as requests of the server's (client/elicitation, client/sampling, client/roots), to a
//! 2026-07-28 client in rounds, as over HTTP.

use std::time::Duration;

use serde_json::{Value, json};
use xmcp::{App, Era, Settings};

use crate::{
    asking_handlers::{PROMPTS, RESOURCES, TOOLS},
    support::{Client, app, cancelled, request, text},
};

/// A client that can be asked everything.
async fn connected(change: impl FnOnce(&mut Settings)) -> Client {
    initialized(
        json!({ "elicitation": { "form": {}, "url": {} }, "sampling": {}, "roots": { "listChanged": true } }),
        change,
    )
    .await
}

async fn initialized(capabilities: Value, change: impl FnOnce(&mut Settings)) -> Client {
    let mut client = unconnected(change);
    let params = json!({
        "protocolVersion": "2025-11-25",
        "clientInfo": { "name": "legacy-client", "version": "1" },
        "capabilities": capabilities,
    });
    client
        .ask(request(Era::Legacy, 0, "initialize", params))
        .await;
    client
}

fn unconnected(change: impl FnOnce(&mut Settings)) -> Client {
    let app = App {
        tools: TOOLS,
        prompts: PROMPTS,
        resources: RESOURCES,
        ..app()
    };
    Client::of(app, 64 * 1024, change)
}

/// Answers the question that the server asked.
async fn answer(client: &mut Client, question: &Value, result: Value) {
    let response = json!({ "jsonrpc": "2.0", "id": question["id"], "result": result });
    client.send(response.to_string()).await;
}

fn accepted(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

/// 2025-11-25 client/elicitation, "Form Mode Elicitation Requests" and "Response Actions".
#[tokio::test]
async fn a_form_is_a_request_while_the_call_waits() {
    let mut client = connected(|_| {}).await;
    let rows = [
        (accepted(json!({ "name": "Ada" })), "Hello, Ada!"),
        (json!({ "action": "decline" }), "declined"),
        (json!({ "action": "cancel" }), "cancelled"),
    ];
    for (given, expected) in rows {
        client.call(Era::Legacy, 7, "ask").await;
        let question = client.message().await;
        assert_eq!(question["method"], "elicitation/create");
        let params = json!({
            "mode": "form",
            "message": "What is your name?",
            "requestedSchema": {
                "type": "object",
                "properties": { "name": { "type": "string", "description": "Your name", "minLength": 2 } },
                "required": ["name"],
            },
        });
        assert_eq!(question["params"], params);
        answer(&mut client, &question, given).await;
        let response = client.message().await;
        assert_eq!((&response["id"], text(&response)), (&json!(7), expected));
    }
}

#[tokio::test]
async fn questions_that_are_awaited_together_wait_for_their_answers_together() {
    let mut client = connected(|_| {}).await;
    client.call(Era::Legacy, 1, "ask_together").await;
    let (name, roots) = (client.message().await, client.message().await);
    assert_eq!(
        (&name["method"], &roots["method"]),
        (&json!("elicitation/create"), &json!("roots/list"))
    );
    assert_ne!(name["id"], roots["id"]);
    answer(
        &mut client,
        &roots,
        json!({ "roots": [{ "uri": "file:///a" }] }),
    )
    .await;
    answer(&mut client, &name, accepted(json!({ "name": "Ada" }))).await;
    assert_eq!(text(&client.message().await), "Ada in file:///a");
}

/// 2025-11-25 client/sampling, "Creating Messages"; client/elicitation, "URL Mode Elicitation Requests".
#[tokio::test]
async fn a_model_and_a_page_are_requests_too() {
    let mut client = connected(|_| {}).await;
    client.call(Era::Legacy, 1, "ask_model").await;
    let question = client.message().await;
    assert_eq!(question["method"], "sampling/createMessage");
    assert_eq!(question["params"]["maxTokens"], 100);
    let result = json!({ "role": "assistant", "content": { "type": "text", "text": "Paris" }, "model": "m" });
    answer(&mut client, &question, result).await;
    assert_eq!(text(&client.message().await), "m says Paris");

    client.call(Era::Legacy, 2, "send_away").await;
    let question = client.message().await;
    assert_eq!(question["params"]["mode"], "url");
    assert_eq!(question["params"]["url"], "https://example.com/connect");
    assert!(
        question["params"]["elicitationId"]
            .as_str()
            .is_some_and(|id| id.len() > 20),
        "{question}"
    );
    answer(&mut client, &question, json!({ "action": "accept" })).await;
    assert_eq!(text(&client.message().await), "Accept(())");
}

/// One file serves both generations: what 2026-07-28 gets as a result, an earlier client gets as requests.
#[tokio::test]
async fn what_a_handler_returns_to_ask_is_asked_by_requests() {
    let mut client = connected(|_| {}).await;
    client.call(Era::Legacy, 1, "return_three_questions").await;
    for _ in 0..3 {
        let question = client.message().await;
        let result = match question["method"].as_str().unwrap() {
            "elicitation/create" => accepted(json!({ "name": "Ada" })),
            "roots/list" => json!({ "roots": [] }),
            _ => {
                json!({ "role": "assistant", "content": [{ "type": "text", "text": "Hi" }], "model": "m" })
            }
        };
        answer(&mut client, &question, result).await;
    }
    assert_eq!(
        text(&client.message().await),
        r#"Hi Ada, 0 roots, Some("three")"#
    );

    client.call(Era::Legacy, 2, "return_one_by_one").await;
    for word in ["one", "two", "three"] {
        let question = client.message().await;
        answer(&mut client, &question, accepted(json!({ "name": word }))).await;
    }
    assert_eq!(text(&client.message().await), "one two three");

    let message = request(
        Era::Legacy,
        3,
        "prompts/get",
        json!({ "name": "ask_first" }),
    );
    client.send(message).await;
    let question = client.message().await;
    answer(&mut client, &question, accepted(json!({ "name": "Ada" }))).await;
    let response = client.message().await;
    assert_eq!(
        response["result"]["messages"][0]["content"]["text"],
        "Write to Ada"
    );
}

/// 2025-11-25 basic/utilities/progress, "Progress Flow": the value increases with each notification.
#[tokio::test]
async fn progress_goes_forward_though_a_handler_runs_again() {
    let mut client = connected(|_| {}).await;
    let params = json!({ "name": "tell_and_return_a_question", "_meta": { "progressToken": 1 } });
    client
        .send(request(Era::Legacy, 1, "tools/call", params))
        .await;
    assert_eq!(client.message().await["params"]["progress"], 1);
    let question = client.message().await;
    answer(&mut client, &question, json!({ "action": "decline" })).await;
    assert_eq!(client.message().await["params"]["progress"], 2);
    assert_eq!(text(&client.message().await), "false");
}

#[tokio::test]
async fn a_handler_that_is_never_content_asks_eight_times() {
    let mut client = connected(|_| {}).await;
    client.call(Era::Legacy, 1, "insist").await;
    for _ in 0..8 {
        let question = client.message().await;
        assert_eq!(question["method"], "elicitation/create");
        answer(&mut client, &question, accepted(json!({ "name": "Ada" }))).await;
    }
    let response = client.message().await;
    assert_eq!(response["result"]["isError"], true);
    assert_eq!(
        text(&response),
        "the tool asked 8 times and was not content"
    );
}

/// 2025-11-25 client/elicitation, "Error Handling": an error, an answer to something else, and one that does not fit.
#[tokio::test]
async fn an_answer_that_is_none_is_an_error_for_the_model() {
    let mut client = connected(|_| {}).await;
    let rows = [
        (
            json!({ "error": { "code": -1, "message": "User rejected\u{1b}" } }),
            "the client refused: `User rejected\\u{1b}` (code -1)",
        ),
        (
            json!({ "result": { "roots": [] } }),
            "the client's answer does not fit the question: it is an answer to something else",
        ),
        (
            json!({ "result": accepted(json!({ "name": "A" })) }),
            "the client's answer does not fit the question: ",
        ),
    ];
    for (response, expected) in rows {
        client.call(Era::Legacy, 1, "ask").await;
        let question = client.message().await;
        let mut message = response;
        message["jsonrpc"] = "2.0".into();
        message["id"] = question["id"].clone();
        client.send(message.to_string()).await;
        let response = client.message().await;
        assert_eq!(response["result"]["isError"], true);
        assert!(text(&response).starts_with(expected), "{response}");
    }
    // Answers to questions that nobody asked are ignored.
    for id in [json!(1), json!(999), json!("a")] {
        let message = json!({ "jsonrpc": "2.0", "id": id, "result": { "action": "accept" } });
        client.send(message.to_string()).await;
    }
    client.call(Era::Legacy, 2, "need_a_model").await;
    assert_eq!(client.message().await["id"], 2);
}

/// 2025-11-25 basic/utilities/cancellation: what is given up is cancelled.
#[tokio::test]
async fn a_question_that_is_never_answered_is_given_up() {
    let mut client = connected(|settings| {
        settings.http.limits.question_timeout = Duration::from_millis(50);
    })
    .await;
    client.call(Era::Legacy, 1, "ask").await;
    let question = client.message().await;
    let notification = client.message().await;
    assert_eq!(notification["method"], "notifications/cancelled");
    assert_eq!(notification["params"]["requestId"], question["id"]);
    let response = client.message().await;
    assert_eq!(response["result"]["isError"], true);
    assert_eq!(text(&response), "the client did not answer within 0 s");
    // Too late.
    answer(&mut client, &question, accepted(json!({ "name": "Ada" }))).await;
    client.call(Era::Legacy, 2, "need_a_model").await;
    assert_eq!(client.message().await["id"], 2);
}

#[tokio::test]
async fn the_time_that_the_client_takes_is_not_the_calls() {
    let mut client = connected(|settings| {
        settings.http.limits.call_timeout = Duration::from_millis(100);
        settings.http.limits.question_timeout = Duration::from_millis(400);
    })
    .await;
    client.call(Era::Legacy, 1, "ask").await;
    client.message().await;
    assert_eq!(client.message().await["method"], "notifications/cancelled");
    assert_eq!(
        text(&client.message().await),
        "the client did not answer within 0 s"
    );
}

#[tokio::test]
async fn a_call_that_is_cancelled_takes_its_question_along() {
    let mut client = connected(|_| {}).await;
    client.call(Era::Legacy, 1, "ask").await;
    let question = client.message().await;
    client.send(cancelled("1")).await;
    let notification = client.message().await;
    assert_eq!(notification["method"], "notifications/cancelled");
    assert_eq!(notification["params"]["requestId"], question["id"]);
    client.call(Era::Legacy, 2, "need_a_model").await;
    assert_eq!(client.message().await["id"], 2);
}

#[tokio::test]
async fn a_client_that_says_goodbye_leaves_no_question_waiting() {
    let mut client = connected(|_| {}).await;
    client.call(Era::Legacy, 1, "ask").await;
    client.message().await;
    let (rest, result) = client.finish().await;
    assert!(
        rest.contains("the client went away before it answered"),
        "{rest}"
    );
    result.unwrap();
}

/// 2025-11-25 basic/lifecycle, "Operation": only capabilities that were negotiated are used.
#[tokio::test]
async fn a_client_is_asked_only_what_it_declared() {
    let mut client = initialized(json!({ "elicitation": {} }), |_| {}).await;
    let rows = [
        ("send_away", "elicitation.url"),
        ("ask_model", "sampling"),
        ("ask_from_a_task", "roots"),
        ("return_three_questions", "sampling"),
    ];
    for (tool, missing) in rows {
        client.call(Era::Legacy, 1, tool).await;
        let response = client.message().await;
        assert_eq!(response["result"]["isError"], true);
        let text = text(&response);
        assert!(text.contains(&format!("`{missing}`")), "{tool}: {text}");
    }
    let mut silent = unconnected(|_| {});
    silent.call(Era::Legacy, 1, "ask").await;
    assert_eq!(silent.message().await["result"]["isError"], true);
}

/// 2026-07-28 basic/patterns/mrtr: no transport carries requests of the server's any more.
#[tokio::test]
async fn a_modern_client_is_asked_in_rounds() {
    // What a handshake said is nothing to it.
    let mut client = initialized(json!({}), |_| {}).await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
    });
    let call = |id: u32, more: Value| {
        let mut params = json!({ "name": "ask_in_turn", "_meta": meta });
        for (key, value) in more.as_object().unwrap() {
            params[key] = value.clone();
        }
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }).to_string()
    };
    client.send(call(1, json!({}))).await;
    let first = client.message().await;
    assert_eq!(first["result"]["resultType"], "input_required");
    let given = json!({ "elicitation-1": accepted(json!({ "name": "Ada" })) });
    client
        .send(call(2, json!({ "inputResponses": given })))
        .await;
    let second = client.message().await;
    let state = second["result"]["requestState"].as_str().unwrap();
    let given = json!({ "elicitation-2": accepted(json!({ "color": "red" })) });
    client
        .send(call(
            3,
            json!({ "inputResponses": given, "requestState": state }),
        ))
        .await;
    assert_eq!(text(&client.message().await), "Ada likes Some(Red)");
    client
        .send(call(4, json!({ "requestState": format!("{state}A") })))
        .await;
    assert_eq!(client.message().await["error"]["code"], -32602);
    let without = request(Era::Modern, 5, "tools/call", json!({ "name": "ask" }));
    client.send(without).await;
    let refused = client.message().await;
    assert_eq!(refused["error"]["code"], -32021);
    assert_eq!(
        refused["error"]["data"],
        json!({ "requiredCapabilities": { "elicitation": { "form": {} } } })
    );
}
