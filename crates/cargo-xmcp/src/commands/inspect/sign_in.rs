//! Signing in by OAuth, as any MCP client does: discovery from the challenge, registration, PKCE, consent in a browser, and the answer at
//! an address of this machine (RFC 8252, section 7.3). The protocol is rmcp's.
//!
//! What is kept of it, and for how long, is `kept.rs`'s.

use std::time::Duration;

use rmcp::transport::auth::{
    AuthError, AuthorizationManager, AuthorizationRequest, OAuthState, WWWAuthenticateParams,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time,
};
use url::Url;

use super::{Arguments, kept::Token};
use crate::{Failure, Output, Result, endpoint, text};

/// How long a person may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// How long a browser may take to say what it wants.
const REQUEST: Duration = Duration::from_secs(5);

/// How much it may say.
const LARGEST: usize = 16 * 1024;

/// A token of the user who signs in, and how long it is good.
pub(super) async fn token(
    url: &Url,
    challenge: &str,
    arguments: &Arguments,
    output: &Output,
) -> Result<Token> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| {
        Failure::new("cannot listen for the end of the sign-in")
            .because(&error)
            .hint("bring a token with `--token`")
    })?;
    let port = listener.local_addr().map_or(0, |address| address.port());
    let back = format!("http://127.0.0.1:{port}/callback");
    let mut oauth = start(url, challenge, &back, arguments).await?;
    let page = oauth.get_authorization_url().await.map_err(failed)?;
    let page = Url::parse(&page)
        .ok()
        // A server must not make this machine open anything else.
        .filter(|page| {
            page.scheme() == "https" || page.scheme() == "http" && endpoint::is_here(page)
        })
        .ok_or_else(|| {
            Failure::new("the server's page for signing in has no https URL")
                .note(text::line(&page, 300))
                .hint("bring a token with `--token`")
        })?;
    output.say("The server wants to know who you are. Sign in at:");
    output.say(&format!("  {page}"));
    if !arguments.no_browser && open::that_detached(page.as_str()).is_err() {
        output.say("No browser could be opened: open the address yourself.");
    }
    let state = parameter(&page, "state").unwrap_or_default();
    let answer = time::timeout(PATIENCE, answer(&listener, &back, &state)).await;
    let answer = answer.map_err(|_| {
        Failure::new(format!("nobody signed in within {} s", PATIENCE.as_secs()))
            .hint("run it again, or bring a token with `--token`")
    })??;
    let exchange = oauth.handle_callback_url(answer.as_str());
    limited(arguments, exchange).await?;
    let manager = oauth
        .into_authorization_manager()
        .ok_or_else(|| Failure::new("the sign-in did not end with a token").hint("run it again"))?;
    let text = limited(arguments, manager.get_access_token()).await?;
    let answer = manager.get_credentials().await.map_err(failed)?.1;
    // In the words of RFC 6749, section 5.1.
    let answer = serde_json::to_value(answer).unwrap_or_default();
    let lives = answer["expires_in"].as_u64().map(Duration::from_secs);
    Ok(Token { text, lives })
}

async fn start(
    url: &Url,
    challenge: &str,
    back: &str,
    arguments: &Arguments,
) -> Result<OAuthState> {
    // An authorization server may be in the user's own network, as the server may.
    let manager = AuthorizationManager::new_allowing_private_addresses(url.as_str())
        .await
        .map_err(failed)?;
    let mut oauth = OAuthState::Unauthorized(manager);
    let request = AuthorizationRequest::new(back)
        .with_scopes(arguments.scope.iter().map(String::as_str))
        .with_initial_scope_selection()
        .with_client_name("cargo xmcp")
        .with_challenge(challenge);
    let started = time::timeout(arguments.timeout, oauth.start_authorization(request)).await;
    match started {
        Ok(Err(AuthError::RegistrationFailed(_))) if !names_metadata(challenge, url) => {
            // Without a word of the server's, rmcp has tried the server itself.
            Err(Failure::new(
                "the server wants a token, and does not say where a client gets one",
            )
            .hint("bring one that you have: `--token`, or `--header` for another kind of credential"))
        }
        Ok(started) => started.map(|()| oauth).map_err(failed),
        Err(_) => Err(late(arguments)),
    }
}

async fn limited<T>(
    arguments: &Arguments,
    work: impl Future<Output = std::result::Result<T, AuthError>>,
) -> Result<T> {
    match time::timeout(arguments.timeout, work).await {
        Ok(done) => done.map_err(failed),
        Err(_) => Err(late(arguments)),
    }
}

fn late(arguments: &Arguments) -> Failure {
    Failure::new(format!(
        "the authorization server did not answer within {} s",
        arguments.timeout.as_secs()
    ))
    .hint("`--timeout` gives it more time")
}

/// Whether a 401 says where tokens come from (RFC 9728, section 5.1).
fn names_metadata(challenge: &str, url: &Url) -> bool {
    let parameters = WWWAuthenticateParams::parse(challenge, url);
    parameters.resource_metadata_url.is_some()
}

/// What the browser brings back. Whoever does not know the state of this sign-in is not listened to.
async fn answer(listener: &TcpListener, back: &str, state: &str) -> Result<Url> {
    loop {
        let Ok((mut browser, _)) = listener.accept().await else {
            continue;
        };
        let Ok(Some(path)) = time::timeout(REQUEST, requested(&mut browser)).await else {
            continue;
        };
        let url = Url::parse(back).and_then(|back| back.join(&path));
        let is_ours = |url: &Url| {
            url.as_str().starts_with(back) && parameter(url, "state").is_some_and(|it| it == state)
        };
        let Some(url) = url.ok().filter(is_ours) else {
            reply(
                &mut browser,
                "404 Not Found",
                "This is not the address of a sign-in.",
            )
            .await;
            continue;
        };
        let Some(error) = parameter(&url, "error") else {
            let said = "You are signed in. Go back to the terminal; this page can be closed.";
            reply(&mut browser, "200 OK", said).await;
            return Ok(url);
        };
        let said = "The sign-in did not succeed. The terminal says why.";
        reply(&mut browser, "200 OK", said).await;
        let failure = Failure::new(format!(
            "the sign-in was refused: {}",
            text::line(&error, 100)
        ));
        let failure = match parameter(&url, "error_description") {
            Some(description) => failure.note(text::line(&description, 300)),
            None => failure,
        };
        return Err(failure.hint("run it again, and consent; `--scope` asks for other scopes"));
    }
}

/// The path of a GET.
async fn requested(browser: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut chunk = [0; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = browser.read(&mut chunk).await.ok()?;
        if read == 0 || head.len() + read > LARGEST {
            return None;
        }
        head.extend_from_slice(&chunk[..read]);
    }
    let head = String::from_utf8(head).ok()?;
    let path = head.strip_prefix("GET ")?.split(' ').next()?;
    path.starts_with('/').then(|| path.to_owned())
}

async fn reply(browser: &mut TcpStream, status: &str, text: &str) {
    let length = text.len();
    let reply = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n{text}"
    );
    // A browser that has gone has what it came for.
    let _ = time::timeout(REQUEST, async {
        browser.write_all(reply.as_bytes()).await?;
        browser.shutdown().await
    })
    .await;
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    let found = url.query_pairs().find(|(key, _)| key == name)?;
    Some(found.1.into_owned())
}

/// What rmcp says, with what to do about it.
fn failed(error: AuthError) -> Failure {
    let hint = match &error {
        AuthError::NoAuthorizationSupport
        | AuthError::DiscoveryRequestFailed { .. }
        | AuthError::ProtectedResourceMetadataInvalid { .. }
        | AuthError::AuthorizationServersUnavailable { .. }
        | AuthError::MetadataError(_) => {
            "`cargo xmcp doctor URL` shows what is wrong with the metadata; or bring a credential with `--token` or `--header`"
        }
        AuthError::RegistrationFailed(_) => {
            "the authorization server lets no client register itself: bring a token with `--token`"
        }
        AuthError::PkceUnsupported => {
            "the authorization server's metadata has to name `S256` in `code_challenge_methods_supported`"
        }
        _ => "run it again, or bring a token with `--token`",
    };
    Failure::new("the sign-in does not succeed")
        .because_of_stranger(&error)
        .hint(hint)
}
