//! Questions to a 2026-07-28 client, which comes back with the answers (basic/patterns/mrtr), and to an earlier one over HTTP that no
//! question can reach.

use axum::body::Body;
use http::{Method, Request, header};
use serde_json::{Map, Value, json};
use tower::ServiceExt;
use xmcp::{App, Era, Session, Settings, testing};

use crate::{
    asking_handlers::{PROMPTS, RESOURCES, TOOLS},
    support::{ACCEPT, Answer, Server},
    tools,
};

fn app() -> App {
    App {
        prompts: PROMPTS,
        resources: RESOURCES,
        ..tools::app(TOOLS)
    }
}

/// A client that can do everything unless a test says otherwise.
struct Client {
    server: Server,
    capabilities: Value,
    caller: Option<Session>,
}

impl Client {
    async fn new() -> Self {
        let router = testing::test_router(app(), Settings::default(), None, None)
            .await
            .unwrap();
        Self {
            server: Server { router },
            capabilities: json!({ "elicitation": { "form": {}, "url": {} }, "sampling": {}, "roots": {} }),
            caller: None,
        }
    }

    /// A request of this method with params that name what it is for.
    async fn request(&self, method: &str, mut params: Value) -> Answer {
        let name = params["name"].as_str().or(params["uri"].as_str());
        let name = name.unwrap().to_owned();
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let mut request = Request::builder()
            .method(Method::POST)
            .uri("/mcp")
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, ACCEPT)
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", method)
            .header("mcp-name", name)
            .body(Body::from(message.to_string()))
            .unwrap();
        if let Some(caller) = &self.caller {
            request.extensions_mut().insert(caller.clone());
        }
        let Ok(response) = self.server.router.clone().oneshot(request).await;
        Answer::read(response).await
    }

    async fn call(&self, tool: &str, more: Value) -> Answer {
        let mut params = json!({ "name": tool });
        merge(&mut params, more);
        self.request("tools/call", params).await
    }

    /// The questions and the state of a call that is answered by them.
    async fn asked(&self, tool: &str, more: Value) -> (Map<String, Value>, Option<String>) {
        questions(&self.call(tool, more).await)
    }

    /// The text of a call that is answered for good.
    async fn text(&self, tool: &str, more: Value) -> String {
        let result = self.call(tool, more).await.result();
        assert_eq!(result["resultType"], "complete", "{result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }
}

fn merge(params: &mut Value, more: Value) {
    let (Value::Object(params), Value::Object(more)) = (params, more) else {
        panic!("params are objects");
    };
    params.extend(more);
}

#[track_caller]
fn questions(answer: &Answer) -> (Map<String, Value>, Option<String>) {
    let result = answer.result();
    assert_eq!(result["resultType"], "input_required", "{result}");
    let requests = result["inputRequests"].as_object().cloned();
    let state = result["requestState"].as_str().map(str::to_owned);
    (requests.unwrap_or_default(), state)
}

fn keys(questions: &Map<String, Value>) -> Vec<&str> {
    questions.keys().map(String::as_str).collect()
}

fn accepted(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

fn responses(responses: Value) -> Value {
    json!({ "inputResponses": responses })
}

fn retry(given: Value, state: Option<String>) -> Value {
    json!({ "inputResponses": given, "requestState": state.expect("there is a state") })
}

/// 2026-07-28 basic/patterns/mrtr, "Basic Workflow"; client/elicitation, "Response Actions".
#[tokio::test]
async fn a_form_is_answered_accepted_declined_or_cancelled() {
    let client = Client::new().await;
    let answer = client.call("ask", json!({})).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let (asked, state) = questions(&answer);
    let form = json!({
        "method": "elicitation/create",
        "params": {
            "mode": "form",
            "message": "What is your name?",
            "requestedSchema": {
                "type": "object",
                "properties": { "name": { "type": "string", "description": "Your name", "minLength": 2 } },
                "required": ["name"],
            },
        },
    });
    assert_eq!(Value::Object(asked), json!({ "elicitation-1": form }));
    assert_eq!(state, None, "there is nothing to carry yet");
    let rows = [
        (accepted(json!({ "name": "Ada", "more": 1 })), "Hello, Ada!"),
        (json!({ "action": "decline" }), "declined"),
        (json!({ "action": "cancel" }), "cancelled"),
    ];
    for (given, expected) in rows {
        let given = responses(json!({ "elicitation-1": given, "unknown": 7 }));
        assert_eq!(client.text("ask", given).await, expected);
    }
}

/// 2026-07-28 basic/patterns/mrtr, "Error Handling": what is missing is asked for again; client/elicitation, "Form Mode Security", 3:
/// what comes back is checked.
#[tokio::test]
async fn an_answer_that_is_none_is_asked_for_again_and_one_that_does_not_fit_is_an_error() {
    let client = Client::new().await;
    for given in [
        json!({ "wrong-key": accepted(json!({ "name": "Ada" })) }),
        json!({ "elicitation-1": null }),
        json!({ "elicitation-1": 42 }),
        json!({ "elicitation-1": { "roots": [] } }),
        json!({}),
    ] {
        let (asked, _) = client.asked("ask", responses(given)).await;
        assert_eq!(keys(&asked), ["elicitation-1"]);
    }
    for content in [
        json!({ "name": "A" }),
        json!({ "name": 7 }),
        json!({}),
        json!("Ada"),
    ] {
        let given = responses(json!({ "elicitation-1": accepted(content) }));
        let result = client.call("ask", given).await.result();
        assert_eq!(result["isError"], true, "{result}");
        let text = result["content"][0]["text"].as_str().unwrap();
        assert!(
            text.starts_with("the client's answer does not fit the question"),
            "{text}"
        );
    }
    let (_, code, message) = client.call("ask", responses(json!([1]))).await.error();
    assert_eq!(
        (code, message.as_str()),
        (-32602, "`inputResponses` must be an object")
    );
    let (_, code, _) = client
        .call("ask", json!({ "requestState": 7 }))
        .await
        .error();
    assert_eq!(code, -32602);
}

#[tokio::test]
async fn questions_that_are_awaited_together_go_out_in_one_round() {
    let client = Client::new().await;
    let (asked, state) = client.asked("ask_together", json!({})).await;
    assert_eq!((keys(&asked), state), (vec!["name", "roots-1"], None));
    assert_eq!(
        asked["roots-1"],
        json!({ "method": "roots/list", "params": {} })
    );
    let roots = json!({ "roots": [{ "uri": "file:///a" }, { "uri": "file:///b", "name": "B" }] });
    let given = json!({ "name": accepted(json!({ "name": "Ada" })), "roots-1": roots });
    assert_eq!(
        client.text("ask_together", responses(given)).await,
        "Ada in file:///a, file:///b"
    );
    // One at a time works as well: what was answered is carried.
    let (asked, state) = client
        .asked("ask_together", responses(json!({ "roots-1": roots })))
        .await;
    assert_eq!(keys(&asked), ["name"]);
    let given = retry(json!({ "name": { "action": "decline" } }), state);
    assert_eq!(
        client.text("ask_together", given).await,
        "nobody in file:///a, file:///b"
    );
}

#[tokio::test]
async fn a_handler_runs_again_from_its_start_and_finds_what_was_answered_before() {
    let client = Client::new().await;
    let token = json!({ "progressToken": 1 });
    let events = client
        .call("ask_in_turn", json!({ "_meta": token }))
        .await
        .events();
    assert_eq!(events.len(), 2);
    assert_eq!(events[1]["result"]["resultType"], "input_required");
    // 2026-07-28 basic/patterns/mrtr: no stream carries a request.
    assert!(
        events
            .iter()
            .all(|event| event.get("method").is_none() || event.get("id").is_none())
    );
    let given = json!({ "elicitation-1": accepted(json!({ "name": "Ada" })) });
    let (asked, state) = client.asked("ask_in_turn", responses(given)).await;
    assert_eq!(keys(&asked), ["elicitation-2"]);
    assert_eq!(
        asked["elicitation-2"]["params"]["message"],
        "What color does Ada like?"
    );
    let given = json!({
        // What was answered before stays answered.
        "elicitation-1": accepted(json!({ "name": "Eve" })),
        "elicitation-2": accepted(json!({ "color": "blue" })),
    });
    assert_eq!(
        client.text("ask_in_turn", retry(given, state)).await,
        "Ada likes Some(Blue)"
    );
}

#[tokio::test]
async fn an_answer_too_long_to_be_carried_on_is_the_clients_mistake() {
    let client = Client::new().await;
    let given = json!({ "elicitation-1": accepted(json!({ "name": "x".repeat(200_000) })) });
    let (status, code, message) = client.call("ask_in_turn", responses(given)).await.error();
    assert_eq!((status, code), (200, -32602));
    assert!(
        message.contains("`inputResponses` are too long"),
        "{message}"
    );
}

#[tokio::test]
async fn a_model_a_page_and_a_task_of_the_handlers_are_asked_in_rounds_too() {
    let client = Client::new().await;
    let (asked, _) = client.asked("ask_model", json!({})).await;
    let question = json!({
        "method": "sampling/createMessage",
        "params": {
            "messages": [{ "role": "user", "content": { "type": "text", "text": "What is the capital of France?" } }],
            "maxTokens": 100,
        },
    });
    assert_eq!(asked["sampling-1"], question);
    let answer = json!({ "role": "assistant", "content": { "type": "text", "text": "Paris" }, "model": "m" });
    assert_eq!(
        client
            .text("ask_model", responses(json!({ "sampling-1": answer })))
            .await,
        "m says Paris"
    );

    let (asked, _) = client.asked("send_away", json!({})).await;
    let expected = json!({ "mode": "url", "message": "Connect your account", "url": "https://example.com/connect" });
    assert_eq!(asked["elicitation-1"]["params"], expected);
    let given = responses(json!({ "elicitation-1": { "action": "accept" } }));
    assert_eq!(client.text("send_away", given).await, "Accept(())");

    let (asked, _) = client.asked("ask_from_a_task", json!({})).await;
    assert_eq!(keys(&asked), ["roots-1"]);
    let given = responses(json!({ "roots-1": { "roots": [] } }));
    assert_eq!(client.text("ask_from_a_task", given).await, "0 roots");
}

/// 2026-07-28 basic/patterns/mrtr, "Server Requirements", 7: nothing is asked that the client did not declare; basic, "Error Codes".
#[tokio::test]
async fn a_client_is_asked_only_what_it_declared_it_can_do() {
    let mut client = Client::new().await;
    let rows = [
        (
            "ask",
            json!({ "sampling": {}, "roots": {} }),
            json!({ "elicitation": { "form": {} } }),
        ),
        (
            "ask",
            json!({ "elicitation": { "url": {} } }),
            json!({ "elicitation": { "form": {} } }),
        ),
        (
            "send_away",
            json!({ "elicitation": {} }),
            json!({ "elicitation": { "url": {} } }),
        ),
        (
            "ask_model",
            json!({ "elicitation": {} }),
            json!({ "sampling": {} }),
        ),
        ("need_a_model", json!({}), json!({ "sampling": {} })),
        ("ask_from_a_task", json!({}), json!({ "roots": {} })),
        (
            "return_a_question",
            json!({ "roots": {} }),
            json!({ "elicitation": { "form": {} } }),
        ),
        (
            "return_three_questions",
            json!({ "roots": {} }),
            json!({ "elicitation": { "form": {} }, "sampling": {} }),
        ),
    ];
    for (tool, capabilities, required) in rows {
        client.capabilities = capabilities;
        let answer = client.call(tool, json!({})).await;
        let (status, code, _) = answer.error();
        assert_eq!((status, code), (400, -32021), "{tool}");
        assert_eq!(
            answer.json()["error"]["data"],
            json!({ "requiredCapabilities": required }),
            "{tool}"
        );
    }
    client.capabilities = json!({ "sampling": { "tools": {} } });
    assert_eq!(
        client.text("need_a_model", json!({})).await,
        "may it call tools? true"
    );
}

#[tokio::test]
async fn what_a_handler_returns_asks_and_carries_its_state() {
    let client = Client::new().await;
    let (asked, state) = client.asked("return_a_question", json!({})).await;
    assert_eq!((keys(&asked), state), (vec!["user_name"], None));
    let given = responses(json!({ "user_name": accepted(json!({ "name": "Ada" })) }));
    assert_eq!(client.text("return_a_question", given).await, "Hello, Ada!");
    let given = responses(json!({ "user_name": { "action": "cancel" } }));
    assert_eq!(
        client.text("return_a_question", given).await,
        "nobody: false"
    );

    let (asked, state) = client.asked("return_three_questions", json!({})).await;
    assert_eq!(keys(&asked), ["user_name", "greeting", "client_roots"]);
    let given = json!({
        "user_name": accepted(json!({ "name": "Ada" })),
        "greeting": { "role": "assistant", "content": { "type": "text", "text": "Hi" }, "model": "m" },
        "client_roots": { "roots": [{ "uri": "file:///a" }] },
    });
    let text = client
        .text("return_three_questions", retry(given, state))
        .await;
    assert_eq!(text, r#"Hi Ada, 1 roots, Some("three")"#);

    let (_, mut state) = client.asked("return_one_by_one", json!({})).await;
    for word in ["one", "two"] {
        let key = if word == "one" { "step1" } else { "step2" };
        let given = json!({ key: accepted(json!({ "name": word })) });
        let before = state.clone();
        (_, state) = client.asked("return_one_by_one", retry(given, state)).await;
        assert_ne!(state, before);
    }
    let given = json!({ "step3": accepted(json!({ "name": "three" })) });
    assert_eq!(
        client.text("return_one_by_one", retry(given, state)).await,
        "one two three"
    );

    let (asked, state) = client.asked("come_back", json!({})).await;
    assert!(asked.is_empty() && state.is_some());
}

/// 2026-07-28 basic/patterns/mrtr, "Server Requirements", 4 and 5.
#[tokio::test]
async fn a_state_is_good_for_its_request_and_its_caller_alone() {
    let mut client = Client::new().await;
    client.caller = Some(Session::for_test("usr_1").build());
    let arguments = |topic: &str| json!({ "arguments": { "topic": topic } });
    let with = |topic: &str, state: &str| {
        let mut params = arguments(topic);
        params["requestState"] = state.into();
        params["inputResponses"] = json!({ "confirm": accepted(json!({ "name": "yes" })) });
        params
    };
    let (_, state) = client.asked("bound", arguments("cats")).await;
    let state = state.unwrap();
    assert_eq!(
        client.text("bound", with("cats", &state)).await,
        "state-ok: cats"
    );
    let refused = |answer: Answer| {
        let (status, code, message) = answer.error();
        assert_eq!((status, code), (200, -32602), "{message}");
        assert!(
            message.starts_with("`requestState` is not one that this server gave"),
            "{message}"
        );
    };
    refused(
        client
            .call("bound", with("cats", &format!("{state}-TAMPERED")))
            .await,
    );
    refused(client.call("bound", with("cats", "")).await);
    refused(client.call("bound", with("dogs", &state)).await);
    refused(client.call("bound_as_well", with("cats", &state)).await);
    // Whoever makes nothing of it must not take a wrong one either.
    refused(client.call("ask", json!({ "requestState": state })).await);
    refused(
        client
            .request(
                "prompts/get",
                json!({ "name": "ask_first", "requestState": state }),
            )
            .await,
    );
    refused(
        client
            .request(
                "resources/read",
                json!({ "uri": "test://asked", "requestState": state }),
            )
            .await,
    );
    for caller in [None, Some(Session::for_test("usr_2").build())] {
        client.caller = caller;
        refused(client.call("bound", with("cats", &state)).await);
    }
    let stranger = Client::new().await;
    refused(stranger.call("bound", with("cats", &state)).await);
}

/// 2026-07-28 basic/patterns/mrtr, "Supported Requests".
#[tokio::test]
async fn prompts_and_resources_ask_as_tools_do() {
    let client = Client::new().await;
    let params = json!({ "name": "ask_first" });
    let (asked, _) = questions(&client.request("prompts/get", params.clone()).await);
    assert_eq!(keys(&asked), ["user_name"]);
    let mut params = params;
    merge(
        &mut params,
        responses(json!({ "user_name": accepted(json!({ "name": "Ada" })) })),
    );
    let result = client.request("prompts/get", params).await.result();
    assert_eq!(result["messages"][0]["content"]["text"], "Write to Ada");

    let params = json!({ "uri": "test://asked" });
    let (asked, _) = questions(&client.request("resources/read", params.clone()).await);
    assert_eq!(keys(&asked), ["elicitation-1"]);
    let mut params = params;
    merge(
        &mut params,
        responses(json!({ "elicitation-1": accepted(json!({ "name": "Ada" })) })),
    );
    let result = client.request("resources/read", params).await.result();
    assert_eq!(result["contents"][0]["text"], "Hello, Ada!");
}

#[tokio::test]
async fn a_question_that_cannot_be_asked_is_the_servers_fault() {
    let client = Client::new().await;
    for tool in ["ask_for_a_tree", "ask_for_a_tree_at_last"] {
        let result = client.call(tool, json!({})).await.result();
        assert_eq!(result["isError"], true, "{tool}");
        let text = result["content"][0]["text"].as_str().unwrap();
        assert!(
            text.contains("the form `Nested` has `name`, an object"),
            "{text}"
        );
    }
    let (_, code, _) = client.call("ask_for_nothing", json!({})).await.error();
    assert_eq!(code, -32603);
}

/// A legacy client without a session cannot be asked, whatever it can do; the error says what would help.
#[tokio::test]
async fn an_earlier_client_without_a_session_learns_which_setting_it_takes() {
    let client = Client::new().await;
    for tool in [
        "ask",
        "send_away",
        "ask_model",
        "ask_from_a_task",
        "return_a_question",
        "insist",
        "need_a_model",
    ] {
        let result = client
            .server
            .call(Era::Legacy, tool, json!({}))
            .await
            .result();
        assert_eq!(result["isError"], true, "{tool}");
        let text = result["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("`[http] sessions = true`"), "{tool}: {text}");
    }
    // What a client brings back is no part of its protocol.
    let params = json!({ "name": "need_a_model", "requestState": "x", "inputResponses": {} });
    let answer = client
        .server
        .request(Era::Legacy, "tools/call", params)
        .await;
    assert_eq!(answer.result()["isError"], true);
}
