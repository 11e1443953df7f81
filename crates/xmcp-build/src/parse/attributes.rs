//! Attributes with what `cfg_attr` holds laid out flat: whether the condition is true is rustc's to know.

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Meta, Path, Token};

/// Every attribute, those inside of `cfg_attr` included.
pub(super) fn flat(attributes: &[Attribute]) -> Vec<Meta> {
    let mut metas = Vec::new();
    for attribute in attributes {
        add(&attribute.meta, &mut metas);
    }
    metas
}

fn add(meta: &Meta, metas: &mut Vec<Meta>) {
    if !meta.path().is_ident("cfg_attr") {
        metas.push(meta.clone());
        return;
    }
    for inner in nested(meta).iter().skip(1) {
        add(inner, metas);
    }
}

/// What stands between the parentheses of `name(..)`; nothing when it is not a list of attributes.
pub(super) fn nested(meta: &Meta) -> Punctuated<Meta, Token![,]> {
    match meta {
        Meta::List(list) => list
            .parse_args_with(Punctuated::parse_terminated)
            .unwrap_or_default(),
        Meta::Path(_) | Meta::NameValue(_) => Punctuated::new(),
    }
}

/// Whether an attribute `name(..)` has `key`, alone or with a value.
pub(super) fn has(metas: &[Meta], name: &str, key: &str) -> bool {
    let lists = metas.iter().filter(|meta| meta.path().is_ident(name));
    lists
        .flat_map(nested)
        .any(|inner| inner.path().is_ident(key))
}

/// Where a derive of one of `names` stands, whatever path leads to it.
pub(super) fn derive(metas: &[Meta], names: &[&str]) -> Option<Span> {
    let lists = metas.iter().filter(|meta| meta.path().is_ident("derive"));
    lists
        .flat_map(nested)
        .find(|inner| is_named(inner.path(), names))
        .map(|inner| inner.path().span())
}

/// Whether the last part of a path is one of `names`.
pub(super) fn is_named(path: &Path, names: &[&str]) -> bool {
    path.segments
        .last()
        .is_some_and(|last| names.iter().any(|name| last.ident == name))
}

/// Whether an item is there under a condition only.
pub(super) fn is_conditional(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("cfg"))
}
