//! One run of the app, from the socket or the pipe to the last call that is finished.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use listenfd::ListenFd;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use xmcp_config::{DEFAULT_PORT, HttpSettings, Settings, Transport};

use super::{
    banner::{Banner, SignIn},
    emulator::LocalScalekit,
    key_place, signal,
    supervisor::{Lists, Ready, Supervisor, Word},
    terminal,
};
use crate::{
    App, StartError,
    http::{self, Ends, endpoint_url, has_endpoint_twice, listener, listening_url, registered_url},
    server::{self, Assembled, Server},
    stdio,
};

/// What work that was told to stop has for doing so.
const FAREWELL: Duration = Duration::from_secs(1);

/// Sockets that the process was started with.
#[derive(Default)]
pub(super) struct HandedOver {
    /// To listen on instead of one's own.
    sockets: Option<ListenFd>,
    /// The way to the supervisor.
    #[cfg(unix)]
    supervisor: Option<std::os::unix::net::UnixStream>,
    #[cfg(not(unix))]
    supervisor: Option<std::convert::Infallible>,
}

impl HandedOver {
    pub(super) fn new(mut sockets: ListenFd) -> Self {
        Self {
            supervisor: Supervisor::handed_over(&mut sockets),
            sockets: Some(sockets),
        }
    }
}

/// Serves until the first signal, until the client of a pipe is gone, or until a successor goes on.
pub(super) async fn serve_with(
    app: App,
    settings: Settings,
    handed_over: HandedOver,
) -> Result<(), StartError> {
    let shutdown = CancellationToken::new();
    let _signals = signal::watch(shutdown.clone()).map_err(|source| StartError::System {
        what: "signals cannot be watched",
        source,
    })?;
    let supervisor = handed_over.supervisor.map(Supervisor::over).transpose();
    let supervisor = supervisor.map_err(|source| StartError::System {
        what: "the supervisor cannot be reached",
        source,
    })?;
    match settings.server.transport {
        Transport::Http => {
            let sockets = handed_over.sockets.unwrap_or_else(ListenFd::empty);
            serve_http(app, settings, (sockets, supervisor), shutdown).await
        }
        Transport::Stdio => serve_stdio(&app, settings, supervisor, shutdown).await,
    }
}

async fn serve_stdio(
    app: &App,
    settings: Settings,
    mut supervisor: Option<Supervisor>,
    shutdown: CancellationToken,
) -> Result<(), StartError> {
    let name = settings.server.name.clone();
    let is_supervised = supervisor.is_some();
    let given_up = given_up(&shutdown, &mut supervisor);
    let Some(started) = stdio::start(app, settings, is_supervised, given_up).await? else {
        return Ok(());
    };
    let attend = async |server: Arc<Server>| {
        let Some(mut supervisor) = supervisor else {
            return;
        };
        let lists = Lists::of(&server);
        let ready = Ready {
            name,
            lists,
            ..Ready::default()
        };
        supervisor.tell(&ready).await;
        // It is the end of the pipe that ends this one, so that no line is lost.
        loop {
            match supervisor.word().await {
                Word::Serve => {}
                Word::Retire(changes) => {
                    for change in changes {
                        server.changes.publish(change);
                    }
                    supervisor.told().await;
                }
                Word::Gone => return,
            }
        }
    };
    started.serve(attend, shutdown).await
}

async fn serve_http(
    app: App,
    mut settings: Settings,
    (handed_over, mut supervisor): (ListenFd, Option<Supervisor>),
    shutdown: CancellationToken,
) -> Result<(), StartError> {
    let is_handed_over = handed_over.len() > 0;
    // What ends a slow start: nothing has been promised to anybody yet.
    let bound = tokio::select! {
        bound = listener::bind(&settings.http, app.dev, handed_over) => bound,
        () = given_up(&shutdown, &mut supervisor) => return Ok(()),
    };
    let (listener, address) = bound.map_err(|error| StartError::Listen(error.to_string()))?;
    let moved_from = moved_from(&settings.http, address, is_handed_over);
    settings.http.port = Some(address.port());
    if is_handed_over {
        settings.http.host = address.ip().to_string();
    }
    let local_scalekit = tokio::select! {
        started = LocalScalekit::for_app(&app, &settings.http) => started?,
        () = given_up(&shutdown, &mut supervisor) => return Ok(()),
    };
    let overrides = server::Overrides::supervised(supervisor.is_some());
    let assembled = tokio::select! {
        assembled = server::assemble(&app, settings.clone(), overrides) => assembled,
        () = given_up(&shutdown, &mut supervisor) => return Ok(()),
    };
    let Assembled {
        site,
        server,
        required_scopes,
        header,
    } = assembled?;
    let local_scalekit = local_scalekit.filter(LocalScalekit::is_used);
    if has_endpoint_twice(&settings.http) {
        tracing::warn!(
            "clients reach the server as {}: unless that is meant, leave `{}` out of BASE_URL, or of `public_url` under [http]",
            endpoint_url(&settings.http),
            settings.http.endpoint
        );
    }
    let sign_in = local_scalekit
        .as_ref()
        .map(|scalekit| scalekit.sign_in(&required_scopes));
    match &mut supervisor {
        Some(supervisor) => {
            let ready = Ready {
                header,
                ..ready(&app, &settings, address, &server)
            };
            supervisor.tell(&ready).await;
            let word = shutdown.run_until_cancelled(supervisor.word()).await;
            if word != Some(Word::Serve) {
                return Ok(());
            }
        }
        None => {
            let credential = Credential {
                sign_in: sign_in.as_ref(),
                header: header.as_deref(),
            };
            show_banner(&app, &settings, address, moved_from, credential);
        }
    }
    let limits = &settings.http.limits;
    let ends = Ends::from(shutdown);
    let deadline = async {
        end(&ends, &server, supervisor).await;
        server.closing.cancel();
        // The next process may be starting already, and is to find the port free.
        drop(local_scalekit);
        Instant::now() + limits.drain
    };
    let ((), deadline) = tokio::join!(http::serve(listener, site, limits, &ends), deadline);
    finish(&server, deadline).await;
    Ok(())
}

/// Waits until nobody wants the server any more that is being started: for a signal, or for the end of its supervisor.
async fn given_up(shutdown: &CancellationToken, supervisor: &mut Option<Supervisor>) {
    let gone = async {
        match supervisor {
            Some(supervisor) => while supervisor.word().await != Word::Gone {},
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = gone => {}
    }
}

/// Waits until the server is to end, by a signal or as its supervisor says.
async fn end(ends: &Ends, server: &Server, supervisor: Option<Supervisor>) {
    let told = async {
        let Some(mut supervisor) = supervisor else {
            return std::future::pending().await;
        };
        loop {
            match supervisor.word().await {
                Word::Serve => {}
                Word::Retire(changes) => {
                    // Before their streams end: on those of the successor it would be no news any more.
                    for change in changes {
                        server.changes.publish(change);
                    }
                    ends.handover.begin();
                    return supervisor.told().await;
                }
                Word::Gone => return ends.shutdown.cancel(),
            }
        }
    };
    tokio::select! {
        () = ends.shutdown.cancelled() => {}
        () = told => {}
    }
}

/// Waits for handlers that outlived their connection, then tells them to stop.
async fn finish(server: &Server, deadline: Instant) {
    server.detached.close();
    if timeout_at(deadline, server.detached.wait()).await.is_ok() {
        return;
    }
    server.stopping.cancel();
    if timeout(FAREWELL, server.detached.wait()).await.is_err() {
        tracing::warn!(
            calls = server.detached.len(),
            "leaving calls that did not stop in time"
        );
    }
}

fn moved_from(settings: &HttpSettings, address: SocketAddr, is_handed_over: bool) -> Option<u16> {
    let may_move = settings.port.is_none() && !is_handed_over;
    (may_move && address.port() != DEFAULT_PORT).then_some(DEFAULT_PORT)
}

fn ready(app: &App, settings: &Settings, address: SocketAddr, server: &Arc<Server>) -> Ready {
    Ready {
        name: settings.server.name.clone(),
        local_url: Some(listening_url(address, &settings.http)),
        client_url: Some(client_url(app, settings)),
        lists: Lists::of(server),
        ..Ready::default()
    }
}

/// The endpoint as clients are to be given it.
fn client_url(app: &App, settings: &Settings) -> String {
    match app.middleware {
        Some(_) => registered_url(&settings.http),
        None => endpoint_url(&settings.http),
    }
}

/// How callers come by theirs, where that is known.
struct Credential<'a> {
    sign_in: Option<&'a SignIn>,
    header: Option<&'a str>,
}

fn show_banner(
    app: &App,
    settings: &Settings,
    address: SocketAddr,
    moved_from: Option<u16>,
    credential: Credential<'_>,
) {
    let local_url = listening_url(address, &settings.http);
    let url = endpoint_url(&settings.http);
    let client_url = client_url(app, settings);
    let is_key = credential.header.is_some_and(|it| it.ends_with("$KEY"));
    let key_place = is_key.then(|| key_place::note(Path::new(".env")));
    let banner = Banner {
        name: &settings.server.name,
        local_url: &local_url,
        public_url: (url != local_url).then_some(url.as_str()),
        client_url: &client_url,
        header: credential.header,
        key_place: key_place.as_deref(),
        moved_from,
        sign_in: credential.sign_in,
    };
    banner.show(terminal::has_colours());
}

#[cfg(all(test, unix))]
mod tests {
    use std::{os::unix::net::UnixStream, pin::pin};

    use super::*;

    #[tokio::test]
    async fn a_start_that_takes_long_ends_with_its_supervisor() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut supervisor = Some(Supervisor::over(ours).unwrap());
        let shutdown = CancellationToken::new();
        let mut given_up = pin!(given_up(&shutdown, &mut supervisor));
        assert!(futures_util::poll!(given_up.as_mut()).is_pending());
        drop(theirs);
        timeout(Duration::from_secs(20), given_up)
            .await
            .expect("nobody waits for it any more");
    }
}
