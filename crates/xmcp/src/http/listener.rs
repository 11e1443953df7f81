//! The socket to listen on: one that was handed over, or the one that the settings name.
//!
//! Listening beyond this machine needs a name that requests may be sent to, since the Host check would refuse all of them; that is
//! said before the socket opens.

use std::{io, net::SocketAddr};

use listenfd::ListenFd;
use tokio::net::{TcpListener, TcpStream, lookup_host};
use xmcp_config::{DEFAULT_PORT, HttpSettings};

use super::loopback::{is_loopback_address, is_loopback_host, without_brackets};

/// How many ports after it are tried, in dev.
const FURTHER_PORTS: u16 = 20;

/// A socket that listens.
#[derive(Debug)]
pub(crate) struct Listener(TcpListener);

impl Listener {
    pub(super) async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.0.accept().await
    }
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Self {
        Self(listener)
    }
}

/// Why there is nothing to listen on, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BindError {
    /// Another process has the port.
    #[error(
        "port {port} is taken: stop the other server or set another one with --port, PORT or [http] port"
    )]
    Taken { port: u16 },
    /// In dev, none of the ports after the default one is free either.
    #[error(
        "ports {first} to {last} are all taken: stop the other servers or set a port with --port, PORT or [http] port"
    )]
    AllTaken { first: u16, last: u16 },
    /// The process may not use the port.
    #[error("port {port} needs privileges: use one above 1023, with --port, PORT or [http] port")]
    Privileged { port: u16 },
    /// The host names nothing.
    #[error(
        "host `{host}` cannot be resolved: set an address of this machine with --host, HOST or [http] host ({source})"
    )]
    Unresolved { host: String, source: io::Error },
    /// The address belongs to another machine.
    #[error(
        "`{host}` is not an address of this machine: set one with --host, HOST or [http] host, 0.0.0.0 for all"
    )]
    Elsewhere { host: String },
    /// Others can reach the server, but under no name.
    #[error(
        "listening on `{host}` lets other machines in, and the server must know its name: set BASE_URL=https://mcp.example.com, or in \
         xmcp.toml under [http] public_url = \"https://mcp.example.com\"; without an auth provider allowed_hosts = [\"mcp.example.com\"] does too"
    )]
    Nameless { host: String },
    /// `LISTEN_FDS` promised a socket that is not there or is of another kind.
    #[error(
        "the socket handed over by LISTEN_FDS cannot be used: it must be a listening TCP socket ({source})"
    )]
    Handover { source: io::Error },
    /// Anything else.
    #[error("cannot listen on {host}, port {port} ({source})")]
    Other {
        host: String,
        port: u16,
        source: io::Error,
    },
}

/// Sockets handed over by systemd, systemfd or a supervisor. It takes the variables away, so it is to be called once, while the
/// process has one thread.
pub(crate) fn handed_over() -> ListenFd {
    ListenFd::from_env()
}

/// Listens on what was handed over, else where the settings say. In dev, and only when nobody set a port or a public URL, a taken
/// port is passed over for the next free one; the address tells which it became.
///
/// # Errors
///
/// See [`BindError`].
pub(crate) async fn bind(
    settings: &HttpSettings,
    dev: bool,
    mut handed_over: ListenFd,
) -> Result<(Listener, SocketAddr), BindError> {
    let handover = |source| BindError::Handover { source };
    let listener = if handed_over.len() == 0 {
        open(settings, dev).await?
    } else {
        let listener = handed_over.take_tcp_listener(0).map_err(handover)?;
        let listener = listener.ok_or_else(|| handover(io::ErrorKind::NotFound.into()))?;
        listener.set_nonblocking(true).map_err(handover)?;
        TcpListener::from_std(listener).map_err(handover)?
    };
    let address = listener.local_addr().map_err(handover)?;
    if is_nameless(settings) && !is_loopback_address(address.ip()) {
        return Err(BindError::Nameless {
            host: address.ip().to_string(),
        });
    }
    Ok((Listener(listener), address))
}

async fn open(settings: &HttpSettings, dev: bool) -> Result<TcpListener, BindError> {
    let host = without_brackets(&settings.host);
    if is_nameless(settings) && !is_loopback_host(host) {
        return Err(BindError::Nameless {
            host: settings.host.clone(),
        });
    }
    let first = settings.port.unwrap_or(DEFAULT_PORT);
    let is_free_to_move = dev && settings.port.is_none() && settings.public_url.is_none();
    let last = if is_free_to_move {
        first + FURTHER_PORTS
    } else {
        first
    };
    for port in first..=last {
        match listen(host, port).await {
            Err(BindError::Taken { .. }) if is_free_to_move => {}
            result => return result,
        }
    }
    Err(BindError::AllTaken { first, last })
}

async fn listen(host: &str, port: u16) -> Result<TcpListener, BindError> {
    let unresolved = |source| BindError::Unresolved {
        host: host.to_owned(),
        source,
    };
    let addresses = lookup_host((host, port)).await.map_err(unresolved)?;
    let mut failure = None;
    for address in addresses {
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    let host = host.to_owned();
    Err(match failure {
        None => BindError::Unresolved {
            host,
            source: io::ErrorKind::NotFound.into(),
        },
        Some(error) => match error.kind() {
            io::ErrorKind::AddrInUse => BindError::Taken { port },
            io::ErrorKind::PermissionDenied => BindError::Privileged { port },
            io::ErrorKind::AddrNotAvailable => BindError::Elsewhere { host },
            _ => BindError::Other {
                host,
                port,
                source: error,
            },
        },
    })
}

fn is_nameless(settings: &HttpSettings) -> bool {
    settings.public_url.is_none() && settings.allowed_hosts.is_empty()
}
