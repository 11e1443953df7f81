//! What the app's `Cargo.toml` has to list, because the derives in its files name it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::parse::RoutedFile;
use crate::{Diagnostics, Place};

const MANIFEST: &str = "Cargo.toml";

/// A crate that derives expand to, and the line that adds it.
struct Library {
    name: &'static str,
    derives: &'static str,
    line: &'static str,
    place: fn(&RoutedFile) -> Option<Place>,
}

const LIBRARIES: [Library; 2] = [
    Library {
        name: "serde",
        derives: "Deserialize",
        line: "serde = { version = \"1\", features = [\"derive\"] }",
        place: |file| file.serde,
    },
    Library {
        name: "schemars",
        derives: "JsonSchema",
        line: "schemars = \"1\"",
        place: |file| file.schemars,
    },
];

/// Checks the manifest's text against the routed files, each with its path. What cargo makes of the manifest is cargo's to report.
pub(crate) fn check(manifest: &str, files: &[(&str, &RoutedFile)], diagnostics: &mut Diagnostics) {
    let Ok(manifest_table) = DeTable::parse(manifest) else {
        return;
    };
    let manifest_table = manifest_table.get_ref();
    let place = |offset: usize| Place::at(manifest, offset);
    for library in LIBRARIES {
        let user = files
            .iter()
            .find_map(|(path, file)| (library.place)(file).map(|place| (path, place)));
        let Some((path, derive)) = user else { continue };
        match find(manifest_table, library.name) {
            None => {
                let header = manifest_table
                    .get_key_value("dependencies")
                    .map_or(0, |(key, _)| key.span().start);
                let message = format!(
                    "`{}` is no dependency, and {path}:{derive} derives `{}`: add `{}` to [dependencies]",
                    library.name, library.derives, library.line
                );
                diagnostics.error(MANIFEST, place(header), message);
            }
            Some(value)
                if library.name == "schemars"
                    && version(value.get_ref()).is_some_and(is_unstable) =>
            {
                let message = format!(
                    "`schemars` is older than what xmcp derives for: write `{}`",
                    library.line
                );
                diagnostics.warning(MANIFEST, place(value.span().start), message);
            }
            Some(_) => {}
        }
    }
}

/// The dependency on `package`, under whatever name and for whatever target.
fn find<'a>(manifest: &'a DeTable<'a>, package: &str) -> Option<&'a Spanned<DeValue<'a>>> {
    let targets = table(manifest, "target").into_iter().flatten();
    let targeted = targets
        .filter_map(|(_, target)| as_table(target))
        .filter_map(|target| table(target, "dependencies"));
    let mut lists = table(manifest, "dependencies").into_iter().chain(targeted);
    lists.find_map(|list| {
        let named = list.iter().find(|(key, _)| key.get_ref() == package);
        let renamed = || {
            list.iter()
                .find(|(_, value)| as_table(value).is_some_and(|table| is_renamed(table, package)))
        };
        named.or_else(renamed).map(|(_, value)| value)
    })
}

fn is_renamed(dependency: &DeTable<'_>, package: &str) -> bool {
    dependency
        .get("package")
        .is_some_and(|name| name.get_ref().as_str() == Some(package))
}

fn table<'a>(table: &'a DeTable<'a>, key: &str) -> Option<&'a DeTable<'a>> {
    table.get(key).and_then(as_table)
}

fn as_table<'a>(value: &'a Spanned<DeValue<'a>>) -> Option<&'a DeTable<'a>> {
    value.get_ref().as_table()
}

fn version<'a>(dependency: &'a DeValue<'a>) -> Option<&'a str> {
    let version = dependency.as_str();
    version.or_else(|| dependency.as_table()?.get("version")?.get_ref().as_str())
}

fn is_unstable(version: &str) -> bool {
    version
        .trim_start_matches(|character: char| !character.is_ascii_digit())
        .starts_with("0.")
}
