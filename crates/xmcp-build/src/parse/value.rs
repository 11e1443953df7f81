//! What a field's type holds, as far as the file shows. A type of another file is for the server to judge when it starts, by its
//! JSON schema.

use syn::{Attribute, Fields, Item, ItemStruct, Type};

use super::{attributes, handler};

const INTEGERS: &[&str] = &[
    "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
];

const COMPOSITES: &[&str] = &[
    "Vec", "VecDeque", "HashMap", "BTreeMap", "HashSet", "BTreeSet", "Map",
];

/// Types that are what they hold.
const TRANSPARENT: &[&str] = &["Option", "Box", "Rc", "Arc", "Cow"];

/// Types of a file that hold each other in a circle have no end; nobody nests what is sound as deep.
const DEPTH: usize = 16;

/// A kind of value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Boolean,
    Integer,
    Number,
    /// A list, an object, or anything else that is made of values.
    Composite,
    /// An enum of the file with a variant of this name that holds something.
    Variant(String),
    /// A text, or what is not to be known here.
    Other,
}

/// What a field of this type is, in a file with these items.
pub(super) fn of(ty: &Type, items: &[Item]) -> Value {
    resolve(ty, items, DEPTH)
}

fn resolve(ty: &Type, items: &[Item], depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else {
        return Value::Other;
    };
    match ty {
        Type::Paren(inner) => return resolve(&inner.elem, items, depth),
        Type::Group(inner) => return resolve(&inner.elem, items, depth),
        Type::Reference(inner) => return resolve(&inner.elem, items, depth),
        Type::Array(_) | Type::Slice(_) | Type::Tuple(_) => return Value::Composite,
        _ => {}
    }
    if let Some(own) = own(ty, items) {
        return resolve_own(own, items, depth);
    }
    let Some((path, last)) = handler::last_segment(ty) else {
        return Value::Other;
    };
    let is = |names| attributes::is_named(&path.path, names);
    if is(TRANSPARENT) {
        let inner = handler::inner_types(last).last();
        return inner.map_or(Value::Other, |inner| resolve(inner, items, depth));
    }
    match () {
        () if is(&["bool"]) => Value::Boolean,
        () if is(INTEGERS) => Value::Integer,
        () if is(&["f32", "f64"]) => Value::Number,
        () if is(COMPOSITES) => Value::Composite,
        () => Value::Other,
    }
}

/// The struct or enum of the file that a type names.
pub(super) fn own<'a>(ty: &Type, items: &'a [Item]) -> Option<&'a Item> {
    let Type::Path(path) = ty else { return None };
    let name = path.path.get_ident()?;
    items.iter().find(|item| match item {
        Item::Struct(item) => item.ident == *name,
        Item::Enum(item) => item.ident == *name,
        _ => false,
    })
}

fn resolve_own(item: &Item, items: &[Item], depth: usize) -> Value {
    match item {
        Item::Struct(item) if is_derived(&item.attrs) => resolve_struct(item, items, depth),
        Item::Enum(item) if is_derived(&item.attrs) => {
            let mut variants = item.variants.iter();
            variants
                .find(|variant| {
                    !matches!(variant.fields, Fields::Unit) && !is_read_otherwise(&variant.attrs)
                })
                .map_or(Value::Other, |variant| {
                    Value::Variant(variant.ident.to_string())
                })
        }
        _ => Value::Other,
    }
}

fn resolve_struct(item: &ItemStruct, items: &[Item], depth: usize) -> Value {
    match &item.fields {
        // A type around one value is read as that value.
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            let inner = &fields.unnamed[0];
            match is_read_otherwise(&inner.attrs) {
                true => Value::Other,
                false => resolve(&inner.ty, items, depth),
            }
        }
        _ => Value::Composite,
    }
}

/// Whether derives alone say how a type is read.
fn is_derived(attributes: &[Attribute]) -> bool {
    let metas = attributes::flat(attributes);
    attributes::derive(&metas, &["Deserialize"]).is_some() && !is_read_otherwise(attributes)
}

/// Whether an attribute of serde has something read by other means than its type, or not at all.
pub(super) fn is_read_otherwise(attributes: &[Attribute]) -> bool {
    let metas = attributes::flat(attributes);
    let keys = [
        "deserialize_with",
        "flatten",
        "from",
        "other",
        "remote",
        "skip",
        "skip_deserializing",
        "transparent",
        "try_from",
        "untagged",
        "with",
    ];
    keys.iter().any(|key| attributes::has(&metas, "serde", key))
}
