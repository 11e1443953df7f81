//! `cargo xmcp doctor`, with servers that are well and servers that are not, and with an app that has everything wrong.

#[expect(dead_code, reason = "the tests of other commands use the rest")]
mod support;

use insta::assert_snapshot;
use serde_json::Value;
use support::{
    Session, Transcript, checkout,
    server::{Server, answering, dead},
};

#[test]
fn it_says_what_it_does() {
    assert_snapshot!(Session::new().run(["doctor", "--help"]).succeeded());
}

#[test]
fn a_server_that_is_well_has_no_problems() {
    let mut session = Session::new();
    let open = Server::everything(&session);
    assert_snapshot!(session.run(["doctor", &open.url]).succeeded());

    let protected = Server::app(&session);
    let said = session.run(["doctor", &protected.url]).succeeded();
    let id = said.stdout.split("/resources/").nth(1).unwrap();
    session.name(id.split_whitespace().next().unwrap(), "[RESOURCE]");
    assert_snapshot!(session.run(["doctor", &protected.url]).succeeded());
    let json = session
        .run(["doctor", &protected.url, "--json"])
        .succeeded();
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        (&json["problems"], &json["warnings"]),
        (&0.into(), &0.into())
    );
    assert_eq!(json["findings"][0]["area"], "server");
    assert_eq!(json["findings"][0]["level"], "ok");

    // The name is another one, and clients compare to the letter; the server takes any name of this machine for its own.
    let other = format!("{}?x=1", protected.url);
    let other = session.run(["doctor", &other]);
    assert_eq!(other.code, Some(1));
    assert!(
        other.stdout.contains("problem  resource metadata"),
        "{other}"
    );
}

#[test]
fn each_way_to_be_no_server_is_told() {
    let session = Session::new();
    let ask = |url: &str| -> Transcript { session.run(["doctor", url, "--timeout", "5"]) };

    assert_snapshot!(ask(&dead()));
    assert_snapshot!(ask(&answering("SSH-2.0-OpenSSH_9.9\r\n")));
    assert_snapshot!(ask(&answering(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 16\r\nConnection: close\r\n\r\n<h1>\x1b[31mHi</h1>"
    )));
    assert_snapshot!(ask(&answering("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nDate: Mon, 23 Nov 2020 12:00:00 GMT\r\nConnection: close\r\n\r\n")).to_string().lines().filter(|line| !line.contains("clock")).collect::<Vec<_>>().join("\n"));
    assert_snapshot!(ask(&answering(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )));
    // Keys are given and not signed in for: nothing is wrong with that.
    let keys = answering(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ApiKey realm=\"mcp\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
    assert!(
        ask(&keys)
            .stdout
            .contains("note     challenge: 401 asks for something else than `Bearer`: ApiKey")
    );
    // It serves whoever asks, whatever they say their page is.
    assert_snapshot!(ask(&answering(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nAccess-Control-Allow-Origin: https://doctor.invalid\r\nAccess-Control-Allow-Credentials: true\r\nContent-Length: 66\r\nConnection: close\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocolVersion\":\"2025-11-25\"}}"
    )));
    assert_snapshot!(ask("mcp.example.com/mcp"));
}

#[test]
fn an_app_is_looked_at_where_it_is() {
    let session = Session::new();
    let checkout = checkout();
    let app = session.run([
        "doctor",
        "--manifest-path",
        checkout.to_str().unwrap(),
        "--json",
    ]);

    let app: Value = serde_json::from_str(&app.stdout).unwrap();
    let findings = app["findings"].as_array().unwrap();
    let level = |check: &str| &findings.iter().find(|it| it["check"] == check).unwrap()["level"];
    for check in [
        "tools",
        "panic",
        "dependencies",
        "schemars",
        "public_url",
        "variables",
    ] {
        assert_eq!(level(check), "ok", "{app:#}");
    }
    let rust_src = level("rust-src");
    assert!(rust_src == "ok" || rust_src == "warning");
}

#[test]
fn whoever_has_the_place_of_the_app_is_told_from_it() {
    let session = Session::new();
    session.write(
        "Cargo.toml",
        "[package]\nname = \"mine\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    );
    session.write("src/main.rs", "fn main() {}\n");
    let at = |url: &str, name: &str| {
        let port = port_of(url);
        session.write(
            "xmcp.toml",
            &format!("[server]\nname = \"{name}\"\n[http]\nport = {port}\n"),
        );
        session.run(["doctor"]).stdout
    };
    let open = Server::everything(&session);
    let protected = Server::app(&session);
    for (server, name) in [(&open, "everything"), (&protected, "xmcp-app")] {
        let said = at(&server.url, name);
        assert!(said.contains("ok       identity: it is this app"), "{said}");
        assert!(said.contains("origin"), "{said}");
        let said = at(&server.url, "mine");
        let found = format!(
            "problem  identity: another server has the place of this app, which is called `mine`: `{name}`"
        );
        assert!(said.contains(&found), "{said}");
        assert!(!said.contains("origin"), "{said}");
    }
    // Without a name of its own it has the package's.
    session.write(
        "xmcp.toml",
        &format!("[http]\nport = {}\n", port_of(&open.url)),
    );
    let said = session.run(["doctor"]).stdout;
    assert!(said.contains("which is called `mine`"), "{said}");
}

fn port_of(url: &str) -> &str {
    url.rsplit(':').next().unwrap().trim_end_matches("/mcp")
}

#[test]
fn what_goes_wrong_with_an_app_is_found_with_its_remedy() {
    let session = Session::new();
    session.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nschemars = \"0.8\"\n\n\
         [profile.release]\npanic = \"abort\"\n",
    );
    session.write("src/main.rs", "fn main() {}\n");
    session.write("tools/broken.rs", "//! A tool without a handler\n");
    session.write(
        "xmcp.toml",
        "[http]\npublic_url = \"http://mcp.example.com\"\n",
    );
    session.write(
        ".env",
        "SCALEKIT_CLIENT_ID=skc_1\nSCALEKIT_EMULATOR_CONSNT=auto\nXMCP_HTTP_PROT=3\nPASSWORD=hunter2\n",
    );
    session.write(
        "Cargo.lock",
        "[[package]]\nname = \"app\"\ndependencies = [\"schemars 0.8.22\"]\n\n\
         [[package]]\nname = \"xmcp-rs\"\ndependencies = [\"schemars 1.2.0\"]\n",
    );
    let git = session
        .program("git".as_ref())
        .args(["init", "--quiet"])
        .status();
    assert!(git.unwrap().success());

    let said = session.run(["doctor"]);

    assert!(!said.to_string().contains("hunter2"));
    // Whether the toolchain has its sources is the machine's.
    let mut is_about_sources = false;
    let lines: Vec<_> = said
        .stdout
        .lines()
        .filter(|line| {
            is_about_sources =
                line.contains("rust-src:") || is_about_sources && line.starts_with("    ");
            !is_about_sources
        })
        .collect();
    assert_snapshot!(lines.join("\n"));
    assert_eq!(said.code, Some(1));

    session.write("xmcp.toml", "[http]\nhost = \"0.0.0.0\"\n");
    session.write(".gitignore", ".env\n");
    session.write(".env", "PORT=3001\n");
    let said = session.run(["doctor"]);
    assert!(said.stdout.contains("problem  public_url: none"), "{said}");
    assert!(said.stdout.contains("ok       .env"), "{said}");
    session.write("xmcp.toml", "[http]\nhost = 3\n");
    let said = session.run(["doctor"]);
    assert!(said.stdout.contains("problem  settings"), "{said}");
    assert!(!said.stdout.contains("hint:"), "{said}");
    session.write(
        "xmcp.toml",
        "[http]\npublic_url = \"https://mcp.example.com\"\n",
    );
    let said = session.run(["doctor"]);
    let found = "problem  public_url: https://mcp.example.com is still an example's";
    assert!(said.stdout.contains(found), "{said}");
    session.write("xmcp.toml", "[server]\ntransport = \"stdio\"\n");
    let said = session.run(["doctor"]);
    assert!(
        said.stdout.contains("note     running: clients start it"),
        "{said}"
    );
}

#[test]
fn addresses_of_a_new_app_that_belong_to_nobody_are_named_with_their_places() {
    let session = Session::new();
    session.run(["new", "app", "--auth", "jwt"]).succeeded();
    let addresses = |said: &Transcript| {
        let lines = said.stdout.lines();
        let lines = lines.skip_while(|line| !line.contains("addresses:"));
        let lines: Vec<_> = lines.take(6).collect();
        lines.join("\n")
    };
    let said = session.run_in("app", ["doctor"]);
    assert_eq!(said.code, Some(1));
    assert_snapshot!(addresses(&said));

    let path = "app/src/middleware.rs";
    let text = session.read(path).replace("example.com", "acme.com");
    session.write(path, &text);
    let said = session.run_in("app", ["doctor"]);
    let found = "ok       addresses: none in src/middleware.rs is an example's";
    assert!(said.stdout.contains(found), "{said}");
}
