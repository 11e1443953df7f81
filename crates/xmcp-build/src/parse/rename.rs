//! The names that fields have outside of Rust: serde's `rename` and `rename_all`.

use syn::{Attribute, Expr, ExprLit, Field, Lit, Meta};

use super::attributes;

/// How a struct's `rename_all` writes the names of its fields.
pub(super) struct RenameAll(Option<String>);

impl RenameAll {
    pub(super) fn of(attributes: &[Attribute]) -> Self {
        Self(value(attributes, "rename_all"))
    }

    /// The name of a field in JSON.
    pub(super) fn name(&self, field: &Field) -> Option<String> {
        let ident = field.ident.as_ref()?.to_string();
        let ident = ident.strip_prefix("r#").unwrap_or(&ident);
        Some(value(&field.attrs, "rename").unwrap_or_else(|| self.apply(ident)))
    }

    /// serde's rules; one that it does not know is an error of its derive.
    fn apply(&self, field: &str) -> String {
        match self.0.as_deref() {
            Some("UPPERCASE" | "SCREAMING_SNAKE_CASE") => field.to_ascii_uppercase(),
            Some("PascalCase") => capitalised(field),
            Some("camelCase") => {
                let capitalised = capitalised(field);
                let mut characters = capitalised.chars();
                let first = characters.next().map(|first| first.to_ascii_lowercase());
                first.into_iter().chain(characters).collect()
            }
            Some("kebab-case") => field.replace('_', "-"),
            Some("SCREAMING-KEBAB-CASE") => field.to_ascii_uppercase().replace('_', "-"),
            _ => field.to_owned(),
        }
    }
}

fn capitalised(field: &str) -> String {
    let words = field.split('_').map(|word| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    });
    words.collect()
}

/// What `#[serde(key = "..")]` says, or `#[serde(key(deserialize = ".."))]`.
fn value(attributes: &[Attribute], key: &str) -> Option<String> {
    let metas = attributes::flat(attributes);
    let serde = metas.iter().filter(|meta| meta.path().is_ident("serde"));
    let mut entries = serde
        .flat_map(attributes::nested)
        .filter(|meta| meta.path().is_ident(key));
    entries.find_map(|meta| match &meta {
        Meta::NameValue(pair) => text(&pair.value),
        Meta::List(_) => {
            let directions = attributes::nested(&meta);
            directions.iter().find_map(|direction| match direction {
                Meta::NameValue(pair) if pair.path.is_ident("deserialize") => text(&pair.value),
                _ => None,
            })
        }
        Meta::Path(_) => None,
    })
}

fn text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use syn::{ItemStruct, parse_str};

    use super::RenameAll;

    #[test]
    fn fields_are_named_as_serde_names_them() {
        let cases = [
            ("", "user_id"),
            ("#[serde(rename_all = \"camelCase\")]", "userId"),
            ("#[serde(rename_all = \"PascalCase\")]", "UserId"),
            ("#[serde(rename_all = \"kebab-case\")]", "user-id"),
            ("#[serde(rename_all = \"SCREAMING-KEBAB-CASE\")]", "USER-ID"),
            ("#[serde(rename_all = \"SCREAMING_SNAKE_CASE\")]", "USER_ID"),
            ("#[serde(rename_all(serialize = \"camelCase\"))]", "user_id"),
            (
                "#[serde(rename_all(deserialize = \"UPPERCASE\"))]",
                "USER_ID",
            ),
        ];
        for (attribute, expected) in cases {
            let text = format!(
                "{attribute} struct Schema {{ user_id: String, #[serde(rename = \"x\")] y: u8, r#type: u8 }}"
            );
            let item: ItemStruct = parse_str(&text).unwrap();
            let all = RenameAll::of(&item.attrs);
            let names: Vec<_> = item
                .fields
                .iter()
                .filter_map(|field| all.name(field))
                .collect();

            assert_eq!(names[..2], [expected, "x"], "{attribute}");
        }
    }
}
