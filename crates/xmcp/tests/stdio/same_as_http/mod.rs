//! One meaning, two ways: what is asked over HTTP, where the endpoint answers by itself, and on a pipe, where rmcp carries the request,
//! is answered with the same bytes. `exceptions.rs` lists what may differ.
//!
//! `XMCP_CASES=100000 cargo test -p xmcp-rs --test stdio same_as_http -- --nocapture` looks longer.

mod exceptions;
mod headers;
mod json;
mod requests;
mod tools;
mod ways;

use std::{cell::RefCell, collections::BTreeMap, fmt, io::Write, path::Path};

use fuzz_corpus::{Seed, seeds_in};
use http::{HeaderMap, HeaderValue, StatusCode};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use xmcp::Era;

use crate::support::{BOTH, request};
use exceptions::Exception;
use ways::{Outcome, Ways};

/// How many messages are made up unless `XMCP_CASES` says more.
const CASES: u32 = 3_000;
/// Of these so many at least have to come to the same, and not to an exception.
const SAME: f64 = 0.8;

/// The requests of a client that tries everything out, each a file of one line.
fn recorded() -> Vec<Seed> {
    seeds_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stdio/same_as_http/wire"))
        .into_iter()
        .map(|seed| Seed {
            bytes: seed.bytes.trim_ascii_end().to_vec(),
            ..seed
        })
        .collect()
}

/// What came of many messages.
#[derive(Default)]
struct Tally {
    same: usize,
    excepted: BTreeMap<Exception, usize>,
}

impl Tally {
    fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Same => self.same += 1,
            Outcome::Excepted(exception) => *self.excepted.entry(*exception).or_default() += 1,
        }
    }

    fn all(&self) -> usize {
        self.same + self.excepted.values().sum::<usize>()
    }

    fn report(&self, what: &str) {
        let mut text = format!(
            "{what}: {} messages, {} of them answered alike",
            self.all(),
            self.same
        );
        for (exception, times) in &self.excepted {
            text.push_str(&format!("; {times} times {exception}"));
        }
        // Past what the test harness keeps for itself, for who asked for it.
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}

/// A message as one writes it into a test.
#[derive(Clone)]
struct Message(Vec<u8>);

impl fmt::Debug for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "b\"{}\"", self.0.escape_ascii())
    }
}

#[tokio::test]
async fn valid_requests_get_the_same_bytes() {
    let mut ways = Ways::new().await;
    let mut tally = Tally::default();
    for era in BOTH {
        for (method, params) in requests::known() {
            let message = request(era, r#""\u0041-1""#, method, params);
            let outcome = ways.compare(message.as_bytes()).await;
            tally.count(&outcome.unwrap_or_else(|why| panic!("{era:?} {message}: {why}")));
        }
    }
    tally.report("valid requests");
}

#[tokio::test]
async fn invalid_messages_get_the_same_bytes() {
    let mut ways = Ways::new().await;
    let mut messages: Vec<String> = [
        "{",
        "[]",
        "7",
        r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
        r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":1}"#,
        r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"no/such","params":[]}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":7}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"server/discover"}"#,
        r#"{"method":"ping","params":{},"jsonrpc":"2.0","id":0}"#,
    ]
    .map(str::to_owned)
    .into();
    for key in ["clientCapabilities", "protocolVersion"] {
        let message = request(Era::Modern, 1, "server/discover", json!({}));
        messages.push(message.replace(key, "other"));
    }
    for message in messages {
        let outcome = ways.compare(message.as_bytes()).await;
        let outcome = outcome.unwrap_or_else(|why| panic!("{message}: {why}"));
        assert!(matches!(outcome, Outcome::Same), "{message}");
    }
}

#[tokio::test]
async fn what_clients_really_send_gets_the_same_bytes() {
    let mut ways = Ways::new().await;
    let mut tally = Tally::default();
    for Seed { name, bytes } in recorded() {
        let outcome = ways.compare(&bytes).await;
        tally.count(&outcome.unwrap_or_else(|why| panic!("{name}: {why}")));
    }
    tally.report("recorded requests");
    assert!(tally.all() >= 60, "{}", tally.all());
}

#[test]
fn whatever_is_sent_gets_the_same_bytes() {
    let runtime = Runtime::new().unwrap();
    let ways = RefCell::new(runtime.block_on(Ways::new()));
    let tally = RefCell::new(Tally::default());
    let messages = requests::any_message(recorded()).prop_filter_map("is a line", |bytes| {
        // A line's end is the message's end on a pipe, and an empty line is none.
        let mut line: Vec<u8> = bytes
            .into_iter()
            .map(|byte| if byte == b'\n' { b' ' } else { byte })
            .collect();
        // A carriage return before it is part of a line's end.
        while line.pop_if(|last| *last == b'\r').is_some() {}
        (!line.trim_ascii().is_empty()).then_some(Message(line))
    });
    let result = runner(cases()).run(&messages, |Message(message)| {
        let outcome = runtime.block_on(ways.borrow_mut().compare(&message));
        let outcome = outcome.map_err(|why| {
            // What the pipe still had to say would be taken for the answers of what comes next.
            *ways.borrow_mut() = runtime.block_on(Ways::new());
            TestCaseError::fail(why)
        })?;
        tally.borrow_mut().count(&outcome);
        Ok(())
    });
    tally.borrow().report("made up messages");
    if let Err(failure) = result {
        panic!("{failure}");
    }
    let tally = tally.borrow();
    assert!(tally.all() >= 2_000, "only {} messages", tally.all());
    assert!(
        tally.same as f64 >= SAME * tally.all() as f64,
        "too many exceptions"
    );
}

/// What is done to the headers of a request.
#[derive(Clone, Copy, Debug)]
enum HeaderFault {
    Missing,
    Twice,
    Other(&'static str),
    /// In base64, which is allowed for names alone.
    Wrapped,
}

#[test]
fn headers_that_disagree_with_the_body_are_an_error_and_never_an_answer() {
    let runtime = Runtime::new().unwrap();
    let ways = RefCell::new(runtime.block_on(Ways::new()));
    let others = [
        "",
        " ",
        "tools/list",
        "greet",
        "2025-11-25",
        "2099-01-01",
        "=?base64?!?=",
        "=?base64?/w==?=",
    ];
    let fault = prop_oneof![
        Just(HeaderFault::Missing),
        Just(HeaderFault::Twice),
        Just(HeaderFault::Wrapped),
        select(others.to_vec()).prop_map(HeaderFault::Other),
    ];
    let header = select(vec![headers::VERSION, headers::METHOD, headers::NAME]);
    let faulty = (requests::modern().prop_map(Message), header, fault);
    let counted = RefCell::new(0);
    let result = runner(cases() / 4).run(&faulty, |(Message(message), header, fault)| {
        let right = headers::of(&message);
        let is_checked = header != headers::NAME || is_named(&message);
        let Some((wrong, still_agrees)) = with_fault(&right, header, fault) else {
            return Ok(());
        };
        let mut ways = ways.borrow_mut();
        let answer = runtime.block_on(ways.over_http(&message, wrong));
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        *counted.borrow_mut() += 1;
        if still_agrees || !is_checked {
            let same = runtime.block_on(ways.over_http(&message, right));
            let (one, other) = exceptions::without_what_differs(&answer.body, &same.body);
            prop_assert_eq!(one, other);
        } else {
            prop_assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", body);
            prop_assert_eq!(&body["error"]["code"], &json!(-32020), "{}", body);
        }
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    let _ = writeln!(
        std::io::stderr(),
        "requests with faults in their headers: {}",
        counted.borrow()
    );
    assert!(*counted.borrow() >= 300);
}

/// Whether a method is one whose name stands in a header.
fn is_named(message: &[u8]) -> bool {
    let named = [
        "tools/call",
        "prompts/get",
        "resources/read",
        "tasks/get",
        "tasks/update",
        "tasks/cancel",
    ];
    let said = headers::Said::by(message);
    said.name.is_some() && said.method.is_some_and(|method| named.contains(&&*method))
}

/// The headers with a fault, and whether they say the same all the same. `None` if there is nothing to change.
fn with_fault(
    right: &HeaderMap,
    header: &'static str,
    fault: HeaderFault,
) -> Option<(HeaderMap, bool)> {
    let value = right.get(header)?.clone();
    let mut headers = right.clone();
    let mut still_agrees = false;
    match fault {
        HeaderFault::Missing => {
            headers.remove(header);
        }
        HeaderFault::Twice => {
            headers.append(header, value);
        }
        HeaderFault::Other(other) => {
            still_agrees = value == other;
            headers.insert(header, HeaderValue::from_static(other));
        }
        HeaderFault::Wrapped => {
            let text = value.to_str().ok().filter(|text| !text.starts_with("=?"))?;
            // `wrapped` leaves alone what does not need it, and a blank in front makes it need it.
            let with_blank = headers::wrapped(&format!(" {text}"));
            still_agrees = false;
            headers.insert(header, HeaderValue::from_str(&with_blank).ok()?);
        }
    }
    Some((headers, still_agrees))
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    })
}

/// As many as there are, or as many as somebody asks for.
fn cases() -> u32 {
    let asked = std::env::var("XMCP_CASES")
        .ok()
        .and_then(|number| number.parse().ok());
    asked.unwrap_or(CASES).max(CASES)
}
