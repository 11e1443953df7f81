//! The two ways to the endpoint, through the router and past it: whoever comes, either answers the same. The audit log is told by what
//! stands in the router, so a server with it has the first way and one without the second.

use http::header;
use serde_json::{Value, json};
use xmcp::{
    Era, Settings,
    codegen::{self, Input, Tool},
    prelude::*,
};

use crate::{
    fixture::{Protected, Setup},
    support::BOTH,
    tools::{maybe_who, who, write},
};

static TOOLS: &[Tool] = &[
    tool!(sync write, of_0, None, []),
    tool!(async who, of_async_1, None, [session]),
    tool!(sync maybe_who, of_1, None, [session]),
    tool!(sync everywhere, of_1, None, [context]),
];

/// The caller in every place where a handler may look.
mod everywhere {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().public(true);
    pub fn handler(context: Context) -> String {
        let places = [
            context.session().cloned(),
            context.extension::<Session>().cloned(),
            xmcp::session().ok(),
        ];
        places
            .map(|session| {
                session.map_or("nobody".to_owned(), |session| session.user_id().to_owned())
            })
            .join(" ")
    }
}

/// Status, challenge and body of each answer of a server.
async fn answers(has_audit: bool, is_optional: bool) -> Vec<(u16, String, String)> {
    let mut settings = Settings::default();
    settings.log.audit = has_audit;
    settings.http.sessions = true;
    let provider = |provider: xmcp::auth::Provider| provider.include_granted();
    let optional = |provider: xmcp::auth::Provider| provider.include_granted().optional();
    let protected = Protected::with(Setup {
        settings,
        tools: TOOLS,
        provider: if is_optional { optional } else { provider },
        ..Setup::default()
    })
    .await;
    let (reads, writes) = (
        protected.token("openid todo:read"),
        protected.token("todo:read todo:write"),
    );
    let callers = [None, Some("Bearer bad"), Some(&*reads), Some(&*writes)];
    let call = |tool: &str| ("tools/call", json!({ "name": tool, "arguments": {} }));
    let mut answers = Vec::new();
    for era in BOTH {
        for (method, params) in [
            call("write"),
            call("who"),
            call("maybe_who"),
            call("everywhere"),
            call("unknown"),
            ("tools/list", json!({})),
            ("resources/subscribe", json!({ "uri": "notes://1" })),
        ] {
            for caller in callers {
                // Each twice: a token that is not known takes another way through auth than one that is.
                for _ in 0..2 {
                    let params: Value = params.clone();
                    let answer = protected.request(era, method, params, caller).await;
                    let challenge = answer.headers.get(header::WWW_AUTHENTICATE);
                    let challenge = challenge.map_or("", |value| value.to_str().unwrap());
                    let body = String::from_utf8(answer.body.to_vec()).unwrap();
                    answers.push((answer.status.as_u16(), challenge.to_owned(), body));
                }
            }
        }
    }
    answers
}

#[tokio::test]
async fn whoever_comes_both_ways_answer_the_same() {
    for is_optional in [false, true] {
        let (routed, direct) = (
            answers(true, is_optional).await,
            answers(false, is_optional).await,
        );
        for (number, (routed, direct)) in routed.iter().zip(&direct).enumerate() {
            assert_eq!(routed, direct, "{number}");
        }
        assert_eq!(routed.len(), direct.len());
        let count = |status| direct.iter().filter(|answer| answer.0 == status).count();
        assert!(count(200) > 20 && count(401) > 20 && count(403) >= 4);
        let repeats = |answer: &&(u16, String, String)| {
            answer.1.contains("scope=\"todo:read todo:write openid\"")
        };
        assert_eq!(
            direct.iter().filter(repeats).count(),
            4,
            "what is granted is repeated"
        );
    }
}

#[tokio::test]
async fn the_caller_is_in_every_place_where_a_handler_may_look() {
    for has_audit in [true, false] {
        let mut setup = Setup {
            tools: TOOLS,
            provider: |provider| provider.optional(),
            ..Setup::default()
        };
        setup.settings.log.audit = has_audit;
        let protected = Protected::with(setup).await;
        let token = protected.token("openid");
        for (caller, expected) in [
            (Some(&*token), "usr_ada usr_ada usr_ada"),
            (None, "nobody nobody nobody"),
        ] {
            let answer = protected.call(Era::Modern, "everywhere", caller).await;
            assert_eq!(answer.result()["content"][0]["text"], expected);
        }
    }
}
