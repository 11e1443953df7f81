//! What was sealed, and what opens it.

use std::{
    io,
    sync::{Arc, Mutex},
};

use serde_json::{Map, json};

use super::*;

const MINUTES: Duration = Duration::from_secs(600);
const OLD: &str = "an old secret of thirty-two bytes or more";
const NEW: &str = "a new secret of thirty-two bytes or more";

fn seal(secrets: &str) -> Seal {
    Seal::new(secrets, MINUTES, Warning::Never).unwrap()
}

fn binding() -> Binding<'static> {
    Binding {
        method: "tools/call",
        name: "order",
        arguments: Some(br#"{"a":1,"b":[2]}"#),
        caller: Some(("https://issuer.example", "usr_1")),
    }
}

fn carried() -> Carried {
    Carried {
        answers: Map::from_iter([("size".to_owned(), json!({ "action": "decline" }))]),
        state: Some(json!({ "step": 2 })),
    }
}

#[test]
fn what_was_sealed_opens_for_the_same_request_and_shows_nothing() {
    let seal = seal(NEW);
    let text = seal.seal(&carried(), &binding()).unwrap();
    assert_eq!(seal.open(&text, &binding()), Ok(carried()));
    let again = seal.seal(&carried(), &binding()).unwrap();
    assert_ne!(text, again, "two states look alike");
    let raw = BASE64_URL_SAFE_NO_PAD.decode(&text).unwrap();
    assert!(!raw.windows(4).any(|bytes| bytes == b"step"));
}

#[test]
fn a_random_key_is_made_when_something_is_first_sealed() {
    let seal = seal("");
    let another = self::seal(NEW).seal(&carried(), &binding()).unwrap();
    assert_eq!(seal.open(&another, &binding()), Err(SealError::Foreign));
    assert_eq!(seal.keys().count(), 0, "nobody had to gather randomness");
    let text = seal.seal(&carried(), &binding()).unwrap();
    assert_eq!(seal.open(&text, &binding()), Ok(carried()));
    seal.seal(&carried(), &binding()).unwrap();
    assert_eq!(seal.keys().count(), 1);
}

/// 2026-07-28 basic/patterns/mrtr, "Server Requirements", 4: state that fails verification is rejected.
#[test]
fn no_byte_of_it_can_be_changed() {
    let seal = seal(NEW);
    let text = seal.seal(&carried(), &binding()).unwrap();
    let whole = BASE64_URL_SAFE_NO_PAD.decode(&text).unwrap();
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        let changed = BASE64_URL_SAFE_NO_PAD.encode(changed);
        assert_eq!(
            seal.open(&changed, &binding()),
            Err(SealError::Foreign),
            "byte {place}"
        );
    }
    for changed in [
        format!("{text}-TAMPERED"),
        text[..text.len() - 2].to_owned(),
        text.replace(char::is_alphanumeric, "A"),
        String::new(),
        "AQ".to_owned(),
        "not base64!".to_owned(),
    ] {
        assert_eq!(
            seal.open(&changed, &binding()),
            Err(SealError::Foreign),
            "{changed}"
        );
    }
}

/// The same, 5: another request or principal is rejected.
#[test]
fn it_opens_for_no_other_request_and_no_other_caller() {
    let seal = seal(NEW);
    let text = seal.seal(&carried(), &binding()).unwrap();
    let same = Binding {
        arguments: Some(br#"{ "b": [2], "a": 1 }"#),
        ..binding()
    };
    assert_eq!(
        seal.open(&text, &same),
        Ok(carried()),
        "the order of members says nothing"
    );
    let others = [
        Binding {
            method: "prompts/get",
            ..binding()
        },
        Binding {
            name: "orders",
            ..binding()
        },
        Binding {
            arguments: None,
            ..binding()
        },
        Binding {
            arguments: Some(br#"{"a":1,"b":[3]}"#),
            ..binding()
        },
        Binding {
            caller: None,
            ..binding()
        },
        Binding {
            caller: Some(("https://issuer.example", "usr_2")),
            ..binding()
        },
        Binding {
            caller: Some(("https://issuer.exampleusr", "_1")),
            ..binding()
        },
    ];
    for other in others {
        assert_eq!(
            seal.open(&text, &other),
            Err(SealError::Foreign),
            "{other:?}"
        );
    }
}

#[test]
fn it_opens_until_its_time_is_over() {
    let seal = seal(NEW);
    let end = SystemTime::now() - Duration::from_secs(1);
    let text = seal.seal_until(&carried(), &binding(), end).unwrap();
    assert_eq!(seal.open(&text, &binding()), Err(SealError::Expired));
}

#[test]
fn the_first_key_seals_and_every_key_opens() {
    let (old, both, new) = (seal(OLD), seal(&format!(" {NEW} , {OLD},")), seal(NEW));
    let before = old.seal(&carried(), &binding()).unwrap();
    assert_eq!(both.open(&before, &binding()), Ok(carried()));
    let after = both.seal(&carried(), &binding()).unwrap();
    assert_eq!(new.open(&after, &binding()), Ok(carried()));
    assert_eq!(old.open(&after, &binding()), Err(SealError::Foreign));
    let (one, other) = (seal(""), seal(""));
    let random = one.seal(&carried(), &binding()).unwrap();
    assert_eq!(one.open(&random, &binding()), Ok(carried()));
    assert_eq!(other.open(&random, &binding()), Err(SealError::Foreign));
}

#[test]
fn a_short_secret_is_refused_without_being_shown() {
    let problem = Seal::new(&format!("{NEW},hunter2"), MINUTES, Warning::Once).unwrap_err();
    assert!(
        problem.contains("secret 2 of 2 is shorter than 32 bytes"),
        "{problem}"
    );
    assert!(!problem.contains("hunter2"), "{problem}");
    assert!(!format!("{:?}", seal(NEW)).contains("secret"));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_random_key_is_told_of_once_and_only_where_it_matters() {
    let said = |secrets: &str, warning| {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let seal = Seal::new(secrets, MINUTES, warning).unwrap();
            for _ in 0..2 {
                seal.seal(&carried(), &binding()).unwrap();
            }
        });
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        log.matches("`XMCP_STATE_KEY` is not set").count()
    };
    assert_eq!(said("", Warning::Once), 1);
    assert_eq!(said("", Warning::Never), 0);
    assert_eq!(said(NEW, Warning::Once), 0);
}

#[test]
fn it_is_bounded_both_ways() {
    let large = Carried {
        state: Some("x".repeat(LARGEST).into()),
        ..Carried::default()
    };
    let seal = seal(NEW);
    assert_eq!(seal.seal(&large, &binding()), Err(SealError::TooLarge));
    assert_eq!(
        seal.open(&"A".repeat(LARGEST + 1), &binding()),
        Err(SealError::TooLarge)
    );
}

/// Found by the fuzz target `state`.
#[test]
fn arguments_that_no_value_can_hold_are_not_all_the_same() {
    let seal = seal(NEW);
    let of = |arguments: &'static [u8]| Binding {
        arguments: Some(arguments),
        ..binding()
    };
    let [one, other] = [br#"{"a":1e999,"b":1}"#, br#"{"a":1e999,"b":2}"#].map(|text| of(text));
    let text = seal.seal(&carried(), &one).unwrap();
    assert_eq!(seal.open(&text, &one), Ok(carried()));
    assert_eq!(seal.open(&text, &other), Err(SealError::Foreign));
    assert_eq!(seal.open(&text, &of(b"null")), Err(SealError::Foreign));
}
