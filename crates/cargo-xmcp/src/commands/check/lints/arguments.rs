//! What callers fill in.

use super::{Found, Lint, Subject};

/// Words that make a secret of what is named by them.
const SECRET: [&str; 9] = [
    "apikey",
    "credential",
    "credentials",
    "passphrase",
    "passwd",
    "password",
    "pwd",
    "secret",
    "secrets",
];

/// The same for two words.
const SECRET_PAIRS: [[&str; 2]; 4] = [
    ["access", "key"],
    ["api", "key"],
    ["private", "key"],
    ["secret", "key"],
];

/// Whose tokens are none that anybody signs in with.
const PLACES: [&str; 6] = ["continuation", "cursor", "next", "page", "start", "sync"];

/// Arguments that are named like secrets: what a model is told is written down in more than one place.
pub(super) fn secrets(subject: &Subject<'_>) -> Vec<Found> {
    let arguments = subject.outline().arguments.iter();
    arguments
        .filter(|argument| is_secret(&argument.name))
        .map(|argument| {
            let message = format!(
                "argument `{}` is named like a secret, which the model and the client's history would see: let the server have it, \
                 from its environment or by the session of the caller",
                argument.name
            );
            subject.found(Lint::SecretArgument, argument.place, message)
        })
        .collect()
}

fn is_secret(name: &str) -> bool {
    let words = words(name);
    let has = |word: &str| words.iter().any(|other| other == word);
    let is_token = has("token") && !PLACES.iter().any(|place| has(place));
    let is_pair = words
        .windows(2)
        .any(|pair| SECRET_PAIRS.iter().any(|secret| pair == secret));
    is_token || is_pair || SECRET.iter().any(|word| has(word))
}

/// `apiKey`, `api_key` and `api-key` are `api` and `key`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for character in name.chars() {
        let begins = character.is_uppercase() && before.is_lowercase();
        if begins || !character.is_alphanumeric() {
            words.push(String::new());
        }
        if character.is_alphanumeric() {
            let last = words.last_mut().expect("there is one from the beginning");
            last.extend(character.to_lowercase());
        }
        before = character;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Enums whose variants a model has to guess about.
pub(super) fn variants(subject: &Subject<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for choice in &subject.outline().enums {
        let Some(first) = choice.undocumented.first() else {
            continue;
        };
        let (others, have) = match choice.undocumented.len() - 1 {
            0 => (String::new(), "has"),
            1 => (" and another".to_owned(), "have"),
            more => (format!(" and {more} others"), "have"),
        };
        let message = format!(
            "variant `{}` of `{}`{others} {have} no documentation: say in a `///` line above each when to choose it",
            first.name, choice.name
        );
        found.push(subject.found(Lint::UndocumentedVariant, first.place, message));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn secrets_are_known_by_their_words() {
        for name in [
            "password",
            "user_password",
            "apiKey",
            "api_key",
            "accessToken",
            "token",
            "client-secret",
            "privateKey",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "page_token",
            "nextPageToken",
            "max_tokens",
            "key",
            "secretary",
            "passage",
            "keyboard",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
