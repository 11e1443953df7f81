//! Questions to the client on the stream of the call that asks (2025-11-25 client/elicitation, basic/transports).

use http::Method;
use serde_json::{Value, json};

use xmcp::App;

use crate::{
    asking_handlers,
    client::{Client, Server, Stream, json},
    tools,
};

async fn answer(client: &Client, id: &Value, member: &str, value: Value) -> u16 {
    let mut message = json!({ "jsonrpc": "2.0", "id": id });
    message[member] = value;
    json(client.post(message).await).await.0
}

fn accept(name: &str) -> Value {
    json!({ "action": "accept", "content": { "name": name } })
}

#[tokio::test(start_paused = true)]
async fn a_question_goes_out_on_the_calls_stream_and_its_answer_comes_by_post() {
    let server = Server::new().await;
    let client = server.connect().await;
    let mut stream = Stream::of(client.call(1, "ask", json!({})).await);
    stream.next().await.unwrap();
    let question = stream.next().await.unwrap();
    let data = question.data();
    assert_eq!(data["method"], "elicitation/create");
    assert_eq!(data["params"]["message"], "What is your name?");
    assert_eq!(
        data["params"]["requestedSchema"]["required"],
        json!(["name"])
    );
    assert_eq!(
        answer(&client, &data["id"], "result", accept("Ada")).await,
        202
    );
    assert_eq!(stream.rest().await.last().unwrap().said(), "Hello, Ada!");
}

#[tokio::test(start_paused = true)]
async fn each_answer_reaches_the_call_that_asked() {
    let server = Server::new().await;
    let client = server.connect().await;
    let mut asked = Vec::new();
    for id in 1..=3 {
        let mut stream = Stream::of(client.call(id, "ask", json!({})).await);
        stream.next().await.unwrap();
        let question = stream.next().await.unwrap().data()["id"].clone();
        asked.push((format!("Ada {id}"), question, stream));
    }
    for (name, question, _) in asked.iter().rev() {
        answer(&client, question, "result", accept(name)).await;
    }
    for (name, _, stream) in asked {
        assert_eq!(
            stream.rest().await.last().unwrap().said(),
            format!("Hello, {name}!")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn answers_to_nothing_are_taken_and_forgotten() {
    let server = Server::new().await;
    let client = server.connect().await;
    let mut stream = Stream::of(client.call(1, "ask", json!({})).await);
    stream.next().await.unwrap();
    let id = stream.next().await.unwrap().data()["id"].clone();
    for unknown in [json!(99), json!("1"), json!(-1)] {
        assert_eq!(
            answer(&client, &unknown, "result", accept("Mallory")).await,
            202
        );
    }
    answer(&client, &id, "result", accept("Ada")).await;
    assert_eq!(stream.rest().await.last().unwrap().said(), "Hello, Ada!");
    assert_eq!(
        answer(&client, &id, "result", accept("too late")).await,
        202
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_the_calls_failure() {
    let server = Server::new().await;
    let client = server.connect().await;
    let mut stream = Stream::of(client.call(1, "ask", json!({})).await);
    stream.next().await.unwrap();
    let id = stream.next().await.unwrap().data()["id"].clone();
    answer(
        &client,
        &id,
        "error",
        json!({ "code": -1, "message": "no thanks" }),
    )
    .await;
    let last = stream.rest().await.pop().unwrap();
    assert_eq!(last.data()["result"]["isError"], true);
    assert!(last.said().contains("no thanks"), "{}", last.said());
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_never_answered_is_taken_back() {
    let server = Server::new().await;
    let client = server.connect().await;
    let mut stream = Stream::of(client.call(1, "ask", json!({})).await);
    stream.next().await.unwrap();
    let id = stream.next().await.unwrap().data()["id"].clone();
    tokio::time::advance(std::time::Duration::from_secs(3600)).await;
    let rest = stream.rest().await;
    let cancelled = rest
        .iter()
        .map(|event| event.data())
        .find(|data| data["method"] == "notifications/cancelled");
    assert_eq!(cancelled.unwrap()["params"]["requestId"], id);
    assert_eq!(rest.last().unwrap().data()["result"]["isError"], true);
}

#[tokio::test(start_paused = true)]
async fn the_question_of_a_client_that_takes_no_stream_goes_to_its_own() {
    let server = Server::new().await;
    let client = server.connect().await;
    let mut own = Stream::of(client.get(None).await);
    own.next().await.unwrap();
    let call =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "ask" } });
    let headers = [("accept", "application/json")];
    let (response, ()) = tokio::join!(
        client.send(Method::POST, &headers, call.to_string()),
        async {
            let id = own.next().await.unwrap().data()["id"].clone();
            answer(&client, &id, "result", accept("Ada")).await;
        }
    );
    let text = json(response).await.1["result"]["content"][0]["text"].clone();
    assert_eq!(text, "Hello, Ada!");
}

#[tokio::test(start_paused = true)]
async fn without_a_session_the_failure_names_the_setting() {
    let server = Server::new().await;
    let events = json(server.client().call(1, "ask", json!({})).await)
        .await
        .1;
    assert_eq!(events["result"]["isError"], true);
    let text = events["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("[http] sessions = true"), "{text}");
}

/// Whichever way a handler asks, and whatever it is that asks.
#[tokio::test(start_paused = true)]
async fn every_kind_of_handler_asks_in_every_way() {
    let app = App {
        tools: asking_handlers::TOOLS,
        prompts: asking_handlers::PROMPTS,
        resources: asking_handlers::RESOURCES,
        ..tools::app()
    };
    let server = Server::of(app, |_| {}).await;
    let client = server.connect().await;
    let tool = |name: &str| ("tools/call", json!({ "name": name }));
    for ((method, params), expected) in [
        (tool("ask"), "Hello, Ada!"),
        (tool("return_a_question"), "Hello, Ada!"),
        (tool("return_one_by_one"), "Ada Ada Ada"),
        (
            ("prompts/get", json!({ "name": "ask_first" })),
            "Write to Ada",
        ),
        (
            ("resources/read", json!({ "uri": "test://asked" })),
            "Hello, Ada!",
        ),
    ] {
        let mut stream = Stream::of(client.request(1, method, params).await);
        let last = loop {
            let event = stream.next().await.unwrap();
            let data = event.data();
            match data["method"].as_str() {
                Some("elicitation/create") => {
                    answer(&client, &data["id"], "result", accept("Ada")).await
                }
                _ if data["id"] == 1 => break data.clone(),
                _ => continue,
            };
        };
        assert!(
            last["result"].to_string().contains(expected),
            "{method}: {last}"
        );
        assert_eq!(stream.next().await, None);
    }
}
