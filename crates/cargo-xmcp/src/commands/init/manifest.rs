//! The crate's Cargo.toml, which gets what it lacks and keeps its form.

use std::fs;

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use super::step::Step;
use crate::{
    Failure, Project, Result, files,
    scaffold::{Blueprint, Dependency},
};

const PATH: &str = "Cargo.toml";

/// Adds the dependencies of an app that are not there, and the profiles where there are none.
pub(super) fn add_dependencies(project: &Project, blueprint: &Blueprint) -> Result<Vec<Step>> {
    let path = project.root().join(PATH);
    let text = fs::read_to_string(&path).map_err(|error| {
        Failure::new(format!("`{}` cannot be read", path.display()))
            .because(&error)
            .hint("look at who may read it")
    })?;
    let mut manifest: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        Failure::new(format!("`{}` is no TOML", path.display()))
            .because(&error)
            .hint("mend it: cargo has to be able to read it too")
    })?;
    let mut steps = Vec::new();
    let mut added = Vec::new();
    for dependency in Dependency::all(&blueprint.choices, &blueprint.framework) {
        let table = manifest
            .entry(dependency.section.table())
            .or_insert_with(|| Item::Table(Table::new()));
        let Some(table) = table.as_table_like_mut() else {
            continue;
        };
        if let Some(there) = find(table, &dependency) {
            if dependency.name == "serde" && lacks_derive(there) {
                steps.push(Step::left(PATH, "give `serde` the feature `derive`"));
            }
            continue;
        }
        if let Ok(value) = dependency.value.parse::<Value>() {
            table.insert(dependency.name, Item::Value(value));
            added.push(dependency.name);
        }
    }
    let mut text = manifest.to_string();
    // Only the root of a workspace has profiles; those of others are ignored.
    if project.is_workspace_root() && manifest.get("profile").is_none() {
        text = format!("{}\n\n{}", text.trim_end(), blueprint.framework.profiles());
        added.push("[profile]");
    }
    let step = match &added[..] {
        [] => Step::kept(PATH),
        added => {
            files::replace(&path, &text)?;
            Step::changed(PATH, &format!("added {}", added.join(", ")))
        }
    };
    steps.insert(0, step);
    Ok(steps)
}

/// The dependency under its own name, or under another one that somebody gave it.
fn find<'a>(table: &'a dyn TableLike, dependency: &Dependency) -> Option<&'a Item> {
    let package = match dependency.name {
        "xmcp" => "xmcp-rs",
        name => name,
    };
    let is_renamed = |item: &Item| {
        let name = item.as_table_like().and_then(|table| table.get("package"));
        name.and_then(Item::as_str) == Some(package)
    };
    table.get(dependency.name).or_else(|| {
        let mut items = table.iter().map(|(_, item)| item);
        items.find(|item| is_renamed(item))
    })
}

/// Whether it is plainly without the feature. What a workspace says of it is not to be seen here.
fn lacks_derive(serde: &Item) -> bool {
    let Some(table) = serde.as_table_like() else {
        return serde.is_str();
    };
    let features = table.get("features").and_then(Item::as_array);
    let has_derive = features
        .is_some_and(|features| features.iter().any(|name| name.as_str() == Some("derive")));
    !has_derive && table.get("workspace").is_none()
}
