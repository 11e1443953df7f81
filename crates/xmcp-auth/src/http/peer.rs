//! A server that is asked again and again, always within the bounds.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};

use super::{
    Outgoing, Reach, Target,
    resolver::{Inside, Resolver},
};

const CONNECT: Duration = Duration::from_secs(3);
const TOTAL: Duration = Duration::from_secs(5);
const PATIENT_CONNECT: Duration = Duration::from_secs(5);
const PATIENT_TOTAL: Duration = Duration::from_secs(20);
/// How long a connection is kept for the next request, and how many are.
const IDLE: Duration = Duration::from_secs(30);
const IDLE_CONNECTIONS: usize = 8;

/// One endpoint of a server, asked again and again.
pub(crate) struct Peer {
    target: Target,
    limit: usize,
    reach: Reach,
    idle_connections: usize,
    connect: Duration,
    total: Duration,
    client: OnceLock<reqwest::Client>,
}

/// What came back, whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why there is no answer, or none that is wanted. Shows no more of the URL than its origin and path.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("`{target}` cannot be reached")]
    Transport {
        target: Target,
        #[source]
        source: reqwest::Error,
    },
    #[error("`{target}` did not answer within {} seconds", within.as_secs())]
    Timeout { target: Target, within: Duration },
    #[error("`{target}` answered {status}")]
    Status { target: Target, status: StatusCode },
    #[error("`{target}` answered with more than {limit} bytes")]
    TooLong { target: Target, limit: usize },
    #[error("`{target}` is not asked: {inside}")]
    Inside { target: Target, inside: Box<Inside> },
}

impl Peer {
    /// Reads at most `limit` bytes of an answer. Connects to nothing and reads nothing before the first request.
    pub(crate) fn new(target: Target, limit: usize) -> Self {
        Self {
            target,
            limit,
            reach: Reach::Anywhere,
            idle_connections: IDLE_CONNECTIONS,
            connect: CONNECT,
            total: TOTAL,
            client: OnceLock::new(),
        }
    }

    /// With more time: 5 seconds to connect, 20 in all.
    pub(crate) fn patient(mut self) -> Self {
        (self.connect, self.total) = (PATIENT_CONNECT, PATIENT_TOTAL);
        self
    }

    /// Closes each connection after its answer.
    pub(crate) fn without_idle_connections(mut self) -> Self {
        self.idle_connections = 0;
        self
    }

    /// Asks only where this allows.
    pub(crate) fn reaching(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// The answer, whatever its status, if it comes whole and in time.
    pub(crate) async fn send(&self, outgoing: Outgoing) -> Result<Answer, FetchError> {
        self.in_time(async { self.finish(self.start(outgoing).await?).await })
            .await
    }

    /// The answer, if it comes whole, in time, and with this status. The body of another one is not read.
    pub(crate) async fn send_expecting(
        &self,
        outgoing: Outgoing,
        status: StatusCode,
    ) -> Result<Answer, FetchError> {
        self.in_time(async {
            let response = self.start(outgoing).await?;
            if response.status() != status {
                return Err(FetchError::Status {
                    target: self.target.clone(),
                    status: response.status(),
                });
            }
            self.finish(response).await
        })
        .await
    }

    async fn in_time(
        &self,
        answer: impl Future<Output = Result<Answer, FetchError>>,
    ) -> Result<Answer, FetchError> {
        tokio::time::timeout(self.total, answer)
            .await
            .unwrap_or_else(|_| {
                Err(FetchError::Timeout {
                    target: self.target.clone(),
                    within: self.total,
                })
            })
    }

    async fn start(&self, outgoing: Outgoing) -> Result<reqwest::Response, FetchError> {
        let Outgoing {
            method,
            segments,
            query,
            headers,
            body,
        } = outgoing;
        // An address in the URL is connected to without asking the resolver.
        self.reach
            .check_literal(self.target.url())
            .map_err(|inside| FetchError::Inside {
                target: self.target.clone(),
                inside: Box::new(inside),
            })?;
        self.client()
            .map_err(|source| self.transport(source))?
            .request(method, self.target.below(&segments, &query))
            .headers(headers)
            .body(body)
            .send()
            .await
            .map_err(|source| self.transport(source))
    }

    async fn finish(&self, mut response: reqwest::Response) -> Result<Answer, FetchError> {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|source| self.transport(source))?
        {
            if body.len() + chunk.len() > self.limit {
                return Err(FetchError::TooLong {
                    target: self.target.clone(),
                    limit: self.limit,
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            headers,
            body: body.freeze(),
        })
    }

    fn transport(&self, source: reqwest::Error) -> FetchError {
        FetchError::Transport {
            target: self.target.clone(),
            source: source.without_url(),
        }
    }

    /// Made at the first request: reading the system's root certificates is work, and can fail, which start must not.
    fn client(&self) -> Result<&reqwest::Client, reqwest::Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let mut builder = reqwest::Client::builder()
            .connect_timeout(self.connect)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .pool_max_idle_per_host(self.idle_connections)
            .pool_idle_timeout(IDLE)
            .user_agent(concat!(
                env!("CARGO_PKG_NAME"),
                "/",
                env!("CARGO_PKG_VERSION")
            ));
        if let (Reach::Noted(_) | Reach::Internet, Some(host)) =
            (&self.reach, self.target.url().host_str())
        {
            builder = builder.dns_resolver(Arc::new(Resolver::new(host, self.reach.clone())));
        }
        if self.target.is_loopback() {
            // A proxy of the environment has another idea of what this machine is.
            builder = builder.no_proxy();
        }
        if self.target.url().scheme() == "http" {
            // So that a machine without root certificates can ask itself.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build()?;
        Ok(self.client.get_or_init(|| client))
    }
}
