//! Where the person who starts a server finds an API key for a client. Which variable has one is said, and never the key.

use std::{collections::BTreeMap, fs, path::Path};

use xmcp_config::env::API_KEY;

/// So many variables are named.
const NAMED: usize = 3;

/// What `$KEY` stands for in the lines to copy: the variables that have keys, and `.env` when they stand there.
pub(super) fn note(env_file: &Path) -> String {
    let set = std::env::vars_os().filter_map(|(name, value)| {
        // What is not text is no key.
        Some((name.into_string().ok()?, value.into_string().ok()?))
    });
    let file = fs::read(env_file).unwrap_or_default();
    let file = dotenvy::from_read_iter(&*file).filter_map(Result::ok);
    of(&set.collect(), &file.collect())
}

fn of(set: &BTreeMap<String, String>, file: &BTreeMap<String, String>) -> String {
    let is_key = |name: &str, value: &str| {
        let is_one = name
            .strip_prefix(API_KEY)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
        // Of a digest nobody can tell the key.
        is_one && !value.trim().is_empty() && !value.trim_start().starts_with("sha256:")
    };
    let keys: Vec<_> = set
        .iter()
        .filter(|(name, value)| is_key(name, value))
        .collect();
    let in_file: Vec<_> = keys
        .iter()
        .filter(|(name, value)| file.get(*name) == Some(value))
        .map(|(name, _)| name.as_str())
        .collect();
    let elsewhere: Vec<_> = keys.iter().map(|(name, _)| name.as_str()).collect();
    match (in_file.is_empty(), elsewhere.is_empty()) {
        (false, _) => format!("$KEY stands in .env, in {}", named(&in_file)),
        (true, false) => format!("$KEY stands in the environment, in {}", named(&elsewhere)),
        (true, true) => "$KEY is a key that the server knows".to_owned(),
    }
}

fn named(names: &[&str]) -> String {
    let shown: Vec<_> = names
        .iter()
        .take(NAMED)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len().checked_sub(NAMED) {
        None | Some(0) => shown.join(" or "),
        Some(others) => format!("{} or {others} others", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(variables: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        variables.iter().map(owned).collect()
    }

    #[test]
    fn the_variable_and_the_file_are_named_and_the_key_is_not() {
        let file = map(&[("XMCP_API_KEY_ME", "secret-1 notes:read"), ("PORT", "1")]);
        assert_eq!(
            of(&file, &file),
            "$KEY stands in .env, in `XMCP_API_KEY_ME`"
        );
        // The environment wins over the file.
        let set = map(&[
            ("XMCP_API_KEY", "secret-2"),
            ("XMCP_API_KEY_ME", "secret-3"),
        ]);
        assert_eq!(
            of(&set, &file),
            "$KEY stands in the environment, in `XMCP_API_KEY` or `XMCP_API_KEY_ME`"
        );
        let digest = map(&[
            ("XMCP_API_KEY_CI", "sha256:00"),
            ("XMCP_API_KEYS", "a"),
            ("XMCP_API_KEY_B", " "),
        ]);
        assert_eq!(of(&digest, &digest), "$KEY is a key that the server knows");
        let many: Vec<_> = ["A", "B", "C", "D", "E"]
            .map(|it| format!("XMCP_API_KEY_{it}"))
            .into();
        let many: BTreeMap<_, _> = many.into_iter().map(|it| (it, "k".to_owned())).collect();
        assert_eq!(
            of(&many, &many),
            "$KEY stands in .env, in `XMCP_API_KEY_A`, `XMCP_API_KEY_B`, `XMCP_API_KEY_C` or 2 others"
        );
    }
}
