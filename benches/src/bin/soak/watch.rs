//! A server's memory, descriptors and tasks, from outside and by asking it.

use std::{
    io,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{net::TcpStream, time::sleep};
use xmcp_benches::{
    request::{Era, Request},
    server::Server,
};

use super::caller::ask;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(5);
/// Until then the load may be settling: caches fill, and the allocator finds its size.
const WARM: Duration = Duration::from_secs(60);
/// How long the server may take to get rid of what its callers left, such as a request whose body does not come.
const SETTLES: Duration = Duration::from_secs(40);

/// A server that is looked at.
pub struct Watched<'a> {
    name: &'static str,
    server: &'a Server,
    /// Asks for the tasks, always over the same connection, so that it is in every look.
    request: Vec<u8>,
    stream: Option<TcpStream>,
}

/// What a server has at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// In bytes.
    pub memory: u64,
    pub descriptors: u64,
    pub tasks: u64,
}

/// What one server had all the time.
pub struct Record<'a> {
    watched: Watched<'a>,
    pub name: &'static str,
    /// Before the load.
    pub before: Look,
    /// The first after the time in which it settles, and all further ones.
    pub warm: Vec<Look>,
    /// After the load, when it had let go of what it could.
    pub after: Option<Look>,
}

impl<'a> Watched<'a> {
    pub fn new(name: &'static str, server: &'a Server, token: Option<&str>) -> Self {
        let params = json!({ "name": "tasks", "arguments": {} });
        let request = Request::new(Era::Legacy, "tools/call", params);
        let request = match token {
            Some(token) => request.signed_in(token),
            None => request,
        };
        Self {
            name,
            server,
            request: request.bytes(),
            stream: None,
        }
    }

    async fn look(&mut self) -> io::Result<Look> {
        let answer = ask(&mut self.stream, &self.server.address, &self.request).await?;
        let body: Value = serde_json::from_str(&answer.body)?;
        let tasks = body["result"]["content"][0]["text"]
            .as_str()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| io::Error::other(format!("no number of tasks: {}", answer.body)))?;
        Ok(Look {
            memory: self.server.resident()?,
            descriptors: self.server.descriptors()? as u64,
            tasks,
        })
    }
}

/// The first look at each, before anybody else asks.
pub async fn before<'a, const N: usize>(watched: [Watched<'a>; N]) -> io::Result<Vec<Record<'a>>> {
    let mut records = Vec::new();
    for mut watched in watched {
        // What the first request brings about is there for good: keys that are fetched, and the connection to who has them.
        watched.look().await?;
        let before = watched.look().await?;
        records.push(Record {
            name: watched.name,
            watched,
            before,
            warm: Vec::new(),
            after: None,
        });
    }
    Ok(records)
}

/// Looks at them until the end of the load, which began a moment ago and takes that time.
pub async fn during(mut records: Vec<Record<'_>>, time: Duration) -> io::Result<Vec<Record<'_>>> {
    let end = Instant::now() + time;
    let every = EVERY.min(time / 16);
    // Of a short run a quarter.
    let warm = Instant::now() + WARM.min(time / 4);
    while Instant::now() < end {
        for record in &mut records {
            // From the beginning, for the server closes a connection over which nobody asks.
            let look = record.watched.look().await?;
            if Instant::now() >= warm {
                record.warm.push(look);
            }
        }
        sleep(every.min(end.saturating_duration_since(Instant::now()))).await;
    }
    Ok(records)
}

/// Waits until they are as they were before the load, or it has taken too long.
pub async fn after(mut records: Vec<Record<'_>>) -> io::Result<Vec<Record<'_>>> {
    let end = Instant::now() + SETTLES;
    for record in &mut records {
        loop {
            let look = record.watched.look().await?;
            record.after = Some(look);
            let is_settled =
                look.descriptors <= record.before.descriptors && look.tasks <= record.before.tasks;
            if is_settled || Instant::now() > end {
                break;
            }
            sleep(Duration::from_millis(250)).await;
        }
    }
    Ok(records)
}
