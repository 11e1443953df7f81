//! Where an emulator listens.
//!
//! Tokens name the port in their issuer, and clients have written it down. So a folder's emulator comes back to the port it had. When
//! that is another program's meanwhile it takes a free one and stays there: going back and forth would end everybody's tokens each time.

use std::{net::Ipv4Addr, time::Duration};

use tokio::{
    net::TcpListener,
    time::{Instant, sleep},
};

use crate::StartError;

/// The port that a new environment takes when nobody asks for another one and it is free.
pub const DEFAULT_PORT: u16 = 3002;

/// Listens for an emulator with a folder: on the port that is asked for, or not at all; else on the one that it had; else on a free one.
pub(crate) async fn at(
    asked: Option<u16>,
    remembered: Option<u16>,
) -> Result<TcpListener, StartError> {
    let fixed = asked.filter(|port| *port != 0);
    if let Some(port) = remembered
        && fixed.is_none_or(|fixed| fixed == port)
    {
        match again(port).await {
            Err(_) if fixed.is_none() => {}
            listener => return listener,
        }
    }
    if let Some(port) = asked {
        return on(port).await;
    }
    match on(DEFAULT_PORT).await {
        Ok(listener) => Ok(listener),
        Err(_) => on(0).await,
    }
}

/// Listens on this port; 0 is any that is free.
pub(crate) async fn on(port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|source| StartError::Listen { port, source })
}

/// The port that is listened on.
pub(crate) fn port(listener: &TcpListener) -> Result<u16, StartError> {
    match listener.local_addr() {
        Ok(address) => Ok(address.port()),
        Err(source) => Err(StartError::Listen { port: 0, source }),
    }
}

/// Listens on the port of an emulator that ended, perhaps only just now: its lock may be free a moment before its port is.
async fn again(port: u16) -> Result<TcpListener, StartError> {
    let until = Instant::now() + FAREWELL;
    loop {
        match on(port).await {
            Err(_) if Instant::now() < until => sleep(Duration::from_millis(50)).await,
            listener => return listener,
        }
    }
}

/// How long another process may take from the end of its lock to the end of its port.
const FAREWELL: Duration = Duration::from_secs(1);
