//! Requests as clients of both generations of the protocol send them.

use serde_json::{Value, json};

/// A generation of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// 2025-11-25.
    Legacy,
    /// 2026-07-28.
    Modern,
}

impl Era {
    pub const BOTH: [Self; 2] = [Self::Legacy, Self::Modern];

    pub fn version(self) -> &'static str {
        match self {
            Self::Legacy => "2025-11-25",
            Self::Modern => "2026-07-28",
        }
    }
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    pub era: Era,
    pub method: &'static str,
    /// Without what a generation adds to them.
    pub params: Value,
    /// Whose caller it is, if it is signed in.
    pub token: Option<String>,
}

impl Request {
    pub fn new(era: Era, method: &'static str, params: Value) -> Self {
        Self {
            era,
            method,
            params,
            token: None,
        }
    }

    /// A call of `greet`.
    pub fn greet(era: Era) -> Self {
        let params = json!({ "name": "greet", "arguments": { "name": "World" } });
        Self::new(era, "tools/call", params)
    }

    /// The list of tools.
    pub fn list(era: Era) -> Self {
        Self::new(era, "tools/list", json!({}))
    }

    #[must_use]
    pub fn signed_in(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// Every header but `Host` and `Content-Length`.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("Content-Type", "application/json".to_owned()),
            ("Accept", "application/json, text/event-stream".to_owned()),
            ("MCP-Protocol-Version", self.era.version().to_owned()),
        ];
        if self.era == Era::Modern {
            headers.push(("Mcp-Method", self.method.to_owned()));
            if let Some(name) = self.name() {
                headers.push(("Mcp-Name", name.to_owned()));
            }
        }
        if let Some(token) = &self.token {
            headers.push(("Authorization", format!("Bearer {token}")));
        }
        headers
    }

    /// What of it stands in `Mcp-Name`.
    fn name(&self) -> Option<&str> {
        let member = match self.method {
            "resources/read" => "uri",
            "tools/call" | "prompts/get" => "name",
            _ => return None,
        };
        self.params[member].as_str()
    }

    pub fn body(&self) -> String {
        let mut params = self.params.clone();
        if self.era == Era::Modern {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": self.era.version(),
                "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "1.0.0" },
                "io.modelcontextprotocol/clientCapabilities": {},
            });
        }
        json!({ "jsonrpc": "2.0", "id": 1, "method": self.method, "params": params }).to_string()
    }

    /// Head and body, as they are sent.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = String::from("POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        for (name, value) in self.headers() {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let body = self.body();
        text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modern_request_says_in_its_headers_what_its_body_says() {
        let request = Request::new(Era::Modern, "resources/read", json!({ "uri": "test://a" }));
        let text = String::from_utf8(request.bytes()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        for line in [
            "MCP-Protocol-Version: 2026-07-28",
            "Mcp-Method: resources/read",
            "Mcp-Name: test://a",
            &format!("Content-Length: {}", body.len()),
        ] {
            assert!(head.lines().any(|found| found == line), "{line}: {head}");
        }
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(
            body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"],
            "2026-07-28"
        );
    }
}
