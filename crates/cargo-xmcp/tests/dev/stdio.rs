//! Over a pipe, which stays open while processes come and go.

use std::io::Write;

use serde_json::{Value, json};

use crate::app::{App, Dev, PATIENCE};

impl Dev {
    fn send(&mut self, message: &Value) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{message}").unwrap();
    }

    /// The next message on stdout.
    #[track_caller]
    fn message(&mut self) -> Value {
        let Ok(line) = self.output.recv_timeout(PATIENCE) else {
            panic!("nothing comes:\n{}", self.transcript());
        };
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no message: {line}"))
    }

    /// What a tool answers.
    #[track_caller]
    fn call(&mut self, id: u32, tool: &str) -> String {
        let params = json!({"name": tool, "arguments": {}});
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}));
        let answer = self.message();
        assert_eq!(answer["id"], id, "{answer}");
        answer["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

#[test]
fn a_pipe_stays_open_while_processes_come_and_go() {
    let app = App::new("dev-stdio", "none");
    let mut dev = app.dev(&["--stdio", "--verbose"]);
    // It is sent while the first build runs, and waits for the process.
    let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}});
    dev.send(&json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}));
    let initialized = dev.message();
    assert_eq!(initialized["id"], 0);
    assert_eq!(
        initialized["result"]["capabilities"]["tools"]["listChanged"],
        true
    );
    dev.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    assert_eq!(dev.call(1, "word"), "first");
    let first: u32 = dev.call(2, "process").parse().unwrap();

    app.says("other");
    dev.says("tools: ~word");
    assert_eq!(dev.call(3, "word"), "other");
    let second: u32 = dev.call(4, "process").parse().unwrap();
    assert_ne!(first, second);

    app.write(
        "tools/second.rs",
        "//! Says two\npub fn handler() -> i64 {\n    2\n}\n",
    );
    assert_eq!(dev.message()["method"], "notifications/tools/list_changed");
    dev.says("tools: +second");
    assert_eq!(dev.call(5, "second"), "2");

    // A process that ends in the middle of a call is answered for, and started again.
    app.answers("std::process::abort()");
    dev.says("tools: ~word");
    dev.send(
        &json!({"jsonrpc": "2.0", "id": 6, "method": "tools/call", "params": {"name": "word"}}),
    );
    let lost = dev.message();
    assert_eq!(
        (&lost["id"], &lost["error"]["code"]),
        (&json!(6), &json!(-32000))
    );
    dev.says("the app ended by itself, and is started again");
    let last: u32 = dev.call(7, "process").parse().unwrap();

    dev.input.take();
    dev.ended(&[first, second, last]);
    assert!(
        dev.output.iter().next().is_none(),
        "stdout holds messages alone"
    );
}
