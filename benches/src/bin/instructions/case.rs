//! The requests that are counted, and what each may cost.

use std::fmt;

use serde_json::json;
use xmcp_benches::request::{Era, Request};

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
    greet_of("greet-of-1000", 1000),
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

/// Calls among more and more tools, which are to cost the same. They have no budgets: `--growth` counts them.
pub const GROWTH: [Case; 3] = [
    greet_of("greet-of-10", 10),
    greet_of("greet-of-100", 100),
    greet_of("greet-of-1000", 1000),
];

const fn greet_of(name: &'static str, tools: usize) -> Case {
    Case {
        name,
        tools,
        caller: Caller::Anyone,
        era: Era::Legacy,
        asked: Asked::Greet,
        aim: Aim::OfFirst(1.03),
    }
}

impl Case {
    /// The request as it is sent, head and body, with `token` if the caller has one.
    pub fn request(&self, token: Option<&str>) -> Vec<u8> {
        let request = match self.asked {
            Asked::Greet => Request::greet(self.era),
            Asked::ListTools => Request::list(self.era),
            Asked::Review => {
                let params = json!({ "name": "review", "arguments": { "code": "fn main() {}" } });
                Request::new(self.era, "prompts/get", params)
            }
        };
        match token {
            Some(token) => request.signed_in(token),
            None => request,
        }
        .bytes()
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
