//! One run of the app, from the socket or the pipe to the last call that is finished.

use std::{net::SocketAddr, time::Duration};

use listenfd::ListenFd;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use xmcp_config::{DEFAULT_PORT, HttpSettings, Settings, Transport};

use super::{
    banner::{Banner, SignIn},
    emulator::LocalScalekit,
    signal, terminal,
};
use crate::{
    App, StartError,
    http::{self, endpoint_url, has_endpoint_twice, listener, listening_url, registered_url},
    server::{self, Assembled, Server},
    stdio,
};

/// What work that was told to stop has for doing so.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves until the first signal, or until the client of a pipe is gone. `handed_over` are sockets to use instead of one's own.
pub(super) async fn serve_with(
    app: App,
    settings: Settings,
    handed_over: ListenFd,
) -> Result<(), StartError> {
    let shutdown = CancellationToken::new();
    let _signals = signal::watch(shutdown.clone()).map_err(|source| StartError::System {
        what: "signals cannot be watched",
        source,
    })?;
    match settings.server.transport {
        Transport::Http => serve_http(app, settings, handed_over, shutdown).await,
        Transport::Stdio => stdio::serve(&app, settings, shutdown).await,
    }
}

async fn serve_http(
    app: App,
    mut settings: Settings,
    handed_over: ListenFd,
    shutdown: CancellationToken,
) -> Result<(), StartError> {
    let is_handed_over = handed_over.len() > 0;
    // A signal during a slow start ends it: nothing has been promised to anybody yet.
    let bound = tokio::select! {
        bound = listener::bind(&settings.http, app.dev, handed_over) => bound,
        () = shutdown.cancelled() => return Ok(()),
    };
    let (listener, address) = bound.map_err(|error| StartError::Listen(error.to_string()))?;
    let moved_from = moved_from(&settings.http, address, is_handed_over);
    settings.http.port = Some(address.port());
    if is_handed_over {
        settings.http.host = address.ip().to_string();
    }
    let local_scalekit = tokio::select! {
        started = LocalScalekit::for_app(&app, &settings.http) => started?,
        () = shutdown.cancelled() => return Ok(()),
    };
    let assembled = tokio::select! {
        assembled = server::assemble(&app, settings.clone(), server::Overrides::default()) => assembled,
        () = shutdown.cancelled() => return Ok(()),
    };
    let Assembled {
        site,
        server,
        required_scopes,
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
    show_banner(&app, &settings, address, moved_from, sign_in.as_ref());
    let limits = &settings.http.limits;
    let deadline = async {
        shutdown.cancelled().await;
        server.closing.cancel();
        // The next process may be starting already, and is to find the port free.
        drop(local_scalekit);
        Instant::now() + limits.drain
    };
    let ((), deadline) = tokio::join!(
        http::serve(listener, site, limits, shutdown.clone()),
        deadline
    );
    finish(&server, deadline).await;
    Ok(())
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

fn show_banner(
    app: &App,
    settings: &Settings,
    address: SocketAddr,
    moved_from: Option<u16>,
    sign_in: Option<&SignIn>,
) {
    let local_url = listening_url(address, &settings.http);
    let url = endpoint_url(&settings.http);
    let client_url = match app.middleware {
        Some(_) => registered_url(&settings.http),
        None => url.clone(),
    };
    let banner = Banner {
        name: &settings.server.name,
        local_url: &local_url,
        public_url: (url != local_url).then_some(url.as_str()),
        client_url: &client_url,
        moved_from,
        sign_in,
    };
    banner.show(terminal::has_colours());
}
