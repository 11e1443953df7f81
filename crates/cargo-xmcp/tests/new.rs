//! `cargo xmcp new`: what it makes, and what it refuses. That what it makes builds and passes its tests is in combinations.rs.

#[expect(dead_code, reason = "the tests of other commands use the rest")]
mod support;

use std::{fs, process::Command};

use insta::assert_snapshot;
use support::{Session, checkout};
use toml_edit::DocumentMut;

/// A session in which git has no repository around.
fn session() -> Session {
    let mut session = Session::new();
    let ceiling = session.folder().parent().unwrap().to_owned();
    session.variable("GIT_CEILING_DIRECTORIES", ceiling.to_string_lossy());
    session
}

#[test]
fn an_app_is_made_without_a_question_where_nobody_can_answer() {
    let session = session();

    assert_snapshot!(session.run(["new", "my-server"]).succeeded());
    assert_snapshot!("files_of_an_app", session.files());
    // The profiles are compared below with those that they come from.
    let manifest = session.read("my-server/Cargo.toml");
    let (manifest, _) = manifest.split_once("\n[profile.").unwrap();
    assert_snapshot!("manifest_of_an_app", manifest);
    assert_snapshot!("readme_of_an_app", session.read("my-server/README.md"));
    assert!(session.path("my-server/.git").is_dir());
}

#[test]
fn flags_choose_transport_auth_and_examples() {
    let session = session();
    let arguments =
        "new here/notes --transport stdio --auth none --with resources,prompts --no-git";

    assert_snapshot!(session.run(arguments.split(' ')).succeeded());
    assert_snapshot!("files_of_an_app_for_stdio", session.files());
    assert!(
        session
            .read("here/notes/xmcp.toml")
            .contains("\ntransport = \"stdio\"\n")
    );
    assert!(!session.path("here/notes/.git").exists());
}

#[test]
fn an_app_with_api_keys_has_one_that_nobody_else_has() {
    let session = session();
    assert_snapshot!(session.run(["new", "one", "--auth", "api-key"]).succeeded());
    session.run(["new", "two", "--auth", "api-key"]).succeeded();

    let key = session.read("one/.env");
    assert_ne!(key, session.read("two/.env"));
    let ignored = session
        .program("git".as_ref())
        .args(["-C", "one", "check-ignore", ".env"])
        .output()
        .unwrap();
    assert!(ignored.status.success());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let permissions = fs::metadata(session.path("one/.env"))
            .unwrap()
            .permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600);
    }
}

#[test]
fn inside_a_repository_no_other_is_made() {
    let session = session();
    let status = Command::new("git")
        .args(["init", "--quiet"])
        .current_dir(session.folder())
        .status()
        .unwrap();
    assert!(status.success());

    session.run(["new", "inner"]).succeeded();

    assert!(!session.path("inner/.git").exists());
}

#[test]
fn a_name_that_no_package_has_is_refused_with_the_nearest_one() {
    let session = session();

    assert_snapshot!(session.run(["new", "apps/My Server"]));
    assert_snapshot!(session.run(["new", "xmcp"]));
    assert_snapshot!(session.run(["new"]));
    assert_eq!(session.files(), "");
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let session = session();
    session.write("notes/todo.txt", "milk");

    assert_snapshot!(session.run(["new", "notes"]));
    assert_eq!(session.files(), "notes/todo.txt");
}

#[test]
fn a_checkout_that_is_none_is_refused() {
    let session = session();

    assert_snapshot!(session.run(["new", "notes", "--path", "."]));
    assert_eq!(session.files(), "");
}

/// A file of the framework's own app.
fn own(path: &str) -> String {
    fs::read_to_string(checkout().join(path)).unwrap()
}

#[test]
fn an_app_is_the_frameworks_own_in_shape() {
    let session = session();
    session.run(["new", "xmcp-shape"]).succeeded();

    for path in [
        "build.rs",
        "src/lib.rs",
        "src/main.rs",
        "src/middleware.rs",
        "tools/greet.rs",
        "tools/organization.rs",
        "tools/whoami.rs",
        "xmcp.schema.json",
    ] {
        let made = session.read(&format!("xmcp-shape/{path}"));
        assert_eq!(made.replace("xmcp_shape", "xmcp_app"), own(path), "{path}");
    }
}

#[test]
fn an_app_is_built_as_the_frameworks_own_is() {
    let session = session();
    session.run(["new", "xmcp-shape"]).succeeded();
    let parse = |text: &str| text.parse::<DocumentMut>().unwrap();
    let own = parse(&own("Cargo.toml"));
    let made = parse(&session.read("xmcp-shape/Cargo.toml"));

    for profile in ["dev", "release"] {
        assert_eq!(
            made["profile"][profile].to_string(),
            own["profile"][profile].to_string(),
            "[profile.{profile}]"
        );
    }
    for table in ["dependencies", "build-dependencies", "dev-dependencies"] {
        for (name, made) in made[table].as_table().unwrap() {
            assert!(own[table].get(name).is_some(), "[{table}] {name}");
            let Some(asked) = version(made) else { continue };
            let tested = version(&own["workspace"]["dependencies"][name]).unwrap();
            assert!(tested.starts_with(asked), "{name}: {asked} and {tested}");
        }
    }
}

/// The version that a dependency has, if it comes from a registry.
fn version(dependency: &toml_edit::Item) -> Option<&str> {
    let version = dependency.as_str();
    version.or_else(|| dependency.get("version")?.as_str())
}

#[test]
fn variables_are_those_of_the_frameworks_own_app() {
    let session = session();
    for auth in ["scalekit", "jwt", "api-key", "none"] {
        session
            .run(["new", auth_name(auth), "--auth", auth])
            .succeeded();
        let example = session.read(&format!("{}/.env.example", auth_name(auth)));
        let variables = example.lines().filter(|line| line.contains('='));
        for variable in variables {
            assert!(own(".env.example").contains(variable), "{variable}");
        }
        assert_eq!(example.contains("SCALEKIT_"), auth == "scalekit");
        assert_eq!(example.contains("XMCP_API_KEY"), auth == "api-key");
    }
}

fn auth_name(auth: &str) -> &'static str {
    match auth {
        "scalekit" => "with-scalekit",
        "jwt" => "with-jwt",
        "api-key" => "with-keys",
        _ => "with-none",
    }
}
