//! What a task asks its client (tasks extension, "Task Update Requests"; 2026-07-28 basic/patterns/mrtr).

use serde_json::{Value, json};

use crate::client::{Client, accepted};

fn keys(task: &Value) -> Vec<&str> {
    let requests = task["inputRequests"].as_object();
    requests
        .unwrap_or_else(|| panic!("{task}"))
        .keys()
        .map(String::as_str)
        .collect()
}

#[tokio::test]
async fn a_task_waits_for_the_answers_and_a_part_of_them_leaves_the_others_asked() {
    let client = Client::new().await;
    let id = client.begin("ask_together").await;
    let task = client.until(&id, "input_required").await;
    assert_eq!(keys(&task), ["first", "second"]);
    assert_eq!(
        task["inputRequests"]["first"]["method"],
        "elicitation/create"
    );
    assert!(task.get("requestState").is_none(), "{task}");
    client
        .update(
            &id,
            json!({ "second": accepted(json!({ "name": "Bob" })), "strange": {} }),
        )
        .await;
    assert_eq!(keys(&client.get(&id).await), ["first"]);
    // What was answered stays as it was.
    client
        .update(&id, json!({ "second": accepted(json!({ "name": "Eve" })) }))
        .await;
    assert_eq!(keys(&client.get(&id).await), ["first"]);
    client
        .update(&id, json!({ "first": accepted(json!({ "name": "Ada" })) }))
        .await;
    let task = client.until(&id, "completed").await;
    assert_eq!(task["result"]["content"][0]["text"], "Ada and Bob");
    assert!(task.get("inputRequests").is_none(), "{task}");
    client
        .update(&id, json!({ "first": accepted(json!({ "name": "Eve" })) }))
        .await;
}

#[tokio::test]
async fn a_key_is_never_used_for_two_questions_of_a_task() {
    let client = Client::new().await;
    let id = client.begin("insist").await;
    let task = client.until(&id, "input_required").await;
    assert_eq!(keys(&task), ["confirm"]);
    client
        .update(&id, json!({ "confirm": { "action": "decline" } }))
        .await;
    let task = client.until(&id, "input_required").await;
    assert_eq!(keys(&task), ["confirm-2"]);
    client
        .update(
            &id,
            json!({ "confirm-2": accepted(json!({ "confirm": true })) }),
        )
        .await;
    let task = client.until(&id, "completed").await;
    assert_eq!(task["result"]["content"][0]["text"], "confirmed");
}

#[tokio::test]
async fn a_question_that_is_returned_is_asked_inside_of_the_task() {
    let client = Client::new().await;
    let id = client.begin("return_a_question").await;
    let task = client.until(&id, "input_required").await;
    assert_eq!(keys(&task), ["user_name"]);
    client
        .update(
            &id,
            json!({ "user_name": accepted(json!({ "name": "Ada" })) }),
        )
        .await;
    let task = client.until(&id, "completed").await;
    assert_eq!(task["result"]["content"][0]["text"], "Ada");
}

#[tokio::test]
async fn a_cancelled_task_asks_nothing_any_more() {
    let client = Client::new().await;
    let id = client.begin("ask_together").await;
    client.until(&id, "input_required").await;
    client.cancel(&id).await;
    let task = client.get(&id).await;
    assert_eq!(task["status"], "cancelled");
    assert!(task.get("inputRequests").is_none(), "{task}");
}

/// "Servers that use multi round-trip requests in conjunction with task creation" ("Task Creation").
#[tokio::test]
async fn a_tool_may_ask_in_rounds_before_it_is_a_task() {
    let client = Client::new().await;
    let asked = client.call("ask_first").await;
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    assert_eq!(keys(&asked), ["user_name"]);
    let answers = json!({ "user_name": accepted(json!({ "name": "Alice" })) });
    let mut params = json!({ "name": "ask_first", "inputResponses": answers });
    if let Some(state) = asked.get("requestState") {
        params["requestState"] = state.clone();
    }
    let created = client.ask("tools/call", params.clone()).await;
    assert_eq!(created["resultType"], "task", "{created}");
    assert!(created.get("inputRequests").is_none() && created.get("requestState").is_none());
    let task = client
        .until(created["taskId"].as_str().unwrap(), "completed")
        .await;
    assert_eq!(task["result"]["content"][0]["text"], "Alice, true");
    let mut without = client.another();
    without.capabilities = json!({ "elicitation": {} });
    let result = without.ask("tools/call", params).await;
    assert_eq!(result["content"][0]["text"], "Alice, false");
}

#[tokio::test]
async fn a_call_that_never_began_a_task_is_answered_like_any_other() {
    let client = Client::new().await;
    let result = client.call("begin_late").await;
    assert_eq!(result["resultType"], "complete");
    assert_eq!(result["content"][0]["text"], "never one");
}
