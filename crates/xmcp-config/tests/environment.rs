//! What the environment does to the settings, seen from a server that links no TOML.

use std::{collections::BTreeMap, time::Duration};
use xmcp_config::{
    EnvironmentError, HttpLimits, HttpSettings, LogFormat, LogSettings, ProtocolVersion,
    ServerSettings, Settings, TasksSettings, Transport, env,
};

fn apply(variables: &[(&str, &str)]) -> Result<Settings, Vec<EnvironmentError>> {
    let variables: BTreeMap<&str, &str> = variables.iter().copied().collect();
    let mut settings = Settings::default();
    settings.apply_environment(|name| variables.get(name).map(|value| (*value).to_owned()))?;
    Ok(settings)
}

/// The only error that `variable` set to `value` gives.
fn error(variable: &str, value: &str) -> String {
    let errors =
        apply(&[(variable, value)]).expect_err(&format!("`{variable}={value}` was accepted"));
    let [error] = errors.as_slice() else {
        panic!("{errors:?}")
    };
    error.to_string()
}

#[test]
fn defaults_are_the_documented_ones() {
    assert_eq!(
        Settings::default(),
        Settings {
            server: ServerSettings {
                name: String::new(),
                version: String::new(),
                title: None,
                description: None,
                instructions: None,
                icons: vec![],
                website: None,
                transport: Transport::Http,
                strict: false,
                hide_unauthorized: false,
                page_size: 0,
                list_ttl: Duration::ZERO,
                versions: vec![],
                state_ttl: Duration::from_secs(600),
            },
            http: HttpSettings {
                host: "127.0.0.1".to_owned(),
                port: None,
                endpoint: "/mcp".to_owned(),
                public_url: None,
                body_limit: 4 << 20,
                cors: vec![],
                allowed_hosts: vec![],
                allowed_origins: vec![],
                trusted_proxies: vec![],
                sessions: false,
                limits: HttpLimits {
                    connections: 1024,
                    in_flight: 1024,
                    auth_failures_per_minute: 20,
                    caller_requests_per_minute: 0,
                    caller_burst: 60,
                    header_bytes: 32_768,
                    headers: 64,
                    header_timeout: Duration::from_secs(10),
                    body_timeout: Duration::from_secs(30),
                    idle_timeout: Duration::from_secs(60),
                    call_timeout: Duration::from_secs(60),
                    sessions: 1024,
                    session_idle: Duration::from_secs(1800),
                    subscriptions: 1024,
                    question_timeout: Duration::from_secs(300),
                    output: 1 << 20,
                    drain: Duration::from_secs(10),
                },
            },
            tasks: TasksSettings {
                ttl: Duration::from_secs(3600),
                limit: 1024,
                limit_per_caller: 128,
            },
            log: LogSettings {
                format: LogFormat::Text,
                filter: "info,rmcp=warn".to_owned(),
                audit: false,
            },
        }
    );
}

#[test]
fn every_variable_sets_its_key() {
    let settings = apply(&[
        (env::SERVER_NAME, "tickets"),
        (env::SERVER_VERSION, "2.0.0"),
        (env::SERVER_TITLE, "Acme Tickets"),
        (env::SERVER_DESCRIPTION, "Finds tickets"),
        (env::SERVER_INSTRUCTIONS, "Search first.\nThen read."),
        (env::SERVER_WEBSITE, "https://example.com/?from=mcp"),
        (env::SERVER_TRANSPORT, "stdio"),
        (env::SERVER_STRICT, "1"),
        (env::SERVER_HIDE_UNAUTHORIZED, "true"),
        (env::SERVER_PAGE_SIZE, "12"),
        (env::SERVER_LIST_TTL_SECONDS, "13"),
        (env::SERVER_VERSIONS, "2026-07-28, 2025-11-25"),
        (env::SERVER_STATE_TTL_SECONDS, "11"),
        (env::HTTP_HOST, "::"),
        (env::HTTP_PORT, "0"),
        (env::HTTP_ENDPOINT, "/api/mcp"),
        (env::HTTP_PUBLIC_URL, "https://example.com/base"),
        (env::HTTP_BODY_LIMIT, "2048"),
        (env::HTTP_CORS, "*"),
        (env::HTTP_ALLOWED_HOSTS, " example.com , [::1]:8080,"),
        (
            env::HTTP_ALLOWED_ORIGINS,
            "https://a.example,http://b.example:8080",
        ),
        (env::HTTP_TRUSTED_PROXIES, "10.0.0.0/8, ::1"),
        (env::HTTP_SESSIONS, "true"),
        (env::HTTP_LIMITS_CONNECTIONS, "1"),
        (env::HTTP_LIMITS_IN_FLIGHT, "2"),
        (env::HTTP_LIMITS_AUTH_FAILURES_PER_MINUTE, "14"),
        (env::HTTP_LIMITS_CALLER_REQUESTS_PER_MINUTE, "15"),
        (env::HTTP_LIMITS_CALLER_BURST, "16"),
        (env::HTTP_LIMITS_HEADER_BYTES, "8192"),
        (env::HTTP_LIMITS_HEADERS, "16"),
        (env::HTTP_LIMITS_HEADER_TIMEOUT_SECONDS, "15"),
        (env::HTTP_LIMITS_BODY_TIMEOUT_SECONDS, "4"),
        (env::HTTP_LIMITS_IDLE_TIMEOUT_SECONDS, "5"),
        (env::HTTP_LIMITS_CALL_TIMEOUT_SECONDS, "6"),
        (env::HTTP_LIMITS_SESSIONS, "7"),
        (env::HTTP_LIMITS_SESSION_IDLE_SECONDS, "8"),
        (env::HTTP_LIMITS_SUBSCRIPTIONS, "9"),
        (env::HTTP_LIMITS_QUESTION_TIMEOUT_SECONDS, "10"),
        (env::HTTP_LIMITS_OUTPUT, "4096"),
        (env::HTTP_LIMITS_DRAIN_SECONDS, "7"),
        (env::TASKS_TTL_SECONDS, "11"),
        (env::TASKS_LIMIT, "12"),
        (env::TASKS_LIMIT_PER_CALLER, "13"),
        (env::LOG_FORMAT, "json"),
        (env::LOG_FILTER, "debug"),
        (env::LOG_AUDIT, "true"),
    ]);
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        settings,
        Ok(Settings {
            server: ServerSettings {
                name: "tickets".to_owned(),
                version: "2.0.0".to_owned(),
                title: text("Acme Tickets"),
                description: text("Finds tickets"),
                instructions: text("Search first.\nThen read."),
                icons: vec![],
                website: text("https://example.com/?from=mcp"),
                transport: Transport::Stdio,
                strict: true,
                hide_unauthorized: true,
                page_size: 12,
                list_ttl: Duration::from_secs(13),
                versions: vec![ProtocolVersion::V2026_07_28, ProtocolVersion::V2025_11_25],
                state_ttl: Duration::from_secs(11),
            },
            http: HttpSettings {
                host: "::".to_owned(),
                port: Some(0),
                endpoint: "/api/mcp".to_owned(),
                public_url: text("https://example.com/base"),
                body_limit: 2048,
                cors: vec!["*".to_owned()],
                allowed_hosts: vec!["example.com".to_owned(), "[::1]:8080".to_owned()],
                allowed_origins: vec![
                    "https://a.example".to_owned(),
                    "http://b.example:8080".to_owned()
                ],
                trusted_proxies: vec!["10.0.0.0/8".to_owned(), "::1".to_owned()],
                sessions: true,
                limits: HttpLimits {
                    connections: 1,
                    in_flight: 2,
                    auth_failures_per_minute: 14,
                    caller_requests_per_minute: 15,
                    caller_burst: 16,
                    header_bytes: 8192,
                    headers: 16,
                    header_timeout: Duration::from_secs(15),
                    body_timeout: Duration::from_secs(4),
                    idle_timeout: Duration::from_secs(5),
                    call_timeout: Duration::from_secs(6),
                    sessions: 7,
                    session_idle: Duration::from_secs(8),
                    subscriptions: 9,
                    question_timeout: Duration::from_secs(10),
                    output: 4096,
                    drain: Duration::from_secs(7),
                },
            },
            tasks: TasksSettings {
                ttl: Duration::from_secs(11),
                limit: 12,
                limit_per_caller: 13,
            },
            log: LogSettings {
                format: LogFormat::Json,
                filter: "debug".to_owned(),
                audit: true,
            },
        })
    );
}

#[test]
fn the_short_names_win() {
    let settings = apply(&[
        ("PORT", "8080"),
        ("XMCP_HTTP_PORT", "9090"),
        ("HOST", "0.0.0.0"),
        ("XMCP_HTTP_HOST", "::1"),
        ("BASE_URL", "https://short.example"),
        ("XMCP_HTTP_PUBLIC_URL", "https://long.example"),
    ])
    .unwrap();
    assert_eq!(settings.http.port, Some(8080));
    assert_eq!(settings.http.host, "0.0.0.0");
    assert_eq!(
        settings.http.public_url.as_deref(),
        Some("https://short.example")
    );
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let empty = [
        ("PORT", ""),
        ("HOST", " "),
        ("XMCP_HTTP_ENDPOINT", ""),
        ("XMCP_LOG_FILTER", ""),
    ];
    assert_eq!(apply(&empty), Ok(Settings::default()));
}

#[test]
fn the_environment_is_applied_over_what_the_file_set() {
    let mut settings = Settings::default();
    settings.http.port = Some(4000);
    settings.http.endpoint = "/tickets".to_owned();
    settings
        .apply_environment(|name| (name == "PORT").then(|| "5000".to_owned()))
        .unwrap();
    assert_eq!(settings.http.port, Some(5000));
    assert_eq!(settings.http.endpoint, "/tickets");
}

#[test]
fn every_wrong_variable_is_reported_and_none_applied() {
    let mut settings = Settings::default();
    let errors = settings
        .apply_environment(|name| match name {
            "XMCP_SERVER_TITLE" => Some("Tickets".to_owned()),
            "XMCP_HTTP_ENDPOINT" => Some("mcp".to_owned()),
            "XMCP_LOG_FORMAT" => Some("jsom".to_owned()),
            "PORT" => Some("http".to_owned()),
            _ => None,
        })
        .unwrap_err();
    assert_eq!(
        errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "environment variable `XMCP_HTTP_ENDPOINT`: `mcp` is no path for the endpoint (it does not begin with `/`): write `/mcp`",
            "environment variable `XMCP_LOG_FORMAT`: `jsom` is not known: write `json`",
            "environment variable `PORT`: found `http`: write a whole number from 0 to 65535",
        ]
    );
    assert_eq!(settings, Settings::default());
}

#[test]
fn every_wrong_value_is_refused_with_a_remedy() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "PORT",
            "65536",
            "`65536` is out of range: write a whole number from 0 to 65535",
        ),
        (
            "PORT",
            "-1",
            "`-1` is out of range: write a whole number from 0 to 65535",
        ),
        (
            "PORT",
            "3001.0",
            "found `3001.0`: write a whole number from 0 to 65535",
        ),
        (
            "PORT",
            "99999999999999999999",
            "found `99999999999999999999`: write a whole number from 0 to 65535",
        ),
        (
            "HOST",
            "http://0.0.0.0",
            "`http://0.0.0.0` is not a host (it is a URL): write the address to bind, such as `127.0.0.1`, and the URL as `public_url`",
        ),
        (
            "HOST",
            "0.0.0.0:3001",
            "`0.0.0.0:3001` is not a host (it has a port): write `0.0.0.0`, and the port as `port`",
        ),
        (
            "HOST",
            "[::1]",
            "`[::1]` is not a host (an IPv6 address to bind stands without brackets): write `::1`",
        ),
        (
            "HOST",
            "[::1]:80",
            "`[::1]:80` is not a host (it has a port): write `::1`, and the port as `port`",
        ),
        (
            "HOST",
            "a host",
            "`a host` is not a host (a host has only letters, digits, `-`, `_` and `.`): write an address such as `127.0.0.1`",
        ),
        (
            "BASE_URL",
            "mcp.example.com",
            "`mcp.example.com` cannot be used as the URL (the scheme is missing): write a URL such as `https://mcp.example.com`",
        ),
        (
            "BASE_URL",
            "ftp://example.com",
            "`ftp://example.com` cannot be used as the URL (the scheme is neither `https` nor `http`): write a URL such as `https://mcp.example.com`",
        ),
        (
            "BASE_URL",
            "https://example.com/",
            "`https://example.com/` cannot be used as the URL (it ends with `/`): write `https://example.com`",
        ),
        (
            "BASE_URL",
            "https://example.com/a/?b",
            "`https://example.com/a/?b` cannot be used as the URL (it has a query or a fragment): write `https://example.com/a`",
        ),
        (
            "BASE_URL",
            "https://example.com#b",
            "`https://example.com#b` cannot be used as the URL (it has a query or a fragment): write `https://example.com`",
        ),
        (
            "BASE_URL",
            "https://",
            "`https://` cannot be used as the URL (the host is missing): write a URL such as `https://mcp.example.com`",
        ),
        (
            "BASE_URL",
            "https://a:0",
            "`https://a:0` cannot be used as the URL (the port is not a number from 1 to 65535): write a URL such as `https://mcp.example.com`",
        ),
        (
            "BASE_URL",
            "https://a:65536",
            "`https://a:65536` cannot be used as the URL (the port is not a number from 1 to 65535): write a URL such as `https://mcp.example.com`",
        ),
        (
            "BASE_URL",
            "https://::1",
            "`https://::1` cannot be used as the URL (an IPv6 address stands in `[` and `]`): write a URL such as `https://mcp.example.com`",
        ),
        (
            "BASE_URL",
            "https://a..b",
            "`https://a..b` cannot be used as the URL (a host has a name before and after each `.`): write a URL such as `https://mcp.example.com`",
        ),
        (
            "BASE_URL",
            "https://a/b c",
            "`https://a/b c` cannot be used as the URL (it contains a character that must be percent-encoded): write a URL such as `https://mcp.example.com`",
        ),
        (
            "XMCP_HTTP_ENDPOINT",
            "/",
            "`/` is no path for the endpoint (`/` is the page for people): write a path such as `/mcp`",
        ),
        (
            "XMCP_HTTP_ENDPOINT",
            "/mcp/",
            "`/mcp/` is no path for the endpoint (it ends with `/`): write `/mcp`",
        ),
        (
            "XMCP_HTTP_ENDPOINT",
            "/mcp?a",
            "`/mcp?a` is no path for the endpoint (a path has only letters, digits, `/`, `-`, `.`, `_` and `~`): write a path such as `/mcp`",
        ),
        (
            "XMCP_HTTP_ENDPOINT",
            "/{id}",
            "`/{id}` is no path for the endpoint (a path has only letters, digits, `/`, `-`, `.`, `_` and `~`): write a path such as `/mcp`",
        ),
        (
            "XMCP_HTTP_ENDPOINT",
            "/a//b",
            "`/a//b` is no path for the endpoint (a segment is empty, `.` or `..`): write a path such as `/mcp`",
        ),
        (
            "XMCP_HTTP_ENDPOINT",
            "/a/../b",
            "`/a/../b` is no path for the endpoint (a segment is empty, `.` or `..`): write a path such as `/mcp`",
        ),
        (
            "XMCP_HTTP_ENDPOINT",
            "/health",
            "`/health` is no path for the endpoint (the server answers `/health` and `/.well-known` itself): write another path, such as `/mcp`",
        ),
        (
            "XMCP_HTTP_ENDPOINT",
            "/.well-known/mcp",
            "`/.well-known/mcp` is no path for the endpoint (the server answers `/health` and `/.well-known` itself): write another path, such as `/mcp`",
        ),
        (
            "XMCP_HTTP_ENDPOINT",
            "https://a/mcp",
            "`https://a/mcp` is no path for the endpoint (it is a URL): write the path alone, such as `/mcp`, and the URL as `public_url`",
        ),
        (
            "XMCP_HTTP_CORS",
            "*,https://a.example",
            "`*` is not an origin (the other origins mean nothing beside it): write `*` alone, or only the other origins",
        ),
        (
            "XMCP_HTTP_CORS",
            "a.example",
            "`a.example` is not an origin (the scheme is missing): write `https://app.example.com`",
        ),
        (
            "XMCP_HTTP_CORS",
            "https://a.example/app",
            "`https://a.example/app` is not an origin (an origin has no path): write `https://a.example`",
        ),
        (
            "XMCP_HTTP_CORS",
            "HTTPS://A.example:443",
            "`HTTPS://A.example:443` is not an origin (browsers send it in another form): write `https://a.example`",
        ),
        (
            "XMCP_HTTP_CORS",
            "https://*.example.com",
            "`https://*.example.com` is not an origin (a host has only letters, digits, `-`, `_` and `.`): write `https://app.example.com`",
        ),
        (
            "XMCP_HTTP_ALLOWED_ORIGINS",
            "*",
            "`*` is not an origin (every page could then call the server, by DNS rebinding too): write each origin, such as `https://app.example.com`",
        ),
        (
            "XMCP_HTTP_ALLOWED_HOSTS",
            "https://a.example:8443/x",
            "`https://a.example:8443/x` is not a host (it is a URL): write `a.example:8443`",
        ),
        (
            "XMCP_HTTP_ALLOWED_HOSTS",
            "*.example.com",
            "`*.example.com` is not a host (patterns are not supported): write each host by its name, such as `mcp.example.com`",
        ),
        (
            "XMCP_HTTP_ALLOWED_HOSTS",
            "a.example:+80",
            "`a.example:+80` is not a host (the port is not a number from 1 to 65535): write `mcp.example.com` or `mcp.example.com:8443`",
        ),
        (
            "XMCP_HTTP_TRUSTED_PROXIES",
            "proxy.example",
            "`proxy.example` is not a network of proxies (it is no address and no network): write an address such as `10.0.0.7`, or a network such as `10.0.0.0/8`",
        ),
        (
            "XMCP_HTTP_TRUSTED_PROXIES",
            "10.1.2.3/8",
            "`10.1.2.3/8` is not a network of proxies (it says more of the address than the network has): write `10.0.0.0/8`, or the address without `/`",
        ),
        (
            "XMCP_HTTP_TRUSTED_PROXIES",
            "::/0",
            "`::/0` is not a network of proxies (it has everybody in it, and who is trusted may say what they like): write the network of the proxies, such as `10.0.0.0/8`",
        ),
        (
            "XMCP_HTTP_TRUSTED_PROXIES",
            "[::1]",
            "`[::1]` is not a network of proxies (an IPv6 address stands without brackets): write `::1`",
        ),
        (
            "XMCP_HTTP_BODY_LIMIT",
            "0",
            "`0` is out of range: write a whole number from 1024 to 1073741824",
        ),
        (
            "XMCP_HTTP_LIMITS_CONNECTIONS",
            "0",
            "`0` is out of range: write a whole number from 1 to 1000000",
        ),
        (
            "XMCP_HTTP_LIMITS_HEADER_TIMEOUT_SECONDS",
            "16",
            "`16` is out of range: write a whole number from 1 to 15",
        ),
        (
            "XMCP_HTTP_LIMITS_HEADER_TIMEOUT_SECONDS",
            "10s",
            "found `10s`: write a whole number from 1 to 15",
        ),
        (
            "XMCP_SERVER_TRANSPORT",
            "sse",
            "`sse` is not known: write `http` or `stdio`",
        ),
        (
            "XMCP_SERVER_STRICT",
            "yes",
            "found `yes`: write `true` or `false`",
        ),
        (
            "XMCP_SERVER_NAME",
            "a\nb",
            "`a\\nb` contains a control character: write it as one line of text",
        ),
        (
            "XMCP_SERVER_WEBSITE",
            "javascript:alert(1)",
            "`javascript:alert(1)` cannot be used as the URL (the scheme is missing): write a URL such as `https://mcp.example.com`",
        ),
    ];
    for (variable, value, expected) in cases {
        assert_eq!(
            error(variable, value),
            format!("environment variable `{variable}`: {expected}")
        );
    }
}

#[test]
fn a_password_in_a_url_is_not_repeated() {
    for variable in [
        "BASE_URL",
        "XMCP_SERVER_WEBSITE",
        "XMCP_HTTP_CORS",
        "XMCP_HTTP_ALLOWED_HOSTS",
    ] {
        for value in [
            "https://user:hunter2@example.com",
            "https://hunter2@[x",
            "hunter2@example.com",
            "ftp://hunter2@example.com",
        ] {
            let error = error(variable, value);
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}

#[test]
fn a_long_value_is_shown_cut_and_on_one_line() {
    let error = error("PORT", &"9\u{1b}[31m\n".repeat(1000));
    assert!(
        error.len() < 1000 && !error.contains('\n') && !error.contains('\u{1b}'),
        "{error}"
    );
}

#[test]
fn right_values_are_taken() {
    for (variable, values) in [
        (
            "HOST",
            ["0.0.0.0", "::", "localhost", "my-host.internal"].as_slice(),
        ),
        (
            "BASE_URL",
            &[
                "http://localhost:3001",
                "https://[::1]:8080",
                "https://example.com/a/b",
                "http://10.0.0.1",
            ],
        ),
        (
            "XMCP_HTTP_ENDPOINT",
            &["/mcp", "/a/b.c", "/healthy", "/.well-knowns"],
        ),
        (
            "XMCP_HTTP_CORS",
            &[
                "*",
                "http://localhost:5173",
                "https://a.example",
                "tauri://localhost",
            ],
        ),
        (
            "XMCP_HTTP_ALLOWED_HOSTS",
            &["a.example", "A.example:1", "[::1]", "10.0.0.1:8080"],
        ),
        ("XMCP_SERVER_STRICT", &["true", "false", "1", "0"]),
    ] {
        for value in values {
            assert!(
                apply(&[(variable, value)]).is_ok(),
                "{variable}={value}: {:?}",
                apply(&[(variable, value)])
            );
        }
    }
}

#[test]
fn keys_of_callers_are_known_whatever_the_callers_name() {
    let names = [
        "XMCP_API_KEY",
        "XMCP_API_KEY_CI",
        "XMCP_API_KEY_",
        "XMCP_API_KEYS",
    ];
    let unknown = env::unknown_variables(names.map(str::to_owned));
    let unknown: Vec<_> = unknown
        .iter()
        .map(|unknown| unknown.name.as_str())
        .collect();
    assert_eq!(unknown, ["XMCP_API_KEYS", "XMCP_API_KEY_"]);
}

#[test]
fn unknown_variables_come_with_the_name_that_was_meant() {
    let names = [
        "XMCP_HTTP_PORT",
        "XMCP_HTTP_PROT",
        "XMCP_PORT",
        "XMCP_HTTP_LIMITS_HEADER_TIMEOUT",
        "XMCP_QQQQ",
        "PATH",
        "xmcp_http_port",
    ];
    let unknown = env::unknown_variables(names.map(str::to_owned));
    assert_eq!(
        unknown.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "nothing reads the environment variable `XMCP_HTTP_LIMITS_HEADER_TIMEOUT`: did you mean `XMCP_HTTP_LIMITS_HEADER_TIMEOUT_SECONDS`?",
            "nothing reads the environment variable `XMCP_HTTP_PROT`: did you mean `XMCP_HTTP_PORT`?",
            "nothing reads the environment variable `XMCP_PORT`: did you mean `XMCP_HTTP_PORT`?",
            "nothing reads the environment variable `XMCP_QQQQ`: remove it, or see docs/config.md for the names",
        ]
    );
}

proptest::proptest! {
    /// Whatever is in a variable, there is an answer of bounded length, and refused values change nothing.
    #[test]
    fn no_value_makes_it_panic(
        variable in proptest::sample::select(vec![
            "PORT", "HOST", "BASE_URL", "XMCP_HTTP_ENDPOINT", "XMCP_HTTP_CORS", "XMCP_HTTP_ALLOWED_HOSTS", "XMCP_HTTP_ALLOWED_ORIGINS",
            "XMCP_HTTP_TRUSTED_PROXIES", "XMCP_SERVER_WEBSITE", "XMCP_SERVER_STRICT", "XMCP_HTTP_LIMITS_DRAIN_SECONDS",
        ]),
        value in "(https?://|[\\[\\]:/@?#*.,%ä \n-]|a|1|::1|example|\\PC){0,60}",
    ) {
        let mut settings = Settings::default();
        let applied = settings.apply_environment(|name| (name == variable).then(|| value.clone()));
        if let Err(errors) = applied {
            proptest::prop_assert_eq!(errors.len(), 1);
            proptest::prop_assert!(errors[0].to_string().len() < 2000);
            proptest::prop_assert_eq!(settings, Settings::default());
        }
    }
}
