//! What an issuer's metadata may say, and when it is asked. RFC 8414, section 3; OpenID Connect Discovery 1.0, section 4.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use crate::{
    fixture::Fixture,
    issuer::{Answer, Issuer, OAUTH, OPENID, sign},
    signing_key::{ada, eve},
};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test]
async fn metadata_and_keys_are_asked_for_when_the_first_token_comes_and_once() {
    let fixture = Fixture::start().await;
    assert_eq!(fixture.status("no token").await, 401);
    assert_eq!(fixture.issuer.all_hits(), 0);
    fixture.issuer.hold();
    let tokens: Vec<_> = (0..100)
        .map(|number| fixture.token(json!({ "jti": number.to_string() })))
        .collect();
    let all = join_all(tokens.iter().map(|token| fixture.status(token)));
    let release = async {
        fixture.issuer.asked(1).await;
        fixture.issuer.release();
    };
    let (all, ()) = tokio::join!(all, release);
    assert_eq!(all, [200; 100]);
    assert_eq!(
        (fixture.issuer.hits(OAUTH), fixture.issuer.hits("/keys")),
        (1, 1)
    );
    assert_eq!(fixture.issuer.all_hits(), 2);
}

#[tokio::test]
async fn the_document_of_openid_connect_is_asked_for_when_the_other_is_not_there() {
    let fixture = Fixture::start().await;
    fixture.issuer.answers(OAUTH, Answer::status(404));
    fixture.issuer.answers(OPENID, fixture.issuer.document());
    assert_eq!(fixture.status_of(json!({})).await, 200);
    assert_eq!(
        (fixture.issuer.hits(OAUTH), fixture.issuer.hits(OPENID)),
        (1, 1)
    );
}

#[tokio::test]
async fn any_other_answer_than_404_is_the_last_word() {
    for status in [302, 400, 403, 410, 500, 503] {
        let fixture = Fixture::start().await;
        fixture.issuer.answers(OAUTH, Answer::status(status));
        fixture.issuer.answers(OPENID, fixture.issuer.document());
        assert_eq!(fixture.status_of(json!({})).await, 503, "{status}");
        assert_eq!(fixture.issuer.hits(OPENID), 0, "{status}");
    }
}

#[tokio::test]
async fn with_openid_only_the_other_document_is_not_asked_for() {
    let issuer = Issuer::start().await;
    issuer.answers(OAUTH, Answer::of("<html>an app for every path</html>"));
    issuer.answers(OPENID, issuer.document());
    let fixture = Fixture::with(issuer, |config| config.openid_only());
    assert_eq!(fixture.status_of(json!({})).await, 200);
    assert_eq!(fixture.issuer.hits(OAUTH), 0);
}

/// RFC 8414, section 3.3: the `issuer` must be identical, or the document must not be used.
#[tokio::test]
async fn metadata_of_another_issuer_is_not_used() {
    let fixture = Fixture::start().await;
    for issuer in [
        json!("https://issuer.example"),
        json!(format!("{}/", fixture.issuer.url)),
        json!(fixture.issuer.url.to_uppercase()),
        json!(null),
        json!([fixture.issuer.url]),
    ] {
        let fixture = Fixture::start().await;
        let document = fixture.issuer.document_with(json!({ "issuer": issuer }));
        fixture.issuer.answers(OAUTH, document);
        assert_eq!(fixture.status_of(json!({})).await, 503, "{issuer}");
        assert_eq!(fixture.issuer.hits("/keys"), 0, "{issuer}");
    }
}

#[tokio::test]
async fn keys_at_another_origin_are_asked_for_only_if_it_is_listed() {
    let elsewhere = Issuer::bare().await;
    elsewhere.answers("/keys", Answer::keys([ada()]));
    let there = json!({ "jwks_uri": format!("{}/keys", elsewhere.url) });

    let fixture = Fixture::start().await;
    let document = fixture.issuer.document_with(there.clone());
    fixture.issuer.answers(OAUTH, document);
    assert_eq!(fixture.status_of(json!({})).await, 503);
    assert_eq!(elsewhere.all_hits(), 0);

    let issuer = Issuer::start().await;
    issuer.answers(OAUTH, issuer.document_with(there));
    let fixture = Fixture::with(issuer, |config| {
        config.keys_origins([&elsewhere.url]).unwrap()
    });
    assert_eq!(fixture.status_of(json!({})).await, 200);
    assert_eq!(elsewhere.all_hits(), 1);
}

#[tokio::test]
async fn what_is_no_metadata_makes_503_and_no_request_for_keys() {
    let elsewhere = Issuer::start().await;
    let huge = format!("{{\"padding\":\"{}\"}}", "x".repeat(70 * 1024));
    for answer in [
        Answer::of("<html>sign in</html>"),
        Answer::of(""),
        Answer::of("{}"),
        Answer::of("[".repeat(10_000)),
        Answer::of(huge),
        Answer::redirect(format!("{}{OAUTH}", elsewhere.url)),
        Answer::redirect(OPENID.to_owned()),
    ] {
        let fixture = Fixture::start().await;
        let what = format!(
            "{} {}",
            answer.status,
            &answer.body[..answer.body.len().min(20)]
        );
        fixture.issuer.answers(OAUTH, answer);
        fixture.issuer.answers(OPENID, fixture.issuer.document());
        assert_eq!(fixture.status_of(json!({})).await, 503, "{what}");
        assert_eq!(fixture.issuer.hits("/keys"), 0, "{what}");
    }
    assert_eq!(elsewhere.all_hits(), 0);
}

#[tokio::test]
async fn a_jwks_uri_that_nobody_may_ask_is_not_asked() {
    for uri in [
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/keys",
        "https://[::ffff:169.254.169.254]/keys",
        "https://10.0.0.1/keys",
        "file:///etc/passwd",
        "/keys",
        "",
    ] {
        let fixture = Fixture::start().await;
        let document = fixture.issuer.document_with(json!({ "jwks_uri": uri }));
        fixture.issuer.answers(OAUTH, document);
        assert_eq!(fixture.status_of(json!({})).await, 503, "{uri}");
    }
}

/// With time standing still for everybody but timers, the limit of five seconds is over at once.
#[tokio::test(start_paused = true)]
async fn an_issuer_that_does_not_answer_makes_503() {
    let fixture = Fixture::start().await;
    fixture.issuer.hold();
    assert_eq!(fixture.status_of(json!({})).await, 503);
}

#[tokio::test]
async fn an_issuer_that_cannot_be_reached_is_asked_1_2_4_to_30_seconds_apart() {
    let fixture = Fixture::start().await;
    fixture.issuer.answers(OAUTH, Answer::status(500));
    let token = fixture.token(json!({ "exp": fixture.clock.seconds() + 3600 }));
    let mut asked = 0;
    for pause in [1, 2, 4, 8, 16, 30, 30] {
        assert_eq!(fixture.status(&token).await, 503);
        asked += 1;
        assert_eq!(fixture.issuer.hits(OAUTH), asked);
        fixture.clock.advance(SECOND * pause - SECOND / 2);
        assert_eq!(fixture.status(&token).await, 503);
        assert_eq!(fixture.issuer.hits(OAUTH), asked, "before {pause} s");
        fixture.clock.advance(SECOND / 2);
    }
    fixture.issuer.answers(OAUTH, fixture.issuer.document());
    assert_eq!(fixture.status(&token).await, 200);
}

#[tokio::test]
async fn an_answer_that_is_of_no_use_is_not_asked_for_again_for_30_seconds() {
    let fixture = Fixture::bare().await;
    assert_eq!(fixture.status_of(json!({})).await, 503);
    assert_eq!(fixture.issuer.all_hits(), 2);
    fixture.clock.advance(SECOND * 29);
    assert_eq!(fixture.status_of(json!({})).await, 503);
    assert_eq!(fixture.issuer.all_hits(), 2);
    fixture.clock.advance(SECOND);
    assert_eq!(fixture.status_of(json!({})).await, 503);
    assert_eq!(fixture.issuer.all_hits(), 4);
}

/// A token of a key that the first set does not have: who brings it waits for the request that is under way.
fn by_the_next_key(fixture: &Fixture) -> String {
    sign(eve(), "RS256", &fixture.claims())
}

#[tokio::test]
async fn keys_that_move_are_found_within_the_hour() {
    let fixture = Fixture::start().await;
    assert_eq!(fixture.status_of(json!({})).await, 200);
    let moved = json!({ "jwks_uri": format!("{}/moved", fixture.issuer.url) });
    fixture
        .issuer
        .answers(OAUTH, fixture.issuer.document_with(moved));
    fixture.issuer.answers("/moved", Answer::keys([eve()]));

    // The keys are old after ten minutes, the metadata is not.
    fixture.clock.advance(HOUR / 2);
    assert_eq!(fixture.status(&by_the_next_key(&fixture)).await, 401);
    assert_eq!(
        (fixture.issuer.hits(OAUTH), fixture.issuer.hits("/keys")),
        (1, 2)
    );

    fixture.clock.advance(HOUR / 2);
    assert_eq!(fixture.status(&by_the_next_key(&fixture)).await, 200);
    assert_eq!(
        (fixture.issuer.hits(OAUTH), fixture.issuer.hits("/moved")),
        (2, 1)
    );
}

#[tokio::test]
async fn where_no_keys_come_from_any_more_the_issuer_is_asked_again() {
    let fixture = Fixture::start().await;
    fixture.issuer.answers("/keys", Answer::status(404));
    assert_eq!(fixture.status_of(json!({})).await, 503);
    let moved = json!({ "jwks_uri": format!("{}/moved", fixture.issuer.url) });
    fixture
        .issuer
        .answers(OAUTH, fixture.issuer.document_with(moved));
    fixture.issuer.answers("/moved", Answer::keys([ada()]));
    fixture.clock.advance(SECOND);
    assert_eq!(fixture.status_of(json!({})).await, 200);
    assert_eq!(fixture.issuer.hits(OAUTH), 2);
}

#[tokio::test]
async fn metadata_that_cannot_be_had_again_counts_for_a_day_and_no_longer() {
    let fixture = Fixture::start().await;
    assert_eq!(fixture.status_of(json!({})).await, 200);
    fixture.issuer.answers(OAUTH, Answer::status(500));
    for hours in [2, 20] {
        fixture.clock.advance(HOUR * hours);
        assert_eq!(fixture.status(&by_the_next_key(&fixture)).await, 401);
        assert_eq!(fixture.status_of(json!({})).await, 200);
    }
    assert_eq!(
        (fixture.issuer.hits(OAUTH), fixture.issuer.hits("/keys")),
        (3, 3)
    );
    fixture.clock.advance(HOUR * 25);
    assert_eq!(fixture.status_of(json!({})).await, 503);
    fixture.issuer.answers(OAUTH, fixture.issuer.document());
    fixture.clock.advance(SECOND * 30);
    assert_eq!(fixture.status_of(json!({})).await, 200);
}
