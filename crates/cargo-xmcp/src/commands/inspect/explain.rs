//! Why a server that listens could not be talked with: what stands at its URL is asked once more, plainly.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use url::Url;

use super::client::Trouble;
use crate::{
    Failure, endpoint, text,
    wire::{self, Answer, Silence},
};

/// What to say of `trouble` with the server at `url`.
pub(super) async fn http(
    url: &Url,
    headers: HeaderMap,
    timeout: Duration,
    trouble: Trouble,
    brings_credential: bool,
) -> Failure {
    if trouble.challenge().is_some() {
        return refused(&trouble, brings_credential);
    }
    let error = match trouble {
        Trouble::Other(failure) => return failure,
        Trouble::TimedOut => None,
        Trouble::Refused(error) => Some(error),
    };
    let client = match wire::client(timeout, headers) {
        Ok(client) => client,
        Err(failure) => return failure,
    };
    let request = client
        .post(url.clone())
        .header(header::ACCEPT, wire::ACCEPT)
        .json(&wire::initialize());
    let answer = match wire::send(request).await {
        Ok(answer) => answer,
        Err(error) => return Silence::of(&error).failure(url, &error, timeout),
    };
    if let Some(failure) = no_endpoint(url, &answer) {
        return failure;
    }
    let failure = match error {
        Some(error) => Failure::new(format!("{url} does not go on after the first answer"))
            .because_of_stranger(&*error),
        None => Failure::new(format!(
            "{url} did not begin a conversation within {} s",
            timeout.as_secs()
        )),
    };
    failure.hint("see what the server logs, or try another revision with `--protocol`")
}

/// Why `answer` is none of an MCP endpoint's.
fn no_endpoint(url: &Url, answer: &Answer) -> Option<Failure> {
    let status = answer.status;
    let failure = Failure::new(format!("{url} answers {status}"));
    let quoted = |failure: Failure| match answer.excerpt() {
        said if said.is_empty() => failure,
        said => failure.note(said),
    };
    Some(match status {
        _ if answer.is_message() && (status.is_success() || status == StatusCode::BAD_REQUEST) => {
            return None;
        }
        StatusCode::UNAUTHORIZED => failure
            .note("it wants a credential, and does not say where to get one")
            .hint("bring one with `--token` or `--header`"),
        StatusCode::FORBIDDEN => quoted(failure).hint(
            "the server may know only other names for itself, or want another credential: compare the URL with its `public_url`",
        ),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            failure.hint(format!(
                "there is no MCP endpoint at this path: {}",
                match url.path() {
                    "/mcp" => "see what the server says where it is".to_owned(),
                    _ => format!("mostly it is {}", at_mcp(url)),
                }
            ))
        }
        _ if status.is_redirection() => {
            let to = answer.header(header::LOCATION).unwrap_or_default();
            failure
                .note(format!("it points to {}", text::line(to, 300)))
                .hint("ask there, if you trust it; a redirect is not followed, as credentials would go with it")
        }
        _ if status.is_server_error() => quoted(failure).hint("see what the server logs"),
        _ => quoted(Failure::new(format!(
            "{url} is no MCP server: it answers {status} with {}",
            match answer.content_type() {
                none if none.is_empty() => "nothing".to_owned(),
                some => format!("`{}`", text::line(&some, 100)),
            }
        )))
        .hint(match url.path() {
            "/mcp" => format!("is it another server that listens at {}?", endpoint::place(url)),
            _ => format!("mostly the endpoint is {}", at_mcp(url)),
        }),
    })
}

fn at_mcp(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_path("/mcp");
    url.set_query(None);
    url
}

/// A server that asks for a credential, or does not like the one it got.
fn refused(trouble: &Trouble, brings_credential: bool) -> Failure {
    let challenge = text::line(trouble.challenge().unwrap_or_default(), 500);
    if !challenge.is_empty() && !wire::is_bearer(&challenge) {
        Failure::new("the server wants a credential that no sign-in gives, and got none that it knows")
            .note(challenge)
            .hint("bring it in the header that the server reads, as `--header \"X-Api-Key: secret\"`; `--token` is for `Authorization: Bearer`")
    } else if brings_credential {
        Failure::new("the server does not take this credential")
            .note(challenge)
            .hint("get a new token; it has to be one for this server, `cargo xmcp doctor URL` shows which")
    } else {
        Failure::new("the server wants a credential")
            .note(challenge)
            .hint("bring one with `--token` or `--header`")
    }
}
