//! What the tools answer, in memory: the features that they show, as a client meets them.

use serde_json::{Value, json};
use xmcp::{AppState, Era};
use xmcp_test::Client;

async fn client() -> Client {
    xmcp_test::client(everything::app()).await
}

#[tokio::test]
async fn every_kind_of_content_arrives_as_the_conformance_suite_wants_it() {
    let client = client().await;
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==";
    let wav = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";
    let image = json!({ "type": "image", "data": png, "mimeType": "image/png" });
    let audio = json!({ "type": "audio", "data": wav, "mimeType": "audio/wav" });
    let text = |text: &str| json!({ "type": "text", "text": text });
    let resource = |uri: &str, mime_type: &str, text: &str| json!({ "type": "resource", "resource": { "uri": uri, "mimeType": mime_type, "text": text } });
    let embedded = resource(
        "test://embedded-resource",
        "text/plain",
        "This is an embedded resource content.",
    );
    let mixed = resource(
        "test://mixed-content-resource",
        "application/json",
        r#"{"test":"data","value":123}"#,
    );
    let expected = [
        (
            "test_simple_text",
            json!([text("This is a simple text response for testing.")]),
        ),
        ("test_image_content", json!([image])),
        ("test_audio_content", json!([audio])),
        ("test_embedded_resource", json!([embedded])),
        (
            "test_multiple_content_types",
            json!([text("Multiple content types test:"), image, mixed]),
        ),
    ];
    for (tool, content) in expected {
        assert_eq!(
            client.call(tool, json!({})).await.content,
            content,
            "{tool}"
        );
    }
}

#[tokio::test]
async fn progress_comes_before_the_answer() {
    let result = client()
        .await
        .call("test_tool_with_progress", json!({}))
        .await;
    let reports: Vec<_> = result
        .notifications
        .iter()
        .map(|report| json!([report["params"]["progress"], report["params"]["total"]]))
        .collect();
    assert_eq!(
        reports,
        [json!([0, 100]), json!([50, 100]), json!([100, 100])]
    );
}

#[tokio::test]
async fn log_messages_come_before_the_answer() {
    let result = client()
        .await
        .call("test_tool_with_logging", json!({}))
        .await;
    let messages: Vec<_> = result
        .notifications
        .iter()
        .map(|message| message["params"].clone())
        .collect();
    let info = |text: &str| json!({ "level": "info", "data": text });
    assert_eq!(
        messages,
        [
            info("Tool execution started"),
            info("Tool processing data"),
            info("Tool execution completed")
        ]
    );
}

#[tokio::test]
async fn a_request_that_asks_for_every_level_gets_all_of_them() {
    let result = client().await.call("test_logging_tool", json!({})).await;
    let levels: Vec<_> = result
        .notifications
        .iter()
        .map(|message| message["params"]["level"].clone())
        .collect();
    assert_eq!(
        levels,
        [
            "debug",
            "info",
            "notice",
            "warning",
            "error",
            "critical",
            "alert",
            "emergency"
        ]
    );
}

#[tokio::test]
async fn arguments_are_held_to_their_schema() {
    let client = client().await;
    let booked = client
        .call(
            "book_table",
            json!({ "name": "Ada", "guests": 2, "seating": "window", "wishes": ["a candle"] }),
        )
        .await;
    assert_eq!(
        booked.text(),
        "A table for 2 at a window, for Ada, with 1 wishes"
    );
    let refused = client
        .call(
            "book_table",
            json!({ "name": "", "guests": 13, "seating": "roof", "pets": true }),
        )
        .await;
    assert!(refused.is_error);
    for path in ["name", "guests", "seating", "pets"] {
        assert!(
            refused.text().contains(path),
            "{path} in {}",
            refused.text()
        );
    }
}

#[tokio::test]
async fn a_schema_written_by_hand_is_enforced_too() {
    let client = client().await;
    let known = client
        .call(
            "json_schema_2020_12_tool",
            json!({ "name": "Ada", "contactMethod": "phone", "phone": "1815" }),
        )
        .await;
    assert_eq!(
        (known.text().as_str(), known.is_error),
        ("Ada, 1815", false)
    );
    assert!(
        client
            .call(
                "json_schema_2020_12_tool",
                json!({ "contactMethod": "phone", "email": "ada@example.com" })
            )
            .await
            .is_error
    );
}

#[tokio::test]
async fn structured_content_is_the_text_too() {
    let result = client().await.call("roll_dice", json!({})).await;
    let roll: Value = result.structured();
    let dice: Vec<u64> = roll["dice"]
        .as_array()
        .unwrap()
        .iter()
        .map(|die| die.as_u64().unwrap())
        .collect();
    assert!(dice.iter().all(|die| (1..=6).contains(die)), "{roll}");
    assert_eq!(roll["total"], dice.iter().sum::<u64>());
    assert_eq!(result.text(), roll.to_string());
}

#[tokio::test]
async fn structured_content_that_is_no_object_is_wrapped_where_an_object_is_due() {
    let structured = async |era| -> Value {
        let client = Client::builder(everything::app())
            .era(era)
            .build()
            .await
            .unwrap();
        client
            .call("divisors", json!({ "number": 6 }))
            .await
            .structured()
    };
    assert_eq!(
        structured(Era::Legacy).await,
        json!({ "result": [1, 2, 3, 6] })
    );
    assert_eq!(structured(Era::Modern).await, json!([1, 2, 3, 6]));
}

#[tokio::test]
async fn the_request_is_an_argument() {
    let client = Client::builder(everything::app())
        .era(Era::Legacy)
        .header("accept-language", "de-AT")
        .header("x-color", "green")
        .build()
        .await
        .unwrap();
    let about: Value = client.call("about_request", json!({})).await.structured();
    assert_eq!(
        (&about["era"], &about["transport"], &about["client"]),
        (&json!("Legacy"), &json!("Http"), &Value::Null)
    );
    assert_eq!(
        client
            .call("request_header", json!({ "name": "X-Color" }))
            .await
            .text(),
        "green"
    );
    assert_eq!(
        client
            .call("request_header", json!({ "name": "x-shape" }))
            .await
            .text(),
        "the request has no header `x-shape`"
    );
    assert_eq!(
        client
            .call("localized_greeting", json!({ "name": "Ada" }))
            .await
            .text(),
        "Hallo, Ada!"
    );
}

#[tokio::test]
async fn tools_share_state_and_a_test_brings_its_own() {
    let own = AppState::new()
        .with(everything::state::Counter(40.into()))
        .with(everything::probe::Probe::default());
    let client = Client::builder(everything::app())
        .state(own)
        .build()
        .await
        .unwrap();
    assert_eq!(
        client.call("counter_increment", json!({})).await.text(),
        "41"
    );
    assert_eq!(
        client
            .call("counter_increment", json!({ "by": 9 }))
            .await
            .text(),
        "50"
    );
    assert_eq!(
        client.call("reset_counter", json!({})).await.text(),
        "The counter was 50"
    );
    assert_eq!(
        client.call("counter_increment", json!({})).await.text(),
        "1"
    );
}

#[tokio::test]
async fn work_that_blocks_is_answered_from_its_own_threads() {
    assert_eq!(
        client()
            .await
            .call("count_primes", json!({ "limit": 100_000 }))
            .await
            .text(),
        "9592"
    );
}

#[tokio::test]
async fn who_reads_a_failure_depends_on_its_kind() {
    let client = client().await;
    let read = async |way: &str| client.call("fail", json!({ "way": way })).await.text();
    assert_eq!(
        read("error").await,
        "number too large to fit in target type"
    );
    for way in ["internal", "panic"] {
        assert!(
            read(way).await.starts_with("internal error (request id "),
            "{way}"
        );
    }
    let error = client
        .try_call("fail", json!({ "way": "protocol" }))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("this call can never succeed"),
        "{error}"
    );
}

#[tokio::test]
async fn the_probe_counts_what_ends_without_completing() {
    let client = client().await;
    client
        .call("test_cancellation_probe", json!({ "op": "wait", "ms": 0 }))
        .await;
    {
        let waiting = client.call(
            "test_cancellation_probe",
            json!({ "op": "wait", "ms": 60_000 }),
        );
        tokio::pin!(waiting);
        // Polled once, so that the handler has begun, and dropped, which is how a 2026-07-28 client goes away.
        assert!(futures_util::poll!(waiting.as_mut()).is_pending());
    }
    let report = client
        .call("test_cancellation_probe", json!({ "op": "report" }))
        .await;
    assert_eq!(report.text(), "started=2 completed=1 cancelled=1");
}

// SEP-2663, "Capability Negotiation": a client without the extension never gets a task.
#[tokio::test]
async fn a_job_is_a_call_like_any_other_for_clients_without_tasks_unless_it_has_to_be_one() {
    let client = client().await;
    let computed = client
        .call("slow_compute", json!({ "seconds": 0, "label": "Nothing" }))
        .await;
    assert_eq!(computed.text(), "Nothing took 0 s.");
    let params = json!({ "name": "failing_job", "arguments": {} });
    let error = client.request("tools/call", params).await.unwrap_err();
    let error = error.rpc().unwrap();
    assert_eq!((error.code, error.status.as_u16()), (-32021, 400));
    let required = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
    assert_eq!(
        error.data,
        Some(json!({ "requiredCapabilities": required }))
    );
}

#[tokio::test]
async fn a_job_ends_with_a_result_that_says_it_failed_and_asks_what_it_has_to() {
    let answer = |question: &Value| {
        let content = match question["params"]["message"].as_str() {
            Some("Delete notes.txt?") => json!({ "confirm": true }),
            Some("Who gets it?") => json!({ "name": "Grace" }),
            _ => json!({ "name": "Ada" }),
        };
        json!({ "action": "accept", "content": content })
    };
    let client = Client::builder(everything::app()).answering(answer);
    let client = client.build().await.unwrap();
    let rows = [
        (
            "confirm_delete",
            json!({ "filename": "notes.txt" }),
            "notes.txt is deleted.",
        ),
        ("multi_input", json!({}), "From Ada to Grace"),
        (
            "test_tool_with_task",
            json!({}),
            "Hello, Ada! This took a task.",
        ),
        ("failing_job", json!({}), "This job always fails."),
    ];
    for (tool, arguments, text) in rows {
        let result = client.call(tool, arguments).await;
        assert_eq!(
            (result.text().as_str(), result.is_error),
            (text, tool == "failing_job"),
            "{tool}"
        );
    }
}
