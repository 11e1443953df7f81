//! What a person sees when the server is up: where it is, and lines to copy that connect something to it.

use std::io::{self, Write};

use crate::http::landing::{header_option, shell_word};

/// What there is to say.
#[derive(Debug)]
pub(crate) struct Banner<'a> {
    /// What clients call the server.
    pub(crate) name: &'a str,
    /// The endpoint at the address that is listened on.
    pub(crate) local_url: &'a str,
    /// The endpoint as clients reach it, where that is another.
    pub(crate) public_url: Option<&'a str>,
    /// The endpoint as clients are to be given it.
    pub(crate) client_url: &'a str,
    /// The header that a person has to give a client.
    pub(crate) header: Option<&'a str>,
    /// Where the key is that the header brings.
    pub(crate) key_place: Option<&'a str>,
    /// The port that was taken, when the server moved on from it.
    pub(crate) moved_from: Option<u16>,
    /// How to sign in, where a local Scalekit vouches for callers.
    pub(crate) sign_in: Option<&'a SignIn>,
}

/// How to sign in at a local Scalekit.
#[derive(Debug)]
pub(crate) struct SignIn {
    /// Where, and why there.
    pub(crate) note: String,
    /// Lines to copy.
    pub(crate) commands: String,
}

impl Banner<'_> {
    /// Writes it to standard error. Nobody there to read it is no reason to stop.
    pub(crate) fn show(&self, colours: bool) {
        let _ = self.write(&mut io::stderr().lock(), colours);
    }

    fn write(&self, out: &mut impl Write, colours: bool) -> io::Result<()> {
        let (green, quiet, plain) = if colours {
            ("\x1b[32m", "\x1b[2m", "\x1b[0m")
        } else {
            ("", "", "")
        };
        if let Some(port) = self.moved_from {
            writeln!(
                out,
                "port {port} is taken, using the next free one; set a port to stay on it"
            )?;
        }
        writeln!(
            out,
            "{green}✔{plain} MCP Server running on {}",
            self.local_url
        )?;
        if let Some(public_url) = self.public_url {
            writeln!(out, "  reached as {public_url}")?;
        }
        if let Some(sign_in) = &self.sign_in {
            writeln!(out, "  {}", sign_in.note)?;
        }
        let name = shell_word(self.name);
        let url = shell_word(self.client_url);
        let header = header_option(self.header);
        writeln!(out)?;
        writeln!(
            out,
            "  {quiet}Claude Code{plain}  claude mcp add --transport http {name} {url}{header}"
        )?;
        // Its command line has no browser to sign in with.
        let (cli, method) = match self.sign_in {
            Some(_) => ("", ""),
            None => ("--cli ", " --method tools/list"),
        };
        writeln!(
            out,
            "  {quiet}Inspector{plain}    npx @modelcontextprotocol/inspector {cli}--transport http --server-url {url}{header}{method}"
        )?;
        if let Some(place) = self.key_place {
            writeln!(out, "  {place}")?;
        }
        writeln!(out)?;
        match self.sign_in {
            Some(sign_in) => writeln!(out, "{}", sign_in.commands),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(banner: &Banner<'_>, colours: bool) -> String {
        let mut text = Vec::new();
        banner.write(&mut text, colours).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn says_where_it_runs_and_how_to_connect() {
        let banner = Banner {
            name: "xmcp-app",
            local_url: "http://127.0.0.1:3001/mcp",
            public_url: None,
            client_url: "http://127.0.0.1:3001/mcp",
            header: None,
            key_place: None,
            moved_from: None,
            sign_in: None,
        };
        let expected = "\
✔ MCP Server running on http://127.0.0.1:3001/mcp

  Claude Code  claude mcp add --transport http xmcp-app http://127.0.0.1:3001/mcp
  Inspector    npx @modelcontextprotocol/inspector --cli --transport http --server-url http://127.0.0.1:3001/mcp --method tools/list

";
        assert_eq!(shown(&banner, false), expected);
        let first = shown(&banner, true).lines().next().unwrap().to_owned();
        assert_eq!(
            first,
            "\x1b[32m✔\x1b[0m MCP Server running on http://127.0.0.1:3001/mcp"
        );
    }

    #[test]
    fn connects_to_the_public_url_and_says_when_the_port_moved() {
        let banner = Banner {
            name: "my server",
            local_url: "http://127.0.0.1:3002/mcp",
            public_url: Some("https://mcp.example.com/mcp"),
            client_url: "https://mcp.example.com/mcp",
            header: None,
            key_place: None,
            moved_from: Some(3001),
            sign_in: None,
        };
        let text = shown(&banner, false);
        let lines: Vec<&str> = text.lines().take(5).collect();
        let expected = [
            "port 3001 is taken, using the next free one; set a port to stay on it",
            "✔ MCP Server running on http://127.0.0.1:3002/mcp",
            "  reached as https://mcp.example.com/mcp",
            "",
            "  Claude Code  claude mcp add --transport http 'my server' https://mcp.example.com/mcp",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn says_how_to_sign_in_at_a_local_scalekit() {
        let sign_in = SignIn {
            note: "callers sign in".to_owned(),
            commands: "  like this\n".to_owned(),
        };
        let banner = Banner {
            name: "xmcp-app",
            local_url: "http://127.0.0.1:3001/mcp",
            public_url: None,
            client_url: "http://localhost:3001/mcp",
            header: None,
            key_place: None,
            moved_from: None,
            sign_in: Some(&sign_in),
        };
        let expected = "\
✔ MCP Server running on http://127.0.0.1:3001/mcp
  callers sign in

  Claude Code  claude mcp add --transport http xmcp-app http://localhost:3001/mcp
  Inspector    npx @modelcontextprotocol/inspector --transport http --server-url http://localhost:3001/mcp

  like this

";
        assert_eq!(shown(&banner, false), expected);
    }

    #[test]
    fn says_where_the_key_is_that_a_client_needs() {
        let banner = Banner {
            name: "xmcp-app",
            local_url: "http://127.0.0.1:3001/mcp",
            public_url: None,
            client_url: "http://localhost:3001/mcp",
            header: Some("x-api-key: $KEY"),
            key_place: Some("$KEY stands in .env, in `XMCP_API_KEY_ME`"),
            moved_from: None,
            sign_in: None,
        };
        let text = shown(&banner, false);
        let lines: Vec<_> = text.lines().skip(4).collect();
        assert_eq!(lines, ["  $KEY stands in .env, in `XMCP_API_KEY_ME`", ""]);
    }

    #[test]
    fn says_where_a_credential_goes_that_nobody_can_sign_in_for() {
        let banner = Banner {
            name: "xmcp-app",
            local_url: "http://127.0.0.1:3001/mcp",
            public_url: None,
            client_url: "http://localhost:3001/mcp",
            header: Some("Authorization: Bearer $TOKEN"),
            key_place: None,
            moved_from: None,
            sign_in: None,
        };
        let expected = "\
✔ MCP Server running on http://127.0.0.1:3001/mcp

  Claude Code  claude mcp add --transport http xmcp-app http://localhost:3001/mcp --header \"Authorization: Bearer $TOKEN\"
  Inspector    npx @modelcontextprotocol/inspector --cli --transport http --server-url http://localhost:3001/mcp --header \"Authorization: Bearer $TOKEN\" --method tools/list

";
        assert_eq!(shown(&banner, false), expected);
    }
}
