//! The conversation with a server, whichever way it is reached. The protocol is rmcp's; here are the limits, and what to say when
//! something goes wrong.

use std::{
    future::Future,
    pin::pin,
    time::{Duration, Instant},
};

use rmcp::{
    RoleClient,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ErrorCode, ErrorData,
        GetPromptRequestParams, GetPromptResponse, GetPromptResult, InputRequest,
        InputRequiredResult, InputResponses, PaginatedRequestParams, Prompt, ProtocolVersion,
        ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, Resource,
        ResourceTemplate, Tool,
    },
    service::{
        ClientInitializeError, ClientLifecycleMode, ClientServiceExt, Peer, RunningService,
        ServiceError,
    },
    transport::IntoTransport,
};
use serde::Serialize;
use tokio::{select, time};

use super::{
    Arguments, http,
    listener::Listener,
    program,
    target::{Program, Target},
};
use crate::{Failure, Output, Result, text};

/// How large a message may be.
pub(super) const LARGEST: usize = 16 * 1024 * 1024;

/// How large all pages of a list may be.
const LISTED: usize = LARGEST;

/// A longer name is no suggestion.
const NAME: usize = 256;

/// How often a server may ask for something before it answers, and how much longer each time it is left alone when it wants nothing.
const ROUNDS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(100);

/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// A connection that is established.
pub(super) type Service = RunningService<RoleClient, Listener>;

/// A server that answers.
pub(super) struct Client {
    service: Service,
    listener: Listener,
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
        let listener = Listener::new(output);
        let (service, program) = match target {
            Target::Url(url) => {
                let service = http::connect(&url, arguments, &listener, output).await?;
                (service, None)
            }
            Target::Program(program) => {
                let (service, running) = start(&program, arguments, &listener, output).await?;
                (service, Some(running))
            }
        };
        Ok(Self {
            service,
            listener,
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
                Some(tool) => format!("did you mean `{}`?", text::line(&tool.name, 100)),
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

    /// Calls a tool, as often as it asks for something before it answers.
    pub(super) async fn call(&self, mut call: CallToolRequestParams) -> Result<CallToolResult> {
        for round in 0..ROUNDS {
            let answer = self.peer().call_tool_once(call.clone());
            match self.answer("tools/call", answer).await? {
                CallToolResponse::Complete(result) => return Ok(result),
                CallToolResponse::InputRequired(asked) => {
                    (call.input_responses, call.request_state) = self.input(asked, round).await?;
                }
                _ => {
                    return Err(Failure::new("the tool made a task, and no result yet")
                        .hint("use a client that follows tasks"));
                }
            }
        }
        Err(asks_on("tools/call"))
    }

    /// Gets a prompt, as often as it asks for something before.
    pub(super) async fn prompt(
        &self,
        mut prompt: GetPromptRequestParams,
    ) -> Result<GetPromptResult> {
        for round in 0..ROUNDS {
            let answer = self.peer().get_prompt_once(prompt.clone());
            match self.answer("prompts/get", answer).await? {
                GetPromptResponse::Complete(result) => return Ok(result),
                GetPromptResponse::InputRequired(asked) => {
                    (prompt.input_responses, prompt.request_state) =
                        self.input(asked, round).await?;
                }
                _ => return Err(asks()),
            }
        }
        Err(asks_on("prompts/get"))
    }

    /// Reads a resource, as often as it asks for something before.
    pub(super) async fn resource(
        &self,
        mut resource: ReadResourceRequestParams,
    ) -> Result<ReadResourceResult> {
        for round in 0..ROUNDS {
            let answer = self.peer().read_resource_once(resource.clone());
            match self.answer("resources/read", answer).await? {
                ReadResourceResponse::Complete(result) => return Ok(result),
                ReadResourceResponse::InputRequired(asked) => {
                    (resource.input_responses, resource.request_state) =
                        self.input(asked, round).await?;
                }
                _ => return Err(asks()),
            }
        }
        Err(asks_on("resources/read"))
    }

    /// What the person at the terminal answers, and what the server wants to have back with it.
    async fn input(
        &self,
        asked: InputRequiredResult,
        round: u32,
    ) -> Result<(Option<InputResponses>, Option<String>)> {
        let mut answers = InputResponses::new();
        let requests = asked.input_requests.unwrap_or_default();
        for (key, request) in requests {
            let InputRequest::Elicitation(request) = request else {
                return Err(asks());
            };
            let answer = self.listener.elicit(request.params).await;
            answers.insert(key, serde_json::to_value(answer).unwrap_or_default());
        }
        if answers.is_empty() {
            // It wants to be asked again, and not at once.
            time::sleep(PAUSE * round).await;
        }
        let answers = (!answers.is_empty()).then_some(answers);
        Ok((answers, asked.request_state))
    }

    /// What the server answers to a request, in time.
    pub(super) async fn answer<T>(
        &self,
        method: &str,
        answer: impl Future<Output = std::result::Result<T, ServiceError>>,
    ) -> Result<T> {
        match self.in_time(answer).await {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => Err(self.failure(method, &error).await),
            None => Err(Failure::new(format!(
                "the server did not answer `{method}` within {} s",
                self.timeout.as_secs()
            ))
            .hint("`--timeout` gives it more time")),
        }
    }

    /// The answer, unless the server takes too long. The time in which a person is asked is not the server's.
    async fn in_time<T>(&self, answer: impl Future<Output = T>) -> Option<T> {
        let mut open = self.listener.asker.open();
        let mut left = self.timeout;
        let mut answer = pin!(answer);
        loop {
            select! {
                answer = &mut answer => return Some(answer),
                _ = open.wait_for(|count| *count == 0) => {}
            }
            let since = Instant::now();
            select! {
                answer = &mut answer => return Some(answer),
                () = time::sleep(left) => return None,
                _ = open.wait_for(|count| *count > 0) => left = left.saturating_sub(since.elapsed()),
            }
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
    listener: &Listener,
    output: &Output,
) -> Result<(Service, program::Running)> {
    let mut last = None;
    for mode in Modes::of(arguments.protocol.as_deref()) {
        let mut running = program::Running::start(program, output)?;
        let transport = running.transport();
        match serve(transport, mode, listener, arguments.timeout).await {
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
    Err(last.unwrap_or_else(|| {
        Failure::new("no conversation began").hint("try another revision with `--protocol`")
    }))
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

fn asks() -> Failure {
    Failure::new(
        "the server asks for a model or for folders before it answers, and there are none here",
    )
    .hint("use a client that has them, or give the arguments that make it unnecessary")
}

fn asks_on(method: &str) -> Failure {
    Failure::new(format!(
        "the server asks again and again before it answers `{method}`"
    ))
    .hint("see what it does with the answers and with `requestState`")
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
            "use a client that can do what it names: here a person is asked, and nobody and nothing else"
        }
        _ => "see what the server logs",
    })
}
