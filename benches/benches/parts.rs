//! How long the parts of a request take, one by one: `cargo bench -p xmcp-benches`. What a token takes is in `crates/xmcp-auth/benches`.

use std::sync::LazyLock;

use aws_lc_rs::{
    rsa::{KeySize, PublicKeyComponents},
    signature::{KeyPair, RsaKeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use divan::{Bencher, black_box};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;
use xmcp::{
    CallToolResult,
    bench::{self, Enforced, Unreachable},
};
use xmcp_auth::Algorithm;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

fn main() {
    divan::main();
}

fn call() -> Vec<u8> {
    let message = json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {
            "name": "greet",
            "arguments": { "name": "World" },
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "1.0.0" },
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    });
    message.to_string().into()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => panic!("it is an object"),
    }
}

/// The envelope of a message, borrowed from its body.
#[divan::bench]
fn decode(bencher: Bencher<'_, '_>) {
    let body = call();
    assert!(bench::decode(&body).is_some());
    bencher.bench(|| bench::decode(black_box(&body)).is_some());
}

mod enforce {
    use super::*;

    fn enforce(bencher: Bencher<'_, '_>, schema: Value, arguments: &Value) {
        let schema = Enforced::compile(&object(schema)).unwrap();
        let arguments = arguments.to_string();
        assert!(schema.accepts(&arguments));
        bencher.bench(|| schema.accepts(black_box(&arguments)));
    }

    /// The arguments of `greet`.
    #[divan::bench]
    fn one_text(bencher: Bencher<'_, '_>) {
        let schema = json!({
            "type": "object",
            "properties": { "name": { "type": "string" } },
            "required": ["name"],
            "additionalProperties": false,
        });
        enforce(bencher, schema, &json!({ "name": "World" }));
    }

    /// Ranges, lengths, choices, and a list of objects.
    #[divan::bench]
    fn an_order(bencher: Bencher<'_, '_>) {
        let item = json!({
            "type": "object",
            "properties": {
                "sku": { "type": "string", "minLength": 1, "maxLength": 32 },
                "number": { "type": "integer", "minimum": 1, "maximum": 100 },
                "colour": { "enum": ["red", "green", "blue"] },
            },
            "required": ["sku", "number"],
            "additionalProperties": false,
        });
        let schema = json!({
            "type": "object",
            "properties": { "items": { "type": "array", "items": item, "maxItems": 50 } },
            "required": ["items"],
            "additionalProperties": false,
        });
        let item = json!({ "sku": "A-1", "number": 3, "colour": "green" });
        enforce(bencher, schema, &json!({ "items": vec![item; 10] }));
    }
}

/// Whose handler it is.
#[divan::bench(args = [2, 1000])]
fn dispatch(bencher: Bencher<'_, '_>, tools: usize) {
    let app = xmcp_benches::app_of(tools);
    let server = RUNTIME.block_on(Unreachable::start(&app)).unwrap();
    let body = call();
    let message = bench::decode(&body).unwrap();
    assert!(server.dispatch(&message));
    bencher.bench(|| server.dispatch(black_box(&message)));
}

/// A key set as it comes from the authorization server, with keys of RSA.
#[divan::bench(args = [1, 8])]
fn jwks(bencher: Bencher<'_, '_>, keys: usize) {
    let keys: Vec<_> = (0..keys)
        .map(|number| {
            let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
            let components = PublicKeyComponents::<Vec<u8>>::from(key.public_key());
            json!({
                "kty": "RSA",
                "use": "sig",
                "alg": "RS256",
                "kid": format!("key-{number}"),
                "n": BASE64.encode(components.n),
                "e": BASE64.encode(components.e),
            })
        })
        .collect();
    let document = json!({ "keys": keys }).to_string();
    let read = || xmcp_auth::bench::key_set(black_box(document.as_bytes()), &[Algorithm::Rs256]);
    assert_eq!(read(), keys.len());
    bencher.bench(read);
}

/// A text as the response that is sent.
#[divan::bench(args = [13, 10_000])]
fn encode(bencher: Bencher<'_, '_>, length: usize) {
    let result = CallToolResult::new().text("x".repeat(length));
    assert!(serde_json::from_slice::<Value>(&bench::encode(&result)).is_ok());
    bencher.bench(|| bench::encode(black_box(&result)));
}
