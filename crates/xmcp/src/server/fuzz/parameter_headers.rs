//! Arguments that come as headers too.

use std::sync::LazyLock;

use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    fuzz::{head_and_body, lines},
    schema::{InputCheck, deserialize},
    server::{headers, parameter_headers::ParameterHeaders},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Arguments {
    region: Option<String>,
    count: Option<i64>,
    urgent: Option<bool>,
    inner: Inner,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Inner {
    zone: Option<String>,
}

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "type": "object",
        "properties": {
            "region": { "type": "string", "x-mcp-header": "Region" },
            "count": { "type": "integer", "x-mcp-header": "Count" },
            "urgent": { "type": "boolean", "x-mcp-header": "Urgent" },
            "inner": { "type": "object", "properties": { "zone": { "type": "string", "x-mcp-header": "Zone" } } },
        },
    })
});

static PARAMETERS: LazyLock<(ParameterHeaders, InputCheck)> = LazyLock::new(|| {
    let schema = SCHEMA.as_object().expect("it is an object");
    let headers = ParameterHeaders::of(schema).expect("its headers are well");
    (
        headers,
        InputCheck::compile(schema, false).expect("it is a schema"),
    )
});

/// Lines of a head, an empty line, and arguments: where the head agrees with the body, and the handler gets its arguments, each is what
/// its header says, and there is none without a header.
pub fn parameter_headers(data: &[u8]) {
    let (head, body) = head_and_body(data);
    let mut headers = HeaderMap::new();
    for (name, value) in lines(head) {
        headers.append(name, value);
    }
    let Ok(body) = std::str::from_utf8(body) else {
        return;
    };
    let (parameters, schema) = &*PARAMETERS;
    // What is no JSON never gets so far.
    if serde_json::from_str::<serde::de::IgnoredAny>(body).is_err()
        || parameters.check(&headers, Some(body)).is_err()
    {
        return;
    }
    let Ok(checked) = schema.check(body) else {
        return;
    };
    let Ok(arguments) = deserialize::<Arguments>(&checked) else {
        return;
    };
    let header = |name: &str| {
        let value = headers.get(name)?.to_str().expect("it was read");
        Some(headers::decoded(value).expect("it was read").into_owned())
    };
    assert_eq!(arguments.region, header("mcp-param-region"));
    assert_eq!(arguments.inner.zone, header("mcp-param-zone"));
    let urgent = arguments.urgent.map(|urgent| urgent.to_string());
    assert_eq!(urgent, header("mcp-param-urgent"));
    let count = header("mcp-param-count").map(|text| text.parse::<f64>().expect("a number"));
    assert_eq!(arguments.count.map(|count| count as f64), count);
}
