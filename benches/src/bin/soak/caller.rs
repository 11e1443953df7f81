//! One connection that is kept, and what goes over it.

use std::{
    io,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{good::Good, hostile::Hostile, random::Random, tally::Tally};

/// No answer takes as long as this.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// One request in so many is hostile.
const HOSTILE_IN: usize = 100;
/// No answer here is larger.
const LARGEST: usize = 1024 * 1024;

/// Who asks, and is hostile now and then.
pub struct Caller {
    pub address: String,
    pub requests: Vec<Good>,
    pub hostilities: Vec<Hostile>,
    pub random: Random,
}

impl Caller {
    /// Asks until then, and says what came of it.
    pub async fn until(mut self, end: Instant) -> Tally {
        let mut tally = Tally::default();
        let mut stream = None;
        while Instant::now() < end {
            if self.random.below(HOSTILE_IN) == 0 {
                let hostile = &self.hostilities[self.random.below(self.hostilities.len())];
                tally.hostile(hostile.name, hostile.happens_to(&self.address).await);
                continue;
            }
            let good = &self.requests[self.random.below(self.requests.len())];
            let outcome = timeout(PATIENCE, ask(&mut stream, &self.address, &good.bytes)).await;
            match outcome.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
                Ok(answer) => tally.good(good, &answer),
                Err(error) => {
                    stream = None;
                    tally.broken(good, &error);
                }
            }
        }
        tally
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
    closes: bool,
}

/// Sends a request over the connection, or over a new one if there is none, and reads its answer.
pub async fn ask(
    stream: &mut Option<TcpStream>,
    address: &str,
    request: &[u8],
) -> io::Result<Answer> {
    let mut connection = match stream.take() {
        Some(connection) => connection,
        None => {
            let connection = TcpStream::connect(address).await?;
            connection.set_nodelay(true)?;
            connection
        }
    };
    connection.write_all(request).await?;
    let answer = answer(&mut connection, &mut Vec::new())
        .await?
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    if !answer.closes {
        *stream = Some(connection);
    }
    Ok(answer)
}

/// The next answer; `None` when the connection ends before one begins.
pub async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Answer>> {
    loop {
        if let Some(answer) = parsed(buffer)? {
            return Ok(Some(answer));
        }
        if stream.read_buf(buffer).await? == 0 {
            return match buffer.is_empty() {
                true => Ok(None),
                false => Err(io::ErrorKind::UnexpectedEof.into()),
            };
        }
    }
}

/// The answer, once all of it is there.
fn parsed(bytes: &[u8]) -> io::Result<Option<Answer>> {
    let wrong = |what: &str| io::Error::other(format!("the answer has {what}"));
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return match bytes.len() > LARGEST {
            true => Err(wrong("no end of its head")),
            false => Ok(None),
        };
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| wrong("no status"))?;
    let length: usize = header("content-length: ")
        .and_then(|length| length.trim().parse().ok())
        .filter(|length| *length <= LARGEST)
        .ok_or_else(|| wrong("no length, or a large one"))?;
    let Some(body) = bytes.get(end + 4..end + 4 + length) else {
        return Ok(None);
    };
    Ok(Some(Answer {
        status,
        body: String::from_utf8_lossy(body).into_owned(),
        closes: header("connection: ").is_some_and(|value| value.trim() == "close"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_when_all_of_it_is_there() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
        for length in 0..text.len() {
            assert!(parsed(&text[..length]).unwrap().is_none(), "{length}");
        }
        let answer = parsed(text).unwrap().unwrap();
        assert_eq!(
            (answer.status, answer.body.as_str(), answer.closes),
            (200, "{}", true)
        );
    }

    #[test]
    fn an_answer_without_a_length_or_a_status_is_an_error() {
        assert!(parsed(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(parsed(b"hello\r\n\r\n").is_err());
    }
}
