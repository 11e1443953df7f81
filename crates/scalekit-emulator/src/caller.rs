//! Clients at the token endpoint, and how they prove who they are (RFC 6749, section 2.3).

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, header};

use crate::{
    client::Client, document, environment::Environment, parameters::Parameters, refusal::Refusal,
};

/// Who asks for a token.
pub(crate) enum Caller {
    Known(Box<Client>),
    /// A client that describes itself at this address. It proves itself with what it was given for that name.
    Described(String),
}

impl Caller {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Known(client) => &client.id,
            Self::Described(address) => address,
        }
    }
}

/// Who asks, proven by what a client of that kind proves itself with: in the header, or in the form.
pub(crate) fn authenticate(
    environment: &Environment,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Caller, Refusal> {
    let basic = match headers.get(header::AUTHORIZATION) {
        None => None,
        Some(value) => Some(basic(value).ok_or(Refusal::client(
            "the Authorization header is no Basic credential",
        ))?),
    };
    let posted = parameters.get("client_secret");
    let (id, secret) = match &basic {
        Some(_) if posted.is_some() => {
            return Err(Refusal::new(
                "invalid_request",
                "the client authenticates in two ways",
            ));
        }
        Some((id, _)) if parameters.get("client_id").is_some_and(|it| it != id) => {
            return Err(Refusal::new("invalid_request", "there are two client ids"));
        }
        Some((id, secret)) => (
            id.as_str(),
            Some(secret.as_str()).filter(|it| !it.is_empty()),
        ),
        None => {
            let id = parameters.get("client_id");
            (id.ok_or(Refusal::client("client_id is missing"))?, posted)
        }
    };
    match environment
        .store
        .read(|state| state.clients.get(id).cloned())
    {
        Some(client) if client.is_proven_by(secret) => Ok(Caller::Known(Box::new(client))),
        Some(_) => Err(Refusal::client(
            "the client_secret is wrong or missing, or this client has none",
        )),
        None if document::is_address(id) && secret.is_none() => {
            Ok(Caller::Described(id.to_owned()))
        }
        None => Err(Refusal::client("there is no such client")),
    }
}

/// Id and secret of `Authorization: Basic`, form-encoded within (RFC 6749, section 2.3.1).
fn basic(value: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |part: &str| {
        let pairs = format!("part={part}");
        let (_, value) = url::form_urlencoded::parse(pairs.as_bytes()).next()?;
        Some(value.into_owned())
    };
    Some((decoded(id)?, decoded(secret)?))
}
