//! The socket that all processes of the app listen on, one after the other. It is closed when this process ends, and not before.

use std::{
    io,
    net::{SocketAddr, TcpListener, ToSocketAddrs},
    os::fd::{AsFd, OwnedFd},
};

use xmcp_config::DEFAULT_PORT;

use crate::{Failure, Result};

/// How many ports after the default one are tried.
const FURTHER_PORTS: u16 = 20;

/// A socket that listens, and where it was asked to.
#[derive(Debug)]
pub(super) struct Socket {
    listener: TcpListener,
    address: SocketAddr,
    place: (String, Option<u16>),
}

impl Socket {
    /// Listens on a host and a port; without a port on the default one, or the next one that is free.
    ///
    /// # Errors
    ///
    /// When the port is taken, when the host is none of this machine, or whatever else the system says.
    pub(super) fn bind(place: (String, Option<u16>)) -> Result<Self> {
        let (host, port) = &place;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let (first, last) = match port {
            Some(port) => (*port, *port),
            None => (DEFAULT_PORT, DEFAULT_PORT + FURTHER_PORTS),
        };
        let mut failure = io::Error::from(io::ErrorKind::NotFound);
        for port in first..=last {
            match listen(host, port) {
                Ok(listener) => {
                    let address = listener.local_addr().map_err(|error| {
                        Failure::new("the system does not say where it listens").because(&error)
                    })?;
                    return Ok(Self {
                        listener,
                        address,
                        place,
                    });
                }
                Err(error) => failure = error,
            }
            if failure.kind() != io::ErrorKind::AddrInUse {
                break;
            }
        }
        Err(match failure.kind() {
            io::ErrorKind::AddrInUse if first == last => {
                Failure::new(format!("port {first} is taken"))
            }
            io::ErrorKind::AddrInUse => {
                Failure::new(format!("ports {first} to {last} are all taken"))
            }
            _ => Failure::new(format!("cannot listen on `{host}`, port {first}")).because(&failure),
        }
        .hint(
            "stop the other server, or choose another port with `--port`, `PORT` or `[http] port`",
        ))
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Goes where these settings want it. Answers whether that is another place; when it cannot go there, it stays.
    ///
    /// # Errors
    ///
    /// As [`bind`](Self::bind), and when only the host is another one: the port is its own, and processes that serve hold it too.
    pub(super) fn moved_to(&mut self, place: (String, Option<u16>)) -> Result<bool> {
        if self.place == place {
            return Ok(false);
        }
        let is_own_port = place.1 == Some(self.address.port());
        if is_own_port && self.place.0 == place.0 {
            self.place = place;
            return Ok(false);
        }
        if is_own_port {
            let failure = Failure::new(format!(
                "`host` is `{}` now: it takes effect when `cargo xmcp dev` is started again",
                place.0
            ));
            // It is said once.
            self.place = place;
            return Err(failure.hint("or give it another port, too"));
        }
        *self = Self::bind(place)?;
        Ok(true)
    }

    /// The port that was taken, when it had to move on.
    pub(super) fn moved_from(&self) -> Option<u16> {
        let has_moved = self.place.1.is_none() && self.address.port() != DEFAULT_PORT;
        has_moved.then_some(DEFAULT_PORT)
    }

    /// The same socket, for a process.
    pub(super) fn for_process(&self) -> io::Result<OwnedFd> {
        self.listener.as_fd().try_clone_to_owned()
    }
}

fn listen(host: &str, port: u16) -> io::Result<TcpListener> {
    let addresses: Vec<_> = (host, port).to_socket_addrs()?.collect();
    TcpListener::bind(&addresses[..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_where_the_settings_want_it_and_stays_where_it_already_is() {
        let local = |port| ("127.0.0.1".to_owned(), Some(port));
        let mut socket = Socket::bind(local(0)).unwrap();
        let first = socket.address();
        assert!(!socket.moved_to(local(0)).unwrap());
        assert!(
            !socket.moved_to(local(first.port())).unwrap(),
            "it is there"
        );
        let every = || ("0.0.0.0".to_owned(), Some(first.port()));
        assert_eq!(
            socket.moved_to(every()).unwrap_err().to_string(),
            "`host` is `0.0.0.0` now: it takes effect when `cargo xmcp dev` is started again\nhint: or give it another port, too"
        );
        assert!(!socket.moved_to(every()).unwrap(), "it is said once");
        assert_eq!(socket.address(), first);
        assert!(socket.moved_to(local(0)).unwrap());
        assert_ne!(socket.address(), first);
    }

    #[test]
    fn a_port_that_is_taken_is_named_with_what_to_do() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let failure = Socket::bind(("127.0.0.1".to_owned(), Some(port))).unwrap_err();
        assert_eq!(
            failure.to_string(),
            format!(
                "port {port} is taken\nhint: stop the other server, or choose another port with `--port`, `PORT` or `[http] port`"
            )
        );
    }
}
