//! The function `complete` beside the handler of a prompt or a template: what a client may propose while somebody types.

use syn::spanned::Spanned;
use syn::{FnArg, Item, ItemFn, ReturnType, Type};

use super::handler::{self, CONTEXT_LIMIT};
use super::{attributes, imports, is_reachable, shown};
use crate::diagnostic::Report;
use crate::{Argument, Complete, Place};

/// How it begins: the name of an argument, and what is typed of its value so far.
const BEGINNING: &str = "argument: &str, value: &str";

pub(super) fn complete(items: &[Item], report: &mut Report<'_>) -> Option<Complete> {
    let all: Vec<&ItemFn> = items.iter().filter_map(named_complete).collect();
    let Some((first, others)) = all.split_first() else {
        if let Some(place) = items.iter().find_map(|item| imports(item, "complete")) {
            let message = format!(
                "`complete` comes from elsewhere: write `pub fn complete({BEGINNING})` here, and call it"
            );
            report.error(place, message);
        }
        return None;
    };
    let complete = read(first, report);
    for other in others {
        let is_alternative =
            attributes::is_conditional(&first.attrs) && attributes::is_conditional(&other.attrs);
        let second = read(other, report);
        if !is_alternative
            || (second.is_async, second.context) != (complete.is_async, complete.context)
        {
            let message = format!(
                "second `complete`, after the one at {}: only under different `#[cfg]` may there be two, and alike",
                complete.place
            );
            report.error(second.place, message);
        }
    }
    Some(complete)
}

/// What is private and begins otherwise is a helper that happens to have the name.
fn named_complete(item: &Item) -> Option<&ItemFn> {
    match item {
        Item::Fn(item) if item.sig.ident == "complete" => {
            (is_reachable(&item.vis) || begins_well(item)).then_some(item)
        }
        _ => None,
    }
}

fn read(item: &ItemFn, report: &mut Report<'_>) -> Complete {
    let signature = &item.sig;
    let is_async = handler::gives_future(signature);
    let place = Place::from(handler::start(item));
    if !is_reachable(&item.vis) {
        let asyncness = if signature.asyncness.is_some() {
            "async "
        } else {
            ""
        };
        report.error(
            place,
            format!("complete is private: write `pub {asyncness}fn complete`"),
        );
    }
    if let Some(first) = signature.generics.params.first() {
        report.error(first.span(), format!("complete has generic parameters: write `complete({BEGINNING})`, and name the other types"));
    }
    if !begins_well(item) {
        let wrong = signature
            .inputs
            .iter()
            .take(2)
            .find(|argument| !is_text(argument));
        let place = wrong.map_or_else(
            || Place::from(signature.ident.span()),
            |argument| argument.span().into(),
        );
        report.error(place, format!("complete begins otherwise: write `complete({BEGINNING})`, the name of what is completed, and what is typed of it so far"));
    }
    for argument in signature.inputs.iter().skip(2) {
        check_context(argument, report);
    }
    let context = signature.inputs.len().saturating_sub(2);
    if context > CONTEXT_LIMIT {
        let message = format!(
            "complete takes {context} arguments after `value`, more than {CONTEXT_LIMIT}: put some into one type with `FromContext`"
        );
        report.error(signature.ident.span(), message);
    }
    if matches!(signature.output, ReturnType::Default) {
        report.error(
            signature.ident.span(),
            "complete returns nothing: return the values that fit, as `Vec<String>`",
        );
    }
    Complete {
        place,
        is_async,
        context,
    }
}

fn begins_well(item: &ItemFn) -> bool {
    let inputs = &item.sig.inputs;
    inputs.len() >= 2 && inputs.iter().take(2).all(is_text)
}

/// Whether an argument is a plain `&str`.
fn is_text(argument: &FnArg) -> bool {
    let FnArg::Typed(argument) = argument else {
        return false;
    };
    let Type::Reference(reference) = &*argument.ty else {
        return false;
    };
    let Some((path, _)) = handler::last_segment(&reference.elem) else {
        return false;
    };
    reference.mutability.is_none() && reference.lifetime.is_none() && path.path.is_ident("str")
}

fn check_context(argument: &FnArg, report: &mut Report<'_>) {
    let FnArg::Typed(argument) = argument else {
        return;
    };
    let (pattern, place) = (shown(&argument.pat), argument.ty.span());
    let described = format!("`{pattern}: {}`", shown(&argument.ty));
    let owned = match &*argument.ty {
        Type::Reference(reference) => &reference.elem,
        _ => &argument.ty,
    };
    if handler::is_value(owned) {
        let message = format!("{described} cannot come from the request: remove it");
        report.error(place, message);
        return;
    }
    let kind = handler::classify(&argument.ty, &pattern, report);
    if kind == Argument::Input && !report.has_error_at(place.into()) {
        let message = format!("{described} is not there yet while somebody types: remove it");
        report.error(place, message);
    }
}
