//! `cargo xmcp connect`: what it writes, where, and what it leaves alone.

#[expect(dead_code, reason = "the tests of other commands use the rest")]
mod support;

use std::fs;

use insta::assert_snapshot;
use support::{Session, checkout};

const CLIENTS: [&str; 6] = [
    "claude-code",
    "claude-desktop",
    "cursor",
    "vscode",
    "codex",
    "gemini",
];

const URL: &str = "https://mcp.example.com/mcp";

#[test]
fn it_says_what_it_does() {
    assert_snapshot!(Session::new().run(["connect", "--help"]).succeeded());
    assert_snapshot!(Session::new().run(["connect", "emacs"]));
}

/// Where the files are is another place on other systems.
#[cfg(target_os = "linux")]
#[test]
fn every_client_has_the_url_in_its_own_words_and_place() {
    let session = Session::new();
    let printed = CLIENTS.map(|client| {
        session
            .run([
                "connect", client, "--url", URL, "--name", "tickets", "--print",
            ])
            .to_string()
    });
    assert_snapshot!(printed.join("\n\n"));
    let json = session.run(["connect", "vscode", "--url", URL, "--print", "--json"]);
    assert_snapshot!(json.succeeded());
}

#[cfg(target_os = "linux")]
#[test]
fn every_client_can_start_the_app_itself() {
    let session = Session::new();
    let checkout = checkout();
    let checkout = checkout.to_str().unwrap();
    let printed = CLIENTS.map(|client| {
        let app = ["--manifest-path", checkout, "--package", "xmcp-app"];
        let all = ["connect", client, "--stdio", "--print"]
            .into_iter()
            .chain(app);
        session.run(all).succeeded().to_string()
    });
    assert_snapshot!(printed.join("\n\n"));
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_in_the_file_stays_and_is_kept_beside_it() {
    let session = Session::new();
    let place = "home/.config/Code/User/mcp.json";
    session.write(place, "{\n  // mine\n  \"servers\": {\n    \"old\": { \"command\": \"x\" }, // keep\n  },\n  \"inputs\": []\n}\n");
    session.write(
        "home/.codex/config.toml",
        "# mine\nmodel = \"o\" # keep\n\n[mcp_servers.old]\ncommand = \"x\"\n",
    );
    session.write("home/.claude.json", "{\"numStartups\":3}");
    let add = |client: &str| session.run(["connect", client, "--url", URL, "--name", "tickets"]);

    assert_snapshot!(add("vscode").succeeded());
    assert_snapshot!(session.read(place));
    assert_snapshot!(session.read(&format!("{place}.bak")));
    assert_snapshot!(add("codex").succeeded());
    assert_snapshot!(session.read("home/.codex/config.toml"));
    assert_snapshot!(add("claude-code").succeeded());
    assert_snapshot!(session.read("home/.claude.json"));
    // Once more it is there already, and nothing is written.
    for client in ["vscode", "codex", "claude-code"] {
        assert!(add(client).succeeded().stderr.contains("already"));
    }
    assert!(!session.path("home/.claude.json.bak2").exists());
}

#[test]
fn an_entry_that_says_something_else_is_replaced_by_force_alone() {
    let session = Session::new();
    for (client, place) in [
        ("claude-code", ".mcp.json"),
        ("codex", ".codex/config.toml"),
    ] {
        let add = |url: &str, more: &[&str]| {
            let all = [
                "connect", client, "--scope", "project", "--name", "tickets", "--url", url,
            ];
            session.run(all.into_iter().chain(more.iter().copied()))
        };
        add(URL, &[]).succeeded();
        let before = session.read(place);
        assert_snapshot!(add("http://localhost:3001/mcp", &[]));
        assert_eq!(session.read(place), before);
        add("http://localhost:3001/mcp", &["--force"]).succeeded();
        assert_snapshot!(session.read(place));
        assert_eq!(session.read(&format!("{place}.bak")), before);
    }
}

#[test]
fn a_file_that_is_not_in_order_is_left_alone() {
    let session = Session::new();
    let add = |client: &str| session.run(["connect", client, "--scope", "project", "--url", URL]);
    for (client, place, text) in [
        ("cursor", ".cursor/mcp.json", "{ \"mcpServers\": {"),
        ("gemini", ".gemini/settings.json", "{ \"mcpServers\": [] }"),
        ("codex", ".codex/config.toml", "mcp_servers = 3\n"),
        ("codex", ".codex/config.toml", "= 3\n"),
    ] {
        session.write(place, text);
        assert_snapshot!(add(client));
        assert_eq!(fs::read_to_string(session.path(place)).unwrap(), text);
        assert!(!session.path(&format!("{place}.bak")).exists());
    }
}

#[test]
fn where_callers_bring_keys_the_person_is_told_to_add_one() {
    let session = Session::new();
    session.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[build-dependencies]\nxmcp-build = \"0.1\"\n",
    );
    session.write("src/main.rs", "fn main() {}\n");
    session.write("src/middleware.rs", "//! Who may call.\n");
    let print = || {
        let said = session.run(["connect", "cursor", "--print"]).succeeded();
        said.stderr.contains("add the header `X-Api-Key`")
    };
    assert!(!print());

    session.write("src/middleware.rs", "use xmcp::auth::api_key;\n");

    assert!(print());
    // Over stdio there is no header, and nobody asks for one.
    let stdio = session
        .run(["connect", "cursor", "--stdio", "--print"])
        .succeeded();
    assert!(!stdio.stderr.contains("X-Api-Key"), "{stdio}");
}

#[test]
fn what_cannot_be_connected_is_said() {
    let session = Session::new();

    assert_snapshot!(session.run(["connect", "claude-desktop", "--url", URL]));
    assert_snapshot!(session.run(["connect", "cursor", "--url", "example.com"]));
    assert_snapshot!(session.run(["connect", "cursor", "--url", URL, "--name", "my server"]));
    assert_snapshot!(session.run(["connect", "cursor"]));
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_permissions_stay_as_they_are() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let session = Session::new();
    session.write("dotfiles/claude.json", "{}");
    let real = session.path("dotfiles/claude.json");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
    symlink(&real, session.path("home/.claude.json")).unwrap();

    session
        .run(["connect", "claude-code", "--url", URL])
        .succeeded();

    assert!(session.path("home/.claude.json").is_symlink());
    assert!(session.read("dotfiles/claude.json").contains(URL));
    for file in ["dotfiles/claude.json", "dotfiles/claude.json.bak"] {
        let mode = fs::metadata(session.path(file))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[cfg(unix)]
#[test]
fn a_backup_goes_beside_the_file_and_not_where_a_link_leads() {
    use std::os::unix::fs::symlink;

    let session = Session::new();
    session.write(".mcp.json", "{}");
    symlink(
        session.path("home/elsewhere"),
        session.path(".mcp.json.bak"),
    )
    .unwrap();

    session
        .run(["connect", "claude-code", "--scope", "project", "--url", URL])
        .succeeded();

    assert!(!session.path("home/elsewhere").exists());
    assert_eq!(session.read(".mcp.json.bak2"), "{}");
}

#[test]
fn a_configuration_that_is_too_long_is_refused_and_not_cut() {
    let session = Session::new();
    session.write("home/.cursor/mcp.json", "{}");
    let path = session.path("home/.cursor/mcp.json");
    let length = 64 * 1024 * 1024 + 1;
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_len(length).unwrap();
    let said = session.run(["connect", "cursor", "--url", URL, "--name", "tickets"]);
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("is longer than 64 MiB"), "{said}");
    assert_eq!(fs::metadata(&path).unwrap().len(), length);
}

#[cfg(unix)]
#[test]
fn the_configuration_of_a_folder_is_no_way_out_of_it() {
    use std::os::unix::fs::symlink;

    let session = Session::new();
    session.write("home/.claude.json", "{}");
    symlink(session.path("home/.claude.json"), session.path(".mcp.json")).unwrap();
    symlink(session.path("home"), session.path(".cursor")).unwrap();
    fs::create_dir(session.path("app")).unwrap();
    for (client, file) in [("claude-code", ".mcp.json"), ("cursor", ".cursor")] {
        fs::rename(session.path(file), session.path(&format!("app/{file}"))).unwrap();
        let project = ["--url", URL, "--name", "tickets", "--scope", "project"];
        let all = ["connect", client].into_iter().chain(project);
        let said = session.run_in("app", all);
        assert_eq!(said.code, Some(1), "{said}");
        assert!(said.stderr.contains("leads out of"), "{said}");
    }
    assert_eq!(session.read("home/.claude.json"), "{}");
    assert!(!session.path("home/mcp.json").exists());
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_neither_waited_for_nor_replaced() {
    use std::{os::unix::fs::symlink, process::Command, sync::mpsc, thread, time::Duration};

    let session = Session::new();
    session.write("home/.cursor/other.json", "{}");
    let path = session.path("home/.cursor/mcp.json");
    let asked = ["connect", "cursor", "--url", URL, "--name", "tickets"];
    let ended = |said: &str| {
        let mut process = session.command(&asked).spawn().unwrap();
        let (send, ended) = mpsc::channel();
        let mut stderr = process.stderr.take().unwrap();
        thread::spawn(move || send.send(std::io::read_to_string(&mut stderr)));
        let stderr = ended.recv_timeout(Duration::from_secs(20));
        let _ = process.kill();
        assert_eq!(process.wait().unwrap().code(), Some(1));
        let stderr = stderr.unwrap().unwrap();
        assert!(stderr.contains(said), "{stderr}");
    };

    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    ended("is no file");

    fs::remove_file(&path).unwrap();
    symlink("nowhere.json", &path).unwrap();
    ended("is a link, and what it leads to is not there");
    assert!(path.is_symlink());
}
