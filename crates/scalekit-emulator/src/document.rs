//! Client ID metadata documents: a client whose id is an address, where it says who it is.
//!
//! A stranger chooses the address, so fetching it is bounded: https, or http to this machine, no redirects, 5 seconds, 64 KiB.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use http::{HeaderValue, StatusCode, header};
use reqwest::redirect;
use serde::Deserialize;
use tokio::sync::Semaphore;
use url::Url;

use crate::{
    client::{Client, Grant, Kind},
    redirect_uri, time,
};

const TIME: Duration = Duration::from_secs(5);
const SIZE: usize = 64 * 1024;
/// Fetches at a time. More of them wait within their time.
const FETCHES: usize = 8;
/// How long a document is believed, and how many are.
const FRESH: Duration = Duration::from_secs(60);
const KEPT: usize = 128;

/// Documents that were fetched lately.
pub(crate) struct Documents {
    kept: Mutex<HashMap<String, (Instant, Client)>>,
    fetches: Semaphore,
}

/// Why a document is of no use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DocumentError {
    #[error("it cannot be fetched")]
    Unreachable,
    #[error("it took longer than 5 seconds")]
    Slow,
    #[error("its address answers {0} instead of 200")]
    Status(StatusCode),
    #[error("it is larger than 64 KiB")]
    Large,
    #[error("it is not the JSON of a client")]
    Malformed,
    #[error("its client_id is not its address")]
    OtherClient,
    #[error("it has a secret, and everybody can read it")]
    Secret,
    #[error("it names no redirect_uris, too many, or one that is not allowed")]
    RedirectUris,
}

#[derive(Deserialize)]
struct Document {
    client_id: String,
    client_name: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    grant_types: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
    client_secret: Option<serde_json::Value>,
}

impl Default for Documents {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            fetches: Semaphore::new(FETCHES),
        }
    }
}

/// Whether a client id is the address of a document: https, or http to this machine, with a path, and nothing that hides in it.
pub(crate) fn is_address(id: &str) -> bool {
    let Ok(url) = Url::parse(id) else {
        return false;
    };
    let is_safe =
        url.scheme() == "https" || url.scheme() == "http" && redirect_uri::is_loopback(&url);
    let is_plain =
        url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    // A client id is compared by its letters, so it has to be spelled as it will be fetched.
    is_safe && is_plain && url.path() != "/" && id.len() <= 2048 && url.as_str() == id
}

impl Documents {
    /// The client at `address`.
    pub(crate) async fn client(&self, address: &str) -> Result<Client, DocumentError> {
        if let Some(client) = self.kept(address) {
            return Ok(client);
        }
        let fetched = tokio::time::timeout(TIME, async {
            let _permit = self.fetches.acquire().await;
            fetch(address).await
        });
        let text = fetched.await.map_err(|_| DocumentError::Slow)??;
        let client = read(address, &text)?;
        self.keep(address, &client);
        Ok(client)
    }

    fn kept(&self, address: &str) -> Option<Client> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, client) = kept.get(address)?;
        (since.elapsed() < FRESH).then(|| client.clone())
    }

    fn keep(&self, address: &str, client: &Client) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (since, _)| since.elapsed() < FRESH);
        if kept.len() < KEPT {
            kept.insert(address.to_owned(), (Instant::now(), client.clone()));
        }
    }
}

async fn fetch(address: &str) -> Result<Vec<u8>, DocumentError> {
    let mut builder = reqwest::Client::builder().redirect(redirect::Policy::none());
    if address.starts_with("http:") {
        builder = builder.no_proxy();
    }
    let client = builder.build().map_err(|_| DocumentError::Unreachable)?;
    let request = client
        .get(address)
        .header(header::ACCEPT, HeaderValue::from_static("application/json"));
    let mut response = request
        .send()
        .await
        .map_err(|_| DocumentError::Unreachable)?;
    if response.status() != StatusCode::OK {
        return Err(DocumentError::Status(response.status()));
    }
    let mut text = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|_| DocumentError::Unreachable)?
    {
        if text.len() + chunk.len() > SIZE {
            return Err(DocumentError::Large);
        }
        text.extend_from_slice(&chunk);
    }
    Ok(text)
}

fn read(address: &str, text: &[u8]) -> Result<Client, DocumentError> {
    let document: Document = serde_json::from_slice(text).map_err(|_| DocumentError::Malformed)?;
    if document.client_id != address {
        return Err(DocumentError::OtherClient);
    }
    let method = document.token_endpoint_auth_method.as_deref();
    if document.client_secret.is_some() || method.is_some_and(|it| it.starts_with("client_secret"))
    {
        return Err(DocumentError::Secret);
    }
    let uris = &document.redirect_uris;
    if uris.is_empty() || uris.len() > 32 || !uris.iter().all(|uri| redirect_uri::is_allowed(uri)) {
        return Err(DocumentError::RedirectUris);
    }
    let grants = match document.grant_types {
        Some(names) => names.iter().filter_map(|name| Grant::parse(name)).collect(),
        None => vec![Grant::AuthorizationCode],
    };
    Ok(Client {
        id: document.client_id,
        name: document
            .client_name
            .map(|name| name.chars().take(200).collect()),
        kind: Kind::Mcp,
        secret: None,
        redirect_uris: document.redirect_uris,
        grants: grants
            .into_iter()
            .filter(|&grant| grant != Grant::ClientCredentials)
            .collect(),
        created: time::now(),
    })
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_is_https_or_this_machine_and_spelled_as_it_is_fetched() {
        assert!(is_address("https://app.example/client.json"));
        assert!(is_address("http://127.0.0.1:4000/client.json"));
        for id in [
            "http://app.example/client.json",
            "https://app.example/",
            "https://app.example",
            "https://app.example/a/../client.json",
            "https://APP.example/client.json",
            "https://user@app.example/client.json",
            "https://app.example/client.json#x",
            "ftp://app.example/client.json",
            "m2m_1",
        ] {
            assert!(!is_address(id), "{id}");
        }
    }
}
