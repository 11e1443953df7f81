//! What a handler can never see, and no log either.

use crate::fixture::{Fixture, Log};

/// Signatures are what makes a token one; the rest of it is claims.
fn secret_of(token: &str) -> &str {
    token.rsplit('.').next().unwrap()
}

#[tokio::test]
async fn no_output_holds_the_callers_token_the_new_one_or_the_secret() {
    let log = Log::start();
    let fixture = Fixture::start().await;
    let token = fixture.token();
    let exchanged = fixture.exchanged("scope=a", &token).await;
    let mut output = fixture.get("/show", "scope=a", &token).await;
    output += &fixture.get("/show", "resource=nowhere", &token).await;
    let fault = scalekit_emulator::Fault::Status(500);
    fixture
        .emulator
        .admin()
        .fault(crate::fixture::ENDPOINT, fault);
    output += &fixture.get("/show", "scope=b", &token).await;
    assert!(
        output.contains("AccessToken(****)") && output.contains("invalid_target"),
        "{output}"
    );
    output += &log.text();
    assert!(output.contains("refused to exchange a token"));
    let client = fixture.emulator.connection().environment_client();
    for secret in [secret_of(&token), secret_of(&exchanged), client.secret()] {
        assert!(secret.len() > 20);
        assert!(!output.contains(secret), "{output}");
    }
}
