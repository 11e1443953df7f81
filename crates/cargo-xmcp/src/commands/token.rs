//! `cargo xmcp token`: an access token for calling a server by hand.

use std::{process::ExitCode, time::Duration};

use clap::Args;
use http::{HeaderMap, header};
use scalekit_emulator::Emulator;
use serde::Serialize;
use serde_json::Value;
use url::{Url, form_urlencoded};
use xmcp_build::App;

use crate::{
    Failure, Output, Project, Result, api_keys, endpoint,
    local::Local,
    runtime, scalekit, text,
    wire::{self, Answer, Silence},
};

/// How long each answer may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Get an access token for calling the server by hand
///
/// From the app's emulator, if it runs: a token of a made-up user. With `SCALEKIT_ENVIRONMENT_URL` in the environment or in `.env`, from the real
/// Scalekit: a token of a machine, with the credentials of a client of the MCP server in `SCALEKIT_MCP_CLIENT_ID` and
/// `SCALEKIT_MCP_CLIENT_SECRET` (in the dashboard: MCP Servers > your server > Clients).
///
/// The token alone is on stdout; what it is for is on stderr.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo xmcp token --user grace --scope todo:read --scope todo:write
  TOKEN=$(cargo xmcp token)
  curl http://localhost:3001/mcp -H \"$(cargo xmcp token --header)\" ...
  cargo xmcp token | cargo xmcp inspect http://localhost:3001/mcp --token - tool whoami")]
#[group(skip)]
pub(crate) struct Arguments {
    /// The emulator's user: ada, grace or alan
    #[arg(long, value_name = "NAME")]
    user: Option<String>,

    /// The organization that the user is signed in for, by its id
    #[arg(long, value_name = "ID")]
    organization: Option<String>,

    /// A scope of the token; may come again
    #[arg(long, value_name = "SCOPE", value_delimiter = ' ')]
    scope: Vec<String>,

    /// The URL of the MCP server that the token is for, if it is not the app's
    #[arg(long, value_name = "URL")]
    server_url: Option<String>,

    #[command(flatten)]
    project: crate::project::Selection,

    /// Print `Authorization: Bearer` before the token, as `curl -H` takes it
    #[arg(long, conflicts_with = "json")]
    header: bool,

    /// The token and what it is for as JSON, on stdout
    #[arg(long)]
    json: bool,
}

/// A token, and whose it is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    access_token: String,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u64>,
    environment_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_url: Option<String>,
    /// Whose it is.
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    let (project, local) = Local::around(&arguments.project)?;
    if let Some(url) = &arguments.server_url {
        endpoint::parse(url)?;
    }
    let token = runtime::block_on(async {
        match local.variable(scalekit::ENVIRONMENT_URL) {
            Some(url) => of_machine(&url, &local, arguments).await,
            None => of_user(&local, project.as_ref(), arguments).await,
        }
    })?;
    let server = token.server_url.as_deref().unwrap_or("the MCP server");
    output.say(&text::line(
        &format!(
            "a token of {} for {server}, by {}",
            token.subject, token.environment_url
        ),
        500,
    ));
    if arguments.json {
        output.json(&token);
    } else if arguments.header {
        output.data(&format!("Authorization: Bearer {}", token.access_token));
    } else {
        output.data(&token.access_token);
    }
    Ok(ExitCode::SUCCESS)
}

/// One of the emulator's that runs for this app.
async fn of_user(local: &Local, project: Option<&Project>, arguments: &Arguments) -> Result<Token> {
    let named = local.variable(scalekit_emulator::STATE_VARIABLE);
    let folder = scalekit::state(named, project);
    let Some(connection) = Emulator::running(&folder).await else {
        if let Some(project) = project {
            let (app, _) = xmcp_build::plan(project.root());
            if !scalekit::is_named(&app) {
                return Err(elsewhere(&app));
            }
        }
        return Err(Failure::new("no emulator is running for this app")
            .note(format!("its folder would be `{}`", folder.display()))
            .hint("start the app with `cargo run`, or `cargo xmcp emulator`; for the real Scalekit set `SCALEKIT_ENVIRONMENT_URL`"));
    };
    let user = arguments.user.as_deref().unwrap_or("ada");
    let scope = arguments.scope.join(" ");
    let fields = [
        ("user", Some(user)),
        ("organization", arguments.organization.as_deref()),
        ("scope", (!scope.is_empty()).then_some(scope.as_str())),
        ("resource", arguments.server_url.as_deref()),
    ];
    let url = format!("{}/emulator/token", connection.environment_url());
    let url = endpoint::parse(&url)?;
    let answer = post(&url, fields).await?;
    let said = String::from_utf8_lossy(&answer.body).trim().to_owned();
    if !answer.status.is_success() || !is_token(&said) {
        return Err(Failure::new("the emulator gives no such token")
            .note(text::line(&said, 300))
            .hint("its users are ada, grace and alan; without an option it is what a plain sign-in gives"));
    }
    let server = arguments.server_url.as_deref();
    Ok(Token {
        access_token: said,
        token_type: "Bearer",
        expires_in: None,
        environment_url: connection.environment_url().to_owned(),
        server_url: Some(server.unwrap_or(connection.server_url()).to_owned()),
        subject: user.to_owned(),
        scope: (!scope.is_empty()).then_some(scope),
    })
}

/// What to do for an app that takes no token of Scalekit's.
fn elsewhere(app: &App) -> Failure {
    let Some(middleware) = &app.middleware else {
        return Failure::new("this app asks nobody for a token")
            .hint("call it without one: it has no middleware, which would say who may call");
    };
    let hint = if api_keys::are_taken(app) {
        "send one of its keys, which are in the variables that begin with `XMCP_API_KEY`, as the header `x-api-key`"
    } else {
        "get a token from whom it names"
    };
    Failure::new(format!(
        "{middleware} takes no tokens of Scalekit, and here are no others"
    ))
    .hint(hint)
}

/// One of the real Scalekit's, for a client of the MCP server: RFC 6749, section 4.4.
async fn of_machine(environment: &str, local: &Local, arguments: &Arguments) -> Result<Token> {
    if arguments.user.is_some() || arguments.organization.is_some() {
        return Err(Failure::new(format!(
            "`{environment}` gives a token of a user to nobody but the user"
        ))
        .hint("sign in with `cargo xmcp inspect URL`; or unset `SCALEKIT_ENVIRONMENT_URL`, to use the emulator"));
    }
    let environment = endpoint::parse(environment)?;
    if environment.scheme() != "https" && !endpoint::is_here(&environment) {
        return Err(Failure::new("`SCALEKIT_ENVIRONMENT_URL` is no https URL")
            .hint("copy it from the dashboard: a secret is sent there"));
    }
    let variable = |name: &str| {
        local.variable(name).ok_or_else(|| {
            Failure::new(format!("`{name}` is not set"))
                .note(format!("{} is: {environment}", scalekit::ENVIRONMENT_URL))
                .hint("write the id and the secret of a client of the MCP server to `.env`: in the dashboard, MCP Servers > your server > Clients")
        })
    };
    let id = variable(scalekit::MCP_CLIENT_ID)?;
    let secret = variable(scalekit::MCP_CLIENT_SECRET)?;
    let url = token_endpoint(&environment).await?;
    let scope = arguments.scope.join(" ");
    let fields = [
        ("grant_type", Some("client_credentials")),
        ("client_id", Some(id.as_str())),
        ("client_secret", Some(secret.as_str())),
        ("scope", (!scope.is_empty()).then_some(scope.as_str())),
        ("resource", arguments.server_url.as_deref()),
    ];
    let answer = post(&url, fields).await?;
    let said = answer.json().unwrap_or_default();
    let token = said["access_token"]
        .as_str()
        .filter(|token| is_token(token));
    let Some(token) = token.filter(|_| answer.status.is_success()) else {
        return Err(refused(&url, &answer, &said, &secret));
    };
    Ok(Token {
        access_token: token.to_owned(),
        token_type: "Bearer",
        expires_in: said["expires_in"].as_u64(),
        environment_url: environment.as_str().trim_end_matches('/').to_owned(),
        server_url: arguments.server_url.clone(),
        subject: id,
        scope: said["scope"].as_str().map(str::to_owned),
    })
}

/// Where the environment gives tokens: RFC 8414, else OpenID Connect Discovery. It must be the environment's own, as the secret goes there.
async fn token_endpoint(environment: &Url) -> Result<Url> {
    let client = wire::client(TIMEOUT, HeaderMap::new())?;
    for path in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
    ] {
        let mut url = environment.clone();
        url.set_path(path);
        let answer = wire::send(client.get(url.clone()))
            .await
            .map_err(|error| Silence::of(&error).failure(&url, &error, TIMEOUT))?;
        let metadata = answer.json().unwrap_or_default();
        let Some(found) = metadata["token_endpoint"].as_str() else {
            continue;
        };
        return Url::parse(found)
            .ok()
            .filter(|found| found.origin() == environment.origin())
            .ok_or_else(|| {
                Failure::new("the token endpoint is at another place than the environment")
                    .note(text::line(found, 300))
                    .hint("compare `SCALEKIT_ENVIRONMENT_URL` with the dashboard")
            });
    }
    Err(
        Failure::new(format!("{environment} does not say where it gives tokens"))
            .hint("compare `SCALEKIT_ENVIRONMENT_URL` with the dashboard"),
    )
}

async fn post<const FIELDS: usize>(
    url: &Url,
    fields: [(&str, Option<&str>); FIELDS],
) -> Result<Answer> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        if let Some(value) = value {
            form.append_pair(name, value);
        }
    }
    let request = wire::client(TIMEOUT, HeaderMap::new())?
        .post(url.clone())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.finish());
    wire::send(request)
        .await
        .map_err(|error| Silence::of(&error).failure(url, &error, TIMEOUT))
}

/// What the server says of the refusal, without the secret if it repeats it.
fn refused(url: &Url, answer: &Answer, said: &Value, secret: &str) -> Failure {
    let failure = Failure::new(format!("{url} gives no token: {}", answer.status));
    let word = said["error"].as_str().unwrap_or_default();
    let description = said["error_description"].as_str().unwrap_or_default();
    let note = text::line(
        &format!("{word} {description}").replace(secret, "****"),
        300,
    );
    let failure = match note.trim() {
        "" => failure,
        note => failure.note(note),
    };
    failure.hint(match word {
        "invalid_client" => "compare `SCALEKIT_MCP_CLIENT_ID` and `SCALEKIT_MCP_CLIENT_SECRET` with the dashboard: they are those of a client of the MCP server",
        "invalid_scope" => "ask for scopes that the MCP server and its client have",
        _ => "compare the client with the dashboard: MCP Servers > your server > Clients",
    })
}

/// What can stand in a header, and is nothing else by mistake: RFC 6750, section 2.1.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte))
}
