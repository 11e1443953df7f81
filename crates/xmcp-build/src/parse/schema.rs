//! The type `Schema`: the arguments.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Attribute, Field, Generics, Item, ItemStruct, Type, Visibility};

use super::rename::RenameAll;
use super::{attributes, docs, is_reachable, uses};
use crate::Place;
use crate::diagnostic::Report;
use crate::kind::Kind;

/// The definition of `Schema`.
#[derive(Debug)]
pub(crate) struct SchemaItem {
    pub(crate) place: Place,
    /// What is known about it; nothing when it is an alias or comes from elsewhere.
    pub(crate) fields: Option<Fields>,
}

/// What a struct that is written in the file shows.
#[derive(Debug)]
pub(crate) struct Fields {
    /// Whether it derives or implements `Deserialize`.
    pub(crate) deserializes: bool,
    /// Whether it derives `JsonSchema`, from whose doc comments descriptions come.
    pub(crate) derives_schema: bool,
    /// Whether it implements `JsonSchema` by hand.
    pub(crate) implements_schema: bool,
    /// Fields that the model would have to guess about.
    pub(crate) undocumented: Vec<(String, Place)>,
    /// The fields that callers fill, by the names that serde gives them.
    pub(crate) named: Vec<(String, Place)>,
    /// The first field that stands for others, which are not to be seen here.
    pub(crate) flattened: Option<Place>,
}

struct Definition<'a> {
    span: Span,
    attributes: &'a [Attribute],
    visibility: &'a Visibility,
    item: &'a Item,
}

pub(super) fn schema(items: &[Item], kind: Kind, report: &mut Report<'_>) -> Option<SchemaItem> {
    let all: Vec<Definition<'_>> = items.iter().filter_map(definition).collect();
    let (first, others) = all.split_first()?;
    let schema = read(first, items, report);
    for other in others {
        if attributes::is_conditional(first.attributes)
            && attributes::is_conditional(other.attributes)
        {
            read(other, items, report);
        } else {
            let message = format!(
                "second `Schema`, after the one at {}: a {kind} has one input; rename one",
                schema.place
            );
            report.error(other.span, message);
        }
    }
    Some(schema)
}

fn definition(item: &Item) -> Option<Definition<'_>> {
    let (span, attributes, visibility) = match item {
        Item::Struct(found) if found.ident == "Schema" => {
            (found.ident.span(), &found.attrs, &found.vis)
        }
        Item::Enum(found) if found.ident == "Schema" => {
            (found.ident.span(), &found.attrs, &found.vis)
        }
        Item::Union(found) if found.ident == "Schema" => {
            (found.ident.span(), &found.attrs, &found.vis)
        }
        Item::Type(found) if found.ident == "Schema" => {
            (found.ident.span(), &found.attrs, &found.vis)
        }
        Item::Use(found) => (
            uses::place_of(&found.tree, "Schema")?,
            &found.attrs,
            &found.vis,
        ),
        _ => return None,
    };
    Some(Definition {
        span,
        attributes,
        visibility,
        item,
    })
}

fn read(definition: &Definition<'_>, items: &[Item], report: &mut Report<'_>) -> SchemaItem {
    let place = Place::from(definition.span);
    if !is_reachable(definition.visibility) {
        let keyword = match definition.item {
            Item::Use(_) => "use",
            Item::Type(_) => "type Schema",
            _ => "struct Schema",
        };
        report.error(place, format!("`Schema` is private: write `pub {keyword}`"));
    }
    let fields = match definition.item {
        Item::Struct(item) => Some(fields(item, items, report)),
        Item::Enum(_) => {
            let message = "`Schema` is an enum, and arguments have names: write a struct with the enum as a field";
            report.error(place, message);
            None
        }
        Item::Union(_) => {
            report.error(
                place,
                "`Schema` is a union: write `pub struct Schema { .. }` with named fields",
            );
            None
        }
        Item::Type(item) => {
            no_generics(&item.generics, report);
            None
        }
        _ => None,
    };
    SchemaItem { place, fields }
}

fn no_generics(generics: &Generics, report: &mut Report<'_>) {
    if let Some(first) = generics.params.first() {
        let message = "`Schema` has generic parameters: name the types, and own what it holds (`String` for `&str`)";
        report.error(first.span(), message);
    }
}

fn fields(item: &ItemStruct, items: &[Item], report: &mut Report<'_>) -> Fields {
    no_generics(&item.generics, report);
    match &item.fields {
        syn::Fields::Named(_) => {}
        syn::Fields::Unnamed(fields) => {
            let message = "`Schema` is a tuple, and arguments have names: write `pub struct Schema { .. }` with named fields";
            report.error(fields.span(), message);
        }
        syn::Fields::Unit => {
            let message = "`Schema` has no fields: write `pub struct Schema {}`, or remove it from the file and from `handler`";
            report.error(item.ident.span(), message);
        }
    }
    let metas = attributes::flat(&item.attrs);
    Fields {
        deserializes: attributes::derive(&metas, &["Deserialize"]).is_some()
            || is_implemented(items, "Deserialize"),
        derives_schema: attributes::derive(&metas, &["JsonSchema"]).is_some(),
        implements_schema: is_implemented(items, "JsonSchema"),
        undocumented: item.fields.iter().filter_map(undocumented).collect(),
        named: named(item),
        flattened: item
            .fields
            .iter()
            .find(|field| attributes::has(&attributes::flat(&field.attrs), "serde", "flatten"))
            .and_then(|field| Some(field.ident.as_ref()?.span().into())),
    }
}

fn named(item: &ItemStruct) -> Vec<(String, Place)> {
    let names = RenameAll::of(&item.attrs);
    let fields = item.fields.iter().filter(|field| !is_absent(field));
    fields
        .filter_map(|field| Some((names.name(field)?, field.ident.as_ref()?.span().into())))
        .collect()
}

/// Whether the field itself is not among the arguments.
fn is_absent(field: &Field) -> bool {
    let metas = attributes::flat(&field.attrs);
    ["skip", "skip_deserializing", "flatten"]
        .iter()
        .any(|key| attributes::has(&metas, "serde", key))
}

fn is_implemented(items: &[Item], name: &str) -> bool {
    items.iter().any(|item| {
        let Item::Impl(item) = item else { return false };
        let Type::Path(ty) = &*item.self_ty else {
            return false;
        };
        let is_schema = attributes::is_named(&ty.path, &["Schema"]);
        is_schema
            && item
                .trait_
                .as_ref()
                .is_some_and(|(path, _)| attributes::is_named(path, &[name]))
    })
}

fn undocumented(field: &Field) -> Option<(String, Place)> {
    let name = field.ident.as_ref()?;
    let metas = attributes::flat(&field.attrs);
    let is_absent = attributes::has(&metas, "schemars", "skip") || is_absent(field);
    let is_documented =
        docs::is_documented(&metas) || attributes::has(&metas, "schemars", "description");
    (!is_absent && !is_documented).then(|| (name.to_string(), Place::from(name.span())))
}

/// Where a derive needs the crate `library` among the app's dependencies. `#[serde(crate = "..")]` says that it needs none.
pub(super) fn place_of_derive(items: &[Item], library: &str, names: &[&str]) -> Option<Place> {
    items.iter().find_map(|item| {
        let attributes = match item {
            Item::Struct(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::Union(item) => &item.attrs,
            _ => return None,
        };
        let metas = attributes::flat(attributes);
        let place = attributes::derive(&metas, names)?;
        (!attributes::has(&metas, library, "crate")).then(|| Place::from(place))
    })
}
