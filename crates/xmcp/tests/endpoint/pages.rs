//! Lists page by page, and how long they may be kept (2025-11-25 and 2026-07-28 server/utilities/pagination; 2026-07-28
//! server/utilities/caching).

use std::time::Duration;

use serde_json::{Value, json};
use xmcp::{Era, Session, Settings};

use crate::{
    primitives::{PROMPTS, RESOURCES},
    support::{BOTH, Server, app_of},
    tools,
};

const LISTS: [(&str, &str); 4] = [
    ("tools/list", "tools"),
    ("prompts/list", "prompts"),
    ("resources/list", "resources"),
    ("resources/templates/list", "resourceTemplates"),
];

fn of_three(settings: &mut Settings) {
    settings.server.page_size = 3;
}

async fn server(change: impl FnOnce(&mut Settings)) -> Server {
    let app = xmcp::App {
        tools: tools::TOOLS,
        ..app_of(PROMPTS, RESOURCES)
    };
    Server::app(app, change, None, None).await
}

async fn page(server: &Server, era: Era, method: &str, cursor: Option<&Value>) -> Value {
    let params = cursor.map_or(json!({}), |cursor| json!({ "cursor": cursor }));
    server.request(era, method, params).await.result()
}

#[tokio::test]
async fn the_pages_of_a_list_make_up_the_whole() {
    let (whole, paged) = (server(|_| {}).await, server(of_three).await);
    for era in BOTH {
        for (method, member) in LISTS {
            let expected = page(&whole, era, method, None).await;
            assert_eq!(expected.get("nextCursor"), None);
            let (mut all, mut cursor) = (Vec::new(), None);
            loop {
                let mut page = page(&paged, era, method, cursor.as_ref()).await;
                let entries = page[member].as_array().unwrap();
                assert!((1..=3).contains(&entries.len()), "{method}");
                all.extend(entries.iter().cloned());
                cursor = Some(page["nextCursor"].take());
                if cursor == Some(Value::Null) {
                    break;
                }
                assert_eq!(entries_of_page(&page, member), 3);
            }
            assert_eq!(json!(all), expected[member], "{era:?} {method}");
        }
    }
}

fn entries_of_page(page: &Value, member: &str) -> usize {
    page[member].as_array().unwrap().len()
}

/// "Error Handling": a cursor that is none is an error of the params.
#[tokio::test]
async fn a_cursor_that_leads_nowhere_is_refused() {
    let (whole, paged) = (server(|_| {}).await, server(of_three).await);
    let other_size = server(|settings| settings.server.page_size = 4).await;
    for era in BOTH {
        let cursor = page(&paged, era, "tools/list", None).await["nextCursor"].take();
        let cursor = cursor.as_str().unwrap();
        let none = "`cursor` is none of this server's: ask for the list without one";
        let foreign = "`cursor` is of another list: ask for the list without one";
        let stale = "`cursor` is of a list that has changed since: ask for the list without one";
        for (server, method, cursor, message) in [
            (&paged, "tools/list", "", none),
            (&paged, "tools/list", "3", none),
            (&paged, "tools/list", "x", none),
            (&paged, "tools/list", &cursor[1..], none),
            (&paged, "tools/list", &format!("{cursor}A"), none),
            (&paged, "tools/list", &"A".repeat(10_000), none),
            (&paged, "prompts/list", cursor, foreign),
            (&paged, "resources/templates/list", cursor, foreign),
            (&other_size, "tools/list", cursor, stale),
            (&whole, "tools/list", cursor, stale),
        ] {
            let answer = server
                .request(era, method, json!({ "cursor": cursor }))
                .await
                .error();
            assert_eq!(
                answer,
                (200, -32602, message.to_owned()),
                "{method} {cursor}"
            );
        }
    }
}

#[tokio::test]
async fn a_cursor_of_another_callers_list_is_refused() {
    let of = async |scopes: &[&str]| {
        let session = Session::for_test("usr_1")
            .scopes(scopes.iter().copied())
            .build();
        let change = |settings: &mut Settings| {
            settings.server.page_size = 5;
            settings.server.hide_unauthorized = true;
        };
        Server::app(app_of(PROMPTS, RESOURCES), change, None, Some(session)).await
    };
    let (reader, other) = (of(&["todo:read"]).await, of(&["other"]).await);
    for era in BOTH {
        let first = page(&reader, era, "prompts/list", None).await;
        let cursor = &first["nextCursor"];
        let second = page(&reader, era, "prompts/list", Some(cursor)).await;
        assert_eq!(entries_of_page(&second, "prompts"), 1);
        assert_eq!(
            page(&other, era, "prompts/list", None)
                .await
                .get("nextCursor"),
            None
        );
        let (_, code, _) = other
            .request(era, "prompts/list", json!({ "cursor": cursor }))
            .await
            .error();
        assert_eq!(code, -32602);
    }
}

#[tokio::test]
async fn replicas_take_each_others_cursors() {
    let (one, other) = (server(of_three).await, server(of_three).await);
    for era in BOTH {
        let cursor = page(&one, era, "tools/list", None).await["nextCursor"].take();
        let expected = page(&one, era, "tools/list", Some(&cursor)).await;
        assert_eq!(
            page(&other, era, "tools/list", Some(&cursor)).await,
            expected
        );
    }
}

#[tokio::test]
async fn lists_say_how_long_they_may_be_kept() {
    for seconds in [0, 60] {
        let server =
            server(|settings| settings.server.list_ttl = Duration::from_secs(seconds)).await;
        for (method, _) in LISTS {
            let result = page(&server, Era::Modern, method, None).await;
            assert_eq!(
                (&result["ttlMs"], &result["cacheScope"]),
                (&json!(seconds * 1000), &json!("public"))
            );
            let result = page(&server, Era::Legacy, method, None).await;
            assert_eq!(
                (result.get("ttlMs"), result.get("cacheScope")),
                (None, None)
            );
        }
    }
}
