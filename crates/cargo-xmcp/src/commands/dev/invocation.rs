//! How cargo ran the compiler, as `cargo build -vv` tells it: a line a command, with its variables, in the words of a shell.

use std::path::{Path, PathBuf};

/// One run of rustc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Invocation {
    pub(super) variables: Vec<(String, String)>,
    pub(super) program: String,
    pub(super) arguments: Vec<String>,
}

impl Invocation {
    /// What a line of cargo's says, if it is a command that compiles something.
    pub(super) fn read(line: &str) -> Option<Self> {
        let line = line.trim().strip_prefix("Running `")?.strip_suffix('`')?;
        let mut words = shlex::split(line)?.into_iter().peekable();
        let mut variables = Vec::new();
        while let Some((name, value)) = words.peek().and_then(|word| variable(word)) {
            variables.push((name.to_owned(), value.to_owned()));
            words.next();
        }
        let program = words.next()?;
        let arguments: Vec<_> = words.collect();
        let is_compiler = arguments.iter().any(|argument| argument == "--crate-name");
        is_compiler.then_some(Self {
            variables,
            program,
            arguments,
        })
    }

    /// Whether it made the library of this package.
    pub(super) fn is_library_of(&self, package: &str) -> bool {
        let is_library = self.values("--crate-type").any(|kind| {
            kind.split(',')
                .any(|kind| matches!(kind, "lib" | "rlib" | "dylib"))
        });
        is_library && self.variable("CARGO_PKG_NAME") == Some(package)
    }

    /// What a variable was set to.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The values of an argument that has one of its own each time.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.arguments.iter().zip(self.arguments.iter().skip(1));
        pairs
            .filter(move |(argument, _)| *argument == name)
            .map(|(_, value)| value.as_str())
    }

    /// The same without an argument, where its value is one of these.
    pub(super) fn without(&self, name: &str, is_one: impl Fn(&str) -> bool) -> Self {
        let mut arguments = Vec::new();
        let mut rest = self.arguments.iter().peekable();
        while let Some(argument) = rest.next() {
            match rest.peek() {
                Some(value) if argument == name && is_one(value) => {
                    rest.next();
                }
                _ => arguments.push(argument.clone()),
            }
        }
        Self {
            arguments,
            ..self.clone()
        }
    }

    /// What `-C name=value` says.
    pub(super) fn codegen(&self, name: &str) -> Option<&str> {
        self.values("-C")
            .find_map(|option| option.strip_prefix(name)?.strip_prefix('='))
    }

    /// The libraries that the crate names, macros aside: what it calls them, and where they are.
    pub(super) fn libraries(&self) -> Vec<(String, PathBuf)> {
        let named = self.values("--extern").filter_map(|one| {
            let (name, path) = one.split_once('=')?;
            let path = Path::new(path);
            let is_library = matches!(path.extension()?.to_str()?, "rlib" | "rmeta");
            // Options may stand before the name.
            let name = name.rsplit(':').next()?;
            is_library.then(|| (name.to_owned(), path.with_extension("rlib")))
        });
        named.collect()
    }
}

fn variable(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (!name.is_empty() && name.bytes().all(is_name)).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_taken_apart_as_a_shell_would() {
        let line = "     Running `CARGO_PKG_DESCRIPTION='it'\\''s a `server`' CARGO_PKG_NAME=my-app OUT_DIR=/t/out /bin/rustc --crate-name \
                    my_app src/lib.rs --crate-type lib --cfg 'feature=\"a\"' -C metadata=ab -C incremental=/t/inc --extern \
                    noprelude:serde=/t/libserde-1.rmeta --extern derive=/t/libderive-1.so`";
        let invocation = Invocation::read(line).unwrap();
        assert_eq!(invocation.program, "/bin/rustc");
        assert_eq!(
            invocation.variable("CARGO_PKG_DESCRIPTION"),
            Some("it's a `server`")
        );
        assert!(invocation.is_library_of("my-app"));
        assert_eq!(invocation.codegen("metadata"), Some("ab"));
        assert_eq!(
            invocation.values("--cfg").collect::<Vec<_>>(),
            ["feature=\"a\""]
        );
        let without = invocation.without("--cfg", |value| value.starts_with("feature"));
        assert_eq!(without.values("--cfg").count(), 0);
        assert_eq!(without.arguments.len() + 2, invocation.arguments.len());
        assert_eq!(
            invocation.libraries(),
            [("serde".to_owned(), PathBuf::from("/t/libserde-1.rlib"))]
        );
    }

    #[test]
    fn what_compiles_nothing_is_no_invocation() {
        for line in [
            "   Compiling app v0.1.0",
            "     Running `/t/build/app-1/build-script-build`",
            "     Running `rustc --crate-name 'open",
        ] {
            assert_eq!(Invocation::read(line), None, "{line}");
        }
    }
}
