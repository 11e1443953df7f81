//! A verifier, a token for it, and the environment that vouches for both.

use std::time::Duration;

use scalekit_emulator::{Emulator, Running};
use serde_json::json;
use xmcp_auth::{JwtVerifier, JwtVerifierBuilder};

/// A Scalekit environment on this machine, and a token of it.
pub struct Issuer {
    emulator: Running,
    pub token: String,
}

impl Issuer {
    pub async fn start() -> Self {
        let emulator = Emulator::builder().port(0).start().await.unwrap();
        let token = emulator.admin().mint(json!({}), json!({}));
        Self { emulator, token }
    }

    /// A verifier of its tokens that has fetched nothing yet, and believes a token that it verified for this long.
    pub fn verifier(&self, cache: Duration) -> JwtVerifier {
        self.builder().cache(cache).build().unwrap()
    }

    fn builder(&self) -> JwtVerifierBuilder {
        let url = self.emulator.environment_url();
        JwtVerifier::builder(format!("{url}/keys").parse().unwrap())
            .issuers([url])
            .audiences([self.emulator.resource_id()])
    }
}
