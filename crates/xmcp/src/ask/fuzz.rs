//! Fuzz targets of what clients bring back. `crate::fuzz` runs them.

use std::{sync::LazyLock, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Binding, Carried, Elicited, Roots, Sampled, Seal, Warning};

static SEAL: LazyLock<Seal> = LazyLock::new(|| {
    let seal = Seal::from_environment(Duration::from_secs(3600), Warning::Never);
    seal.expect("the system has random numbers")
});

fn binding<'a>(arguments: &'a [u8], caller: &'a str) -> Binding<'a> {
    Binding {
        method: "tools/call",
        name: "order",
        arguments: Some(arguments),
        caller: Some(("https://issuer.example", caller)),
    }
}

/// Two arguments in a line each: a state of the first opens for the second if they are the same and the caller is, and never after a bit
/// of it was changed. And nothing that a stranger writes is a state.
pub fn state(data: &[u8]) {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let one = lines.next().unwrap_or_default();
    let other = lines.next().unwrap_or(one);
    let carried = Carried {
        state: Some(json!({ "step": one.len() })),
        ..Carried::default()
    };
    let sealed = SEAL
        .seal(&carried, &binding(one, "usr_1"))
        .expect("it is small");
    assert_eq!(
        SEAL.open(&sealed, &binding(one, "usr_1")).as_ref(),
        Ok(&carried)
    );
    assert!(SEAL.open(&sealed, &binding(one, "usr_2")).is_err());
    if SEAL.open(&sealed, &binding(other, "usr_1")).is_ok() {
        let [read, other_read] =
            [one, other].map(|text| serde_json::from_slice::<Value>(text).ok());
        assert!(one == other || (read.is_some() && read == other_read));
    }

    let place = usize::from(one.first().copied().unwrap_or_default()) % sealed.len();
    let bit = other.first().map_or(0, |byte| byte % 7);
    let mut changed = sealed.into_bytes();
    changed[place] ^= 1 << bit;
    let changed = String::from_utf8_lossy(&changed);
    assert!(SEAL.open(&changed, &binding(one, "usr_1")).is_err());
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(SEAL.open(text, &binding(one, "usr_1")).is_err());
    }
}

/// What the answers are read as.
#[derive(Debug, Deserialize, JsonSchema)]
struct Size {
    /// In centimetres.
    #[schemars(range(min = 1, max = 10))]
    width: u32,
    name: Option<String>,
}

/// What a client answers to a question: a form that is accepted is what was asked for.
pub fn answer(data: &[u8]) {
    let Ok(answer) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    let _ = (Sampled::read(&answer), Roots::read(&answer));
    if let Ok(Some(Elicited::Accept(size))) = <Size as Answer>::read(&answer) {
        assert_eq!(answer["action"], "accept");
        assert!((1..=10).contains(&size.width));
        let _ = size.name;
    }
}
