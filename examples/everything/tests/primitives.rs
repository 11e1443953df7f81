//! Prompts, resources and completions, in memory, the same in both protocol generations.

use serde_json::{Value, json};
use xmcp::Era;
use xmcp_test::{Client, Error};

async fn clients() -> [Client; 2] {
    [client(Era::Legacy).await, client(Era::Modern).await]
}

async fn client(era: Era) -> Client {
    let client = Client::builder(everything::app()).era(era);
    client.build().await.unwrap()
}

async fn prompt(client: &Client, name: &str, arguments: Value) -> Result<Value, Error> {
    let params = json!({ "name": name, "arguments": arguments });
    let mut result = client.request("prompts/get", params).await?;
    Ok(result["messages"].take())
}

async fn read(client: &Client, uri: &str) -> Result<Value, Error> {
    let mut result = client
        .request("resources/read", json!({ "uri": uri }))
        .await?;
    Ok(result["contents"].take())
}

fn said(role: &str, text: &str) -> Value {
    json!({ "role": role, "content": { "type": "text", "text": text } })
}

#[tokio::test]
async fn a_prompt_gives_messages_of_any_content_and_role() {
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==";
    let picture = json!({ "type": "image", "data": png, "mimeType": "image/png" });
    let resource = json!({ "uri": "test://it", "mimeType": "text/plain", "text": "Embedded resource content for testing." });
    for client in clients().await {
        let rows = [
            (
                "test_simple_prompt",
                json!({}),
                json!([said("user", "This is a simple prompt for testing.")]),
            ),
            (
                "test_prompt_with_arguments",
                json!({ "arg1": "one", "arg2": "two" }),
                json!([said(
                    "user",
                    "Prompt with arguments: arg1='one', arg2='two'"
                )]),
            ),
            (
                "test_prompt_with_image",
                json!({}),
                json!([{ "role": "user", "content": picture }, said("user", "Please analyze the image above.")]),
            ),
            (
                "test_prompt_with_embedded_resource",
                json!({ "resourceUri": "test://it" }),
                json!([
                    { "role": "user", "content": { "type": "resource", "resource": resource } },
                    said("user", "Please process the embedded resource above."),
                ]),
            ),
            (
                "review",
                json!({ "language": "rust" }),
                json!([
                    said("user", "Review my Rust code for correctness."),
                    said("assistant", "Gladly. Please show me the code."),
                ]),
            ),
        ];
        for (name, arguments, messages) in rows {
            assert_eq!(
                prompt(&client, name, arguments).await.unwrap(),
                messages,
                "{name}"
            );
        }
    }
}

// 2025-11-25 and 2026-07-28 server/prompts, "Error Handling": missing required arguments are -32602.
#[tokio::test]
async fn a_prompt_names_the_arguments_that_are_missing() {
    for client in clients().await {
        let error = prompt(&client, "test_prompt_with_arguments", json!({}))
            .await
            .unwrap_err();
        let error = error.rpc().unwrap();
        assert_eq!(error.code, -32602);
        for argument in ["arg1", "arg2"] {
            assert!(error.message.contains(argument), "{}", error.message);
        }
    }
}

// 2025-11-25 and 2026-07-28 server/resources, "Resource Contents".
#[tokio::test]
async fn a_resource_gives_text_or_bytes_with_its_type() {
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==";
    let data = r#"{"id":"7","templateTest":true,"data":"Data for ID: 7"}"#;
    let rows = [
        json!({ "uri": "test://static-text", "mimeType": "text/plain", "text": "This is the content of the static text resource." }),
        json!({ "uri": "test://static-binary", "mimeType": "image/png", "blob": png }),
        json!({ "uri": "test://watched-resource", "mimeType": "text/plain", "text": "0" }),
        json!({ "uri": "test://template/7/data", "mimeType": "application/json", "text": data }),
    ];
    for client in clients().await {
        for content in &rows {
            let uri = content["uri"].as_str().unwrap();
            assert_eq!(read(&client, uri).await.unwrap(), json!([content]));
        }
    }
}

// 2025-11-25 server/resources, "Error Handling" has -32002; 2026-07-28 has -32602.
#[tokio::test]
async fn a_uri_that_nothing_answers_is_an_error_that_repeats_it() {
    for (era, code) in [(Era::Legacy, -32002), (Era::Modern, -32602)] {
        let client = client(era).await;
        for uri in ["test://nothing", "test://template/a%2Fb/data"] {
            let error = read(&client, uri).await.unwrap_err();
            let error = error.rpc().unwrap();
            assert_eq!(
                (error.code, &error.data),
                (code, &Some(json!({ "uri": uri })))
            );
        }
    }
}

// 2025-11-25 and 2026-07-28 server/utilities/completion.
#[tokio::test]
async fn an_argument_completes_by_its_function_or_by_its_enum() {
    let rows = [
        (
            json!({ "type": "ref/prompt", "name": "test_prompt_with_arguments" }),
            ("arg1", "teste"),
            "tested",
        ),
        (
            json!({ "type": "ref/prompt", "name": "review" }),
            ("language", "ty"),
            "typescript",
        ),
        (
            json!({ "type": "ref/resource", "uri": "test://template/{id}/data" }),
            ("id", "2"),
            "200",
        ),
    ];
    for client in clients().await {
        for (reference, (name, value), best) in &rows {
            let params = json!({ "ref": reference, "argument": { "name": name, "value": value } });
            let result = client.request("completion/complete", params).await.unwrap();
            assert_eq!(result["completion"]["values"][0], *best, "{result}");
        }
    }
}

// 2026-07-28 basic/transports/streamable-http, "Custom Headers from Tool Parameters".
#[tokio::test]
async fn a_value_that_stands_in_a_header_is_compared_with_the_argument() {
    let value = json!({ "value": "blau und grün" });
    for client in clients().await {
        let echoed = client.call("test_custom_header", value.clone()).await;
        assert_eq!(echoed.text(), "blau und grün");
    }
    let client = Client::builder(everything::app()).header("mcp-param-value", "red");
    let client = client.build().await.unwrap();
    let refused = client.try_call("test_custom_header", value).await;
    let refused = refused.unwrap_err();
    let error = refused.rpc().unwrap();
    assert_eq!((error.code, error.status.as_u16()), (-32020, 400));
}

// 2025-11-25 and 2026-07-28 server/tools, "List Changed Notification": what is listed is what can be called.
#[tokio::test]
async fn tools_and_prompts_come_and_go() {
    for client in clients().await {
        for (trigger, list) in [
            ("test_trigger_tool_change", "tools"),
            ("test_trigger_prompt_change", "prompts"),
        ] {
            let mut seen = Vec::new();
            for _ in 0..3 {
                let method = format!("{list}/list");
                let listed = client.request(&method, json!({})).await.unwrap();
                let listed = listed[list].as_array().unwrap();
                seen.push(listed.iter().any(|entry| entry["name"] == "comes_and_goes"));
                client.call(trigger, json!({})).await;
            }
            assert_eq!(seen, [false, true, false], "{list}");
        }
    }
}
