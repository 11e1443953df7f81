//! From the handle to the result (tasks extension, "Task Creation", "Task Polling", "Task Cancellation", "Error Handling").

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    client::{Client, EXTENSION, signalled},
    tools,
};

#[tokio::test]
async fn a_task_is_answered_with_a_handle_and_has_its_result_later() {
    let client = Client::new().await;
    let created = client.call("wait").await;
    let id = created["taskId"].as_str().unwrap();
    let members: Vec<&str> = created
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "resultType",
        "taskId",
        "status",
        "createdAt",
        "lastUpdatedAt",
        "ttlMs",
        "pollIntervalMs",
    ];
    assert_eq!(members, expected);
    assert_eq!(created["resultType"], "task");
    assert_eq!(created["ttlMs"], 3_600_000);
    let time = created["createdAt"].as_str().unwrap();
    assert!(
        time.ends_with('Z') && time.len() == "2026-07-28T10:30:00.000Z".len(),
        "{time}"
    );
    let mut working = client.get(id).await;
    assert_eq!(working["resultType"], "complete");
    working["resultType"] = "task".into();
    assert_eq!(working, created, "a task at work is what its handle says");
    client.signals.release.notify_one();
    let completed = client.until(id, "completed").await;
    assert_eq!(completed["result"]["content"][0]["text"], "done");
    assert!(completed.get("error").is_none(), "{completed}");
}

#[tokio::test]
async fn an_error_of_the_tool_completes_a_task_and_one_of_the_protocol_fails_it() {
    let client = Client::new().await;
    let id = client.begin("fail").await;
    let task = client.until(&id, "completed").await;
    assert_eq!(task["result"]["isError"], true);
    let id = client.begin("fail_in_protocol").await;
    let task = client.until(&id, "failed").await;
    assert_eq!(
        task["error"],
        json!({ "code": -32603, "message": "no such luck" })
    );
    assert_eq!(task["statusMessage"], "no such luck");
    assert!(task.get("result").is_none(), "{task}");
    let id = client.begin("panic").await;
    let text = client.until(&id, "completed").await["result"].to_string();
    assert!(
        text.contains("isError") && !text.contains("of a task"),
        "{text}"
    );
    let id = client.begin("need_a_model").await;
    let task = client.until(&id, "failed").await;
    assert_eq!(task["error"]["code"], -32021);
}

#[tokio::test]
async fn cancelling_drops_the_handler_and_is_acknowledged_whatever_the_task_came_to() {
    let client = Client::new().await;
    let id = client.begin("wait").await;
    signalled(&client.signals.started).await;
    client.cancel(&id).await;
    signalled(&client.signals.over).await;
    let task = client.get(&id).await;
    assert_eq!(task["status"], "cancelled");
    assert!(
        task.get("result").is_none() && task.get("error").is_none(),
        "{task}"
    );
    client.cancel(&id).await;
    assert_eq!(client.get(&id).await, task, "what has ended stays as it is");
    let id = client.begin("fail").await;
    client.until(&id, "completed").await;
    client.cancel(&id).await;
    assert_eq!(client.get(&id).await["status"], "completed");
}

#[tokio::test]
async fn a_client_without_the_extension_gets_no_task() {
    let mut client = Client::new().await;
    let id = client.begin("wait").await;
    client.signals.release.notify_one();
    client.until(&id, "completed").await;
    for capabilities in [
        json!({}),
        json!({ "extensions": {} }),
        json!({ "extensions": { EXTENSION: true } }),
    ] {
        client.capabilities = capabilities;
        client.signals.release.notify_one();
        assert_eq!(client.call("wait").await["content"][0]["text"], "done");
        let required = json!({ "requiredCapabilities": { "extensions": { EXTENSION: {} } } });
        let expected = (400, -32021, required);
        assert_eq!(
            client
                .refusal("tools/call", json!({ "name": "fail" }))
                .await,
            expected
        );
        let params = json!({ "taskId": id, "inputResponses": {} });
        for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
            assert_eq!(
                client.refusal(method, params.clone()).await,
                expected,
                "{method}"
            );
        }
        // "Task Status Notifications".
        let params = json!({ "notifications": { "taskIds": [id] } });
        assert_eq!(
            client.refusal("subscriptions/listen", params).await,
            expected
        );
    }
}

#[tokio::test]
async fn requests_about_tasks_name_one_in_body_and_header() {
    let client = Client::new().await;
    for (method, params) in [
        ("tasks/get", json!({})),
        ("tasks/get", json!({ "taskId": 7 })),
        ("tasks/get", json!({ "taskId": "nobody's" })),
        (
            "tasks/update",
            json!({ "taskId": "nobody's", "inputResponses": {} }),
        ),
        ("tasks/cancel", json!({ "taskId": "nobody's" })),
    ] {
        let (status, code, _) = client.refusal(method, params.clone()).await;
        assert_eq!((status, code), (200, -32602), "{method} {params}");
    }
    let id = client.begin("wait").await;
    for answers in [json!([]), json!("a"), Value::Null] {
        let params = json!({ "taskId": id, "inputResponses": answers });
        assert_eq!(client.refusal("tasks/update", params).await.1, -32602);
    }
    // "Streamable HTTP: Routing Headers".
    let mut request = client.request("tasks/get", json!({ "taskId": id }));
    request
        .headers_mut()
        .insert("mcp-name", "another".parse().unwrap());
    let (status, message) = client.respond(request).await;
    assert_eq!(
        (status.as_u16(), &message["error"]["code"]),
        (400, &json!(-32020))
    );
    for method in ["tasks/result", "tasks/list"] {
        let (status, code, _) = client.refusal(method, json!({ "taskId": id })).await;
        assert_eq!((status, code), (404, -32601), "{method}");
    }
}

#[tokio::test]
async fn the_extension_is_announced_where_a_tool_has_it_and_to_clients_that_know_it() {
    let client = Client::new().await;
    let discovered = client.ask("server/discover", json!({})).await;
    assert_eq!(
        discovered["capabilities"]["extensions"],
        json!({ EXTENSION: {} })
    );
    assert!(discovered["capabilities"].get("tasks").is_none());
    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "protocolVersion": "2025-11-25" } });
    let post = |message: &Value| {
        Request::post("/mcp")
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .body(Body::from(message.to_string()))
            .unwrap()
    };
    let (_, message) = client.respond(post(&initialize)).await;
    assert!(
        message["result"]["capabilities"]
            .get("extensions")
            .is_none(),
        "{message}"
    );
    // 2025-11-25 basic/utilities/tasks, "Tool-Level Negotiation".
    let call =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "fail" } });
    let (status, message) = client.respond(post(&call)).await;
    assert_eq!(
        (status.as_u16(), &message["error"]["code"]),
        (200, &json!(-32601))
    );
    let get =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tasks/get", "params": { "taskId": "a" } });
    let (_, message) = client.respond(post(&get)).await;
    assert_eq!(message["error"]["code"], -32601);

    let plain = Client::of(tools::PLAIN, |_| {}).await;
    let discovered = plain.ask("server/discover", json!({})).await;
    assert!(
        discovered["capabilities"].get("extensions").is_none(),
        "{discovered}"
    );
    assert_eq!(
        plain.refusal("tasks/get", json!({ "taskId": "a" })).await.1,
        -32601
    );
    assert_eq!(plain.call("fail").await["isError"], true);
}

/// 2026-07-28 basic/patterns/cancellation.
#[tokio::test]
async fn a_connection_that_is_lost_before_a_call_is_a_task_cancels_it() {
    let client = Client::new().await;
    let request = client.request("tools/call", json!({ "name": "wait_on_demand" }));
    let call = tokio::spawn(client.router.clone().oneshot(request));
    signalled(&client.signals.started).await;
    call.abort();
    signalled(&client.signals.over).await;
}

#[tokio::test]
async fn a_tool_of_run_time_is_a_task_as_one_of_a_file_is() {
    let mut client = Client::new().await;
    client.call("add_tools").await;
    for tool in ["added", "added_required", "added_on_demand"] {
        let id = client.begin(tool).await;
        client.signals.release.notify_one();
        let task = client.until(&id, "completed").await;
        assert_eq!(task["result"]["content"][0]["text"], "done, true", "{tool}");
    }
    client.capabilities = json!({});
    let params = json!({ "name": "added_required" });
    let (status, code, _) = client.refusal("tools/call", params).await;
    assert_eq!((status, code), (400, -32021));
    for tool in ["added", "added_on_demand"] {
        client.signals.release.notify_one();
        let result = client.call(tool).await;
        assert_eq!(result["content"][0]["text"], "done, false", "{tool}");
    }
}
