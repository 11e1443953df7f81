//! `cargo xmcp create`: files that compile as they are, and names that are refused.

#[expect(dead_code, reason = "the tests of other commands use the rest")]
mod support;

use insta::assert_snapshot;
use support::Session;

/// A session in the folder of an app.
fn app() -> Session {
    let session = Session::new();
    session
        .run(["new", "app", "--no-git", "--auth", "none"])
        .succeeded();
    session
}

fn create(session: &Session, arguments: &str) -> support::Transcript {
    session.run_in("app", ["create"].into_iter().chain(arguments.split(' ')))
}

/// That the app's files have nothing that a build or `check` would say.
#[track_caller]
fn is_clean(session: &Session) {
    let checked = session.run_in("app", ["check", "--deny", "warnings"]);
    checked.succeeded();
}

#[test]
fn a_tool_is_a_file_that_compiles_as_it_is() {
    let session = app();

    assert_snapshot!(create(&session, "tool dice/roll").succeeded());
    assert_snapshot!("a_tool", session.read("app/tools/dice/roll.rs"));
    let description = ["create", "tool", "search", "-d", "Search  the\nnotes"];
    session.run_in("app", description).succeeded();
    assert!(
        session
            .read("app/tools/search.rs")
            .starts_with("//! Search the notes\n")
    );
    create(
        &session,
        "tool a-rather-long-name/that-goes-on-and-on/and-on.v2",
    )
    .succeeded();
    assert_snapshot!(
        "a_tool_with_a_long_name",
        session.read("app/tools/a-rather-long-name/that-goes-on-and-on/and-on.v2.rs")
    );
    is_clean(&session);
    is_formatted(&session);
}

#[test]
fn a_prompt_is_a_file_that_compiles_as_it_is() {
    let session = app();

    assert_snapshot!(create(&session, "prompt prompts/review.rs").succeeded());
    assert_snapshot!("a_prompt", session.read("app/prompts/review.rs"));
    is_clean(&session);
    is_formatted(&session);
}

#[test]
fn a_resource_is_named_by_its_uri_or_by_its_path() {
    let session = app();

    assert_snapshot!(create(&session, "resource users://{id}/posts/{type}").succeeded());
    assert_snapshot!(
        "a_template",
        session.read("app/resources/(users)/[id]/posts/[type].rs")
    );
    assert_snapshot!(create(&session, "resource (docs)/rules").succeeded());
    assert_snapshot!("a_resource", session.read("app/resources/(docs)/rules.rs"));
    create(&session, "resource files://{+path}").succeeded();
    is_clean(&session);
    is_formatted(&session);
}

#[test]
fn folders_are_those_of_the_settings() {
    let session = app();
    session.write(
        "app/xmcp.toml",
        "[paths]\ntools = \"src/mcp\"\nprompts = false\n",
    );

    create(&session, "tool src/mcp/ping").succeeded();
    assert!(session.path("app/src/mcp/ping.rs").is_file());
    assert_snapshot!(create(&session, "prompt review"));
}

#[test]
fn an_app_that_wants_scopes_gets_them() {
    let session = app();
    session.write("app/xmcp.toml", "[build]\ndeny = [\"unscoped\"]\n");

    create(&session, "tool notes/find").succeeded();
    assert_snapshot!(session.read("app/tools/notes/find.rs"));
}

#[test]
fn what_is_there_is_not_written_over() {
    let session = app();
    let before = session.read("app/tools/greet.rs");

    assert_snapshot!(create(&session, "tool greet"));
    assert_eq!(session.read("app/tools/greet.rs"), before);
}

#[test]
fn a_name_that_another_file_has_is_refused() {
    let session = app();
    create(&session, "tool users/get").succeeded();
    create(&session, "resource users://{id}").succeeded();
    let before = session.files();

    assert_snapshot!(create(&session, "tool users_get"));
    assert_snapshot!(create(&session, "resource users://{name}"));
    assert_eq!(session.files(), before);
}

#[test]
fn names_that_nothing_can_have_are_refused() {
    let session = app();
    let before = session.files();

    assert_snapshot!(create(&session, "tool ../greet"));
    assert_snapshot!(create(&session, "tool größe"));
    assert_snapshot!(create(&session, "tool _shared"));
    assert_snapshot!(create(&session, "resource profile"));
    assert_snapshot!(create(&session, "resource a://{+rest}/b"));
    assert_snapshot!(create(&session, "skill x"));
    assert_eq!(session.files(), before);
}

#[track_caller]
fn is_formatted(session: &Session) {
    let files = session.files();
    let sources = files
        .lines()
        .filter(|file| file.ends_with(".rs") && !file.contains("/src/"));
    let output = session
        .program("rustfmt".as_ref())
        .args(["--check", "--edition", "2024"])
        .args(sources)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}
