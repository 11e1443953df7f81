//! What the types of a handler cannot be, as far as the file itself shows. rustc would find all of it, and say it in the generated
//! code, twice and at length; here it is one line at the type.
//!
//! A type that comes from elsewhere, or whose traits may come out of a macro, is rustc's to judge.

use std::collections::HashMap;

use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, Ident, Item, ItemFn, PathArguments, ReturnType, Type,
    TypeParamBound,
};

use super::{attributes, handler, shown, uses};
use crate::Place;
use crate::diagnostic::Report;
use crate::kind::Kind;

/// Derives that add none of the traits in question, besides those that are looked for.
const DERIVES: &[&str] = &[
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deserialize",
    "Eq",
    "Hash",
    "JsonSchema",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Serialize",
];

/// Attributes that change nothing about the type.
const ATTRIBUTES: &[&str] = &[
    "allow",
    "cfg",
    "derive",
    "doc",
    "expect",
    "must_use",
    "non_exhaustive",
    "repr",
    "schemars",
    "serde",
];

/// Types that are data and no result.
const DATA: &[&str] = &[
    "Option", "VecDeque", "HashMap", "BTreeMap", "HashSet", "BTreeSet",
];

/// Types that are a text to a tool, and to nothing else.
const SCALARS: &[&str] = &[
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32",
    "u64", "u128", "usize",
];

/// A struct or an enum of the file, all of whose traits are to be seen there.
struct Own {
    place: Place,
    traits: Vec<String>,
}

impl Own {
    fn has(&self, name: &str) -> bool {
        self.traits.iter().any(|found| found == name)
    }

    /// Those of `names` that it lacks, as they stand in a derive.
    fn lacks(&self, names: &[&str]) -> Option<String> {
        let missing: Vec<_> = names
            .iter()
            .copied()
            .filter(|name| !self.has(name))
            .collect();
        (!missing.is_empty()).then(|| missing.join(", "))
    }
}

/// Checks every handler of the file.
pub(super) fn check(items: &[Item], kind: Kind, report: &mut Report<'_>) {
    if items.iter().any(super::is_opaque) {
        return;
    }
    prelude(items, report);
    let types = Types::read(items);
    for item in items.iter().filter_map(handler::named_handler) {
        types.arguments(item, report);
        if let Some(returned) = returned(item) {
            types.returned(returned, kind, report);
        }
    }
}

/// A derive by its bare name wants it imported, and a file that imports nothing of the kind has forgotten the prelude.
fn prelude(items: &[Item], report: &mut Report<'_>) {
    let imports = |name: &str| {
        items.iter().any(|item| match item {
            Item::Use(item) => {
                uses::has_glob(&item.tree) || uses::place_of(&item.tree, name).is_some()
            }
            _ => false,
        })
    };
    let derives = items
        .iter()
        .filter_map(definition)
        .flat_map(|(_, attributes)| attributes::flat(attributes))
        .filter(|meta| meta.path().is_ident("derive"))
        .flat_map(|meta| attributes::nested(&meta));
    for derive in derives {
        for name in ["Deserialize", "Serialize", "JsonSchema"] {
            if derive.path().is_ident(name) && !imports(name) {
                let place = derive.path().segments[0].ident.span();
                let message = format!(
                    "`{name}` is not in scope: add `use xmcp::prelude::*;` at the top of the file"
                );
                report.error(place, message);
                return;
            }
        }
    }
}

fn definition(item: &Item) -> Option<(&Ident, &[Attribute])> {
    match item {
        Item::Struct(item) => Some((&item.ident, &item.attrs)),
        Item::Enum(item) => Some((&item.ident, &item.attrs)),
        _ => None,
    }
}

/// What a call of the handler ends with: its return type, without the future and the `Result` around it.
fn returned(item: &ItemFn) -> Option<&Type> {
    let ReturnType::Type(_, ty) = &item.sig.output else {
        return None;
    };
    let ty = match &**ty {
        Type::ImplTrait(opaque) => opaque.bounds.iter().find_map(output)?,
        ty => ty,
    };
    match handler::last_segment(ty) {
        Some((_, last)) if last.ident == "Result" => handler::inner_types(last).next(),
        _ => Some(ty),
    }
}

/// The `T` of `Future<Output = T>`.
fn output(bound: &TypeParamBound) -> Option<&Type> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let PathArguments::AngleBracketed(arguments) = &bound.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(output) if output.ident == "Output" => Some(&output.ty),
        _ => None,
    })
}

/// The types of a file.
struct Types {
    own: HashMap<String, Own>,
    /// Whether `Value` is that of serde_json.
    imports_value: bool,
}

impl Types {
    fn read(items: &[Item]) -> Self {
        let mut own = HashMap::new();
        for (name, attributes) in items.iter().filter_map(definition) {
            if let Some(mut traits) = derived(attributes) {
                let place = Place::from(name.span());
                let name = name.to_string();
                traits.extend(implemented(items, &name));
                own.insert(name, Own { place, traits });
            }
        }
        let imports_value = items.iter().any(|item| match item {
            Item::Use(item) => match &item.tree {
                syn::UseTree::Path(path) if path.ident == "serde_json" => {
                    uses::place_of(&path.tree, "Value").is_some()
                }
                _ => false,
            },
            _ => false,
        });
        Self { own, imports_value }
    }

    fn arguments(&self, item: &ItemFn, report: &mut Report<'_>) {
        for argument in &item.sig.inputs {
            let FnArg::Typed(argument) = argument else {
                continue;
            };
            let Some((name, own)) = self.own(&argument.ty) else {
                continue;
            };
            if name == "Schema" || own.has("FromContext") {
                continue;
            }
            let message = match own.has("Deserialize") {
                true => format!(
                    "`{name}` is no name for the input: rename it to `Schema`, which is what the caller sends"
                ),
                false => format!(
                    "`{name}` cannot come from the request: implement `FromContext` for it, or make it a field of `Schema`"
                ),
            };
            report.error(argument.ty.span(), message);
        }
    }

    fn returned(&self, ty: &Type, kind: Kind, report: &mut Report<'_>) {
        let shown = shown(ty);
        let last = handler::last_segment(ty).map(|(_, last)| last);
        match last.map(|last| (last.ident.to_string(), last)) {
            Some((name, last)) if name == "Json" && kind != Kind::Prompt => {
                for inner in handler::inner_types(last) {
                    self.serialized(inner, kind, report);
                }
                return;
            }
            // A resource need not be there.
            Some((name, last)) if name == "Option" && kind == Kind::Resource => {
                for inner in handler::inner_types(last) {
                    self.returned(inner, kind, report);
                }
                return;
            }
            Some((name, _)) if name == "Json" => {}
            _ if self.is_data(ty, kind) => {}
            _ => return,
        }
        let remedy = match kind {
            Kind::Tool => format!("return `Json<{shown}>`"),
            Kind::Prompt => {
                "return a `String`, or a `Vec<PromptMessage>` for several messages".to_owned()
            }
            Kind::Resource => format!("return `Json<{shown}>`, or a `String`"),
        };
        report.error(ty.span(), format!("`{shown}` cannot be returned: {remedy}"));
        if kind != Kind::Prompt {
            self.serialized(ty, kind, report);
        }
    }

    /// Reports the file's own types in a `Json` that cannot be there.
    fn serialized(&self, ty: &Type, kind: Kind, report: &mut Report<'_>) {
        if let Some((name, own)) = self.own(ty) {
            // Only a tool's list says what its results are made of.
            let traits: &[&str] = match kind {
                Kind::Tool => &["Serialize", "JsonSchema"],
                Kind::Prompt | Kind::Resource => &["Serialize"],
            };
            if let Some(missing) = own.lacks(traits)
                && !report.has_error_at(own.place)
            {
                let message =
                    format!("`{name}` cannot be in a `Json` yet: add `#[derive({missing})]`");
                report.error(own.place, message);
            }
            return;
        }
        match ty {
            Type::Tuple(tuple) => {
                for inner in &tuple.elems {
                    self.serialized(inner, kind, report);
                }
            }
            _ => {
                if let Some((_, last)) = handler::last_segment(ty) {
                    for inner in handler::inner_types(last) {
                        self.serialized(inner, kind, report);
                    }
                }
            }
        }
    }

    /// Whether it is plainly data, and no result as it stands.
    fn is_data(&self, ty: &Type, kind: Kind) -> bool {
        match ty {
            Type::Array(_) => return true,
            Type::Tuple(tuple) => return !tuple.elems.is_empty(),
            _ => {}
        }
        if let Some((_, own)) = self.own(ty) {
            return !own.has(kind.result());
        }
        let Some((path, last)) = handler::last_segment(ty) else {
            return false;
        };
        if last.ident == "Value" {
            let is_qualified =
                path.path.segments.len() == 2 && path.path.segments[0].ident == "serde_json";
            return is_qualified || (path.path.segments.len() == 1 && self.imports_value);
        }
        if last.ident == "Vec" {
            return handler::inner_types(last).any(|inner| match kind {
                Kind::Resource if is_byte(inner) => false,
                _ => handler::is_value(inner) || self.is_data(inner, kind),
            });
        }
        attributes::is_named(&path.path, DATA)
            || (kind != Kind::Tool && attributes::is_named(&path.path, SCALARS))
    }

    /// The type of the file that this one names.
    fn own(&self, ty: &Type) -> Option<(&str, &Own)> {
        let Type::Path(path) = ty else { return None };
        let (name, own) = self
            .own
            .get_key_value(&path.path.get_ident()?.to_string())?;
        Some((name, own))
    }
}

fn is_byte(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("u8"))
}

/// The traits that a type derives, unless one of its attributes may add more.
fn derived(attributes: &[Attribute]) -> Option<Vec<String>> {
    let metas = attributes::flat(attributes);
    if !metas
        .iter()
        .all(|meta| attributes::is_named(meta.path(), ATTRIBUTES))
    {
        return None;
    }
    let derives = metas
        .iter()
        .filter(|meta| meta.path().is_ident("derive"))
        .flat_map(attributes::nested);
    derives
        .map(|derive| {
            attributes::is_named(derive.path(), DERIVES)
                .then(|| Some(derive.path().segments.last()?.ident.to_string()))?
        })
        .collect()
}

/// The traits that the file implements for the type.
fn implemented<'a>(items: &'a [Item], name: &'a str) -> impl Iterator<Item = String> + 'a {
    items.iter().filter_map(move |item| {
        let Item::Impl(item) = item else { return None };
        let Type::Path(ty) = &*item.self_ty else {
            return None;
        };
        let (path, _) = item.trait_.as_ref()?;
        attributes::is_named(&ty.path, &[name])
            .then(|| Some(path.segments.last()?.ident.to_string()))?
    })
}
