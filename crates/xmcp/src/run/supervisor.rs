//! The supervisor of a process in development, `cargo xmcp dev`: it holds the socket, starts a new process when files have changed, and
//! tells the old one to leave once the new one is ready.
//!
//! 1. It hands over a Unix socket beside the one to listen on, under the name [`NAME`] in `LISTEN_FDNAMES`. Without it there is none.
//! 2. The process says once that it is ready, as a line of JSON: [`Ready`]. Over HTTP it accepts nothing before it hears `serve`, so that
//!    no client meets the old process once it has met this one.
//! 3. The supervisor says `retire`, and behind it which lists have changed: clients that listen are told of these, and the process says
//!    `told`. Over HTTP it accepts nothing from then on, and the rest is as `http/handover.rs` has it; over a pipe it goes on until its
//!    input ends.
//! 4. When the supervisor is gone, a process ends as at a signal.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
};

use serde::Serialize;

use crate::{
    Era,
    server::{ListKind, Server, changes::Change},
};

#[cfg(not(unix))]
pub(super) use self::none::Supervisor;
#[cfg(unix)]
pub(super) use self::socket::Supervisor;

/// What its socket is called among those that are handed over.
#[cfg(unix)]
const NAME: &str = "xmcp-supervisor";

/// What the supervisor is told once everything that comes is answered.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ready {
    /// What clients call the server.
    pub(super) name: String,
    /// The endpoint at the address that is listened on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) local_url: Option<String>,
    /// The endpoint as clients are to be given it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_url: Option<String>,
    /// The header that a person has to give a client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) header: Option<String>,
    /// A digest of each list, which is another when anything in it is.
    pub(super) lists: Lists,
}

/// Digests, good for a comparison with those of another build of the same app.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Lists {
    tools: u64,
    prompts: u64,
    resources: u64,
}

impl Lists {
    pub(super) fn of(server: &Server) -> Self {
        let now = server.registry.now();
        let digest = |kinds: &[ListKind]| {
            let mut hasher = DefaultHasher::new();
            for listed in kinds.iter().flat_map(|kind| now.list(*kind)) {
                listed.definition(Era::Modern).hash(&mut hasher);
            }
            // JSON has no larger integers that every reader agrees on.
            hasher.finish() >> 11
        };
        Self {
            tools: digest(&[ListKind::Tools]),
            prompts: digest(&[ListKind::Prompts]),
            resources: digest(&[ListKind::Resources, ListKind::Templates]),
        }
    }
}

/// What the supervisor says.
#[derive(Debug, PartialEq)]
pub(super) enum Word {
    /// What comes is yours.
    Serve,
    /// A successor answers. These lists are others there.
    Retire(Vec<Change>),
    /// Nothing, and it never will: it is gone.
    Gone,
}

impl Word {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        match words.next()? {
            "serve" => return Some(Self::Serve),
            "retire" => {}
            _ => return None,
        }
        let changes = words.filter_map(|list| match list {
            "tools" => Some(Change::Tools),
            "prompts" => Some(Change::Prompts),
            "resources" => Some(Change::Resources),
            _ => None,
        });
        Some(Self::Retire(changes.collect()))
    }
}

#[cfg(unix)]
mod socket {
    use std::{
        env, io,
        os::{fd::OwnedFd, unix::net},
    };

    use listenfd::ListenFd;
    use tokio::{
        io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
        net::UnixStream,
    };

    use super::{NAME, Ready, Word};

    /// The longest that it says.
    const LONGEST: u64 = 4096;

    /// The way to the supervisor.
    #[derive(Debug)]
    pub(in crate::run) struct Supervisor(BufReader<UnixStream>);

    impl Supervisor {
        /// The one whose socket is among those that were handed over.
        pub(in crate::run) fn handed_over(sockets: &mut ListenFd) -> Option<net::UnixStream> {
            let names = env::var("LISTEN_FDNAMES").ok()?;
            let at = names.split(':').position(|name| name == NAME)?;
            // It does not listen, but the way to a socket without `unsafe` leads through one that does.
            let socket = sockets.take_unix_listener(at).ok()??;
            Some(net::UnixStream::from(OwnedFd::from(socket)))
        }

        pub(in crate::run) fn over(socket: net::UnixStream) -> io::Result<Self> {
            socket.set_nonblocking(true)?;
            UnixStream::from_std(socket).map(BufReader::new).map(Self)
        }

        /// Says that whoever calls is answered. A supervisor that is gone is noticed later.
        pub(in crate::run) async fn tell(&mut self, ready: &Ready) {
            let Ok(mut line) = serde_json::to_string(ready) else {
                return;
            };
            line.push('\n');
            let _ = self.0.write_all(line.as_bytes()).await;
        }

        /// Says that clients are told of what it said.
        pub(in crate::run) async fn told(&mut self) {
            let _ = self.0.write_all(b"told\n").await;
        }

        /// Waits for what it says next.
        pub(in crate::run) async fn word(&mut self) -> Word {
            loop {
                let mut line = String::new();
                match (&mut self.0).take(LONGEST).read_line(&mut line).await {
                    Ok(0) | Err(_) => return Word::Gone,
                    Ok(_) => {
                        if let Some(word) = Word::parse(&line) {
                            return word;
                        }
                    }
                }
            }
        }
    }
}

#[cfg(not(unix))]
mod none {
    use std::convert::Infallible;

    use listenfd::ListenFd;

    use super::{Ready, Word};

    /// Sockets are handed over on Unix only.
    #[derive(Debug)]
    pub(in crate::run) struct Supervisor(Infallible);

    impl Supervisor {
        pub(in crate::run) fn handed_over(_: &mut ListenFd) -> Option<Infallible> {
            None
        }

        pub(in crate::run) fn over(never: Infallible) -> std::io::Result<Self> {
            match never {}
        }

        pub(in crate::run) async fn tell(&mut self, _: &Ready) {}

        pub(in crate::run) async fn told(&mut self) {}

        pub(in crate::run) async fn word(&mut self) -> Word {
            match self.0 {}
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::net::UnixStream;

    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

    use super::*;

    async fn pair() -> (Supervisor, BufReader<tokio::net::UnixStream>) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        theirs.set_nonblocking(true).unwrap();
        let theirs = tokio::net::UnixStream::from_std(theirs).unwrap();
        (Supervisor::over(ours).unwrap(), BufReader::new(theirs))
    }

    #[tokio::test]
    async fn it_is_told_once_and_says_when_to_leave() {
        let (mut supervisor, mut other) = pair().await;
        supervisor
            .tell(&Ready {
                name: "app".to_owned(),
                ..Ready::default()
            })
            .await;
        let mut line = String::new();
        other.read_line(&mut line).await.unwrap();
        assert_eq!(
            line,
            "{\"name\":\"app\",\"lists\":{\"tools\":0,\"prompts\":0,\"resources\":0}}\n"
        );
        other
            .write_all(b"something of a later version\nserve\nretire tools resources\n")
            .await
            .unwrap();
        assert_eq!(supervisor.word().await, Word::Serve);
        assert_eq!(
            supervisor.word().await,
            Word::Retire(vec![Change::Tools, Change::Resources])
        );
    }

    #[tokio::test]
    async fn one_that_is_gone_is_noticed() {
        let (mut supervisor, other) = pair().await;
        drop(other);
        assert_eq!(supervisor.word().await, Word::Gone);
    }
}
