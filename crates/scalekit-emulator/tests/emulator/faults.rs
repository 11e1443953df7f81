//! Faults, and key sets that verifiers must survive.

use std::time::{Duration, Instant};

use scalekit_emulator::{Fault, Running, StrayKey};
use serde_json::{Value, json};

use crate::support::{get, start, verified};

fn keys_url(emulator: &Running) -> String {
    format!("{}/keys", emulator.environment_url())
}

async fn keys(emulator: &Running) -> Vec<Value> {
    let keys = get(&keys_url(emulator)).await.json();
    keys["keys"].as_array().unwrap().clone()
}

#[tokio::test]
async fn requests_are_counted_by_path() {
    let emulator = start().await;
    let url = keys_url(&emulator);
    get(&url).await;
    get(&format!("{url}?x")).await;
    assert_eq!(
        (
            emulator.admin().hits("/keys"),
            emulator.admin().hits("/other")
        ),
        (2, 0)
    );
}

#[tokio::test]
async fn each_fault_does_what_it_says() {
    let emulator = start().await;
    let url = keys_url(&emulator);
    let admin = emulator.admin();
    admin.fault("/keys", Fault::Status(500));
    assert_eq!(get(&url).await.status, 500);
    admin.fault(
        "/keys",
        Fault::Redirect("https://other.example/keys".to_owned()),
    );
    let answer = get(&url).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (302, "https://other.example/keys")
    );
    admin.fault("/keys", Fault::Size(2_000_000));
    assert!(get(&url).await.text.len() > 2_000_000);
    admin.fault("/keys", Fault::Html);
    let answer = get(&url).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type")),
        (200, "text/html")
    );
    admin.fault(
        "/keys",
        Fault::Body {
            content_type: "application/json",
            body: "{\"keys\":5}".to_owned(),
        },
    );
    assert_eq!(get(&url).await.text, "{\"keys\":5}");
    admin.fault("/keys", Fault::RateLimited(3));
    assert_eq!(get(&url).await.header("retry-after"), "3");
    admin.fault("/keys", Fault::Latency(Duration::from_millis(300)));
    let started = Instant::now();
    assert_eq!(get(&url).await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(300));
    admin.clear_fault("/keys");
    assert_eq!(get(&url).await.status, 200);
}

#[tokio::test]
async fn a_fault_may_pass_by_itself() {
    let emulator = start().await;
    emulator.admin().fault_times("/keys", Fault::Status(503), 2);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(get(&keys_url(&emulator)).await.status.as_u16());
    }
    assert_eq!(statuses, [503, 503, 200]);
}

#[tokio::test]
async fn keys_rotate_with_and_without_the_old_one() {
    let emulator = start().await;
    let admin = emulator.admin();
    let (first, old) = (admin.key_id(), admin.mint(json!({}), json!({})));
    let second = admin.rotate(true).unwrap();
    let ids: Vec<Value> = keys(&emulator)
        .await
        .iter()
        .map(|key| key["kid"].clone())
        .collect();
    assert_eq!(ids, [json!(second), json!(first)]);
    verified(&emulator, &old).await;
    verified(&emulator, &admin.mint(json!({}), json!({}))).await;
    let third = admin.rotate(false).unwrap();
    let ids: Vec<Value> = keys(&emulator)
        .await
        .iter()
        .map(|key| key["kid"].clone())
        .collect();
    assert_eq!(ids, [json!(third)]);
}

#[tokio::test]
async fn strange_keys_stand_beside_the_good_one() {
    let emulator = start().await;
    let admin = emulator.admin();
    for (key, kty, usage) in [
        (StrayKey::Encryption, "RSA", json!("enc")),
        (StrayKey::Symmetric, "oct", json!("sig")),
        (StrayKey::EllipticCurve, "EC", json!("sig")),
        (StrayKey::DuplicateId, "RSA", json!("sig")),
        (StrayKey::BadModulus, "RSA", json!("sig")),
        (StrayKey::BadExponent, "RSA", json!("sig")),
        (StrayKey::SmallModulus, "RSA", json!("sig")),
        (StrayKey::UnknownType, "AKP", json!(null)),
    ] {
        admin.clear_stray_keys();
        admin.add_stray_key(key);
        let keys = keys(&emulator).await;
        assert_eq!(keys.len(), 2, "{key:?}");
        assert_eq!(
            (&keys[1]["kty"], &keys[1]["use"]),
            (&json!(kty), &usage),
            "{key:?}"
        );
        assert_eq!(
            keys[0]["kid"] == keys[1]["kid"],
            key == StrayKey::DuplicateId
        );
    }
    admin.clear_stray_keys();
    admin.hide_keys(true);
    assert_eq!(keys(&emulator).await, Vec::<Value>::new());
    admin.add_jwk(json!({ "kty": 5 }));
    assert_eq!(keys(&emulator).await, [json!({ "kty": 5 })]);
    admin.hide_keys(false);
    assert_eq!(keys(&emulator).await.len(), 2);
}
