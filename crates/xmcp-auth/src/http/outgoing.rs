//! What is sent: a method, a body, and what proves who we are.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use url::form_urlencoded;

use crate::scalekit::Secret;

/// A request that is not sent yet. It prints neither its body nor what proves who we are.
pub(crate) struct Outgoing {
    pub(super) method: Method,
    /// Segments below the path of the target, and pairs of the query.
    pub(super) segments: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// How we prove who we are at an endpoint of the authorization server (RFC 6749, section 2.3.1; RFC 7662, section 2.1).
#[derive(Debug, Clone)]
pub(crate) enum ClientAuthentication {
    /// `client_secret_basic`: id and secret in the header.
    Basic { id: String, secret: Secret },
    /// `client_secret_post`: id and secret in the form.
    Post { id: String, secret: Secret },
    /// A token of our own.
    Bearer(Secret),
}

impl Outgoing {
    /// `GET`, for JSON.
    pub(crate) fn get() -> Self {
        Self {
            method: Method::GET,
            segments: Vec::new(),
            query: Vec::new(),
            headers: HeaderMap::from_iter([(header::ACCEPT, JSON)]),
            body: Bytes::new(),
        }
    }

    /// Any method, for JSON, with a JSON text as its body if there is one.
    pub(crate) fn json(method: Method, body: Option<Bytes>) -> Self {
        let mut outgoing = Self {
            method,
            ..Self::get()
        };
        if let Some(body) = body {
            outgoing.headers.insert(header::CONTENT_TYPE, JSON);
            outgoing.body = body;
        }
        outgoing
    }

    /// Below the target: at these segments, each of which stays one, and with this query. A URL has no segments `.` and `..`: these
    /// would be left out.
    pub(crate) fn at<S: Into<String>>(
        mut self,
        segments: impl IntoIterator<Item = S>,
        query: Vec<(&'static str, String)>,
    ) -> Self {
        self.segments = segments.into_iter().map(Into::into).collect();
        self.query = query;
        self
    }

    /// With this value of `Authorization`.
    pub(crate) fn authorization(mut self, value: HeaderValue) -> Self {
        self.headers.insert(header::AUTHORIZATION, value);
        self
    }

    /// `POST` of a form, for JSON, by a client that proves who it is this way.
    pub(crate) fn form(fields: &[(&str, &str)], by: &ClientAuthentication) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let authorization = match by {
            ClientAuthentication::Basic { id, secret } => Some(basic(id, secret.expose())),
            ClientAuthentication::Bearer(token) => Some(format!("Bearer {}", token.expose())),
            ClientAuthentication::Post { id, secret } => {
                form.append_pair("client_id", id);
                form.append_pair("client_secret", secret.expose());
                None
            }
        };
        let mut headers =
            HeaderMap::from_iter([(header::ACCEPT, JSON), (header::CONTENT_TYPE, FORM)]);
        // A token of ours that is no header's value goes without: the endpoint then says that we are nobody.
        if let Some(mut value) = authorization.and_then(|text| HeaderValue::try_from(text).ok()) {
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        Self {
            method: Method::POST,
            segments: Vec::new(),
            query: Vec::new(),
            headers,
            body: Bytes::from(form.finish()),
        }
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// Id and secret are encoded like a form's values before they are joined (RFC 6749, section 2.3.1).
fn basic(id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(id), encoded(secret));
    format!("Basic {}", STANDARD.encode(pair))
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Outgoing")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(by: ClientAuthentication) -> (Option<String>, String) {
        let outgoing = Outgoing::form(&[("token", "a b&c")], &by);
        let printed = format!("{outgoing:?} {by:?}");
        assert!(!printed.contains("hunter2"), "{printed}");
        let authorization = outgoing.headers.get(header::AUTHORIZATION);
        assert!(authorization.is_none_or(HeaderValue::is_sensitive));
        (
            authorization.map(|value| value.to_str().unwrap().to_owned()),
            String::from_utf8(outgoing.body.to_vec()).unwrap(),
        )
    }

    #[test]
    fn a_client_proves_who_it_is_in_the_way_it_registered_for() {
        let (id, secret) = (String::from("skc:1"), Secret::new("hunter2 %"));
        let (authorization, body) = form(ClientAuthentication::Basic {
            id: id.clone(),
            secret: secret.clone(),
        });
        let pair = STANDARD.encode("skc%3A1:hunter2+%25");
        assert_eq!(authorization, Some(format!("Basic {pair}")));
        assert_eq!(body, "token=a+b%26c");

        let (authorization, body) = form(ClientAuthentication::Post { id, secret });
        assert_eq!(authorization, None);
        assert_eq!(
            body,
            "token=a+b%26c&client_id=skc%3A1&client_secret=hunter2+%25"
        );

        let (authorization, body) = form(ClientAuthentication::Bearer(Secret::new("hunter2")));
        assert_eq!(authorization.as_deref(), Some("Bearer hunter2"));
        assert_eq!(body, "token=a+b%26c");
    }
}
