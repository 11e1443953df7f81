//! The environment that makes tokens for a test, and remembers what of it is secret.

use std::fs;

use scalekit_emulator::{Admin, Builder, Connection, Credentials, Running, Signer};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::secrets;

/// A local Scalekit environment whose secrets are noted.
pub struct Scalekit {
    running: Running,
    folder: TempDir,
}

impl Scalekit {
    pub async fn start(builder: Builder, server_url: &str) -> Self {
        secrets::Log::start();
        let folder = tempfile::tempdir().unwrap();
        let running = builder
            .port(0)
            .state_dir(folder.path())
            .resource_id("res_test")
            .server_url(server_url)
            .start()
            .await
            .unwrap();
        let scalekit = Self { running, folder };
        for secret in scalekit.client_secrets() {
            secrets::note(secret);
        }
        scalekit
    }

    pub fn environment_url(&self) -> &str {
        self.running.environment_url()
    }

    pub fn connection(&self) -> &Connection {
        self.running.connection()
    }

    pub fn admin(&self) -> &Admin {
        self.running.admin()
    }

    /// A genuine token with these changes to claims and header.
    pub fn mint(&self, claims: Value, header: Value) -> String {
        noted(self.admin().mint(claims, header))
    }

    pub fn mint_signed(&self, claims: Value, header: Value, signer: &Signer) -> String {
        noted(self.admin().mint_signed(claims, header, signer))
    }

    pub fn mint_raw(&self, header: &str, claims: &str, signer: &Signer) -> String {
        noted(self.admin().mint_raw(header, claims, signer))
    }

    /// The token that a backend gets for the environment itself, by its secret.
    pub async fn environment_token(&self) -> String {
        let connection = self.connection();
        let client = connection.environment_client();
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            client.id(),
            client.secret()
        );
        let authority = connection.environment_url().trim_start_matches("http://");
        let mut stream = TcpStream::connect(authority).await.unwrap();
        let request = format!(
            "POST /oauth/token HTTP/1.0\r\nhost: {authority}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{form}",
            form.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let body: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"));
        noted(body["access_token"].as_str().unwrap().to_owned())
    }

    pub fn client_secrets(&self) -> [&str; 3] {
        let connection = self.connection();
        [
            connection.environment_client(),
            connection.mcp_client(),
            connection.organization_client(),
        ]
        .map(Credentials::secret)
    }

    /// The private keys, from where it keeps them.
    pub fn private_keys(&self) -> Vec<String> {
        let state = fs::read_to_string(self.folder.path().join("state.json")).unwrap();
        let state: Value = serde_json::from_str(&state).unwrap();
        let keys = state["keys"].as_array().unwrap();
        assert!(!keys.is_empty());
        keys.iter()
            .map(|key| key["pkcs8"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Drop for Scalekit {
    fn drop(&mut self) {
        // Now, because there may be others than at the start.
        for key in self.private_keys() {
            secrets::note(&key);
        }
    }
}

fn noted(token: String) -> String {
    secrets::note(&token);
    token
}
