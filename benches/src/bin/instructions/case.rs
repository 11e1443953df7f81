//! The requests that are counted, and what each may cost.

use std::fmt;

use serde_json::{Value, json};

/// One kind of request.
pub struct Case {
    pub name: &'static str,
    /// How many tools the server has.
    pub tools: usize,
    pub caller: Caller,
    era: Era,
    asked: Asked,
    pub aim: Aim,
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    Anyone,
    /// Somebody with a token that the server has verified a moment ago.
    SignedIn,
}

#[derive(Clone, Copy)]
enum Era {
    Legacy,
    Modern,
}

#[derive(Clone, Copy)]
enum Asked {
    Greet,
    ListTools,
    Review,
}

/// What a case is meant to stay below.
#[derive(Clone, Copy)]
pub enum Aim {
    /// This multiple of the limit server.
    OfLimit(f64),
    /// So many instructions, and one more for each byte of the answer.
    BesidesBytes(u64),
    /// This multiple of the first case.
    OfFirst(f64),
}

impl Aim {
    /// The most instructions. `limit` are the limit server's, `first` the first case's.
    pub fn most(self, limit: u64, bytes: u64, first: u64) -> u64 {
        match self {
            Self::OfLimit(factor) => (limit as f64 * factor) as u64,
            Self::BesidesBytes(instructions) => instructions + bytes,
            Self::OfFirst(factor) => (first as f64 * factor) as u64,
        }
    }
}

impl fmt::Display for Aim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfLimit(factor) => write!(formatter, "{factor:.2} x limit"),
            Self::BesidesBytes(instructions) => write!(formatter, "{instructions} + bytes"),
            Self::OfFirst(factor) => write!(formatter, "{factor:.2} x first"),
        }
    }
}

pub const CASES: &[Case] = &[
    Case {
        name: "greet-legacy",
        tools: 2,
        caller: Caller::Anyone,
        era: Era::Legacy,
        asked: Asked::Greet,
        aim: Aim::OfLimit(1.4),
    },
    Case {
        name: "greet-modern",
        tools: 2,
        caller: Caller::Anyone,
        era: Era::Modern,
        asked: Asked::Greet,
        aim: Aim::OfLimit(1.4),
    },
    Case {
        name: "greet-signed-in",
        tools: 2,
        caller: Caller::SignedIn,
        era: Era::Legacy,
        asked: Asked::Greet,
        aim: Aim::OfLimit(1.8),
    },
    Case {
        name: "greet-of-1000",
        tools: 1000,
        caller: Caller::Anyone,
        era: Era::Legacy,
        asked: Asked::Greet,
        aim: Aim::OfFirst(1.03),
    },
    Case {
        name: "list-of-2",
        tools: 2,
        caller: Caller::Anyone,
        era: Era::Modern,
        asked: Asked::ListTools,
        aim: Aim::OfLimit(1.4),
    },
    Case {
        name: "list-of-500",
        tools: 500,
        caller: Caller::Anyone,
        era: Era::Modern,
        asked: Asked::ListTools,
        aim: Aim::BesidesBytes(120_000),
    },
    Case {
        name: "prompt-modern",
        tools: 2,
        caller: Caller::Anyone,
        era: Era::Modern,
        asked: Asked::Review,
        aim: Aim::OfLimit(1.4),
    },
];

impl Case {
    /// The request as it is sent, head and body, with `token` if the caller has one.
    pub fn request(&self, token: Option<&str>) -> Vec<u8> {
        let (method, name, arguments) = self.asked.parts();
        let mut params = json!({});
        if let Some(name) = name {
            params["name"] = json!(name);
            params["arguments"] = arguments;
        }
        let mut head = String::from(
            "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n",
        );
        match self.era {
            Era::Legacy => head.push_str("MCP-Protocol-Version: 2025-11-25\r\n"),
            Era::Modern => {
                params["_meta"] = json!({
                    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                    "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "1.0.0" },
                    "io.modelcontextprotocol/clientCapabilities": {},
                });
                head.push_str("MCP-Protocol-Version: 2026-07-28\r\n");
                head.push_str(&format!("Mcp-Method: {method}\r\n"));
                if let Some(name) = name {
                    head.push_str(&format!("Mcp-Name: {name}\r\n"));
                }
            }
        }
        if let Some(token) = token {
            head.push_str(&format!("Authorization: Bearer {token}\r\n"));
        }
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let body = message.to_string();
        format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    /// What stands in each right answer.
    pub fn answer(&self) -> &'static str {
        match self.asked {
            Asked::Greet => "Hello, World!",
            Asked::ListTools => "Add two numbers",
            Asked::Review => "Review this code: fn main() {}",
        }
    }
}

impl Asked {
    /// Method, name and arguments.
    fn parts(self) -> (&'static str, Option<&'static str>, Value) {
        match self {
            Self::Greet => ("tools/call", Some("greet"), json!({ "name": "World" })),
            Self::ListTools => ("tools/list", None, Value::Null),
            Self::Review => (
                "prompts/get",
                Some("review"),
                json!({ "code": "fn main() {}" }),
            ),
        }
    }
}
