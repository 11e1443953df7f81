//! The page that a person gets who opens the server in a browser: what this is, how to connect, what there is. It is made
//! once at start, has no scripts, and asks for nothing from elsewhere.

use std::fmt::{self, Write};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use bytes::Bytes;

/// What the page says.
#[derive(Debug)]
pub(crate) struct Landing<'a> {
    pub(crate) title: &'a str,
    /// What clients call the server in their settings.
    pub(crate) name: &'a str,
    pub(crate) version: &'a str,
    pub(crate) description: Option<&'a str>,
    /// The endpoint as clients reach it.
    pub(crate) url: &'a str,
    /// The header that a person has to give a client.
    pub(crate) header: Option<&'a str>,
    /// Name and description.
    pub(crate) tools: &'a [(&'a str, &'a str)],
    pub(crate) prompts: &'a [(&'a str, &'a str)],
    /// URI or template, and description.
    pub(crate) resources: &'a [(&'a str, &'a str)],
}

/// Whether the answer should be the page: programs that ask for anything, or for JSON, do not get it.
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|kind| {
            kind.split(';')
                .next()
                .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/html"))
        })
}

/// The answer with the page in it.
pub(crate) fn response(page: Bytes) -> Response {
    let mut response = Response::new(Body::from(page));
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "accept"),
    ];
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page, complete. Every value is escaped.
pub(crate) fn page(landing: &Landing<'_>) -> Bytes {
    let mut page = String::with_capacity(4096);
    write_page(&mut page, landing).expect("writing to a string does not fail");
    Bytes::from(page)
}

fn write_page(page: &mut String, landing: &Landing<'_>) -> fmt::Result {
    let Landing {
        title,
        name,
        version,
        description,
        url,
        header,
        tools,
        prompts,
        resources,
    } = landing;
    let (title, version, url) = (Escaped(title), Escaped(version), Escaped(url));
    write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<main>\n<header>\n<p class=\"kind\">MCP server</p>\n<h1>{title} <small>{version}</small></h1>\n"
    )?;
    if let Some(description) = description {
        writeln!(page, "<p>{}</p>", Escaped(description))?;
    }
    write!(
        page,
        "<p>This address is for AI assistants that speak the <a href=\"https://modelcontextprotocol.io\">Model Context Protocol</a>. \
         Connect one to the endpoint and it can use the tools below.</p>\n<pre class=\"url\"><code>{url}</code></pre>\n</header>\n"
    )?;
    let command = format!(
        "claude mcp add --transport http {} {}{}",
        shell_word(name),
        shell_word(landing.url),
        header_option(*header)
    );
    let cursor = settings("mcpServers", landing, None);
    let code = settings("servers", landing, Some("http"));
    page.write_str("<section>\n<h2>Connect</h2>\n")?;
    if let Some((_, value)) = header.and_then(header_parts) {
        writeln!(
            page,
            "<p>Callers bring a credential, which whoever runs this server gives them: put it where <code>{}</code> stands.</p>",
            Escaped(value.rsplit(' ').next().unwrap_or(value))
        )?;
    }
    write!(
        page,
        "<h3>Claude Code</h3>\n<pre><code>{}</code></pre>\n\
         <h3>Cursor <small>.cursor/mcp.json</small></h3>\n<pre><code>{}</code></pre>\n\
         <h3>VS Code <small>.vscode/mcp.json</small></h3>\n<pre><code>{}</code></pre>\n</section>\n",
        Escaped(&command),
        Escaped(&cursor),
        Escaped(&code),
    )?;
    write_list(page, "Tools", tools)?;
    for (heading, list) in [("Prompts", prompts), ("Resources", resources)] {
        if !list.is_empty() {
            write_list(page, heading, list)?;
        }
    }
    page.write_str("</main>\n</body>\n</html>\n")
}

fn write_list(page: &mut String, heading: &str, list: &[(&str, &str)]) -> fmt::Result {
    writeln!(
        page,
        "<section>\n<h2>{heading} <small>{}</small></h2>",
        list.len()
    )?;
    if list.is_empty() {
        writeln!(page, "<p>There are none yet.</p>")?;
    } else {
        writeln!(page, "<dl>")?;
        for (name, description) in list {
            writeln!(
                page,
                "<div><dt><code>{}</code></dt><dd>{}</dd></div>",
                Escaped(name),
                Escaped(description)
            )?;
        }
        writeln!(page, "</dl>")?;
    }
    page.write_str("</section>\n")
}

/// A client's settings file with this server in it.
fn settings(list: &str, landing: &Landing<'_>, kind: Option<&str>) -> String {
    let mut server = serde_json::Map::new();
    if let Some(kind) = kind {
        server.insert(String::from("type"), kind.into());
    }
    server.insert(String::from("url"), landing.url.into());
    if let Some((name, value)) = landing.header.and_then(header_parts) {
        server.insert(String::from("headers"), serde_json::json!({ name: value }));
    }
    let settings = serde_json::json!({ list: { landing.name: server } });
    serde_json::to_string_pretty(&settings).unwrap_or_default()
}

fn header_parts(header: &str) -> Option<(&str, &str)> {
    header.split_once(": ")
}

/// What clients on a command line need behind their other arguments, with a variable of the shell's for the credential.
pub(crate) fn header_option(header: Option<&str>) -> String {
    let Some((name, value)) = header.and_then(header_parts) else {
        return String::new();
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    match name.bytes().all(is_plain) {
        true => format!(" --header \"{name}: {value}\""),
        // Nothing else in it is for the shell.
        false => format!(" --header {}\"{value}\"", shell_word(&format!("{name}: "))),
    }
}

/// `text` as one word of a POSIX shell.
pub(crate) fn shell_word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Text that HTML shows as it is.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => formatter.write_str("&amp;")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '"' => formatter.write_str("&quot;")?,
                '\'' => formatter.write_str("&#39;")?,
                character => formatter.write_char(character)?,
            }
        }
        Ok(())
    }
}

const STYLE: &str = "
:root { color-scheme: light dark; --text: #1d1f23; --quiet: #62666d; --ground: #fff; --panel: #f4f5f7; --line: #e2e4e8; --accent: #0f7b4f; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8e9ec; --quiet: #9aa0a8; --ground: #141518; --panel: #1d1f24; --line: #2c2f36; --accent: #4fce97; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.6 system-ui, -apple-system, 'Segoe UI', sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 4rem 1.5rem 6rem; }
.kind { margin: 0; color: var(--accent); font-size: .8rem; font-weight: 600; letter-spacing: .08em; text-transform: uppercase; }
h1 { margin: .2rem 0 1rem; font-size: 2.2rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 3rem 0 .5rem; padding-bottom: .4rem; border-bottom: 1px solid var(--line); font-size: 1.25rem; }
h3 { margin: 1.5rem 0 .4rem; font-size: .95rem; }
small { color: var(--quiet); font-size: .85em; font-weight: 400; }
h1 small { font-size: .45em; }
a { color: var(--accent); }
code { font: .9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { margin: 0; padding: .8rem 1rem; overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
pre.url { border-left: 3px solid var(--accent); }
dl { margin: 1rem 0 0; }
dl div { padding: .8rem 0; border-bottom: 1px solid var(--line); }
dt code { font-weight: 600; }
dd { margin: .2rem 0 0; color: var(--quiet); white-space: pre-line; overflow-wrap: anywhere; }
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_every_value_as_text() {
        let landing = Landing {
            title: "<script>alert(1)</script>",
            name: "it's",
            version: "1.0\"",
            description: Some("a & b"),
            url: "http://127.0.0.1:3001/mcp",
            header: None,
            tools: &[("greet", "says <b>hello</b>")],
            prompts: &[("review", "asks <b>how</b>")],
            resources: &[],
        };
        let page = String::from_utf8(page(&landing).to_vec()).unwrap();
        assert!(
            !page.contains("<script>") && !page.contains("<b>"),
            "{page}"
        );
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(page.contains("says &lt;b&gt;hello&lt;/b&gt;"));
        assert!(page.contains("asks &lt;b&gt;how&lt;/b&gt;"));
        assert!(!page.contains("<h2>Resources"), "{page}");
        assert!(page.contains("claude mcp add --transport http &#39;it&#39;\\&#39;&#39;s&#39; http://127.0.0.1:3001/mcp"), "{page}");
    }

    #[test]
    fn says_where_the_credential_goes_that_a_person_brings() {
        let landing = Landing {
            title: "Notes",
            name: "notes",
            version: "1.0.0",
            description: None,
            url: "http://127.0.0.1:3001/mcp",
            header: Some("x-api-key: $KEY"),
            tools: &[],
            prompts: &[],
            resources: &[],
        };
        let page = String::from_utf8(page(&landing).to_vec()).unwrap();
        for said in [
            "put it where <code>$KEY</code> stands",
            "notes http://127.0.0.1:3001/mcp --header &quot;x-api-key: $KEY&quot;</code>",
            "&quot;x-api-key&quot;: &quot;$KEY&quot;",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
    }

    #[test]
    fn a_header_is_one_word_whatever_it_is_called() {
        let of = |header| header_option(Some(header));
        assert_eq!(
            of("Authorization: Bearer $TOKEN"),
            " --header \"Authorization: Bearer $TOKEN\""
        );
        assert_eq!(of("a`id`: $KEY"), " --header 'a`id`: '\"$KEY\"");
        assert_eq!(header_option(None), "");
    }

    #[test]
    fn is_for_browsers() {
        let wanted = |accept: &'static str| {
            is_wanted(&HeaderMap::from_iter([(
                header::ACCEPT,
                HeaderValue::from_static(accept),
            )]))
        };
        assert!(wanted(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        ));
        assert!(wanted("application/json, Text/HTML;q=0.1"));
        assert!(!wanted("*/*"));
        assert!(!wanted("application/json, text/event-stream"));
        assert!(!is_wanted(&HeaderMap::new()));
    }

    #[test]
    fn shell_words_stay_one_word() {
        assert_eq!(shell_word("xmcp-app"), "xmcp-app");
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("a b; rm"), "'a b; rm'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
    }
}
