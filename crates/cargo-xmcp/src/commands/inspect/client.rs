//! The conversation with a server, whichever way it is reached. The protocol is rmcp's; here are the limits, and what to say when
//! something goes wrong.
#![expect(
    deprecated,
    reason = "what servers of 2025-11-25 log is shown, though the protocol has given it up"
)]

use std::{future::Future, time::Duration};

use rmcp::{
    ClientHandler, RoleClient,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ClientConfig, ErrorCode,
        ErrorData, GetPromptRequestParams, GetPromptResponse, GetPromptResult, Implementation,
        LoggingMessageNotificationParam, PaginatedRequestParams, ProgressNotificationParam, Prompt,
        ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult,
        Resource, ResourceTemplate, Tool,
    },
    service::{
        ClientInitializeError, ClientLifecycleMode, ClientServiceExt, NotificationContext, Peer,
        RunningService, ServiceError,
    },
    transport::IntoTransport,
};
use serde::Serialize;
use tokio::time;

use super::{
    Arguments, http, program,
    target::{Program, Target},
};
use crate::{Failure, Output, Result, text};

/// How large a message may be.
pub(super) const LARGEST: usize = 16 * 1024 * 1024;

/// How large all pages of a list may be.
const LISTED: usize = LARGEST;

/// A longer name is no suggestion.
const NAME: usize = 256;

/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// A connection that is established.
pub(super) type Service = RunningService<RoleClient, Listener>;

/// A server that answers.
pub(super) struct Client {
    service: Service,
    program: Option<program::Running>,
    timeout: Duration,
}

impl Client {
    /// Connects to a server that listens, or starts a program.
    pub(super) async fn connect(
        target: Target,
        arguments: &Arguments,
        output: &Output,
    ) -> Result<Self> {
        let timeout = arguments.timeout;
        let (service, program) = match target {
            Target::Url(url) => (http::connect(&url, arguments, output).await?, None),
            Target::Program(program) => {
                let (service, running) = start(&program, arguments, output).await?;
                (service, Some(running))
            }
        };
        Ok(Self {
            service,
            program,
            timeout,
        })
    }

    /// Who is at the other end.
    pub(super) fn peer(&self) -> &Peer<RoleClient> {
        self.service.peer()
    }

    /// A tool of the server's.
    pub(super) async fn tool(&self, name: &str) -> Result<Tool> {
        let tools = self.tools().await?;
        if let Some(tool) = tools.iter().find(|tool| tool.name == name) {
            return Ok(tool.clone());
        }
        let alike = |tool: &&Tool| strsim::damerau_levenshtein(&tool.name, name);
        // What they are compared with is the server's: a name of some megabytes would take that much, times the other's length.
        let nearest = tools
            .iter()
            .filter(|tool| tool.name.len() <= NAME)
            .min_by_key(alike)
            .filter(|tool| alike(tool) <= name.len() / 2);
        Err(
            Failure::new(format!("the server has no tool `{name}`")).hint(match nearest {
                Some(tool) => format!("is it to be `{}`?", text::line(&tool.name, 100)),
                None => "`cargo xmcp inspect` without an action shows what it has".to_owned(),
            }),
        )
    }

    /// All tools.
    pub(super) async fn tools(&self) -> Result<Vec<Tool>> {
        let page = async |at| {
            let page = self.peer().list_tools(at).await?;
            Ok((page.tools, page.next_cursor))
        };
        self.pages("tools/list", page).await
    }

    /// All prompts.
    pub(super) async fn prompts(&self) -> Result<Vec<Prompt>> {
        let page = async |at| {
            let page = self.peer().list_prompts(at).await?;
            Ok((page.prompts, page.next_cursor))
        };
        self.pages("prompts/list", page).await
    }

    /// All resources.
    pub(super) async fn resources(&self) -> Result<Vec<Resource>> {
        let page = async |at| {
            let page = self.peer().list_resources(at).await?;
            Ok((page.resources, page.next_cursor))
        };
        self.pages("resources/list", page).await
    }

    /// All templates.
    pub(super) async fn templates(&self) -> Result<Vec<ResourceTemplate>> {
        let page = async |at| {
            let page = self.peer().list_resource_templates(at).await?;
            Ok((page.resource_templates, page.next_cursor))
        };
        self.pages("resources/templates/list", page).await
    }

    /// The pages of a list as one, which the server has to end in time and before it is too large.
    async fn pages<T: Serialize>(
        &self,
        method: &str,
        page: impl AsyncFn(
            Option<PaginatedRequestParams>,
        ) -> std::result::Result<(Vec<T>, Option<String>), ServiceError>,
    ) -> Result<Vec<T>> {
        let all = async {
            let (mut all, mut size, mut cursor) = (Vec::new(), 0, None);
            loop {
                let at = PaginatedRequestParams::default().with_cursor(cursor);
                let (items, next) = page(Some(at)).await?;
                size += serde_json::to_vec(&items).map_or(0, |text| text.len());
                if size > LISTED {
                    return Ok(None);
                }
                all.extend(items);
                match next {
                    None => return Ok(Some(all)),
                    next => cursor = next,
                }
            }
        };
        self.answer(method, all).await?.ok_or_else(|| {
            Failure::new(format!(
                "what the server answers to `{method}` is longer than {} MiB",
                LISTED >> 20
            ))
            .hint("its pages may have no end: see what the server does with `cursor`")
        })
    }

    pub(super) async fn call(&self, call: CallToolRequestParams) -> Result<CallToolResult> {
        match self
            .answer("tools/call", self.peer().call_tool_once(call))
            .await?
        {
            CallToolResponse::Complete(result) => Ok(result),
            CallToolResponse::InputRequired(_) => Err(asks()),
            _ => Err(Failure::new("the tool made a task, and no result yet")
                .hint("use a client that follows tasks")),
        }
    }

    pub(super) async fn prompt(&self, prompt: GetPromptRequestParams) -> Result<GetPromptResult> {
        match self
            .answer("prompts/get", self.peer().get_prompt_once(prompt))
            .await?
        {
            GetPromptResponse::Complete(result) => Ok(result),
            _ => Err(asks()),
        }
    }

    pub(super) async fn resource(
        &self,
        resource: ReadResourceRequestParams,
    ) -> Result<ReadResourceResult> {
        match self
            .answer("resources/read", self.peer().read_resource_once(resource))
            .await?
        {
            ReadResourceResponse::Complete(result) => Ok(result),
            _ => Err(asks()),
        }
    }

    /// What the server answers to a request, in time.
    pub(super) async fn answer<T>(
        &self,
        method: &str,
        answer: impl Future<Output = std::result::Result<T, ServiceError>>,
    ) -> Result<T> {
        match time::timeout(self.timeout, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.failure(method, &error).await),
            Err(_) => Err(Failure::new(format!(
                "the server did not answer `{method}` within {} s",
                self.timeout.as_secs()
            ))
            .hint("`--timeout` gives it more time")),
        }
    }

    async fn failure(&self, method: &str, error: &ServiceError) -> Failure {
        match error {
            ServiceError::McpError(error) => refusal(method, error),
            error if error.is_authorization_required() || error.auth_challenge().is_some() => {
                Failure::new(format!("the server lets nobody like you do `{method}`"))
                    .note(text::line(error.auth_challenge().unwrap_or_default(), 500))
                    .hint("sign in for the scopes it names with `--scope`, or bring a token that has them")
            }
            error => {
                let failure = match &self.program {
                    Some(program) => program.ended().await,
                    None => None,
                };
                failure.unwrap_or_else(|| {
                    Failure::new(format!("the server gave no answer to `{method}`"))
                        .because_of_stranger(error)
                        .hint("see what the server logs")
                })
            }
        }
    }

    /// Takes leave, and ends the program if there is one.
    pub(super) async fn close(mut self) {
        let _ = self.service.close_with_timeout(FAREWELL).await;
        if let Some(program) = self.program {
            program.end(FAREWELL).await;
        }
    }
}

async fn start(
    program: &Program,
    arguments: &Arguments,
    output: &Output,
) -> Result<(Service, program::Running)> {
    let listener = Listener::new(output);
    let mut last = None;
    for mode in Modes::of(arguments.protocol.as_deref()) {
        let mut running = program::Running::start(program, output)?;
        let transport = running.transport();
        match serve(transport, mode, &listener, arguments.timeout).await {
            Ok(service) => return Ok((service, running)),
            Err(trouble) => {
                let is_final = trouble.is_final();
                last = Some(
                    running
                        .failure(&program.name(), trouble, arguments.timeout)
                        .await,
                );
                if is_final {
                    break;
                }
            }
        }
    }
    Err(last.unwrap_or_else(asks))
}

/// The ways to begin a conversation, in the order in which they are tried.
pub(super) struct Modes;

impl Modes {
    /// The one of this revision; or first the one that finds out, and then the older one by itself, for servers that take the question
    /// ill.
    pub(super) fn of(protocol: Option<&str>) -> Vec<ClientLifecycleMode> {
        let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
        match protocol {
            Some("2026-07-28") => vec![ClientLifecycleMode::Discover { preferred_versions }],
            Some(_) => vec![ClientLifecycleMode::Initialize],
            None => vec![
                ClientLifecycleMode::Auto {
                    preferred_versions,
                    legacy_version: Some(ProtocolVersion::V_2025_11_25),
                },
                ClientLifecycleMode::Initialize,
            ],
        }
    }
}

/// Why there is no conversation.
#[derive(Debug)]
pub(super) enum Trouble {
    /// What rmcp says.
    Refused(Box<ClientInitializeError>),
    /// The time was over.
    TimedOut,
    /// Something of this machine's.
    Other(Failure),
}

impl Trouble {
    /// The server's `WWW-Authenticate`, if it sent one.
    pub(super) fn challenge(&self) -> Option<&str> {
        match self {
            Self::Refused(error) => error.auth_challenge(),
            _ => None,
        }
    }

    /// Whether another way to begin would come to the same.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::Refused(error) => {
                error.is_authorization_required() || error.auth_challenge().is_some()
            }
            Self::TimedOut | Self::Other(_) => true,
        }
    }
}

/// Begins a conversation.
pub(super) async fn serve<T, E, A>(
    transport: T,
    mode: ClientLifecycleMode,
    listener: &Listener,
    timeout: Duration,
) -> std::result::Result<Service, Trouble>
where
    T: IntoTransport<RoleClient, E, A>,
    E: std::error::Error + Send + Sync + 'static,
{
    let service = listener.clone().serve_with_lifecycle(transport, mode);
    match time::timeout(timeout, service).await {
        Ok(Ok(service)) => Ok(service),
        Ok(Err(error)) => Err(Trouble::Refused(Box::new(error))),
        Err(_) => Err(Trouble::TimedOut),
    }
}

/// What the server says without being asked: its log is shown.
#[derive(Clone, Debug)]
pub(super) struct Listener {
    verbose: bool,
}

impl Listener {
    pub(super) fn new(output: &Output) -> Self {
        Self {
            verbose: output.is_verbose(),
        }
    }
}

impl ClientHandler for Listener {
    fn get_info(&self) -> ClientConfig {
        let mut info = ClientConfig::default();
        info.client_info = Implementation::new("cargo-xmcp", env!("CARGO_PKG_VERSION"));
        info.protocol_version = ProtocolVersion::V_2025_11_25;
        info
    }

    async fn on_logging_message(
        &self,
        message: LoggingMessageNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        let said = match &message.data {
            serde_json::Value::String(text) => text.clone(),
            data => data.to_string(),
        };
        let level = serde_json::to_value(message.level).unwrap_or_default();
        let logger = message
            .logger
            .map_or(String::new(), |name| format!(" {name}"));
        Output::new(self.verbose).say(&text::line(
            &format!("log {}{logger}: {said}", level.as_str().unwrap_or_default()),
            1_000,
        ));
    }

    async fn on_progress(
        &self,
        progress: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        let of = progress
            .total
            .map_or(String::new(), |total| format!("/{total}"));
        let said = progress.message.unwrap_or_default();
        Output::new(self.verbose).detail(&text::line(
            &format!("progress {}{of} {said}", progress.progress),
            1_000,
        ));
    }
}

fn asks() -> Failure {
    Failure::new("the server asks for more input before it answers, and nobody is asked here")
        .hint("use a client that can ask its user, or give the arguments that make it unnecessary")
}

/// A JSON-RPC error.
fn refusal(method: &str, error: &ErrorData) -> Failure {
    let failure = Failure::new(format!(
        "the server refuses `{method}`: {} ({})",
        text::line(&error.message, 500),
        error.code.0
    ));
    let failure = match &error.data {
        Some(data) => failure.note(text::line(&data.to_string(), 500)),
        None => failure,
    };
    failure.hint(match error.code {
        ErrorCode::METHOD_NOT_FOUND => "`cargo xmcp inspect` without an action shows what it has",
        ErrorCode::INVALID_PARAMS if method == "tools/call" => {
            "`--describe` shows what the tool takes"
        }
        ErrorCode::INVALID_PARAMS | ErrorCode::RESOURCE_NOT_FOUND => {
            "`cargo xmcp inspect` without an action shows what there is, and what it takes"
        }
        ErrorCode::MISSING_REQUIRED_CLIENT_CAPABILITY => {
            "use a client that can do what it names: nobody is asked here, and nothing is waited for"
        }
        _ => "see what the server logs",
    })
}
