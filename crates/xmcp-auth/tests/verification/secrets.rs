//! Nothing of a token, and nothing secret of a configuration, is ever shown.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing::instrument::WithSubscriber;
use xmcp_auth::{JwtVerifier, VerifyError};

use crate::support::{Answer, Fixture, eve};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_log_line_error_or_debug_text_holds_any_part_of_a_token() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let mut shown = String::new();
    let mut tokens = Vec::new();
    async {
        let fixture = Fixture::start().await;
        let good = fixture.token().claim("email", "ada@example.com");
        tokens.extend([
            good.sign(),
            good.signed_by(eve()),
            good.clone().by(eve()),
            good.clone().claim("aud", "res_2").sign(),
            good.clone().claim("iss", "https://evil.example").sign(),
            good.clone().claim("exp", 5).sign(),
            good.clone().header("alg", "HS256").sign(),
            good.clone().header("kid", "\u{1b}[31mred\n").sign(),
            format!("{}.{}", good.sign(), "x"),
            "x".repeat(10_000),
        ]);
        for token in &tokens {
            let outcome = fixture.verify(token).await;
            shown.push_str(&format!("{outcome:?}"));
            if let Err(error) = outcome {
                shown.push_str(&format!("{error}"));
                if let VerifyError::Invalid(reason) = error {
                    shown.push_str(&format!("{reason}{reason:?}"));
                }
            }
        }
        fixture
            .server
            .answers(Answer::body("").status("500 Internal Server Error"));
        fixture
            .clock
            .advance(std::time::Duration::from_secs(25 * 60 * 60));
        shown.push_str(&format!(
            "{:?}",
            fixture.verify(&fixture.token().sign()).await
        ));
        shown.push_str(&format!("{:?}", fixture.verifier));
    }
    .with_subscriber(subscriber)
    .await;

    shown.push_str(std::str::from_utf8(&log.0.lock().unwrap()).unwrap());
    assert!(shown.contains("token refused"), "{shown}");
    assert!(shown.contains("signature is wrong"), "{shown}");
    for token in &tokens {
        // The header of most is the same and says nothing; claims and signature are what must not be there.
        for part in token.split('.').skip(1).filter(|part| part.len() > 16) {
            assert!(!shown.contains(&part[..16]), "{shown}");
        }
        assert!(!shown.contains(&token[..token.len().min(64)]), "{shown}");
    }
    for secret in [
        "ada@example.com",
        "usr_2",
        "ses_1",
        "tkn_1",
        "org_1",
        "\u{1b}[31mred",
    ] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}

#[tokio::test]
async fn a_query_in_the_url_of_the_keys_is_not_shown() {
    let builder = JwtVerifier::builder("http://127.0.0.1:1/keys?key=hunter2".parse().unwrap())
        .issuers(["https://issuer.example"])
        .audiences(["res_1"]);
    let mut shown = format!("{builder:?}");
    shown.push_str(&format!("{:?}", builder.build().unwrap()));
    assert!(shown.contains("http://127.0.0.1:1/keys"));
    assert!(!shown.contains("hunter2"), "{shown}");
}
