//! From what was typed to the file that it names.

use xmcp_build::{Name, Uri};

use super::Kind;
use crate::{Failure, Result};

/// A file that is about to be made.
#[derive(Debug)]
pub(super) struct Location {
    pub(super) kind: Kind,
    /// The file, as seen from the app's root.
    pub(super) file: String,
    /// Its path below the folder of its kind, without `.rs`.
    pub(super) path: String,
    /// What it is known by: a name, or a URI.
    pub(super) title: String,
    /// The parameters of a resource's URI.
    pub(super) parameters: Vec<String>,
}

impl Location {
    /// What `typed` means: a name, a path, a file or a URI.
    pub(super) fn parse(kind: Kind, typed: &str, folder: &str) -> Result<Self> {
        let path = match typed.split_once("://") {
            Some((scheme, rest)) if kind == Kind::Resource => path_of_uri(scheme, rest),
            _ => typed.replace('\\', "/"),
        };
        let path = path.strip_prefix("./").unwrap_or(&path);
        let below = path
            .strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'));
        let path = below.unwrap_or(path);
        let path = path.strip_suffix(".rs").unwrap_or(path).to_owned();
        check(kind, &path)?;
        let (title, parameters) = match kind {
            Kind::Tool | Kind::Prompt => (name(kind, &path)?, Vec::new()),
            Kind::Resource => uri(&path)?,
        };
        Ok(Self {
            kind,
            file: format!("{folder}/{path}.rs"),
            path,
            title,
            parameters,
        })
    }

    /// Its path in words, without marks: `(users)/[id]/profile` is `users`, `id`, `profile`.
    pub(super) fn words(&self) -> Vec<String> {
        let is_mark = |character: char| !character.is_alphanumeric();
        let parts = self.path.split('/').map(|part| {
            let words = part.split(is_mark).filter(|word| !word.is_empty());
            words.collect::<Vec<_>>().join(" ")
        });
        parts.filter(|part| !part.is_empty()).collect()
    }
}

/// `users://{id}/{+rest}` is `(users)/[id]/[...rest]`.
fn path_of_uri(scheme: &str, rest: &str) -> String {
    let segments = rest.split('/').map(|segment| {
        match segment
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(name) => match name.strip_prefix('+') {
                Some(name) => format!("[...{name}]"),
                None => format!("[{name}]"),
            },
            None => segment.to_owned(),
        }
    });
    format!("({scheme})/{}", segments.collect::<Vec<_>>().join("/"))
}

/// That the path stays below its folder, and that the scan finds it there.
fn check(kind: Kind, path: &str) -> Result<()> {
    let folder = kind.plural();
    for part in path.split('/') {
        let problem = match part {
            "" => "has an empty part",
            "." | ".." => "leaves its folder",
            part if part.starts_with('_') || part == "mod" => {
                "is a helper: files and folders that begin with `_`, and mod.rs, are not served"
            }
            part if part.starts_with('.') => "is hidden: what begins with `.` is not served",
            _ => continue,
        };
        return Err(Failure::new(format!("`{path}` {problem}")).hint(format!(
            "write a path below {folder}/, as `{}`",
            example(kind)
        )));
    }
    Ok(())
}

fn name(kind: Kind, path: &str) -> Result<String> {
    let name = Name::from_path(path).map_err(|illegal| {
        let nearest: String = path
            .chars()
            .map(|character| match character {
                legal if legal.is_ascii_alphanumeric() || "_-./".contains(legal) => legal,
                _ => '-',
            })
            .take(Name::LIMIT)
            .collect();
        Failure::new(format!(
            "`{path}` cannot name a {}: it {illegal}",
            kind.word()
        ))
        .hint(format!(
            "use at most 128 of `A-Z`, `a-z`, `0-9`, `_`, `-` and `.`, as `{nearest}`"
        ))
    })?;
    Ok(name.to_string())
}

fn uri(path: &str) -> Result<(String, Vec<String>)> {
    let uri = Uri::from_path(path).map_err(|illegal| {
        Failure::new(format!("`{path}` gives no URI"))
            .because(&illegal)
            .hint(format!(
                "write a URI, as `users://{{id}}/profile`, or its path, as `{}`",
                example(Kind::Resource)
            ))
    })?;
    let parameters = uri.parameters().map(|parameter| parameter.name.clone());
    let parameters = parameters.collect();
    Ok((uri.to_string(), parameters))
}

fn example(kind: Kind) -> &'static str {
    match kind {
        Kind::Tool => "users/get",
        Kind::Prompt => "review",
        Kind::Resource => "(users)/[id]/profile",
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Location};

    #[test]
    fn a_name_a_path_a_file_and_a_uri_name_the_same_place() {
        let file = |kind, typed| Location::parse(kind, typed, "tools").unwrap().file;
        for typed in [
            "users/get",
            "tools/users/get.rs",
            "./tools/users/get",
            r"users\get",
        ] {
            assert_eq!(file(Kind::Tool, typed), "tools/users/get.rs", "{typed}");
        }
        assert_eq!(file(Kind::Tool, "users_get"), "tools/users_get.rs");
        for typed in ["users://{id}/{+rest}", "(users)/[id]/[...rest]"] {
            let location = Location::parse(Kind::Resource, typed, "res/here").unwrap();
            assert_eq!(location.file, "res/here/(users)/[id]/[...rest].rs");
            assert_eq!(location.title, "users://{id}/{+rest}");
            assert_eq!(location.parameters, ["id", "rest"]);
            assert_eq!(location.words(), ["users", "id", "rest"]);
        }
    }

    #[test]
    fn what_is_never_served_is_refused() {
        for typed in [
            "",
            "/etc/passwd",
            "../x",
            "a//b",
            "_x",
            "a/_b/c",
            "mod",
            ".x",
            "a b",
        ] {
            assert!(
                Location::parse(Kind::Tool, typed, "tools").is_err(),
                "{typed}"
            );
        }
        for typed in ["profile", "Users://x", "a://{b}/{b}", "a://{+b}/c"] {
            let location = Location::parse(Kind::Resource, typed, "resources");
            assert!(location.is_err(), "{typed}");
        }
    }
}
