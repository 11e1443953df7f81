//! Every setting of a server: this is the one place where a key is written down.

use crate::{Icon, LogFormat, ProtocolVersion, Transport, definition::define_settings, rule::Rule};
use std::time::Duration;

/// The port when nobody sets one.
pub const DEFAULT_PORT: u16 = 3001;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

define_settings! {
    /// What a server goes by: the defaults, changed by `xmcp.toml` at build time and by the environment at start.
    root pub Settings {
        /// What the server says about itself.
        server: ServerSettings,
        /// The HTTP transport.
        http: HttpSettings,
        /// Calls that are answered with a handle, to be asked for their result later.
        tasks: TasksSettings,
        /// The log, on standard error.
        log: LogSettings,
    }
    sections SECTIONS
    variables variables

    /// What the server says about itself to clients, and how they reach it.
    section [server] ServerSettings {
        /// The name that clients know the server by. Empty: the package's name.
        name: String = String::new(), "name" as SERVER_NAME, Rule::Line;
        /// The version that clients are told. Empty: the package's version.
        version: String = String::new(), "version" as SERVER_VERSION, Rule::Line;
        /// The name that people see, for example `"Acme Tickets"`.
        title: Option<String> = None, "title" as SERVER_TITLE, Rule::Line;
        /// What the server is for, in a sentence.
        description: Option<String> = None, "description" as SERVER_DESCRIPTION, Rule::Prose;
        /// What a model should know before it uses the tools. Clients may add it to the system prompt.
        instructions: Option<String> = None, "instructions" as SERVER_INSTRUCTIONS, Rule::Prose;
        /// Icons: a file of the project, inlined at build time, or an `https` URL, each as a `[[server.icons]]` table with `src` and, if
        /// wanted, `mime_type`, `sizes` and `theme`.
        icons: Vec<Icon> = Vec::new(), "icons", Rule::Icons;
        /// The page for people who want to know more, for example `"https://example.com"`.
        website: Option<String> = None, "website" as SERVER_WEBSITE, Rule::Link;
        /// How clients reach the server. `--http` and `--stdio` override it.
        transport: Transport = Transport::Http, "transport" as SERVER_TRANSPORT, Rule::Choice;
        /// Whether arguments must have the schema's types as sent. Without it, arrays, objects, numbers and booleans sent as JSON strings
        /// are accepted where the schema leaves no doubt.
        strict: bool = false, "strict" as SERVER_STRICT, Rule::Switch;
        /// Whether lists leave out what the caller lacks scopes for. Then no client asks for these scopes by itself, since it never
        /// learns of what needs them.
        hide_unauthorized: bool = false, "hide_unauthorized" as SERVER_HIDE_UNAUTHORIZED, Rule::Switch;
        /// How many entries one answer to a list has; 0 puts all of them into one.
        page_size: usize = 0, "page_size" as SERVER_PAGE_SIZE, Rule::Number { minimum: 0, maximum: 100_000 };
        /// How long clients of 2026-07-28 may keep a list before they ask for it again.
        list_ttl: Duration = Duration::ZERO, "list_ttl_seconds" as SERVER_LIST_TTL_SECONDS,
            Rule::Seconds { minimum: 0, maximum: 31_536_000 };
        /// The versions of the protocol that are spoken. Empty: all of them.
        versions: Vec<ProtocolVersion> = Vec::new(), "versions" as SERVER_VERSIONS, Rule::Choice;
        /// How long a client may take to come back with what a tool, prompt or resource asked it for, over several rounds of one call. It
        /// is about clients of 2026-07-28; see `XMCP_STATE_KEY` for the key that seals what they bring back.
        state_ttl: Duration = Duration::from_secs(600), "state_ttl_seconds" as SERVER_STATE_TTL_SECONDS,
            Rule::Seconds { minimum: 10, maximum: 86_400 };
    }

    /// The HTTP transport: where it listens, what it is called from outside, and who may call it.
    section [http] HttpSettings
    with {
        /// What a caller may use up.
        limits: HttpLimits,
    }
    {
        /// The address to bind. Beyond loopback (`0.0.0.0` in a container), `public_url` or `allowed_hosts` must be set.
        host: String = "127.0.0.1".to_owned(), "host" as HTTP_HOST, Rule::BindHost;
        /// The port to listen on; 0 takes any free one. Once it is set, even to the default, a taken port is an error; a development
        /// build for which nobody set it moves to the next free one.
        port: Option<u16> = None, "port" as HTTP_PORT, Rule::Number { minimum: 0, maximum: 65_535 };
        /// The path of the MCP endpoint.
        endpoint: String = "/mcp".to_owned(), "endpoint" as HTTP_ENDPOINT, Rule::Endpoint;
        /// The URL that clients use, without the endpoint, for example `"https://mcp.example.com"`. It gives allowed hosts, allowed
        /// origins and, with the endpoint, the identifier of the protected resource.
        public_url: Option<String> = None, "public_url" as HTTP_PUBLIC_URL, Rule::PublicUrl;
        /// The largest request body, in bytes.
        body_limit: usize = 4 * MIB, "body_limit" as HTTP_BODY_LIMIT, Rule::Bytes { minimum: 1024, maximum: 1024 * MIB as i64 };
        /// The origins whose pages may call the server from a browser, such as `"https://app.example.com"`, or `"*"` alone for all of
        /// them. CORS is off while it is empty.
        cors: Vec<String> = Vec::new(), "cors" as HTTP_CORS, Rule::Origins { any: true };
        /// Values of the `Host` header that are accepted besides those of `public_url`: `"mcp.example.com"` or `"mcp.example.com:8443"`.
        allowed_hosts: Vec<String> = Vec::new(), "allowed_hosts" as HTTP_ALLOWED_HOSTS, Rule::Hosts;
        /// Values of the `Origin` header that are accepted besides those of `public_url` and `cors`. A request without one passes.
        allowed_origins: Vec<String> = Vec::new(), "allowed_origins" as HTTP_ALLOWED_ORIGINS, Rule::Origins { any: false };
        /// The proxies before the server, each an address or a network, such as `"10.0.0.0/8"` or `"::1"`. What such a peer says in
        /// `X-Forwarded-For`, or where that is missing in `Forwarded`, is believed; nobody else's is. Limits for each address need it
        /// behind a proxy.
        trusted_proxies: Vec<String> = Vec::new(), "trusted_proxies" as HTTP_TRUSTED_PROXIES, Rule::Networks;
        /// Whether clients of 2025-11-25 and earlier get a transport session, in which the server can ask them, tell them of changes, and
        /// take up a lost stream again. A session lives in one process, so replicas need a load balancer that keeps a client with its
        /// replica. Clients of 2026-07-28 have all of that without.
        sessions: bool = false, "sessions" as HTTP_SESSIONS, Rule::Switch;
    }

    /// What a caller may use up before the server says no.
    section [http.limits] HttpLimits {
        /// Connections open at a time; one more is answered with 503 and closed.
        connections: usize = 1024, "connections" as HTTP_LIMITS_CONNECTIONS, Rule::Number { minimum: 1, maximum: 1_000_000 };
        /// Requests in work at a time; more are answered with 503 and `Retry-After`. One caller has at most half of them.
        in_flight: usize = 1024, "in_flight" as HTTP_LIMITS_IN_FLIGHT, Rule::Number { minimum: 1, maximum: 1_000_000 };
        /// Credentials that may be refused as invalid in a minute, from one address (of IPv6, one /64 network); 0 turns the limit off.
        /// Who has used them up gets 429 and `Retry-After` for every credential that was not good a moment ago. Peers on this machine
        /// are not counted, unless they are trusted proxies.
        auth_failures_per_minute: usize = 20, "auth_failures_per_minute" as HTTP_LIMITS_AUTH_FAILURES_PER_MINUTE,
            Rule::Number { minimum: 0, maximum: 100_000 };
        /// Requests that one verified caller may make in a minute through one client application; more get 429 and `Retry-After`. 0: as
        /// many as the server can take, since a caller that speaks for many people is nothing unusual.
        caller_requests_per_minute: usize = 0, "caller_requests_per_minute" as HTTP_LIMITS_CALLER_REQUESTS_PER_MINUTE,
            Rule::Number { minimum: 0, maximum: 1_000_000 };
        /// How many of them may come at once.
        caller_burst: usize = 60, "caller_burst" as HTTP_LIMITS_CALLER_BURST, Rule::Number { minimum: 1, maximum: 1_000_000 };
        /// The largest head of a request, its line and its headers, in bytes.
        header_bytes: usize = 32 * KIB, "header_bytes" as HTTP_LIMITS_HEADER_BYTES,
            Rule::Bytes { minimum: 8192, maximum: MIB as i64 };
        /// The most headers of a request.
        headers: usize = 64, "headers" as HTTP_LIMITS_HEADERS, Rule::Number { minimum: 16, maximum: 1024 };
        /// How long the head of a request may take to arrive.
        header_timeout: Duration = Duration::from_secs(10), "header_timeout_seconds" as HTTP_LIMITS_HEADER_TIMEOUT_SECONDS,
            Rule::Seconds { minimum: 1, maximum: 15 };
        /// How long a body may stand still while it arrives.
        body_timeout: Duration = Duration::from_secs(30), "body_timeout_seconds" as HTTP_LIMITS_BODY_TIMEOUT_SECONDS,
            Rule::Seconds { minimum: 1, maximum: 3600 };
        /// How long a connection may stay open between requests.
        idle_timeout: Duration = Duration::from_secs(60), "idle_timeout_seconds" as HTTP_LIMITS_IDLE_TIMEOUT_SECONDS,
            Rule::Seconds { minimum: 1, maximum: 3600 };
        /// How long a call may take.
        call_timeout: Duration = Duration::from_secs(60), "call_timeout_seconds" as HTTP_LIMITS_CALL_TIMEOUT_SECONDS,
            Rule::Seconds { minimum: 1, maximum: 86_400 };
        /// Transport sessions at a time. One more takes the place of the one that has been idle longest, if that is for a minute; else it
        /// is answered with 503.
        sessions: usize = 1024, "sessions" as HTTP_LIMITS_SESSIONS, Rule::Number { minimum: 1, maximum: 1_000_000 };
        /// How long a transport session stays when nobody uses it.
        session_idle: Duration = Duration::from_secs(1800), "session_idle_seconds" as HTTP_LIMITS_SESSION_IDLE_SECONDS,
            Rule::Seconds { minimum: 1, maximum: 86_400 };
        /// Streams at a time on which clients of 2026-07-28 listen for changes; more are answered with 503. One caller has at most half of
        /// them.
        subscriptions: usize = 1024, "subscriptions" as HTTP_LIMITS_SUBSCRIPTIONS, Rule::Number { minimum: 1, maximum: 1_000_000 };
        /// How long a client may take to answer a question of a handler's, which is no time of the call's.
        question_timeout: Duration = Duration::from_secs(300), "question_timeout_seconds" as HTTP_LIMITS_QUESTION_TIMEOUT_SECONDS,
            Rule::Seconds { minimum: 1, maximum: 86_400 };
        /// The largest result of a call, in bytes. Text is cut, with a notice; structured content is refused.
        output: usize = MIB, "output" as HTTP_LIMITS_OUTPUT, Rule::Bytes { minimum: 1024, maximum: 1024 * MIB as i64 };
        /// How long calls may go on after the server was told to stop.
        drain: Duration = Duration::from_secs(10), "drain_seconds" as HTTP_LIMITS_DRAIN_SECONDS,
            Rule::Seconds { minimum: 1, maximum: 3600 };
    }

    /// Calls that are answered with a handle: of tools with `METADATA.task(..)`, for clients of 2026-07-28 that have the extension.
    section [tasks] TasksSettings {
        /// How long a task is kept, from its beginning. Work that takes longer ends then, and what it came to is forgotten then.
        ttl: Duration = Duration::from_secs(3600), "ttl_seconds" as TASKS_TTL_SECONDS, Rule::Seconds { minimum: 1, maximum: 604_800 };
        /// Tasks that are kept at a time. One more is refused, or runs as a call like any other where its tool allows that.
        limit: usize = 1024, "limit" as TASKS_LIMIT, Rule::Number { minimum: 1, maximum: 1_000_000 };
        /// Tasks that are kept at a time of one verified caller.
        limit_per_caller: usize = 128, "limit_per_caller" as TASKS_LIMIT_PER_CALLER, Rule::Number { minimum: 1, maximum: 1_000_000 };
    }

    /// The log, on standard error.
    section [log] LogSettings {
        /// How log lines look.
        format: LogFormat = LogFormat::Text, "format" as LOG_FORMAT, Rule::Choice;
        /// Which lines are logged, as `level` or `target=level`, separated by commas.
        filter: String = "info,rmcp=warn".to_owned(), "filter" as LOG_FILTER, Rule::Filter;
        /// Whether there is a line for each request: who asked for what, whether it was allowed, and why not. Its target is
        /// `xmcp::audit`, which the filter need not name.
        audit: bool = false, "audit" as LOG_AUDIT, Rule::Switch;
    }
}

#[cfg(all(test, feature = "file"))]
mod tests {
    use super::SECTIONS;

    #[test]
    fn variables_are_named_after_section_and_key() {
        for section in SECTIONS {
            for key in section.keys {
                let name =
                    format!("XMCP_{}_{}", section.name.replace('.', "_"), key.name).to_uppercase();
                // Icons are files, which only the build can inline.
                let expected = (name != "XMCP_SERVER_ICONS").then_some(name.as_str());
                assert_eq!(key.variable, expected);
            }
        }
    }

    #[test]
    fn keys_are_named_after_fields_and_their_unit() {
        for key in SECTIONS.iter().flat_map(|section| section.keys) {
            let unit = if matches!(key.rule, crate::rule::Rule::Seconds { .. }) {
                "_seconds"
            } else {
                ""
            };
            assert_eq!(key.name, format!("{}{unit}", key.field));
        }
    }

    #[test]
    fn sections_have_the_names_of_their_tables() {
        let names: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
        assert_eq!(names, ["server", "http", "http.limits", "tasks", "log"]);
    }
}
