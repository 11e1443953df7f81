//! What survives a restart, and who may use a folder.

use std::fs;

use scalekit_emulator::{Emulator, StartError, Started};
use serde_json::json;
use tempfile::tempdir;

use crate::support::{CALLBACK, automatic, refresh, register, sign_in, verified};

#[tokio::test]
async fn tokens_clients_and_the_issuer_survive_a_restart() {
    let folder = tempdir().unwrap();
    let start = || {
        automatic()
            .state_dir(folder.path().join("made/here"))
            .port(0)
            .start()
    };
    let first = start().await.unwrap();
    let url = first.environment_url().to_owned();
    let client = register(&first, CALLBACK).await;
    let token = sign_in(&first, &client).await;
    let connection = first.connection().clone();
    first.shutdown().await;

    let second = start().await.unwrap();
    assert_eq!(second.environment_url(), url);
    assert_eq!(*second.connection(), connection);
    verified(&second, token["access_token"].as_str().unwrap()).await;
    let fresh = refresh(&second, &client, token["refresh_token"].as_str().unwrap()).await;
    assert_eq!(fresh.status, 200, "{}", fresh.text);
    sign_in(&second, &client).await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_state_is_for_its_owner_only_and_holds_no_refresh_token() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempdir().unwrap();
    let state = folder.path().join("state");
    let emulator = automatic().state_dir(&state).port(0).start().await.unwrap();
    let client = register(&emulator, CALLBACK).await;
    let token = sign_in(&emulator, &client).await;
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(state.clone()), 0o700);
    for name in ["state.json", "lock"] {
        assert_eq!(mode(state.join(name)), 0o600, "{name}");
    }
    let text = fs::read_to_string(state.join("state.json")).unwrap();
    assert!(text.contains(&client));
    for name in ["refresh_token", "access_token"] {
        assert!(!text.contains(token[name].as_str().unwrap()), "{name}");
    }
    let names: Vec<_> = fs::read_dir(&state)
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[tokio::test]
async fn a_second_start_on_a_folder_finds_the_first() {
    let folder = tempdir().unwrap();
    let builder = automatic().state_dir(folder.path()).port(0);
    let first = builder.clone().start().await.unwrap();
    let Started::Elsewhere(connection) = builder.clone().start_or_join().await.unwrap() else {
        panic!("two emulators run on one folder");
    };
    assert_eq!(connection, *first.connection());
    let error = builder.clone().start().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "an emulator is running on this folder already, at {}",
            first.environment_url()
        )
    );
    first.shutdown().await;
    assert!(matches!(
        builder.start_or_join().await.unwrap(),
        Started::Here(_)
    ));
}

#[tokio::test]
async fn a_folder_whose_port_was_taken_goes_on_at_another_one_and_stays_there() {
    let folder = tempdir().unwrap();
    let builder = automatic().state_dir(folder.path());
    let first = builder.clone().port(0).start().await.unwrap();
    assert_eq!(first.warning(), None);
    let port = first.connection().port();
    let client = register(&first, CALLBACK).await;
    let token = sign_in(&first, &client).await;
    first.shutdown().await;
    let taken = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .unwrap();

    let second = builder.clone().start().await.unwrap();
    let moved = second.connection().port();
    assert_ne!(moved, port);
    let said = second.warning().unwrap();
    assert!(
        said.contains(&format!("was on port {port} before"))
            && said.contains(&format!("at http://127.0.0.1:{moved} from now on")),
        "{said}"
    );
    // What clients have registered, and what they may refresh, is still known.
    let fresh = refresh(&second, &client, token["refresh_token"].as_str().unwrap()).await;
    assert_eq!(fresh.status, 200, "{}", fresh.text);
    let fresh = sign_in(&second, &client).await;
    verified(&second, fresh["access_token"].as_str().unwrap()).await;
    let found = Emulator::running(folder.path()).await.unwrap();
    assert_eq!(found, *second.connection());
    second.shutdown().await;

    drop(taken);
    let third = builder.start().await.unwrap();
    assert_eq!(third.connection().port(), moved);
    assert_eq!(third.warning(), None);
}

#[tokio::test]
async fn a_port_that_is_asked_for_is_had_or_nothing_starts() {
    let folder = tempdir().unwrap();
    let builder = automatic().state_dir(folder.path());
    let first = builder.clone().port(0).start().await.unwrap();
    let port = first.connection().port();
    first.shutdown().await;
    let taken = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .unwrap();
    let error = builder.clone().port(port).start().await.unwrap_err();
    assert!(
        matches!(error, StartError::Listen { port: it, .. } if it == port),
        "{error}"
    );

    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let other = free.local_addr().unwrap().port();
    drop(free);
    let second = builder.port(other).start().await.unwrap();
    assert_eq!(second.connection().port(), other);
    assert!(second.warning().is_some());
    drop(taken);
}

#[tokio::test]
async fn state_that_cannot_be_read_is_an_error_that_names_the_file() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("state.json");
    for text in ["{", "{}"] {
        fs::write(&file, text).unwrap();
        let error = automatic()
            .state_dir(folder.path())
            .start()
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot use the state in `{}`", file.display())
        );
    }
}

#[tokio::test]
async fn what_is_shown_of_it_holds_no_secret() {
    let emulator = automatic().start().await.unwrap();
    let shown = format!("{emulator:?} {:?}", emulator.connection().mcp_client());
    for client in [
        emulator.connection().mcp_client(),
        emulator.connection().environment_client(),
    ] {
        assert!(!shown.contains(client.secret()));
    }
    assert!(shown.contains("****"));
    let error = automatic()
        .server_url("localhost:3001")
        .start()
        .await
        .unwrap_err();
    assert!(matches!(error, StartError::ServerUrl(_)), "{error}");
    assert_eq!(json!(emulator.resource_id()), "res_1");
}
