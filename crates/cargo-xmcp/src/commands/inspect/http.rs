//! The way to a server that listens.

use std::{collections::HashMap, fmt, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue, header::AUTHORIZATION};
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
    explain,
    kept::{self, Purpose},
    listener::Listener,
    sign_in,
};
use crate::{Output, Result, wire};

/// A header of a request. Its value may be a secret.
#[derive(Clone)]
pub(super) struct Header {
    name: HeaderName,
    value: HeaderValue,
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ****", self.name)
    }
}

/// `name: value`. What is wrong is said without the value.
pub(super) fn header(text: &str) -> std::result::Result<Header, String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("a header has a name, a colon and a value")?;
    let name = name
        .trim()
        .parse()
        .map_err(|_| "the name is none of a header")?;
    let mut value: HeaderValue = value
        .trim()
        .parse()
        .map_err(|_| "the value cannot be sent in a header")?;
    value.set_sensitive(true);
    Ok(Header { name, value })
}

/// Connects, and signs a user in if the server asks for one and nobody brought a credential.
pub(super) async fn connect(
    url: &Url,
    arguments: &Arguments,
    listener: &Listener,
    output: &Output,
) -> Result<Service> {
    let mut headers = HeaderMap::new();
    for Header { name, value } in &arguments.header {
        headers.append(name, value.clone());
    }
    let brings_credential = arguments.token.is_some() || headers.contains_key(AUTHORIZATION);
    let server = Server {
        url,
        headers,
        arguments,
        listener,
    };
    let trouble = match server.connect(arguments.token.as_deref()).await {
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

#[cfg(test)]
mod tests {
    use super::header;

    #[test]
    fn a_header_keeps_its_value_to_itself() {
        assert_eq!(
            format!("{:?}", header("X-Api-Key: secret").unwrap()),
            "x-api-key: ****"
        );
        for text in ["secret", "a b: secret", "a: sec\nret"] {
            assert!(!header(text).unwrap_err().contains("sec"), "{text}");
        }
    }
}
