//! Tools and prompts that ask the client, in memory: as rounds for a client of 2026-07-28, and as a typed error for an older one while
//! `[http] sessions` is off. Older ones with a session are asked by `tests/clients/everything`.

use serde_json::{Value, json};
use xmcp::Era;
use xmcp_test::Client;

/// What a person fills in, by what they are asked.
fn person(message: &str) -> Value {
    match message {
        "Who are you?" => json!({ "username": "ada", "email": "ada@example.com" }),
        "Is this you?" => json!({ "name": "Ada" }),
        "Choose, please." => json!({
            "untitledSingle": "option1",
            "titledSingle": "value2",
            "legacyEnum": "opt3",
            "untitledMulti": ["option1", "option2"],
            "titledMulti": [],
        }),
        "Shall the work go on?" => json!({ "proceed": true }),
        "Is it all right?" => json!({ "ok": true }),
        "What context should the prompt use?" => json!({ "context": "tests" }),
        "Step 2: What is your favourite colour?" => json!({ "color": "green" }),
        _ => json!({ "name": "Ada" }),
    }
}

fn answer(question: &Value) -> Value {
    let params = &question["params"];
    match question["method"].as_str().unwrap() {
        "elicitation/create" => {
            json!({ "action": "accept", "content": person(params["message"].as_str().unwrap()) })
        }
        "sampling/createMessage" => {
            json!({ "role": "assistant", "model": "test", "content": { "type": "text", "text": "Paris" } })
        }
        _ => json!({ "roots": [{ "uri": "file:///work" }] }),
    }
}

/// Every tool that asks, with arguments, and what it makes of the answers.
fn asking() -> Vec<(&'static str, Value, &'static str)> {
    let nothing = || json!({});
    vec![
        (
            "test_elicitation",
            json!({ "message": "Who are you?" }),
            "User response: ada <ada@example.com>",
        ),
        (
            "test_elicitation_sep1034_defaults",
            nothing(),
            r#"Elicitation completed: Some(Profile { name: "Ada", age: 30, score: 95.5, status: Active, verified: true })"#,
        ),
        (
            "test_elicitation_sep1330_enums",
            nothing(),
            "Elicitation completed: (Option1, Value2, Opt3), ([Option1, Option2], [])",
        ),
        ("link_account", nothing(), "The person is on the way."),
        (
            "test_sampling",
            json!({ "prompt": "What is the capital of France?" }),
            "LLM response: Paris",
        ),
        (
            "test_missing_capability",
            nothing(),
            "The client has a model.",
        ),
        ("test_streaming_elicitation", nothing(), "The work went on."),
        (
            "test_input_required_result_elicitation",
            nothing(),
            "Hello, Ada!",
        ),
        ("test_input_required_result_sampling", nothing(), "Paris"),
        (
            "test_input_required_result_list_roots",
            nothing(),
            "Roots: file:///work",
        ),
        (
            "test_input_required_result_request_state",
            nothing(),
            "state-ok, true",
        ),
        (
            "test_input_required_result_multiple_inputs",
            nothing(),
            "Paris (Ada, with 1 roots)",
        ),
        (
            "test_input_required_result_multi_round",
            nothing(),
            "Ada likes green.",
        ),
        (
            "test_input_required_result_tampered_state",
            nothing(),
            "nobody touched this: true",
        ),
        ("test_input_required_result_capabilities", nothing(), "Ada"),
    ]
}

#[tokio::test]
async fn a_tool_that_asks_gets_its_answers_in_rounds() {
    let client = Client::builder(everything::app()).answering(answer);
    let client = client.build().await.unwrap();
    for (tool, arguments, text) in asking() {
        let result = client.call(tool, arguments).await;
        assert_eq!(
            (result.text().as_str(), result.is_error),
            (text, false),
            "{tool}"
        );
    }
    let params = json!({ "name": "test_input_required_result_prompt" });
    let prompt = client.request("prompts/get", params).await.unwrap();
    assert_eq!(
        prompt["messages"][0]["content"]["text"],
        "Use this context: tests"
    );
}

// 2026-07-28 basic, "Error Codes": MissingRequiredClientCapabilityError.
#[tokio::test]
async fn a_client_that_cannot_be_asked_hears_what_it_would_have_to_declare() {
    let client = xmcp_test::client(everything::app()).await;
    let error = client
        .try_call("test_missing_capability", json!({}))
        .await
        .unwrap_err();
    let error = error.rpc().unwrap();
    assert_eq!((error.code, error.status.as_u16()), (-32021, 400));
    assert_eq!(
        error.data,
        Some(json!({ "requiredCapabilities": { "sampling": {} } }))
    );
    let result = client
        .call("test_input_required_result_capabilities", json!({}))
        .await;
    assert_eq!(result.text(), "Nobody can be asked.");
}

#[tokio::test]
async fn without_sessions_a_tool_that_asks_an_older_client_names_the_setting() {
    let client = Client::builder(everything::app())
        .era(Era::Legacy)
        .settings(|settings| settings.http.sessions = false);
    let client = client.build().await.unwrap();
    let setting = "[http] sessions = true";
    for (tool, arguments, _) in asking() {
        if tool == "test_input_required_result_capabilities" {
            continue; // It looks first, and asks nobody.
        }
        let result = client.call(tool, arguments).await;
        assert!(
            result.is_error && result.text().contains(setting),
            "{tool}: {}",
            result.text()
        );
    }
    let uri = json!({ "uri": "test://watched-resource" });
    for method in ["resources/subscribe", "resources/unsubscribe"] {
        let error = client.request(method, uri.clone()).await.unwrap_err();
        let error = error.rpc().unwrap();
        assert_eq!(error.code, -32601);
        assert!(error.message.contains(setting), "{}", error.message);
    }
    let params = json!({ "name": "test_input_required_result_prompt" });
    let error = client.request("prompts/get", params).await.unwrap_err();
    assert!(error.to_string().contains(setting), "{error}");
}
