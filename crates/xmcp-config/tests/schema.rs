//! The JSON Schema and the reader agree: what an editor underlines is what the build refuses.

use serde_json::Value;
use std::fs;
use xmcp_config::{ProjectConfig, schema};

/// Whether the schema and the reader take `text`.
fn taken(text: &str) -> (bool, bool) {
    let document: Value = toml::from_str(text).unwrap();
    let schema = jsonschema::draft7::new(&schema()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("xmcp.toml"), text).unwrap();
    let (_, problems) = ProjectConfig::read(folder.path());
    (schema.is_valid(&document), problems.is_empty())
}

#[test]
fn the_schema_is_a_schema() {
    assert!(jsonschema::draft7::meta::is_valid(&schema()));
}

#[test]
fn right_files_are_taken_by_both() {
    for text in [
        "",
        "[server]\nname = \"\"\ntitle = \"\"\nwebsite = \"\"\nicons = []\n",
        "[server]\ntransport = \"stdio\"\nstrict = true\nwebsite = \"https://example.com/@us?a#b\"\n",
        "[[server.icons]]\nsrc = \"https://example.com/a\"\nsizes = \"any\"\ntheme = \"dark\"\nmime_type = \"image/png\"\n",
        "[http]\nport = 0\nhost = \"::1\"\nendpoint = \"/a/b\"\npublic_url = \"https://example.com:8443/a\"\n",
        "[http]\ncors = [\"*\"]\nallowed_hosts = [\"a.example\", \"[::1]:80\"]\nallowed_origins = [\"http://a.example:8080\"]\n",
        "[http]\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\", \"2001:db8::/32\"]\n",
        "[http.limits]\nheader_timeout_seconds = 15\nheader_bytes = 8192\n",
        "[paths]\ntools = false\nstate = \"src/shared.rs\"\n[build]\ndeny = [\"undocumented\", \"unscoped\"]\n[log]\nformat = \"json\"\n",
    ] {
        assert_eq!(taken(text), (true, true), "{text}");
    }
}

#[test]
fn wrong_files_are_refused_by_both() {
    for text in [
        "port = 1",
        "[htpp]",
        "[http]\nprot = 1",
        "[http.limits]\nheader_timeout = 1",
        "[http]\nport = \"1\"",
        "[http]\nport = 65536",
        "[http]\nport = 1.5",
        "[http]\nhost = \"\"",
        "[http]\nendpoint = \"mcp\"",
        "[http]\nendpoint = \"/mcp/\"",
        "[http]\nendpoint = \"/\"",
        "[http]\nendpoint = \"/{id}\"",
        "[http]\npublic_url = \"example.com\"",
        "[http]\npublic_url = \"https://example.com/\"",
        "[http]\npublic_url = \"https://example.com?a\"",
        "[http]\npublic_url = \"https://user@example.com\"",
        "[http]\ncors = \"*\"",
        "[http]\ncors = [\"https://a.example/\"]",
        "[http]\nallowed_origins = [\"*\"]",
        "[http]\ntrusted_proxies = [\"proxy.example\"]",
        "[http]\ntrusted_proxies = [\"0.0.0.0/0\"]",
        "[http]\nallowed_hosts = [\"*.example.com\"]",
        "[http]\nallowed_hosts = [\"https://a.example\"]",
        "[http]\nlimits = 1",
        "[http.limits]\nheader_timeout_seconds = 16",
        "[http.limits]\nconnections = 0",
        "[log]\nformat = \"xml\"",
        "[log]\nfilter = \"\"",
        "[server]\nstrict = 1",
        "[server]\ntransport = \"sse\"",
        "[server]\nicons = [\"a.png\"]",
        "[[server.icons]]\nsizes = \"any\"",
        "[[server.icons]]\nsrc = \"https://a.example\"\ntheme = \"grey\"",
        "[paths]\ntools = true",
        "[paths]\ntools = \"\"",
        "[build]\ndeny = [\"everything\"]",
    ] {
        assert_eq!(taken(text), (false, false), "{text}");
    }
}
