//! From the text of `xmcp.toml` to settings. Every key is found in the table of keys; what is not there is a problem that names the
//! nearest key that is.

use super::{
    Difference,
    icons::{self, IconFiles},
    problem::Problems,
    sections::{self, BuildSettings},
    unknown::{section_names, unknown},
};
use crate::{
    Settings,
    key::{Key, Section},
    reason::{Fault, shown},
    rule::Rule,
    settings,
    value::{Raw, Shape},
};
use std::{
    collections::BTreeSet,
    ops::Range,
    path::{Path, PathBuf},
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// What a file says.
pub(super) struct Document {
    pub(super) settings: Settings,
    pub(super) build: BuildSettings,
    pub(super) differences: Vec<Difference>,
    pub(super) files: Vec<PathBuf>,
}

impl Document {
    pub(super) fn read(text: &str, root: &Path, problems: &mut Problems<'_>) -> Self {
        let (table, errors) = DeTable::parse_recoverable(text);
        let broken = !errors.is_empty();
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            match text.get(span.clone()) {
                Some(key) if error.message() == "duplicate key" => {
                    problems.add(span, format!("{} is there twice: remove one", shown(key)));
                }
                // The parser stumbles on: what it says next about the same line is mostly a consequence.
                _ => {
                    problems.add_first_of_line(span, format!("not valid TOML: {}", error.message()))
                }
            }
        }
        let mut reader = Reader {
            settings: Settings::default(),
            build: BuildSettings::default(),
            set: BTreeSet::new(),
            icons: IconFiles::new(root),
            problems,
        };
        // After a syntax error the parser's idea of what belongs where may be wrong, and would be reported as more mistakes.
        if !broken {
            reader.table("", table.get_ref());
        }
        let Reader {
            settings,
            build,
            set,
            icons,
            ..
        } = reader;
        Self {
            differences: differences(&settings, &set),
            settings,
            build,
            files: icons.into_files(),
        }
    }
}

struct Reader<'a, 'text> {
    settings: Settings,
    build: BuildSettings,
    /// `section.key` of every key that was taken.
    set: BTreeSet<String>,
    icons: IconFiles<'a>,
    problems: &'a mut Problems<'text>,
}

impl Reader<'_, '_> {
    /// Reads the table of `section`; the file's root is `""`.
    fn table(&mut self, section: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let whole = if section.is_empty() {
                name.to_owned()
            } else {
                format!("{section}.{name}")
            };
            // A quoted `"http.limits"` is another name than the table `limits` in `http`.
            if !name.contains('.') && section_names().any(|known| known == whole) {
                match value.get_ref() {
                    DeValue::Table(table) => self.table(&whole, table),
                    other => self.problems.add(
                        value.span(),
                        format!(
                            "`{whole}` is a section, found {}: write `[{whole}]`",
                            described(other)
                        ),
                    ),
                }
                continue;
            }
            let taken = if let Some(key) = find(settings::SECTIONS, section, name) {
                self.take(key, |reader| &mut reader.settings, value)
            } else if let Some(key) = find(sections::SECTIONS, section, name) {
                self.take(key, |reader| &mut reader.build, value)
            } else {
                self.problems.add(
                    key.span(),
                    unknown(section, name, matches!(value.get_ref(), DeValue::Table(_))),
                );
                false
            };
            if taken {
                self.set.insert(whole);
            }
        }
    }

    /// Stores the value of `key`. If it is refused, the problem is at the value, or at the item of the list that is to blame.
    fn take<R>(
        &mut self,
        key: &Key<R>,
        root: fn(&mut Self) -> &mut R,
        value: &Spanned<DeValue<'_>>,
    ) -> bool {
        let Some((raw, items)) = self.raw(key, value) else {
            return false;
        };
        let Err(Fault { item, reason }) = key.store(root(self), raw) else {
            return true;
        };
        let span = item
            .and_then(|item| items.get(item))
            .cloned()
            .unwrap_or_else(|| value.span());
        self.problems.add(span, format!("`{}`: {reason}", key.name));
        false
    }

    /// The value of `key` as it is written, and where each item of a list is. `None` when that is a problem already.
    fn raw<R>(
        &mut self,
        key: &Key<R>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<(Raw, Vec<Range<usize>>)> {
        let shape = (key.shape)();
        if shape == Shape::Icons
            && let DeValue::Array(array) = value.get_ref()
        {
            return Some((
                Raw::Icons(icons::read(array, &mut self.icons, self.problems)?),
                Vec::new(),
            ));
        }
        let mut items = Vec::new();
        let raw = match value.get_ref() {
            DeValue::String(text) => Raw::Text(text.clone().into_owned()),
            DeValue::Boolean(boolean) => Raw::Boolean(*boolean),
            DeValue::Integer(integer) => {
                match i64::from_str_radix(integer.as_str(), integer.radix()) {
                    Ok(integer) => Raw::Integer(integer),
                    Err(_) => {
                        return self.wrong(
                            key.name,
                            shape,
                            key.rule,
                            value.get_ref(),
                            value.span(),
                        );
                    }
                }
            }
            DeValue::Array(array) if matches!(shape, Shape::Texts | Shape::Choices(_)) => {
                let mut list = Vec::new();
                for item in array.iter() {
                    let DeValue::String(text) = item.get_ref() else {
                        let message = format!(
                            "`{}`: found {} in the list: write a string",
                            key.name,
                            described(item.get_ref())
                        );
                        self.problems.add(item.span(), message);
                        continue;
                    };
                    list.push(text.clone().into_owned());
                    items.push(item.span());
                }
                if list.len() < array.len() {
                    return None;
                }
                Raw::List(list)
            }
            other => return self.wrong(key.name, shape, key.rule, other, value.span()),
        };
        Some((raw, items))
    }

    fn wrong<T>(
        &mut self,
        name: &str,
        shape: Shape,
        rule: Rule,
        found: &DeValue<'_>,
        span: Range<usize>,
    ) -> Option<T> {
        let reason = shape.wrong(described(found), rule);
        self.problems.add(span, format!("`{name}`: {reason}"));
        None
    }
}

fn find<R>(sections: &'static [Section<R>], section: &str, name: &str) -> Option<&'static Key<R>> {
    sections
        .iter()
        .find(|known| known.name == section)?
        .keys
        .iter()
        .find(|key| key.name == name)
}

/// What was found, for a message.
pub(super) fn described(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => Raw::Text(text.clone().into_owned()).described(),
        DeValue::Integer(integer) => format!("the integer `{integer}`"),
        DeValue::Float(float) => format!("the number `{float}`"),
        DeValue::Boolean(boolean) => format!("the boolean `{boolean}`"),
        DeValue::Datetime(datetime) => format!("the date or time `{datetime}`"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

fn differences(settings: &Settings, set: &BTreeSet<String>) -> Vec<Difference> {
    let default = Settings::default();
    let mut differences = Vec::new();
    for section in settings::SECTIONS {
        for key in section.keys {
            let expression = (key.rust)(settings);
            if set.contains(&format!("{}.{}", section.name, key.name))
                && expression != (key.rust)(&default)
            {
                differences.push(Difference {
                    field: format!("{}.{}", section.name, key.field),
                    expression,
                });
            }
        }
    }
    differences
}
