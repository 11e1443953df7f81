//! What to say about a name that is no key and no section: where it belongs, or which right name is nearest.

use super::sections;
use crate::{nearest::nearest, reason::shown, settings};

/// Every section, in the order of the file.
pub(super) fn section_names() -> impl Iterator<Item = &'static str> {
    let server = settings::SECTIONS.iter().map(|section| section.name);
    server.chain(sections::SECTIONS.iter().map(|section| section.name))
}

/// Every key as its section and its name.
fn key_names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let server = settings::SECTIONS
        .iter()
        .flat_map(|section| section.keys.iter().map(|key| (section.name, key.name)));
    let build = sections::SECTIONS
        .iter()
        .flat_map(|section| section.keys.iter().map(|key| (section.name, key.name)));
    server.chain(build)
}

/// The message for a name that `section` does not have.
pub(super) fn unknown(section: &str, name: &str, is_table: bool) -> String {
    let whole = if section.is_empty() {
        name.to_owned()
    } else {
        format!("{section}.{name}")
    };
    let siblings = || {
        key_names()
            .filter(|(known, _)| *known == section)
            .map(|(_, key)| key)
    };
    let subsections = || {
        section_names().filter_map(|known| match known.rsplit_once('.') {
            Some((parent, last)) => (parent == section).then_some(last),
            None => section.is_empty().then_some(known),
        })
    };
    let what = match (is_table, section) {
        (true, _) => format!("unknown section {}", shown_section(&whole)),
        (false, "") => format!("unknown key {} outside of any section", shown(name)),
        (false, _) => format!("unknown key {} in `[{section}]`", shown(name)),
    };
    if is_table {
        let sections: Vec<&str> = section_names().collect();
        let meant = nearest(name, subsections())
            .map(|last| {
                if section.is_empty() {
                    last.to_owned()
                } else {
                    format!("{section}.{last}")
                }
            })
            .or_else(|| {
                let last = |section: &&str| {
                    section
                        .rsplit_once('.')
                        .is_some_and(|(_, last)| last == name)
                };
                sections.iter().copied().find(last).map(str::to_owned)
            })
            .or_else(|| nearest(&whole, sections.iter().copied()).map(str::to_owned));
        return match meant {
            Some(meant) => format!("{what}: did you mean `[{meant}]`?"),
            None => {
                let all: Vec<String> = sections
                    .iter()
                    .map(|section| format!("`[{section}]`"))
                    .collect();
                format!("{what}: the sections are {}", all.join(", "))
            }
        };
    }
    // The same name elsewhere is a better guess than another name here.
    if let Some((home, _)) = key_names().find(|(_, key)| *key == name) {
        return format!("{what}: write it below `[{home}]`");
    }
    if let Some(meant) = nearest(name, siblings()) {
        return format!("{what}: did you mean `{meant}`?");
    }
    if let Some((home, meant)) = nearest(name, key_names().map(|(_, key)| key))
        .and_then(|meant| key_names().find(|(_, key)| *key == meant))
    {
        return format!("{what}: did you mean `{meant}` below `[{home}]`?");
    }
    let all: Vec<String> = siblings().map(|key| format!("`{key}`")).collect();
    if all.is_empty() {
        return format!("{what}: remove it");
    }
    format!("{what}: remove it, or write one of {}", all.join(", "))
}

fn shown_section(name: &str) -> String {
    shown(&format!("[{name}]"))
}
