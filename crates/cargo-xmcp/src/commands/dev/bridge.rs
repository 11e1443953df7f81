//! One client over a pipe, and the processes of the app that answer it one after the other. Pure: a line comes in, lines go out.
//!
//! 1. What the client opened with is said again to each new process, whose answer to that nobody sees.
//! 2. A request belongs to the process that it was sent to, and so does a question to who asked it.
//! 3. A process that ends without having answered is answered for, with an error.
//! 4. While no process serves, lines wait.
//! 5. That a list is another one is said here, once the process that has the new one serves: a client that asks at once is then answered
//!    by that one, and it hears of it however the old one ended.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use super::supervisor::Generation;

/// What the ids of what is said again begin with.
const AGAIN: &str = "cargo-xmcp-dev/";
/// JSON-RPC, server-defined: the same request may be fine later.
const UNAVAILABLE: i32 = -32000;
/// Lines that wait for a process.
const WAITING: usize = 1000;
/// Subscriptions that are said again.
const REMEMBERED: usize = 256;

/// A line, and whom it goes to.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    ToServer(Generation, String),
    ToClient(String),
}

/// The state of the conversation.
#[derive(Debug, Default)]
pub(super) struct Bridge {
    serving: Option<Generation>,
    waiting: Vec<String>,
    /// What a process has to hear before all else: the handshake, a log level, subscriptions.
    opening: Vec<Value>,
    /// The client's requests without an answer.
    asked: HashMap<String, Generation>,
    /// The servers' own.
    questions: HashMap<String, Generation>,
    again: u64,
    /// Who was told to leave.
    retiring: Option<Generation>,
    /// What that one says of lists to subscriptions, until its successor serves.
    held: Vec<String>,
    /// The lists of the process that serves which are not any more what they were when it was ready.
    moved: BTreeSet<String>,
}

impl Bridge {
    /// Takes a line of the client's.
    pub(super) fn of_client(&mut self, line: String) -> Vec<Line> {
        let Some(serving) = self.serving else {
            if self.waiting.len() < WAITING {
                self.waiting.push(line);
                return Vec::new();
            }
            let message: Value = serde_json::from_str(&line).unwrap_or_default();
            let refused = message.get("method").and(message.get("id"));
            return refused
                .map(|id| {
                    refusal(
                        id,
                        "no process of the app serves, and too many requests wait",
                    )
                })
                .into_iter()
                .collect();
        };
        let message: Value = serde_json::from_str(&line).unwrap_or_default();
        let to = match (method(&message), message.get("id")) {
            (Some(_), Some(id)) => {
                self.asked.insert(id.to_string(), serving);
                serving
            }
            (Some("notifications/cancelled"), None) => {
                let id = message.pointer("/params/requestId").map(Value::to_string);
                let asked = id.and_then(|id| self.asked.get(&id));
                asked.copied().unwrap_or(serving)
            }
            (None, Some(id)) => self.questions.remove(&id.to_string()).unwrap_or(serving),
            _ => serving,
        };
        self.remember(message);
        vec![Line::ToServer(to, line)]
    }

    /// Takes a line of a process's.
    pub(super) fn of_server(&mut self, from: Generation, line: String) -> Vec<Line> {
        let message: Value = serde_json::from_str(&line).unwrap_or_default();
        if let Some(id) = message.get("id") {
            if method(&message).is_some() {
                self.questions.insert(id.to_string(), from);
            } else if id.as_str().is_some_and(|id| id.starts_with(AGAIN)) {
                return Vec::new();
            } else {
                self.asked.remove(&id.to_string());
            }
        } else if let Some(list) = list_of(&message) {
            return self.of_list(from, list, &message, line);
        }
        vec![Line::ToClient(line)]
    }

    fn of_list(
        &mut self,
        from: Generation,
        list: &str,
        message: &Value,
        line: String,
    ) -> Vec<Line> {
        let leaves = self.retiring == Some(from) || self.serving.is_some_and(|other| from < other);
        let is_of_subscription = message.pointer("/params/_meta").is_some();
        if !leaves {
            self.moved.insert(list.to_owned());
        } else if !is_of_subscription {
            return Vec::new();
        } else if self.retiring == Some(from) {
            self.held.push(line);
            return Vec::new();
        }
        vec![Line::ToClient(line)]
    }

    /// This process is told to leave.
    pub(super) fn retire(&mut self, generation: Generation) {
        self.retiring = Some(generation);
    }

    /// From now on this process answers. These `lists` of its are others than those of the one before.
    pub(super) fn serve(&mut self, generation: Generation, lists: &[&str]) -> Vec<Line> {
        self.serving = Some(generation);
        self.retiring = None;
        let mut lists: BTreeSet<_> = lists.iter().map(|list| (*list).to_owned()).collect();
        lists.extend(std::mem::take(&mut self.moved));
        let mut lines = Vec::new();
        for message in &mut self.opening {
            if message.get("id").is_some() {
                self.again += 1;
                message["id"] = json!(format!("{AGAIN}{}", self.again));
            }
            lines.push(Line::ToServer(generation, message.to_string()));
        }
        let is_told = !self.opening.is_empty();
        let told = lists.iter().filter(|_| is_told).map(|list| {
            json!({"jsonrpc": "2.0", "method": format!("notifications/{list}/list_changed")})
                .to_string()
        });
        let held = std::mem::take(&mut self.held);
        lines.extend(told.chain(held).map(Line::ToClient));
        for line in std::mem::take(&mut self.waiting) {
            lines.extend(self.of_client(line));
        }
        lines
    }

    /// This process has ended.
    pub(super) fn ended(&mut self, generation: Generation) -> Vec<Line> {
        if self.serving == Some(generation) {
            self.serving = None;
        }
        self.questions.retain(|_, of| *of != generation);
        let (lost, asked) = self.asked.drain().partition(|(_, of)| *of == generation);
        self.asked = asked;
        let mut lost: Vec<_> = HashMap::into_keys(lost).collect();
        lost.sort();
        lost.iter()
            .filter_map(|id| serde_json::from_str(id).ok())
            .map(|id| {
                refusal(
                    &id,
                    "the process of the app ended before it answered, try again",
                )
            })
            .collect()
    }

    fn remember(&mut self, message: Value) {
        let uri = |message: &Value| message.pointer("/params/uri").cloned();
        match method(&message) {
            Some("initialize") => self.opening = vec![message],
            Some("notifications/initialized") if !self.opening.is_empty() => {
                self.opening.truncate(1);
                self.opening.push(message);
            }
            Some("logging/setLevel") => {
                self.opening
                    .retain(|other| method(other) != Some("logging/setLevel"));
                self.opening.push(message);
            }
            Some("resources/subscribe") if self.opening.len() < REMEMBERED => {
                self.opening.push(message)
            }
            Some("resources/unsubscribe") => self.opening.retain(|other| {
                method(other) != Some("resources/subscribe") || uri(other) != uri(&message)
            }),
            _ => {}
        }
    }
}

fn method(message: &Value) -> Option<&str> {
    message.get("method").and_then(Value::as_str)
}

/// The list that a notification says has changed.
fn list_of(message: &Value) -> Option<&str> {
    method(message)?
        .strip_prefix("notifications/")?
        .strip_suffix("/list_changed")
}

fn refusal(id: &Value, text: &str) -> Line {
    let error = json!({"code": UNAVAILABLE, "message": text});
    Line::ToClient(json!({"jsonrpc": "2.0", "id": id, "error": error}).to_string())
}

#[cfg(test)]
mod tests {
    use super::{Line::*, *};

    fn request(id: u32, method: &str) -> String {
        json!({"jsonrpc": "2.0", "id": id, "method": method}).to_string()
    }

    fn answer(id: u32) -> String {
        json!({"jsonrpc": "2.0", "id": id, "result": {}}).to_string()
    }

    #[test]
    fn lines_wait_for_a_process_and_then_go_there_in_their_order() {
        let mut bridge = Bridge::default();
        assert_eq!(bridge.of_client(request(1, "a")), []);
        assert_eq!(bridge.of_client(request(2, "b")), []);
        assert_eq!(
            bridge.serve(0, &[]),
            [ToServer(0, request(1, "a")), ToServer(0, request(2, "b"))]
        );
        assert_eq!(bridge.of_server(0, answer(1)), [ToClient(answer(1))]);
    }

    #[test]
    fn a_new_process_hears_the_opening_again_and_nobody_sees_its_answer() {
        let mut bridge = Bridge::default();
        bridge.serve(0, &[]);
        bridge.of_client(request(1, "initialize"));
        bridge.of_server(0, answer(1));
        let initialized = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        bridge.of_client(initialized.to_owned());
        let again = json!({"jsonrpc": "2.0", "id": "cargo-xmcp-dev/1", "method": "initialize"});
        assert_eq!(
            bridge.serve(1, &[]),
            [
                ToServer(1, again.to_string()),
                ToServer(1, initialized.to_owned())
            ]
        );
        let unseen = json!({"jsonrpc": "2.0", "id": "cargo-xmcp-dev/1", "result": {}});
        assert_eq!(bridge.of_server(1, unseen.to_string()), []);
    }

    fn news(list: &str, meta: Option<Value>) -> String {
        let mut message =
            json!({"jsonrpc": "2.0", "method": format!("notifications/{list}/list_changed")});
        if let Some(meta) = meta {
            message["params"] = json!({ "_meta": meta });
        }
        message.to_string()
    }

    /// One with a client that opened with `initialize`, and process 0.
    fn opened() -> Bridge {
        let mut bridge = Bridge::default();
        bridge.serve(0, &[]);
        bridge.of_client(request(1, "initialize"));
        bridge.of_server(0, answer(1));
        bridge
    }

    /// What a client is told at the start of process 1.
    fn told(bridge: &mut Bridge, lists: &[&str]) -> Vec<Line> {
        let lines = bridge.serve(1, lists).into_iter();
        lines.filter(|line| matches!(line, ToClient(_))).collect()
    }

    #[test]
    fn a_client_hears_of_a_list_although_the_old_process_has_not_said_so() {
        let mut bridge = opened();
        bridge.retire(0);
        assert_eq!(
            told(&mut bridge, &["tools"]),
            [ToClient(news("tools", None))]
        );
        let mut bridge = opened();
        bridge.ended(0);
        assert_eq!(
            told(&mut bridge, &["tools"]),
            [ToClient(news("tools", None))]
        );
    }

    #[test]
    fn a_client_hears_of_a_list_once_and_not_before_the_one_that_has_it_serves() {
        let mut bridge = opened();
        bridge.retire(0);
        assert_eq!(bridge.of_server(0, news("tools", None)), []);
        let of_subscription = news("tools", Some(json!({"subscription": 1})));
        assert_eq!(bridge.of_server(0, of_subscription.clone()), []);
        assert_eq!(
            told(&mut bridge, &["tools"]),
            [
                ToClient(news("tools", None)),
                ToClient(of_subscription.clone())
            ]
        );
        assert_eq!(bridge.of_server(0, news("tools", None)), [], "it knows");
        assert_eq!(
            bridge.of_server(0, of_subscription.clone()),
            [ToClient(of_subscription)]
        );
    }

    #[test]
    fn a_list_that_changed_while_its_process_ran_is_another_with_the_next_one() {
        let mut bridge = opened();
        let line = news("prompts", None);
        assert_eq!(bridge.of_server(0, line.clone()), [ToClient(line.clone())]);
        assert_eq!(told(&mut bridge, &[]), [ToClient(line)]);
        assert_eq!(told(&mut bridge, &[]), []);
    }

    #[test]
    fn a_client_that_has_not_opened_is_told_nothing() {
        let mut bridge = Bridge::default();
        bridge.serve(0, &[]);
        assert_eq!(bridge.serve(1, &["tools"]), []);
    }

    #[test]
    fn an_answer_goes_to_who_asked_and_a_cancel_to_who_works() {
        let mut bridge = Bridge::default();
        bridge.serve(0, &[]);
        bridge.of_client(request(7, "tools/call"));
        bridge.of_server(0, request(1, "elicitation/create"));
        bridge.serve(1, &[]);
        assert_eq!(bridge.of_client(answer(1)), [ToServer(0, answer(1))]);
        let cancelled = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}});
        assert_eq!(
            bridge.of_client(cancelled.to_string()),
            [ToServer(0, cancelled.to_string())]
        );
    }

    #[test]
    fn a_process_that_ends_is_answered_for() {
        let mut bridge = Bridge::default();
        bridge.serve(0, &[]);
        bridge.of_client(request(7, "tools/call"));
        bridge.of_client(request(8, "tools/call"));
        bridge.of_server(0, answer(8));
        let lines = bridge.ended(0);
        let [ToClient(line)] = &lines[..] else {
            panic!("{lines:?}");
        };
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&line["id"], &line["error"]["code"]),
            (&json!(7), &json!(-32000))
        );
        assert_eq!(
            bridge.of_client(request(9, "ping")),
            [],
            "it waits for the next one"
        );
    }
}
