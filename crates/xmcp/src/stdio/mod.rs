//! The server over standard input and output: one client, one message a line (2025-11-25 basic/transports, "stdio").
//!
//! What a line means and what is answered is decided where the HTTP endpoint decides it; here are the pipe's own matters. A
//! line goes [`lines`] -> [`gate`] (errors are answered) -> rmcp -> [`handler`] (tools run) -> [`gate`] -> [`writer`].

mod gate;
mod guard;
mod handler;
mod incoming;
mod lines;
mod news;
mod pipe;
mod requests;
mod speaker;
mod writer;

use std::{io, pin::pin, sync::Arc};

use rmcp::service::serve_directly_with_ct;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;
use xmcp_config::Settings;

use self::{
    gate::{Gate, Signals},
    handler::Handler,
    news::News,
    speaker::Pipe,
};
use crate::{
    App, AppState, StartError,
    server::{Server, Wired},
};

/// A server that could answer, with nobody at its pipe yet.
pub(crate) struct Started {
    server: Arc<Server>,
    stdout: guard::Stdout,
}

/// Makes the app ready for the process's standard input and output. `None` when it was given up before that: nothing has been promised
/// to anybody yet. Nobody is signed in on stdio, so `src/middleware.rs` is not asked for anything.
///
/// # Errors
///
/// Everything that keeps the server from starting, and [`StartError::Stdio`] when standard output fails.
pub(crate) async fn start(
    app: &App,
    settings: Settings,
    is_supervised: bool,
    given_up: impl Future<Output = ()>,
) -> Result<Option<Started>, StartError> {
    // First of all: what `state()` prints is no message either.
    let stdout = guard::take_stdout().map_err(StartError::Stdio)?;
    let state = match app.state {
        Some(state) => tokio::select! {
            state = state() => state.map_err(StartError::State)?,
            () = given_up => return Ok(None),
        },
        None => AppState::new(),
    };
    let wired = Wired {
        is_supervised,
        ..Wired::on_stdio()
    };
    let server = Server::start(app, settings, state, wired)?;
    Ok(Some(Started { server, stdout }))
}

impl Started {
    /// Serves until the input ends, or until the shutdown.
    ///
    /// What was accepted by then is answered, within the settings' time for a drain. A client that stops listening has gone away,
    /// which is no failure. `attend` is called with the server, and ends with it.
    ///
    /// # Errors
    ///
    /// [`StartError::Stdio`] when standard input or output fails.
    pub(crate) async fn serve(
        self,
        attend: impl AsyncFnOnce(Arc<Server>),
        shutdown: CancellationToken,
    ) -> Result<(), StartError> {
        let Self { server, stdout } = self;
        let input = pipe::Input::stdin().map_err(StartError::Stdio)?;
        let output = pipe::Output::stdout(stdout).map_err(StartError::Stdio)?;
        tracing::info!("serving over standard input and output");
        let attended = async {
            attend(Arc::clone(&server)).await;
            std::future::pending().await
        };
        tokio::select! {
            ended = serve_pipe(Arc::clone(&server), input, output, shutdown) => ended,
            never = attended => never,
        }
    }
}

async fn serve_pipe(
    server: Arc<Server>,
    input: impl AsyncRead + Send + Unpin + 'static,
    output: impl AsyncWrite + Send + Unpin + 'static,
    shutdown: CancellationToken,
) -> Result<(), StartError> {
    let (outgoing, writer) = writer::start(output);
    let news = Arc::new(News::new(Arc::clone(&server), outgoing.clone()));
    let stop = CancellationToken::new();
    let deaf = CancellationToken::new();
    let pipe = Arc::new(Pipe {
        outgoing: outgoing.clone(),
        questions: Arc::default(),
        deaf: deaf.clone(),
    });
    let handler = Handler {
        server: Arc::clone(&server),
        pipe: Arc::clone(&pipe),
        news: Arc::clone(&news),
    };
    let (gate, outcome) = Gate::new(
        server,
        input,
        (outgoing, writer),
        Arc::clone(&pipe.questions),
        Signals {
            shutdown,
            stop: stop.clone(),
            deaf,
        },
    );
    // Directly, because a client's first message may be one of either generation, with or without a handshake.
    let running = serve_directly_with_ct(handler, gate, None, stop);
    let served = async {
        let mut waiting = pin!(running.waiting());
        tokio::select! {
            ended = &mut waiting => ended,
            () = news.tell() => waiting.await,
        }
    };
    let ended = served
        .await
        .map_err(|error| StartError::Stdio(io::Error::other(error)));
    match outcome.await {
        Ok(Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(StartError::Stdio(error))
        }
        _ => ended.map(drop),
    }
}

/// The app over a pipe of a test's making, with a state of its making instead of `state()`.
#[doc(hidden)]
pub async fn test_stdio(
    app: App,
    settings: Settings,
    state: AppState,
    input: impl AsyncRead + Send + Unpin + 'static,
    output: impl AsyncWrite + Send + Unpin + 'static,
    shutdown: CancellationToken,
) -> Result<(), StartError> {
    let server = Server::start(&app, settings, state, Wired::on_stdio())?;
    serve_pipe(server, input, output, shutdown).await
}
