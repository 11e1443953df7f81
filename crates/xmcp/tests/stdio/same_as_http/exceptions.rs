//! Where the two ways differ, and why. What is not listed here may not differ.

use std::{collections::BTreeMap, fmt};

use http::{StatusCode, header};
use serde_json::{Map, Value, value::RawValue};

use super::{headers::Said, ways::Answer};

/// A difference that is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exception {
    /// A subscription is a stream of its own over HTTP, and lines among others on a pipe: `tests/sessions` compares what is told.
    Stream,
    /// HTTP has a status for each message, so what is wrong with a notification or with an answer that nobody asked for is said there.
    /// On a pipe nobody waits for it.
    NobodyWaits,
    /// A subscription of 2025-11-25 belongs to a session. A pipe is one, and these requests over HTTP are in none.
    NoSession,
    /// A server keeps what each session's client said that it can do, and bounds it. A pipe has one client.
    TooMuchForASession,
    /// Over HTTP a header repeats version and method, and neither way of writing them holds all texts.
    NoHeaderHoldsIt,
}

impl fmt::Display for Exception {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Stream => "a stream of its own",
            Self::NobodyWaits => "nobody waits for an answer on a pipe",
            Self::NoSession => "a subscription outside of a session",
            Self::TooMuchForASession => "more than a session keeps",
            Self::NoHeaderHoldsIt => "no header can say it",
        })
    }
}

impl Exception {
    /// Which one allows answers that differ.
    pub(crate) fn of(message: &[u8], http: &str, pipe: &str) -> Option<Self> {
        let said = Said::by(message);
        if !said.fits() && is_error(http) && is_error(pipe) {
            return Some(Self::NoHeaderHoldsIt);
        }
        let is_initialize = said.method.as_deref() == Some("initialize");
        if is_initialize && http.contains("`capabilities` may have 16384 bytes") {
            return Some(Self::TooMuchForASession);
        }
        let is_subscription = matches!(
            said.method.as_deref(),
            Some("resources/subscribe" | "resources/unsubscribe")
        );
        let is_refused = http.contains("a subscription belongs to a session");
        (is_subscription && is_refused && pipe.ends_with(r#""result":{}}"#))
            .then_some(Self::NoSession)
    }
}

/// Whether a pipe answers nothing to this, by what HTTP said of it.
pub(crate) fn has_no_answer(message: &[u8], http: &Answer) -> bool {
    if http.status == StatusCode::ACCEPTED {
        return true;
    }
    let body = members(&http.body).unwrap_or_default();
    let is_unasked =
        body["error"]["message"] == "this server asked nothing, so it takes no responses";
    let is_of_a_notification = body["id"].is_null() && body["error"]["code"] == -32602;
    is_unasked || (is_of_a_notification && Said::by(message).method.is_some())
}

/// Both answers as texts, without what each has for itself: the id of a request in the log, and what a handler says of its transport.
pub(crate) fn without_what_differs(http: &[u8], pipe: &[u8]) -> (String, String) {
    let [http, pipe] = [http, pipe].map(|text| without_request_id(&String::from_utf8_lossy(text)));
    (http, pipe.replace(", Stdio)", ", Http)"))
}

fn without_request_id(text: &str) -> String {
    const BEFORE: &str = "request id ";
    match text.split_once(BEFORE) {
        None => text.to_owned(),
        Some((before, after)) => {
            let rest = after
                .trim_start_matches(|letter: char| letter.is_ascii_hexdigit() || letter == '-');
            format!("{before}{BEFORE}ID{rest}")
        }
    }
}

fn is_error(text: &str) -> bool {
    text.contains(r#""error":{"code":"#)
}

/// What only HTTP has, status and headers, follows from the body and the generation.
pub(crate) fn check_head(message: &[u8], http: &Answer) -> Result<(), String> {
    let Answer {
        status,
        headers,
        body,
        ..
    } = http;
    if !headers.contains_key("x-request-id") {
        return Err("the answer has no request id".to_owned());
    }
    if *status == StatusCode::ACCEPTED {
        return match body.is_empty() {
            true => Ok(()),
            false => Err("202 with a body".to_owned()),
        };
    }
    if headers
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind != "application/json")
    {
        return Err(format!(
            "the media type is {:?}",
            headers.get(header::CONTENT_TYPE)
        ));
    }
    let body = members(body).ok_or("the answer is no JSON object")?;
    let is_modern = Said::by(message).version.as_deref() == Some("2026-07-28");
    let error = &body["error"];
    let text = error["message"].as_str().unwrap_or_default();
    let expected = match error["code"].as_i64() {
        None if body["result"].is_object() => 200,
        None => return Err(format!("neither result nor error: {body}")),
        Some(-32600) if text == "insufficient scope" => 403,
        Some(-32700 | -32600 | -32020 | -32021 | -32022) => 400,
        Some(_) if text.starts_with("`_meta` ") => 400,
        // The params of a notification: there is nothing but the status to tell it by.
        Some(-32602) if body["id"].is_null() => 400,
        Some(-32601) if is_modern => 404,
        Some(_) => 200,
    };
    match status.as_u16() == expected {
        true => Ok(()),
        false => Err(format!("the status is {status}, not {expected}: {body}")),
    }
}

/// The members of an answer. An id is the client's own text, and not every program reads that.
fn members(body: &[u8]) -> Option<Value> {
    let members: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(body).ok()?;
    let read = |(key, text): (String, Box<RawValue>)| {
        let value = serde_json::from_str(text.get());
        (key, value.unwrap_or_else(|_| "not to be read".into()))
    };
    Some(members.into_iter().map(read).collect::<Map<_, _>>().into())
}
