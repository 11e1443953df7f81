//! What the log never says, at its most talkative: tokens, secrets and keys.

use http::Method;
use scalekit_emulator::{Fault, Signer};
use serde_json::json;

use crate::{
    fixture::Protected,
    secrets::{Log, leaks},
    support::{Answer, BOTH},
};

#[tokio::test]
async fn no_token_secret_or_key_is_in_the_log_at_its_most_talkative() {
    let log = Log::start();
    let protected = Protected::start().await;
    let scalekit = &protected.scalekit;
    let none = || json!({});

    let good = scalekit.mint(json!({ "scopes": ["todo:read", "todo:write"] }), none());
    let refused = [
        scalekit.mint_signed(none(), none(), &Signer::Stranger),
        scalekit.mint_signed(none(), none(), &Signer::Secret(b"hunter2".to_vec())),
        scalekit.mint(json!({ "aud": ["res_other"] }), none()),
        scalekit.mint(json!({ "iss": "https://evil.example" }), none()),
        scalekit.mint(json!({ "iat": 1_000, "nbf": 1_000, "exp": 4_600 }), none()),
        scalekit.mint(none(), json!({ "kid": "snk_unknown" })),
        format!("{good}.and-something-after-its-signature"),
        format!("{good}!"),
    ];
    for era in BOTH {
        for tool in ["write", "who", "waiting_who", "blocking_who", "spawned_who"] {
            let answer = protected
                .call(era, tool, Some(&format!("Bearer {good}")))
                .await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        for token in &refused {
            let answer = protected
                .call(era, "who", Some(&format!("Bearer {token}")))
                .await;
            assert_eq!(answer.status, 401, "{}", answer.text());
        }
        assert_eq!(protected.call(era, "who", None).await.status, 401);
    }
    let lacking = scalekit.mint(json!({ "scope": "openid", "scopes": ["openid"] }), none());
    let answer = protected
        .call(BOTH[0], "write", Some(&format!("Bearer {lacking}")))
        .await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    let in_query = in_query(&protected, &good).await;
    assert_eq!(in_query.status, 400, "{}", in_query.text());

    // Not a token for this server: what to do instead is said at once, and still nothing of the token.
    let environment = scalekit.environment_token().await;
    let answer = protected
        .call(BOTH[0], "who", Some(&format!("Bearer {environment}")))
        .await;
    assert_eq!(answer.status, 401, "{}", answer.text());

    // One more server, which never gets a key.
    let unreachable = Protected::start().await;
    unreachable
        .scalekit
        .admin()
        .fault("/keys", Fault::Status(500));
    let unverified = unreachable.scalekit.mint(none(), none());
    let answer = unreachable
        .call(BOTH[0], "who", Some(&format!("Bearer {unverified}")))
        .await;
    assert_eq!(answer.status, 503, "{}", answer.text());

    let text = log.text();
    for said in [
        "refused a token reason=",
        "refused a token: ",
        "refused a token that is over",
        "refused a request without a token",
        "refused a request with two credentials",
        "refused a credential that has not the form of a token",
        "cannot verify tokens now",
    ] {
        assert!(text.contains(said), "{said} is not in the log: {text}");
    }
    // One line for each refusal: what the verifier says of it too is for `trace`.
    let twice = text
        .lines()
        .find(|line| line.contains("DEBUG") && line.contains("token refused"));
    assert_eq!(twice, None);
    for token in refused
        .iter()
        .chain([&good, &lacking, &environment, &unverified])
    {
        let leaks = leaks(&text, [token.as_str()]);
        assert!(leaks.is_empty(), "{leaks:?} are in the log: {text}");
        assert!(!text.contains(token), "{token} is in the log: {text}");
    }
    for secret in scalekit.client_secrets() {
        assert!(
            leaks(&text, [secret]).is_empty(),
            "{secret} is in the log: {text}"
        );
    }
    for key in scalekit.private_keys() {
        assert!(
            leaks(&text, [key.as_str()]).is_empty(),
            "a private key is in the log: {text}"
        );
    }
    assert!(!text.contains("PRIVATE KEY"), "{text}");
}

/// The token in the header and in the query, of which the latter is part of what servers like to log.
async fn in_query(protected: &Protected, token: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    let path = format!("/mcp?access_token={token}");
    protected
        .server
        .ask(Method::POST, &path, &headers, "{}")
        .await
}
