//! What it takes to know whose token it is: keys to be fetched first, keys at hand, and a token that was verified a moment ago.

mod support;
#[expect(dead_code, unused_imports, reason = "tests use more of it")]
#[path = "../tests/verification/support/mod.rs"]
mod tests;

use std::{sync::LazyLock, time::Duration};

use divan::Bencher;
use support::Issuer;
use tests::{Answer, Fixture, SigningKey};
use tokio::runtime::Runtime;
use xmcp_auth::{Algorithm, Credential, JwtVerifier, Verifier};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static ISSUER: LazyLock<Issuer> = LazyLock::new(|| RUNTIME.block_on(Issuer::start()));

fn main() {
    divan::main();
}

/// The keys come over a new connection to this machine, without TLS: what the network adds is not in it.
#[divan::bench]
fn cold(bencher: Bencher<'_, '_>) {
    bencher
        .with_inputs(|| ISSUER.verifier(Duration::ZERO))
        .bench_refs(|verifier| verify(verifier));
}

/// A header, a signature (RS256, 2048 bits) and claims to check.
#[divan::bench]
fn warm(bencher: Bencher<'_, '_>) {
    let verifier = ISSUER.verifier(Duration::ZERO);
    verify(&verifier);
    bencher.bench(|| verify(&verifier));
}

/// The same with ES256.
#[divan::bench]
fn warm_es256(bencher: Bencher<'_, '_>) {
    let (verifier, token) = RUNTIME.block_on(async {
        let es256 = |builder: xmcp_auth::JwtVerifierBuilder| {
            let builder = builder.algorithms([Algorithm::Es256]);
            builder.cache(Duration::ZERO)
        };
        let fixture = Fixture::with(es256).await;
        let key = SigningKey::p256("p256");
        fixture.server.answers(Answer::keys([key.jwk()]));
        let token = fixture.token().header("alg", "ES256").by(&key);
        assert!(fixture.is_good(&token).await);
        (fixture.verifier, token)
    });
    bencher.bench(|| {
        RUNTIME
            .block_on(verifier.verify(Credential::Bearer(&token)))
            .unwrap()
    });
}

/// The cache outlives the benchmark by far, so every look finds the token.
#[divan::bench(max_time = 5)]
fn cached(bencher: Bencher<'_, '_>) {
    let verifier = ISSUER.verifier(Duration::from_secs(30));
    verify(&verifier);
    bencher.bench(|| verify(&verifier));
}

fn verify(verifier: &JwtVerifier) {
    RUNTIME
        .block_on(verifier.verify(Credential::Bearer(&ISSUER.token)))
        .unwrap();
}
