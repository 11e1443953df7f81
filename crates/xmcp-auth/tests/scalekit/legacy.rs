//! The authorization server's metadata under the resource's own origin.

use http::StatusCode;
use scalekit_emulator::Fault;
use serde_json::json;

use crate::fixture::*;

#[tokio::test]
async fn metadata_of_the_authorization_server_is_not_passed_on_unless_asked_for() {
    let fixture = Fixture::with_resource_id().await;
    let url = format!(
        "http://127.0.0.1:{}/.well-known/oauth-authorization-server",
        fixture.port
    );
    let answer = client().get(url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

const INSERTED: &str = "/.well-known/oauth-authorization-server/resources/res_1";
const APPENDED: &str = "/resources/res_1/.well-known/oauth-authorization-server";

#[tokio::test]
async fn passing_metadata_on_makes_one_request_however_many_ask() {
    let fixture = Fixture::with_legacy_metadata().await;
    let url = format!(
        "http://127.0.0.1:{}/.well-known/oauth-authorization-server",
        fixture.port
    );
    let ask = || async { client().get(&url).send().await.unwrap() };
    let answers = futures_util::future::join_all((0..20).map(|_| ask())).await;
    for answer in answers {
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        let issuer = format!("{}/resources/res_1", fixture.emulator.environment_url());
        assert_eq!(document(answer).await["issuer"], json!(issuer));
    }
    assert_eq!(
        client().post(&url).send().await.unwrap().status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
    assert_eq!(fixture.emulator.admin().hits(INSERTED), 1);
    assert_eq!(fixture.emulator.admin().hits(APPENDED), 0);
}

#[tokio::test]
async fn an_environment_without_the_standard_place_is_asked_at_the_other() {
    let fixture = Fixture::with_legacy_metadata().await;
    let admin = fixture.emulator.admin();
    admin.fault(INSERTED, Fault::Status(404));
    let url = format!(
        "http://127.0.0.1:{}/.well-known/oauth-authorization-server",
        fixture.port
    );
    assert_eq!(
        client().get(&url).send().await.unwrap().status(),
        StatusCode::OK
    );
    assert_eq!(admin.hits(APPENDED), 1);
}

#[tokio::test]
async fn while_there_is_no_metadata_to_pass_on_nobody_is_asked_again_and_again() {
    let fixture = Fixture::with_legacy_metadata().await;
    let admin = fixture.emulator.admin();
    admin.fault(INSERTED, Fault::Status(500));
    let url = format!(
        "http://127.0.0.1:{}/.well-known/oauth-authorization-server",
        fixture.port
    );
    for _ in 0..3 {
        let answer = client().get(&url).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()["retry-after"], "30");
    }
    assert_eq!(admin.hits(INSERTED), 1);
}
