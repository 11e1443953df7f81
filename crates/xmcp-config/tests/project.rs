//! `xmcp.toml` as the build reads it: what it sets, and every mistake at its place.

use base64::Engine;
use std::{fs, path::Path, time::Duration};
use xmcp_config::{Icon, Lint, ProjectConfig, ProjectPath, Settings, Theme, Transport};

/// The smallest picture: its bytes do not matter here.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n";

fn project(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    folder
}

/// The problems of a project that has only `text` as its `xmcp.toml`.
fn problems(text: &str) -> Vec<String> {
    let folder = project(&[("xmcp.toml", text.as_bytes())]);
    shown(&ProjectConfig::read(folder.path()).1)
}

fn shown(problems: &[xmcp_config::Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

/// What a project with only `text` as its `xmcp.toml` says, which has no mistake.
fn config(text: &str) -> ProjectConfig {
    let folder = project(&[("xmcp.toml", text.as_bytes())]);
    let (config, problems) = ProjectConfig::read(folder.path());
    assert_eq!(shown(&problems), [""; 0]);
    config
}

fn differences(config: &ProjectConfig) -> Vec<(&str, &str)> {
    config
        .differences()
        .iter()
        .map(|difference| (difference.field.as_str(), difference.expression.as_str()))
        .collect()
}

#[test]
fn without_the_file_everything_has_its_default() {
    let folder = project(&[]);
    assert_eq!(
        ProjectConfig::read(folder.path()),
        (ProjectConfig::default(), vec![])
    );
    assert_eq!(ProjectConfig::default().settings, Settings::default());
}

#[test]
fn an_empty_file_changes_nothing() {
    let config = config("");
    assert_eq!(config.settings, Settings::default());
    assert_eq!(differences(&config), []);
}

#[test]
fn the_file_sets_settings_and_says_them_as_rust() {
    let config = config(
        r#"
[server]
name = "tickets"
description = """
Says "hello"
"""
website = "https://example.com"
transport = "stdio"
strict = true

[http]
host = "127.0.0.1"
port = 4_000
endpoint = "/mcp"
public_url = "https://example.com"
cors = ["https://a.example", "https://b.example"]
allowed_hosts = []

[http.limits]
header_bytes = 0x4000
header_timeout_seconds = 5
body_timeout_seconds = 30

[log]
format = "json"
"#,
    );
    // `host`, `endpoint`, `allowed_hosts` and `body_timeout_seconds` are set to their defaults.
    assert_eq!(
        differences(&config),
        [
            ("server.name", r#"::std::string::String::from("tickets")"#),
            (
                "server.description",
                r#"::core::option::Option::Some(::std::string::String::from("Says \"hello\"\n"))"#
            ),
            (
                "server.website",
                r#"::core::option::Option::Some(::std::string::String::from("https://example.com"))"#
            ),
            ("server.transport", "::xmcp::codegen::Transport::Stdio"),
            ("server.strict", "true"),
            ("http.port", "::core::option::Option::Some(4000u16)"),
            (
                "http.public_url",
                r#"::core::option::Option::Some(::std::string::String::from("https://example.com"))"#
            ),
            (
                "http.cors",
                r#"::std::vec![::std::string::String::from("https://a.example"), ::std::string::String::from("https://b.example")]"#
            ),
            ("http.limits.header_bytes", "16384usize"),
            (
                "http.limits.header_timeout",
                "::core::time::Duration::from_secs(5u64)"
            ),
            ("log.format", "::xmcp::codegen::LogFormat::Json"),
        ]
    );
    let mut expected = Settings::default();
    expected.server.name = "tickets".to_owned();
    expected.server.description = Some("Says \"hello\"\n".to_owned());
    expected.server.website = Some("https://example.com".to_owned());
    expected.server.transport = Transport::Stdio;
    expected.server.strict = true;
    expected.http.port = Some(4000);
    expected.http.public_url = Some("https://example.com".to_owned());
    expected.http.cors = vec![
        "https://a.example".to_owned(),
        "https://b.example".to_owned(),
    ];
    expected.http.limits.header_bytes = 16_384;
    expected.http.limits.header_timeout = Duration::from_secs(5);
    expected.log.format = xmcp_config::LogFormat::Json;
    assert_eq!(config.settings, expected);
}

#[test]
fn a_port_that_is_set_to_the_default_is_still_set() {
    let config = config("[http]\nport = 3001\n");
    assert_eq!(
        differences(&config),
        [("http.port", "::core::option::Option::Some(3001u16)")]
    );
}

#[test]
fn dotted_keys_and_inline_tables_are_the_same() {
    let expected = config("[http]\nport = 1\n[http.limits]\nheaders = 20\n").settings;
    assert_eq!(
        config("http.port = 1\nhttp.limits.headers = 20\n").settings,
        expected
    );
    assert_eq!(
        config("http = { port = 1, limits = { headers = 20 } }\n").settings,
        expected
    );
}

#[test]
fn paths_and_lints_are_for_the_build() {
    let config = config(
        "[paths]\ntools = \"src/tools\"\nprompts = false\n[build]\ndeny = [\"undocumented\", \"unscoped\"]\n",
    );
    assert_eq!(config.paths.tools.path(), Some("src/tools"));
    assert_eq!(config.paths.prompts, ProjectPath::Off);
    assert_eq!(config.paths.resources.path(), Some("resources"));
    assert_eq!(config.paths.middleware.path(), Some("src/middleware.rs"));
    assert_eq!(config.paths.state.path(), Some("src/state.rs"));
    assert_eq!(config.build.deny, [Lint::Undocumented, Lint::Unscoped]);
    assert_eq!(differences(&config), []);
}

#[test]
fn all_mistakes_are_reported_at_once_and_the_rest_is_kept() {
    let folder = project(&[(
        "xmcp.toml",
        b"[http]\nprot = 1\nport = \"4000\"\nendpoint = \"/tickets\"\n\n[htpp]\n\n[build]\ndeny = [\"undocumentd\"]\n",
    )]);
    let (config, problems) = ProjectConfig::read(folder.path());
    assert_eq!(
        shown(&problems),
        [
            "xmcp.toml:2:1: unknown key `prot` in `[http]`: did you mean `port`?",
            "xmcp.toml:3:8: `port`: found the string `4000`: write a whole number from 0 to 65535",
            "xmcp.toml:6:2: unknown section `[htpp]`: did you mean `[http]`?",
            "xmcp.toml:9:9: `deny`: `undocumentd` is not known: write `undocumented`",
        ]
    );
    assert_eq!(config.settings.http.endpoint, "/tickets");
    assert_eq!(config.settings.http.port, None);
}

#[test]
fn every_mistake_has_its_place_and_its_remedy() {
    let cases: &[(&str, &str)] = &[
        (
            "port = 1",
            "1:1: unknown key `port` outside of any section: write it below `[http]`",
        ),
        (
            "nothing = 1",
            "1:1: unknown key `nothing` outside of any section: remove it",
        ),
        (
            "[server]\nport = 1",
            "2:1: unknown key `port` in `[server]`: write it below `[http]`",
        ),
        (
            "[http]\nheader_timeout = 1",
            "2:1: unknown key `header_timeout` in `[http]`: did you mean `header_timeout_seconds` below `[http.limits]`?",
        ),
        (
            "[http]\nbaseUrl = 1",
            "2:1: unknown key `baseUrl` in `[http]`: remove it, or write one of `host`, `port`, `endpoint`, `public_url`, `body_limit`, `cors`, `allowed_hosts`, `allowed_origins`, `trusted_proxies`, `sessions`",
        ),
        (
            "[http]\nPort = 1",
            "2:1: unknown key `Port` in `[http]`: did you mean `port`?",
        ),
        (
            "[limits]",
            "1:2: unknown section `[limits]`: did you mean `[http.limits]`?",
        ),
        (
            "[http.limit]",
            "1:7: unknown section `[http.limit]`: did you mean `[http.limits]`?",
        ),
        (
            "[zebra]",
            "1:2: unknown section `[zebra]`: the sections are `[server]`, `[http]`, `[http.limits]`, `[tasks]`, `[log]`, `[paths]`, `[build]`",
        ),
        (
            "http = 3001",
            "1:8: `http` is a section, found the integer `3001`: write `[http]`",
        ),
        (
            "[[http]]\nport = 1",
            "1:1: `http` is a section, found a list: write `[http]`",
        ),
        (
            "[http]\nport = 65536",
            "2:8: `port`: `65536` is out of range: write a whole number from 0 to 65535",
        ),
        (
            "[http]\nport = 9223372036854775808",
            "2:8: `port`: found the integer `9223372036854775808`: write a whole number from 0 to 65535",
        ),
        (
            "[http]\nport = 1.5",
            "2:8: `port`: found the number `1.5`: write a whole number from 0 to 65535",
        ),
        (
            "[http]\nport = 2026-11-23",
            "2:8: `port`: found the date or time `2026-11-23`: write a whole number from 0 to 65535",
        ),
        (
            "[http]\nhost = true",
            "2:8: `host`: found the boolean `true`: write an address such as `127.0.0.1`",
        ),
        (
            "[http]\nendpoint = \"/\"",
            "2:12: `endpoint`: `/` is no path for the endpoint (`/` is the page for people): write a path such as `/mcp`",
        ),
        (
            "[http]\ncors = \"*\"",
            "2:8: `cors`: found the string `*`: write a list of strings",
        ),
        (
            "[http]\ncors = [\n  \"https://a.example\",\n  \"https://b.example/\",\n]",
            "4:3: `cors`: `https://b.example/` is not an origin (an origin has no path): write `https://b.example`",
        ),
        (
            "[http]\nallowed_hosts = [\"a\", 1]",
            "2:23: `allowed_hosts`: found the integer `1` in the list: write a string",
        ),
        (
            "[server]\nname = { a = 1 }",
            "2:8: `name`: found a table: write a string",
        ),
        (
            "[server]\ntitle = \"ä\" # ü\nstrict = 1",
            "3:10: `strict`: found the integer `1`: write `true` or `false`",
        ),
        (
            "[server]\n\"äöü\" = 1 ",
            "2:1: unknown key `äöü` in `[server]`: remove it, or write one of `name`, `version`, `title`, `description`, `instructions`, `icons`, `website`, `transport`, `strict`, `hide_unauthorized`, `page_size`, `list_ttl_seconds`, `versions`, `state_ttl_seconds`",
        ),
        (
            "server = { title = \"ä\", strict = 1 }",
            "1:34: `strict`: found the integer `1`: write `true` or `false`",
        ),
        (
            "[paths]\ntools = true",
            "2:9: `tools`: found the boolean `true`: write a path as a string, or `false`",
        ),
        (
            "[paths]\ntools = \"../tools\"",
            "2:9: `tools`: `../tools` is no path inside of the project (a segment is empty, `.` or `..`): write it relative to `xmcp.toml`",
        ),
        (
            "[paths]\ntools = \"/tools\"",
            "2:9: `tools`: `/tools` is no path inside of the project (it is absolute): write it relative to `xmcp.toml`",
        ),
        (
            "[paths]\ntools = 'a\\b'",
            "2:9: `tools`: `a\\b` is no path inside of the project (it contains a backslash): write it with `/`, which works on every platform",
        ),
        (
            "[paths]\ntools = ''",
            "2:9: `tools`: `` is no path inside of the project (it is empty): write a path such as `tools`, or `false` to turn it off",
        ),
        (
            "[build]\ndeny = \"undocumented\"",
            "2:8: `deny`: found the string `undocumented`: write a list of `undocumented` or `unscoped`",
        ),
        (
            "[log]\nformat = \"xml\"",
            "2:10: `format`: `xml` is not known: write `text` or `json`",
        ),
        (
            "[log]\nfilter = \"\"",
            "2:10: `filter`: the value is empty: write a level such as `info`, or `off` for no line at all",
        ),
        (
            "[log]\nfilter = \" , \"",
            "2:10: `filter`: the value is empty: write a level such as `info`, or `off` for no line at all",
        ),
        (
            "[log]\nfilter = \"info,rmcp=loud\"",
            "2:10: `filter`: `rmcp=loud` cannot be used in the filter (its level is not known): write one of `off`, `error`, `warn`, `info`, `debug`, `trace`",
        ),
        (
            "[log]\nfilter = \"rmcp=warning\"",
            "2:10: `filter`: `rmcp=warning` cannot be used in the filter (its level is not known): write `rmcp=warn`",
        ),
        (
            "[log]\nfilter = \"rmcp=\"",
            "2:10: `filter`: `rmcp=` cannot be used in the filter (its level is not known): write one of `off`, `error`, `warn`, `info`, `debug`, `trace`",
        ),
        (
            "[log]\nfilter = \"=info\"",
            "2:10: `filter`: `=info` cannot be used in the filter (it has no target): write `level` or `target=level`, such as `info,rmcp=warn`",
        ),
        (
            "[log]\nfilter = \"debgu\"",
            "2:10: `filter`: `debgu` cannot be used in the filter (it is no level): write `debug`, or for a target of this name `debgu=trace`",
        ),
        (
            "[log]\nfilter = \"xmcp[request]=debug\"",
            "2:10: `filter`: `xmcp[request]=debug` cannot be used in the filter (lines are chosen by their target alone, and not by spans and fields): write `level` or `target=level`, such as `info,rmcp=warn`",
        ),
        (
            "[server]\nicons = \"a.png\"",
            "2:9: `icons`: found the string `a.png`: write a list of icons, as `[[server.icons]]` tables",
        ),
        (
            "[server]\nicons = [\"a.png\"]",
            "2:10: `icons`: found the string `a.png`: write `[[server.icons]]` and `src = \"assets/icon.png\"`",
        ),
        (
            "[[server.icons]]\nsize = \"48x48\"",
            "2:1: unknown key `size` in `[[server.icons]]`: did you mean `sizes`?",
        ),
        (
            "[[server.icons]]\ntheme = \"dark\"",
            "1:1: the icon has no `src`: write `src = \"assets/icon.png\"` or an `https` URL",
        ),
        (
            "[[server.icons]]\nsrc = \"http://a.example/i.png\"",
            "2:7: `src`: clients refuse icons over `http`: write `https://a.example/i.png`, or a file of the project",
        ),
        (
            "[[server.icons]]\nsrc = \"data:image/png;base64,AA\"",
            "2:7: `src`: files are inlined at build time: write the path of the file, such as `assets/icon.png`",
        ),
        (
            "[[server.icons]]\nsrc = \"icon.bmp\"",
            "2:7: `src`: `icon.bmp` is no icon file: use png, svg, jpg, jpeg, webp or gif",
        ),
        (
            "[[server.icons]]\nsrc = \"../icon.png\"",
            "2:7: `src`: `../icon.png` is no path inside of the project (a segment is empty, `.` or `..`): write it relative to `xmcp.toml`",
        ),
        (
            "[[server.icons]]\nsrc = \"https://a.example/i\"\nsizes = \"48\"",
            "3:9: `sizes`: `48` are not sizes: write `48x48`, several of them separated by spaces, or `any`",
        ),
        (
            "[[server.icons]]\nsrc = \"https://a.example/i\"\ntheme = \"drak\"",
            "3:9: `theme`: `drak` is not known: write `light` or `dark`",
        ),
        (
            "[[server.icons]]\nsrc = \"https://a.example/i\"\nmime_type = \"png\"",
            "3:13: `mime_type`: `png` is not the media type of an image: write one such as `image/png`",
        ),
        (
            "[[server.icons]]\nsrc = 1",
            "2:7: `src`: found the integer `1`: write a string",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(problems(text), [format!("xmcp.toml:{expected}")], "{text}");
    }
}

#[test]
fn syntax_errors_are_said_by_the_parser_at_their_place() {
    for (text, expected) in [
        (
            "[http]\nhost = \"ä",
            "2:10: not valid TOML: invalid basic string, expected `\"`",
        ),
        (
            "[http\n",
            "1:6: not valid TOML: unclosed table, expected `]`",
        ),
        (
            "[http]\nport 1\n",
            "2:6: not valid TOML: key with no value, expected `=`",
        ),
        (
            "[http]\nport = 1\nport = 2\n",
            "3:1: `port` is there twice: remove one",
        ),
        (
            "[http]\n\n[http]\n",
            "3:2: `http` is there twice: remove one",
        ),
    ] {
        assert_eq!(problems(text), [format!("xmcp.toml:{expected}")], "{text}");
    }
    let two = problems("[http]\nport = \nhost = \"a");
    assert!(
        two[0].starts_with("xmcp.toml:2:8: ") && two[1].starts_with("xmcp.toml:3:10: "),
        "{two:?}"
    );
    // One per line: the rest are consequences of the missing bracket.
    assert_eq!(problems("[http]\ncors = [\nport = 1\n").len(), 1);
}

#[test]
fn a_file_that_is_no_text_says_where() {
    let folder = project(&[("xmcp.toml", b"[http]\n# \xc3\xa4\xff\n")]);
    let (config, problems) = ProjectConfig::read(folder.path());
    assert_eq!(
        shown(&problems),
        ["xmcp.toml:2:4: the file is not UTF-8 from here on: save it as UTF-8"]
    );
    assert_eq!(config.files(), [folder.path().join("xmcp.toml")]);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_do_not_move_positions() {
    assert_eq!(
        problems("\u{feff}[http]\r\nport = 1\r\nhots = \"::\"\r\n"),
        ["xmcp.toml:3:1: unknown key `hots` in `[http]`: did you mean `host`?"]
    );
}

#[test]
fn icons_are_inlined_and_their_files_named() {
    let folder = project(&[
        (
            "xmcp.toml",
            br#"
[[server.icons]]
src = "assets/icon.png"
sizes = "48x48  96x96"
theme = "dark"

[[server.icons]]
src = "https://example.com/icon.svg?v=1"
mime_type = "image/svg+xml"
"#,
        ),
        ("assets/icon.png", PICTURE),
    ]);
    let (config, problems) = ProjectConfig::read(folder.path());
    assert_eq!(shown(&problems), [""; 0]);
    let encoded = base64::engine::general_purpose::STANDARD.encode(PICTURE);
    assert_eq!(
        config.settings.server.icons,
        [
            Icon {
                src: format!("data:image/png;base64,{encoded}"),
                mime_type: Some("image/png".to_owned()),
                sizes: Some("48x48 96x96".to_owned()),
                theme: Some(Theme::Dark),
            },
            Icon {
                src: "https://example.com/icon.svg?v=1".to_owned(),
                mime_type: Some("image/svg+xml".to_owned()),
                sizes: None,
                theme: None,
            },
        ]
    );
    assert_eq!(
        config.files(),
        [
            folder.path().join("xmcp.toml"),
            folder.path().join("assets/icon.png")
        ]
    );
    assert_eq!(
        differences(&config),
        [(
            "server.icons",
            format!(
                "::std::vec![\
                 ::xmcp::codegen::Icon {{ \
                 src: ::std::string::String::from(\"data:image/png;base64,{encoded}\"), \
                 mime_type: ::core::option::Option::Some(::std::string::String::from(\"image/png\")), \
                 sizes: ::core::option::Option::Some(::std::string::String::from(\"48x48 96x96\")), \
                 theme: ::core::option::Option::Some(::xmcp::codegen::Theme::Dark) }}, \
                 ::xmcp::codegen::Icon {{ \
                 src: ::std::string::String::from(\"https://example.com/icon.svg?v=1\"), \
                 mime_type: ::core::option::Option::Some(::std::string::String::from(\"image/svg+xml\")), \
                 sizes: ::core::option::Option::None, \
                 theme: ::core::option::Option::None }}]"
            )
            .as_str()
        )]
    );
}

#[test]
fn an_icon_is_small_and_inside_of_the_project() {
    let icon = |src: &str| format!("[[server.icons]]\nsrc = \"{src}\"\n");
    let text = ["large.png", "missing.png", "folder.png", "empty.png"]
        .map(icon)
        .concat();
    let folder = project(&[
        ("xmcp.toml", text.as_bytes()),
        ("large.png", &[0; 64 * 1024 + 1]),
        ("folder.png/a", b"a"),
        ("empty.png", b""),
    ]);
    let (config, problems) = ProjectConfig::read(folder.path());
    let problems = shown(&problems);
    assert_eq!(
        problems[0],
        "xmcp.toml:2:7: `src`: `large.png` is larger than 64 KiB: make it smaller, or serve it and write its `https` URL"
    );
    assert!(
        problems[1].starts_with("xmcp.toml:4:7: `src`: `missing.png` cannot be read (")
            && problems[1].ends_with("): write the path of an image, relative to `xmcp.toml`"),
        "{problems:?}"
    );
    assert_eq!(
        problems[2],
        "xmcp.toml:6:7: `src`: `folder.png` is not a file: write the path of an image"
    );
    assert_eq!(
        problems[3],
        "xmcp.toml:8:7: `src`: `empty.png` is empty: write the path of an image"
    );
    assert_eq!(problems.len(), 4);
    assert_eq!(config.settings.server.icons, []);
}

#[test]
fn an_icon_of_the_largest_size_is_taken() {
    let folder = project(&[
        ("xmcp.toml", b"[[server.icons]]\nsrc = \"i.PNG\"\n"),
        ("i.PNG", &[0; 64 * 1024]),
    ]);
    let (config, problems) = ProjectConfig::read(folder.path());
    assert_eq!(shown(&problems), [""; 0]);
    assert_eq!(config.settings.server.icons.len(), 1);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_no_icon() {
    let outside = project(&[("secret.png", PICTURE)]);
    let folder = project(&[("xmcp.toml", b"[[server.icons]]\nsrc = \"icon.png\"\n")]);
    std::os::unix::fs::symlink(
        outside.path().join("secret.png"),
        folder.path().join("icon.png"),
    )
    .unwrap();
    let (config, problems) = ProjectConfig::read(folder.path());
    assert_eq!(
        shown(&problems),
        ["xmcp.toml:2:7: `src`: `icon.png` leads out of the project: copy the file into it"]
    );
    assert_eq!(config.files(), [folder.path().join("xmcp.toml")]);
}

#[test]
fn a_folder_in_the_files_place_is_a_problem() {
    let folder = project(&[("xmcp.toml/a", b"")]);
    let (_, problems) = ProjectConfig::read(folder.path());
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].line, problems[0].column), (1, 1));
    assert_eq!(problems[0].file, Path::new("xmcp.toml"));
    assert!(
        problems[0].message.starts_with("the file cannot be read: "),
        "{}",
        problems[0]
    );
}

proptest::proptest! {
    /// Whatever someone types, there is an answer, and its places exist in the file.
    #[test]
    fn no_text_makes_it_panic(text in "([\\[\\]{}\"'=.,# \n\tä]|http|limits|port|server|icons|src|paths|false|1){0,40}") {
        let folder = project(&[("xmcp.toml", text.as_bytes())]);
        for problem in ProjectConfig::read(folder.path()).1 {
            let line = text.split('\n').nth(problem.line - 1).unwrap();
            assert!(problem.column <= line.chars().count() + 1, "{problem}");
            assert!(!problem.message.is_empty() && !problem.message.contains('\n'), "{problem}");
        }
    }
}
