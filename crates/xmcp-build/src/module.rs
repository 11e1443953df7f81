//! Names of the generated modules: every file's path becomes an identifier that no other file has.

use std::collections::HashSet;

/// Hands out identifiers. `tools/users/get-user.rs` is `tools_users_get_user`; when `tools/users/get_user.rs` wants the same,
/// the later one gets a number.
#[derive(Default)]
pub(crate) struct ModuleNames {
    taken: HashSet<String>,
}

impl ModuleNames {
    pub(crate) fn name(&mut self, folder: &str, path: &str) -> String {
        let plain = mangle(folder, path.strip_suffix(".rs").unwrap_or(path));
        let numbered = (2..).map(|number| format!("{plain}_{number}"));
        let name = std::iter::once(plain.clone())
            .chain(numbered)
            .find(|name| !self.taken.contains(name))
            .expect("numbers do not run out");
        self.taken.insert(name.clone());
        name
    }
}

/// Lower case, and one underscore between words: what rustc calls snake case, so that no lint asks for another name.
fn mangle(folder: &str, path: &str) -> String {
    let words = path
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.fold(folder.to_owned(), |name, word| {
        name + "_" + &word.to_ascii_lowercase()
    })
}

#[cfg(test)]
mod tests {
    use super::ModuleNames;

    #[test]
    fn every_path_gets_an_identifier_of_its_own() {
        let mut names = ModuleNames::default();
        let name = |path| names.name("tools", path);

        let given: Vec<_> = [
            "a_b_2.rs",
            "a-b.rs",
            "a_b.rs",
            "A/b.rs",
            "été.rs",
            "(x)/[y].rs",
        ]
        .map(name)
        .into();

        assert_eq!(
            given,
            [
                "tools_a_b_2",
                "tools_a_b",
                "tools_a_b_3",
                "tools_a_b_4",
                "tools_t",
                "tools_x_y"
            ]
        );
    }
}
