//! What the build writes into a server's generated code: it compiles where only `::xmcp::codegen` is known, and makes the settings
//! that the file says.

extern crate self as xmcp;

use std::fs;
use xmcp_config::{ProjectConfig, Settings, keys};

/// The names that generated code may use, as the runtime offers them.
pub mod codegen {
    pub use xmcp_config::{Icon, LogFormat, ProtocolVersion, Theme, Transport};
}

const EVERY_KEY: &str = r#"
[server]
name = "tickets"
version = "2.0.0"
title = "Tickets \u00e4 \"quoted\""
description = "Finds tickets"
instructions = "Search first.\nThen {read}."
website = "https://example.com"
transport = "stdio"
strict = true
hide_unauthorized = true
page_size = 12
list_ttl_seconds = 13
versions = ["2026-07-28", "2025-11-25"]
state_ttl_seconds = 11

[[server.icons]]
src = "icon.svg"
sizes = "any"
theme = "light"

[[server.icons]]
src = "https://example.com/icon.png"

[http]
host = "0.0.0.0"
port = 4000
endpoint = "/tickets"
public_url = "https://example.com"
body_limit = 2048
cors = ["*"]
allowed_hosts = ["a.example", "b.example:8443"]
allowed_origins = ["https://a.example"]
trusted_proxies = ["10.0.0.0/8"]
sessions = true

[http.limits]
connections = 1
in_flight = 2
auth_failures_per_minute = 14
caller_requests_per_minute = 15
caller_burst = 16
header_bytes = 8192
headers = 16
header_timeout_seconds = 3
body_timeout_seconds = 4
idle_timeout_seconds = 5
call_timeout_seconds = 6
sessions = 7
session_idle_seconds = 8
subscriptions = 9
question_timeout_seconds = 10
output = 4096
drain_seconds = 7

[tasks]
ttl_seconds = 11
limit = 12
limit_per_caller = 13

[log]
format = "json"
filter = "debug"
audit = true
"#;

fn read() -> ProjectConfig {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("xmcp.toml"), EVERY_KEY).unwrap();
    fs::write(folder.path().join("icon.svg"), "<svg/>").unwrap();
    let (config, problems) = ProjectConfig::read(folder.path());
    assert_eq!(problems, []);
    config
}

#[test]
fn every_key_becomes_the_expected_code() {
    let config = read();
    let mut code = String::from("{\n");
    for difference in config.differences() {
        code += &format!(
            "    settings.{} = {};\n",
            difference.field, difference.expression
        );
    }
    code += "}\n";
    let golden =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generated/expected.rs");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&golden, &code).unwrap();
    }
    assert_eq!(code, fs::read_to_string(golden).unwrap());

    let server = |section: &str| !matches!(section, "paths" | "build");
    assert_eq!(
        config.differences().len(),
        keys().iter().filter(|key| server(key.section)).count()
    );
}

#[test]
fn the_expected_code_makes_the_settings_of_the_file() {
    let mut settings = Settings::default();
    include!("generated/expected.rs");
    assert_eq!(settings, read().settings);
}
