//! The way to a server that listens.

use std::{collections::HashMap, sync::Arc};

use http::HeaderMap;
use rmcp::{
    service::ClientInitializeError,
    transport::{
        StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use url::Url;

use super::{
    Arguments,
    client::{self, Modes, Service, Trouble},
    credential::Credentials,
    explain,
    kept::{self, Purpose},
    listener::Listener,
    sign_in,
};
use crate::{Output, Result, wire};

/// Connects, and signs a user in if the server asks for one and nobody brought a credential.
pub(super) async fn connect(
    url: &Url,
    arguments: &Arguments,
    listener: &Listener,
    output: &Output,
) -> Result<Service> {
    let credentials = Credentials::of(arguments)?;
    let brings_credential = credentials.is_somebody();
    let server = Server {
        url,
        headers: credentials.headers.clone(),
        arguments,
        listener,
    };
    let trouble = match server.connect(credentials.token()).await {
        Ok(service) => return Ok(service),
        Err(trouble) => trouble,
    };
    // Nobody signs in for a key.
    let asks_to_sign_in = |challenge: &&str| !brings_credential && wire::is_bearer(challenge);
    let Some(challenge) = trouble.challenge().filter(asks_to_sign_in) else {
        return Err(server.explain(trouble, brings_credential).await);
    };
    let purpose = Purpose {
        url,
        scopes: &arguments.scope,
    };
    let known = match arguments.forget {
        true => None,
        false => kept::take(&purpose),
    };
    if let Some(token) = known {
        match server.connect(Some(&token)).await {
            Ok(service) => return Ok(service),
            // It was revoked, or is of an authorization server that has begun anew.
            Err(trouble) if trouble.challenge().is_some() => {}
            Err(trouble) => return Err(server.explain(trouble, true).await),
        }
    }
    kept::forget(&purpose);
    let token = sign_in::token(url, challenge, arguments, output).await?;
    match server.connect(Some(&token.text)).await {
        Ok(service) => {
            if kept::keep(&purpose, &token) {
                output.say("You stay signed in here while the token lives; `--forget` ends that.");
            }
            Ok(service)
        }
        Err(trouble) => Err(server.explain(trouble, true).await),
    }
}

struct Server<'a> {
    url: &'a Url,
    headers: HeaderMap,
    arguments: &'a Arguments,
    listener: &'a Listener,
}

impl Server<'_> {
    async fn connect(&self, token: Option<&str>) -> std::result::Result<Service, Trouble> {
        let mut last = None;
        for mode in Modes::of(self.arguments.protocol.as_deref()) {
            let client = wire::builder(self.arguments.timeout, self.headers.clone())
                .build()
                .map_err(|error| Trouble::Other(wire::unusable(error)))?;
            let mut config =
                StreamableHttpClientTransportConfig::with_uri(Arc::from(self.url.as_str()))
                    .custom_headers(HashMap::new())
                    .max_json_response_size(client::LARGEST)
                    .max_sse_event_size(client::LARGEST);
            if let Some(token) = token {
                config = config.auth_header(token);
            }
            let transport = StreamableHttpClientTransport::with_client(client, config);
            match client::serve(transport, mode, self.listener, self.arguments.timeout).await {
                Ok(service) => return Ok(service),
                Err(trouble) if trouble.is_final() => return Err(trouble),
                Err(trouble) => last = Some(trouble),
            }
        }
        Err(last.unwrap_or(Trouble::Refused(Box::new(ClientInitializeError::Cancelled))))
    }

    async fn explain(&self, trouble: Trouble, brings_credential: bool) -> crate::Failure {
        let timeout = self.arguments.timeout;
        explain::http(
            self.url,
            self.headers.clone(),
            timeout,
            trouble,
            brings_credential,
        )
        .await
    }
}
