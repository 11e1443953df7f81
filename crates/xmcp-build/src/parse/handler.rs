//! The function `handler`: what it takes, and whether calling it gives a future.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{
    FnArg, GenericArgument, Item, ItemFn, PathArguments, PathSegment, ReturnType, Safety,
    Signature, Type, TypeParamBound, TypePath,
};

use super::{attributes, docs, is_reachable, shown};
use crate::diagnostic::Report;
use crate::kind::Kind;
use crate::{Argument, Handler, Place};

/// How many arguments may come from the request: as many as `xmcp::codegen` has a `Shape` for.
pub(super) const CONTEXT_LIMIT: usize = 12;

/// Types of values, which a caller sends and a request cannot know.
const VALUES: &[&str] = &[
    "bool", "char", "str", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
    "u32", "u64", "u128", "usize", "String", "PathBuf", "Vec", "VecDeque", "HashMap", "BTreeMap",
    "HashSet", "BTreeSet",
];

/// What people wrap an input in, by habit or because another framework wants it.
const WRAPPERS: &[&str] = &[
    "Option",
    "Box",
    "Rc",
    "Arc",
    "Vec",
    "Result",
    "Json",
    "Parameters",
    "Args",
    "Input",
];

/// The function `handler` of a file.
#[derive(Debug)]
pub(crate) struct HandlerItem {
    pub(crate) handler: Handler,
    /// The first paragraph of its `///`.
    pub(crate) doc: Option<String>,
    /// Where it takes its `Schema`.
    pub(crate) input: Option<Place>,
}

pub(super) fn handler(items: &[Item], kind: Kind, report: &mut Report<'_>) -> Option<HandlerItem> {
    let all: Vec<&ItemFn> = items.iter().filter_map(named_handler).collect();
    let (first, others) = all.split_first()?;
    let item = read(first, kind, report);
    for other in others {
        let place = other.sig.ident.span();
        if !attributes::is_conditional(&first.attrs) || !attributes::is_conditional(&other.attrs) {
            report.error(
                place,
                format!(
                    "second handler, after the one at {}: a file is one {kind}",
                    item.handler.place
                ),
            );
        } else if read(other, kind, report).handler.shape() != item.handler.shape() {
            let message = format!(
                "handler differs from the one at {}: handlers under `#[cfg]` take the same arguments, and all are async or none is",
                item.handler.place
            );
            report.error(place, message);
        }
    }
    Some(item)
}

pub(super) fn named_handler(item: &Item) -> Option<&ItemFn> {
    match item {
        Item::Fn(item) if item.sig.ident == "handler" => Some(item),
        _ => None,
    }
}

impl Handler {
    fn shape(&self) -> (bool, &[Argument]) {
        (self.is_async, &self.arguments)
    }
}

fn read(item: &ItemFn, kind: Kind, report: &mut Report<'_>) -> HandlerItem {
    let signature = &item.sig;
    let place = Place::from(start(item));
    if !is_reachable(&item.vis) {
        report.error(
            place,
            format!(
                "handler is private: write `pub {}fn handler`",
                asynchronous(signature)
            ),
        );
    }
    if let Some(first) = signature.generics.params.first() {
        let message = "handler has generic parameters: name the types, for nothing tells a request which to take";
        report.error(first.span(), message);
    }
    if let Safety::Unsafe(token) = &signature.safety {
        report.error(
            token.span,
            "handler is unsafe: remove `unsafe`, and say inside why the call is sound",
        );
    }
    let mut input = None;
    let mut arguments = Vec::new();
    for argument in &signature.inputs {
        let FnArg::Typed(typed) = argument else {
            report.error(
                argument.span(),
                "handler takes `self`: write a function outside of any `impl`",
            );
            continue;
        };
        let argument = classify(&typed.ty, &shown(&typed.pat), report);
        if argument == Argument::Input {
            let second = Place::from(typed.ty.span());
            if let Some(first) = input.replace(second) {
                let message = format!(
                    "second `Schema`, after the one at {first}: a {kind} has one input; make them one"
                );
                report.error(second, message);
            }
        }
        arguments.push(argument);
    }
    let context = arguments
        .iter()
        .filter(|argument| **argument == Argument::Context)
        .count();
    if context > CONTEXT_LIMIT {
        let message = format!(
            "handler takes {context} arguments beside its input, more than {CONTEXT_LIMIT}: put some into one type with \
             `FromContext`"
        );
        report.error(signature.ident.span(), message);
    }
    let handler = Handler {
        place,
        is_async: gives_future(signature),
        arguments,
    };
    HandlerItem {
        handler,
        doc: docs::first_paragraph(&item.attrs),
        input,
    }
}

/// Where `pub async fn` begins, below the attributes.
pub(crate) fn start(item: &ItemFn) -> Span {
    let signature = &item.sig;
    let visibility = (!matches!(item.vis, syn::Visibility::Inherited)).then(|| item.vis.span());
    let asyncness = || signature.asyncness.as_ref().map(|token| token.span);
    visibility
        .or_else(asyncness)
        .unwrap_or(signature.fn_token.span)
}

fn asynchronous(signature: &Signature) -> &'static str {
    if signature.asyncness.is_some() {
        "async "
    } else {
        ""
    }
}

/// Whether a type is the input or comes from the request; what can be neither is reported.
pub(super) fn classify(ty: &Type, pattern: &str, report: &mut Report<'_>) -> Argument {
    match ty {
        Type::Paren(inner) => return classify(&inner.elem, pattern, report),
        Type::Group(inner) => return classify(&inner.elem, pattern, report),
        Type::Reference(reference) => {
            let inner = shown(&reference.elem);
            let message = match is_value(&reference.elem) {
                true => not_from_request(ty, pattern),
                false => format!("`{}` is borrowed: take `{inner}` by value", shown(ty)),
            };
            report.error(ty.span(), message);
            return if is_schema(&reference.elem) {
                Argument::Input
            } else {
                Argument::Context
            };
        }
        Type::ImplTrait(_) => {
            report.error(
                ty.span(),
                format!("`{}` is generic: name the type", shown(ty)),
            );
        }
        _ if is_value(ty) => report.error(ty.span(), not_from_request(ty, pattern)),
        _ => {}
    }
    let Some((path, last)) = last_segment(ty) else {
        return Argument::Context;
    };
    if last.ident == "Schema" {
        if !last.arguments.is_empty() {
            report.error(
                ty.span(),
                format!("`{}` is generic: take a plain `Schema`", shown(ty)),
            );
        } else if path.path.segments.len() > 1 && !is_own(path) {
            let shown = shown(ty);
            report.error(
                ty.span(),
                format!("`{shown}` is of another module: add `pub use {shown};` and take `Schema`"),
            );
        }
        return Argument::Input;
    }
    if attributes::is_named(&path.path, WRAPPERS) && inner_types(last).any(is_schema) {
        let message = match last.ident == "Option" {
            true => {
                "`Option<Schema>` cannot be the input: take `Schema`, and make its fields `Option`"
                    .to_owned()
            }
            false => format!("`{}` cannot be the input: take `Schema` itself", shown(ty)),
        };
        report.error(ty.span(), message);
        return Argument::Input;
    }
    Argument::Context
}

fn not_from_request(ty: &Type, pattern: &str) -> String {
    format!(
        "`{pattern}: {}` cannot come from the request: make it a field of `Schema`",
        shown(ty)
    )
}

/// Whether the path is `Schema` of this very file: `self::Schema`.
fn is_own(path: &TypePath) -> bool {
    path.path.segments.len() == 2 && path.path.segments[0].ident == "self"
}

fn is_schema(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|(_, last)| last.ident == "Schema")
}

/// Whether it is plainly a value, or an `Option` of one.
pub(super) fn is_value(ty: &Type) -> bool {
    if matches!(ty, Type::Array(_) | Type::Slice(_)) {
        return true;
    }
    let Some((path, last)) = last_segment(ty) else {
        return false;
    };
    if last.ident == "Option" {
        return inner_types(last).any(|inner| match inner {
            Type::Reference(reference) => is_value(&reference.elem),
            _ => is_value(inner),
        });
    }
    attributes::is_named(&path.path, VALUES) && !inner_types(last).any(is_schema)
}

pub(crate) fn last_segment(ty: &Type) -> Option<(&TypePath, &PathSegment)> {
    let Type::Path(path) = ty else { return None };
    Some((path, path.path.segments.last()?))
}

pub(crate) fn inner_types(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}

/// Whether calling it gives a future: it is `async`, or says so itself (`fn handler() -> impl Future<Output = String>`).
pub(crate) fn gives_future(signature: &Signature) -> bool {
    if signature.asyncness.is_some() {
        return true;
    }
    let ReturnType::Type(_, ty) = &signature.output else {
        return false;
    };
    let Type::ImplTrait(opaque) = &**ty else {
        return false;
    };
    opaque.bounds.iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => attributes::is_named(&bound.path, &["Future"]),
        _ => false,
    })
}
