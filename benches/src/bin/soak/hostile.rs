//! What strangers send who mean no good, or know no better. None of it may be answered as if it were right, nor make the server fail.

use std::{io, time::Duration};

use tokio::{io::AsyncWriteExt, net::TcpStream};
use xmcp_benches::request::{Era, Request};

use super::caller::{self, PATIENCE};

/// How long a slow writer writes.
const SLOWLY: Duration = Duration::from_secs(2);
/// In so many pieces.
const PIECES: usize = 10;

/// One way to be hostile. Each has a connection of its own.
#[derive(Clone, Debug)]
pub struct Hostile {
    pub name: &'static str,
    bytes: Vec<u8>,
    end: End,
    /// The answers that are right, if one comes.
    allowed: &'static [u16],
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// It waits for an answer, or for the end of the connection.
    Waits,
    /// It is gone as soon as it has written.
    HangsUp,
    /// It writes piece by piece, and is gone before the end.
    Dawdles,
}

impl Hostile {
    /// Each of them, as one server is met.
    pub fn all(is_protected: bool) -> Vec<Self> {
        let right = || Request::greet(Era::Legacy);
        let text = |request: &Request| String::from_utf8_lossy(&request.bytes()).into_owned();
        let of = |name, bytes: String, end, allowed| Self {
            name,
            bytes: bytes.into_bytes(),
            end,
            allowed,
        };
        let whole = text(&right());
        let (head, _) = whole.split_once("\r\n\r\n").expect("a request has a head");
        let without_length = head.rsplit_once("\r\n").map_or(head, |(rest, _)| rest);
        let broken = format!("{without_length}\r\nContent-Length: 9\r\n\r\n{{\"jsonrpc");
        let large = format!(
            "{without_length}\r\nX-Large: {}\r\nContent-Length: 0\r\n\r\n",
            "x".repeat(64 * 1024)
        );
        let half = &whole[..whole.len() - 40];
        let media_type =
            whole.replace("Content-Type: application/json", "Content-Type: text/plain");
        // The one that asks who calls answers first.
        let or_refused = |allowed: &'static [u16]| {
            if is_protected {
                &[401, 429][..]
            } else {
                allowed
            }
        };
        let mut all = vec![
            of("broken JSON", broken, End::Waits, or_refused(&[400])),
            of("a huge head", large, End::Waits, &[431]),
            of("half a body, then gone", half.to_owned(), End::HangsUp, &[]),
            of(
                "another media type",
                media_type,
                End::Waits,
                or_refused(&[415]),
            ),
            of(
                "a slow writer",
                whole.clone(),
                End::Dawdles,
                or_refused(&[408]),
            ),
        ];
        if is_protected {
            let foreign = text(&right().signed_in("eyJhbGciOiJSUzI1NiJ9.e30.AAAA"));
            all.push(of("a forged token", foreign, End::Waits, &[401, 429]));
            let long = text(&right().signed_in(&"a".repeat(9000)));
            all.push(of(
                "a token that is none",
                long,
                End::Waits,
                &[400, 401, 429],
            ));
        }
        all
    }

    /// Does it, and returns whether the server took it as it should.
    pub async fn happens_to(&self, address: &str) -> bool {
        let stream = match TcpStream::connect(address).await {
            Ok(stream) => stream,
            Err(_) => return false,
        };
        let done = tokio::time::timeout(PATIENCE + SLOWLY, self.done_on(stream)).await;
        match done {
            Ok(Ok(Some(status))) => self.allowed.contains(&status),
            // It may end a connection without a word.
            Ok(Ok(None) | Err(_)) => true,
            Err(_) => false,
        }
    }

    /// The status of the answer, if there is one.
    async fn done_on(&self, mut stream: TcpStream) -> io::Result<Option<u16>> {
        match self.end {
            End::HangsUp => {
                stream.write_all(&self.bytes).await?;
                return Ok(None);
            }
            End::Dawdles => {
                let size = self.bytes.len() / PIECES;
                for piece in self.bytes.chunks(size).take(PIECES - 1) {
                    stream.write_all(piece).await?;
                    tokio::time::sleep(SLOWLY / PIECES as u32).await;
                }
                return Ok(None);
            }
            // What is written after the server has refused it is lost, and its answer is there all the same.
            End::Waits => drop(stream.write_all(&self.bytes).await),
        }
        let mut buffer = Vec::new();
        Ok(caller::answer(&mut stream, &mut buffer)
            .await?
            .map(|answer| answer.status))
    }
}
