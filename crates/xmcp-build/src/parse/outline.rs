//! What a file shows to those who look at it before it runs.

use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, File, Item, ItemEnum, Lit};

use super::{attributes, docs, handler};
use crate::Place;
use crate::outline::{Call, Choice, Literal, Named, Outline};

/// All of it but the arguments, which the reading of `Schema` knows.
pub(super) fn outline(syntax: &File) -> Outline {
    let metadata = syntax.items.iter().find_map(|item| match item {
        Item::Const(item) if item.ident == "METADATA" => Some(item),
        _ => None,
    });
    let of_handler = || {
        let handler = syntax.items.iter().find_map(handler::named_handler)?;
        place_of_docs(&handler.attrs)
    };
    let mut calls = Vec::new();
    if let Some(item) = metadata {
        collect(&item.expr, &mut calls);
    }
    Outline {
        description: place_of_docs(&syntax.attrs).or_else(of_handler),
        metadata: metadata.map(|item| item.ident.span().into()),
        calls,
        arguments: Vec::new(),
        enums: syntax.items.iter().filter_map(choice).collect(),
    }
}

fn place_of_docs(attributes: &[Attribute]) -> Option<Place> {
    let first = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("doc"))?;
    Some(first.span().into())
}

fn collect(expression: &Expr, calls: &mut Vec<Call>) {
    match expression {
        Expr::MethodCall(call) => {
            collect(&call.receiver, calls);
            calls.push(Call {
                method: call.method.to_string(),
                place: call.method.span().into(),
                value: call.args.first().and_then(literal),
            });
        }
        Expr::Paren(inner) => collect(&inner.expr, calls),
        Expr::Group(inner) => collect(&inner.expr, calls),
        _ => {}
    }
}

fn literal(expression: &Expr) -> Option<Literal> {
    let Expr::Lit(ExprLit { lit, .. }) = expression else {
        return None;
    };
    match lit {
        Lit::Bool(boolean) => Some(Literal::Boolean(boolean.value)),
        Lit::Str(text) => Some(Literal::Text(text.value())),
        _ => None,
    }
}

fn choice(item: &Item) -> Option<Choice> {
    let Item::Enum(item) = item else { return None };
    let metas = attributes::flat(&item.attrs);
    let derives = |name| attributes::derive(&metas, &[name]).is_some();
    (derives("Deserialize") && derives("JsonSchema")).then(|| Choice {
        name: item.ident.to_string(),
        undocumented: undocumented(item),
    })
}

fn undocumented(item: &ItemEnum) -> Vec<Named> {
    let variants = item.variants.iter().filter(|variant| {
        let metas = attributes::flat(&variant.attrs);
        let has = |library, key| attributes::has(&metas, library, key);
        !docs::is_documented(&metas)
            && !has("schemars", "description")
            && !has("schemars", "skip")
            && !has("serde", "skip")
            && !has("serde", "skip_deserializing")
    });
    variants
        .map(|variant| Named {
            name: variant.ident.to_string(),
            place: variant.ident.span().into(),
        })
        .collect()
}
