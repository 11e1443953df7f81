//! What clients see of this server before they call anything, as a golden: a change of the contract shows up as a change of
//! that file. `UPDATE_EXPECT=1 cargo test -p everything` writes it anew.

use std::{env, fs, path::PathBuf};

use serde_json::{Map, Value, json};
use xmcp::Era;
use xmcp_test::Client;

#[tokio::test]
async fn the_lists_of_both_eras_are_the_golden() {
    let seen =
        json!({ "2025-11-25": list(Era::Legacy).await, "2026-07-28": list(Era::Modern).await });
    let seen = format!("{seen:#}\n");
    let golden = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/list.json");
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&golden, &seen).unwrap();
    }
    let expected = fs::read_to_string(&golden).unwrap();
    assert_eq!(
        expected, seen,
        "run with UPDATE_EXPECT=1 if the change is meant, and read what it does to tests/list.json"
    );
}

#[tokio::test]
async fn the_first_tool_can_be_called_without_arguments() {
    let client = xmcp_test::client(everything::app()).await;
    let tools = client.list_tools().await;
    let name = tools[0]["name"].as_str().unwrap();
    assert!(!client.call(name, json!({})).await.is_error);
}

async fn list(era: Era) -> Value {
    let client = Client::builder(everything::app())
        .era(era)
        .build()
        .await
        .unwrap();
    let mut lists = Map::new();
    let mut methods = vec![
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
    ];
    if era == Era::Modern {
        methods.push("skills/list");
    }
    for method in methods {
        let list = client.request(method, json!({})).await.unwrap();
        lists.insert(method.to_owned(), list);
    }
    lists.into()
}
