//! Whether callers of an app bring API keys. No client can get one by itself, so the person has to be told where it goes.

use std::fs;

use xmcp_build::App;

/// Whether the app's middleware speaks of keys, in its code and not in what it says to people.
pub(crate) fn are_taken(app: &App) -> bool {
    let Some(path) = &app.middleware else {
        return false;
    };
    names_them(&fs::read_to_string(app.root.join(path)).unwrap_or_default())
}

fn names_them(code: &str) -> bool {
    code.lines()
        .filter_map(|line| line.split("//").next())
        .any(|line| line.contains("api_key") || line.contains("ApiKey"))
}

#[cfg(test)]
mod tests {
    use super::names_them;

    #[test]
    fn code_that_takes_keys_is_told_from_words_about_them() {
        assert!(names_them("use xmcp::auth::api_key;"));
        assert!(names_them("fn f() { ApiKeyConfig::from_env() }"));
        assert!(!names_them("//! No api_key here.\nfn f() {} // nor ApiKey"));
    }
}
