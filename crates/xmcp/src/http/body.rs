//! The body of a request, read within bounds.
//!
//! 1. A `Content-Length` beyond the limit is refused before a byte is read; a body without one is counted while it comes.
//! 2. A body that makes no progress is given up. A few bytes now and then are no progress, or a trickle would hold its place
//!    for hours.
//! 3. All bodies together have a budget, because each for itself may be large and slow.
//! 4. A compressed body is refused, because its size says nothing about what it unfolds to.

use std::time::Duration;

use axum::{
    body::HttpBody,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout_at};

use super::{
    body_budget::{BodyBudget, BodyRoom},
    refusal::{INVALID_REQUEST, busy, refusal},
};
use crate::excerpt::excerpt_of_bytes;

/// What has to come within the time for it to count as progress, unless it is the rest.
const PROGRESS: usize = 1024;
/// What is reserved on a client's word; more only as bytes arrive.
const RESERVED: usize = 64 * 1024;

/// Why a body was not read.
#[derive(Debug, thiserror::Error, PartialEq)]
pub(crate) enum BodyError {
    /// 413.
    #[error("the body is larger than {limit} bytes, see [http] body_limit")]
    TooLarge { limit: usize },
    /// 408.
    #[error("the body did not arrive in time")]
    Stalled,
    /// 503.
    #[error("the server holds as many large bodies as it can, try again soon")]
    NoRoom,
    /// 400. The connection ended early, or the body broke the rules of its transfer coding.
    #[error("the body is incomplete or malformed")]
    Broken,
    /// 415.
    #[error("content encoding {encoding} is not supported: send the body as it is")]
    Encoded { encoding: String },
}

impl BodyError {
    /// The status that tells the client.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Stalled => StatusCode::REQUEST_TIMEOUT,
            Self::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::BAD_REQUEST,
            Self::Encoded { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        }
    }
}

impl IntoResponse for BodyError {
    fn into_response(self) -> Response {
        match self {
            Self::NoRoom => busy(&self.to_string()),
            _ => refusal(self.status(), INVALID_REQUEST, &self.to_string()),
        }
    }
}

/// Whether the body can be read as it comes: no `Content-Encoding` but `identity`.
///
/// # Errors
///
/// [`BodyError::Encoded`] otherwise.
pub(crate) fn check_encoding(headers: &HeaderMap) -> Result<(), BodyError> {
    for value in headers.get_all(header::CONTENT_ENCODING) {
        if !value
            .as_bytes()
            .trim_ascii()
            .eq_ignore_ascii_case(b"identity")
        {
            return Err(BodyError::Encoded {
                encoding: excerpt_of_bytes(value.as_bytes()),
            });
        }
    }
    Ok(())
}

/// The bytes of `body`, at most `limit` of them, and the room that they take of the budget. A body that came in one piece is not
/// copied.
///
/// # Errors
///
/// See [`BodyError`]. `progress_timeout` bounds the wait for each further kilobyte.
pub(crate) async fn read(
    mut body: impl HttpBody<Data = Bytes> + Unpin,
    limit: usize,
    progress_timeout: Duration,
    budget: &BodyBudget,
) -> Result<(Bytes, BodyRoom), BodyError> {
    let announced = body.size_hint().lower();
    if announced > limit as u64 {
        return Err(BodyError::TooLarge { limit });
    }
    // From when it is first waited for: most bodies are there already, and cost neither a look at the clock nor a timer.
    let mut deadline: Option<Instant> = None;
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    let mut progress = 0;
    let mut size = 0;
    let mut room = BodyRoom::default();
    while !body.is_end_stream() {
        let frame = match body.frame().now_or_never() {
            Some(frame) => frame,
            None => {
                let deadline = *deadline.get_or_insert_with(|| Instant::now() + progress_timeout);
                // Boxed, so that the future of a request is not larger for a timer that few of them need.
                Box::pin(timeout_at(deadline, body.frame()))
                    .await
                    .map_err(|_| BodyError::Stalled)?
            }
        };
        let Some(frame) = frame else { break };
        // What is no data is trailers, which nobody reads.
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else {
            continue;
        };
        size += data.len();
        if size > limit {
            return Err(BodyError::TooLarge { limit });
        }
        if !budget.make_room(&mut room, size) {
            return Err(BodyError::NoRoom);
        }
        progress += data.len();
        if progress >= PROGRESS {
            progress = 0;
            deadline = None;
        }
        if whole.is_empty() && first.is_empty() {
            first = data;
            continue;
        }
        if whole.is_empty() {
            whole.reserve(RESERVED.min(announced as usize).max(size));
            whole.extend_from_slice(&first);
        }
        whole.extend_from_slice(&data);
    }
    let bytes = if whole.is_empty() {
        first
    } else {
        whole.freeze()
    };
    Ok((bytes, room))
}
