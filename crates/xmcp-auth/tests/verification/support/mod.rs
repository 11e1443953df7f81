//! A verifier with its authorization server and its clock, all in the test's hands.

mod clock;
mod key_server;
mod signing_key;
mod token;

use std::{sync::Arc, time::Duration};

use xmcp_auth::{
    Credential, JwtVerifier, JwtVerifierBuilder, Reason, Session, Verifier, VerifyError,
};

pub(crate) use self::{
    clock::ManualClock,
    key_server::{Answer, KeyServer},
    signing_key::{SigningKey, ada, eve},
    token::Token,
};

pub(crate) const RESOURCE: &str = "http://localhost:3001/mcp";

pub(crate) struct Fixture {
    pub(crate) server: KeyServer,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) verifier: JwtVerifier,
}

impl Fixture {
    /// The server publishes `ada`'s key; the resource is `res_1`.
    pub(crate) async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(
        configure: impl FnOnce(JwtVerifierBuilder) -> JwtVerifierBuilder,
    ) -> Self {
        let server = KeyServer::start(Answer::keys([ada().jwk()])).await;
        let clock = Arc::new(ManualClock::default());
        let env = server.url("");
        let builder = JwtVerifier::builder(server.url("/keys").parse().unwrap())
            .issuers([env.clone(), format!("{env}/resources/res_1")])
            .audiences(["res_1"])
            .resources([RESOURCE])
            .clock(clock.clone());
        Self {
            verifier: configure(builder).build().unwrap(),
            server,
            clock,
        }
    }

    /// A token of the live shape, good for ten minutes from now on.
    pub(crate) fn token(&self) -> Token {
        Token::good(&self.server.url(""), self.clock.seconds())
    }

    pub(crate) async fn verify(&self, token: &str) -> Result<Session, VerifyError> {
        self.verifier.verify(Credential::Bearer(token)).await
    }

    /// The reason for which a token must be refused.
    pub(crate) async fn reason(&self, token: &str) -> Reason {
        match self.verify(token).await {
            Err(VerifyError::Invalid(reason)) => reason,
            other => panic!("not invalid: {other:?}"),
        }
    }

    pub(crate) async fn is_good(&self, token: &str) -> bool {
        self.verify(token).await.is_ok()
    }

    /// When to come back, if nobody can tell now.
    pub(crate) async fn retry_after(&self, token: &str) -> Duration {
        match self.verify(token).await {
            Err(VerifyError::Unavailable { retry_after }) => retry_after,
            other => panic!("not unavailable: {other:?}"),
        }
    }
}

/// Lets the tasks of the runtime go on until this is so.
pub(crate) async fn until<F: Future<Output = bool>>(mut condition: impl FnMut() -> F) {
    for _ in 0..100_000 {
        if condition().await {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("this never came to be");
}
