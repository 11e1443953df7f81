//! The files that an app may have beside its tools: `src/state.rs` and `src/middleware.rs`, and the root of its crate, which
//! must not declare them a second time.

use syn::spanned::Spanned;
use syn::{Item, ItemFn, ReturnType};

use crate::diagnostic::Report;
use crate::{Diagnostics, Place, parse};

/// A file that is found by its place, and the function that it has to define.
pub(crate) struct Convention {
    /// The name of the module, of the function in it, and of the key under `[paths]`.
    pub(crate) name: &'static str,
    /// What goes before `fn`.
    qualifier: &'static str,
    returns: &'static str,
}

pub(crate) const STATE: Convention = Convention {
    name: "state",
    qualifier: "async ",
    returns: "xmcp::Result<AppState>",
};

pub(crate) const MIDDLEWARE: Convention = Convention {
    name: "middleware",
    qualifier: "",
    returns: "xmcp::Result<Middleware>",
};

impl Convention {
    /// Checks the text of the file at `path`.
    pub(crate) fn check(&self, path: &str, text: &str, diagnostics: &mut Diagnostics) {
        let Self {
            name,
            qualifier,
            returns,
        } = self;
        let mut report = Report {
            file: path,
            diagnostics,
        };
        let syntax = match syn::parse_file(text) {
            Ok(syntax) => syntax,
            Err(errors) => {
                parse::syntax_errors(errors, &mut report);
                return;
            }
        };
        let function = syntax.items.iter().find_map(|item| self.function(item));
        let Some(function) = function else {
            if !syntax
                .items
                .iter()
                .any(|item| parse::may_define(item, name))
            {
                let message =
                    format!("file has no `{name}`: add `pub {qualifier}fn {name}() -> {returns}`");
                report.error(Place::START, message);
            }
            return;
        };
        let place = parse::start(function);
        let signature = &function.sig;
        if !parse::is_reachable(&function.vis) {
            report.error(
                place,
                format!("`{name}` is private: write `pub {qualifier}fn {name}`"),
            );
        }
        let is_async = parse::gives_future(signature);
        if is_async && qualifier.is_empty() {
            let message = format!(
                "`{name}` is async: write `pub fn {name}`, and do what has to wait in `src/state.rs`"
            );
            report.error(place, message);
        } else if !is_async && !qualifier.is_empty() {
            report.error(
                place,
                format!("`{name}` is not async: write `pub async fn {name}`"),
            );
        }
        if let (false, Some(other)) = (is_async, self.other_type(&signature.output)) {
            let place = match &signature.output {
                ReturnType::Default => signature.ident.span(),
                ReturnType::Type(_, ty) => ty.span(),
            };
            report.error(
                place,
                format!(
                    "`{name}` returns {other}: write `-> {returns}`, and `Ok(provider.into())`"
                ),
            );
        }
        if let Some(argument) = signature.inputs.first() {
            report.error(
                argument.span(),
                format!("`{name}` takes arguments: write `pub {qualifier}fn {name}()`"),
            );
        }
        if let Some(parameter) = signature.generics.params.first() {
            report.error(
                parameter.span(),
                format!("`{name}` has generic parameters: name the types"),
            );
        }
    }

    /// What a `middleware` returns that is plainly not what it should: rustc would say so of the generated code alone. A type that
    /// may be another name of the right one is rustc's to judge.
    fn other_type(&self, output: &ReturnType) -> Option<String> {
        if self.name != MIDDLEWARE.name {
            return None;
        }
        let ReturnType::Type(_, ty) = output else {
            return Some("nothing".to_owned());
        };
        let (_, last) = parse::last_segment(ty)?;
        let is_provider =
            |ty| parse::last_segment(ty).is_some_and(|(_, last)| last.ident == "Provider");
        if last.ident == "Result" {
            let is_other = parse::inner_types(last).next().is_some_and(is_provider);
            return is_other.then(|| "a `Result` of a `Provider`".to_owned());
        }
        (is_provider(ty) || last.ident == "Middleware").then(|| format!("a `{}`", last.ident))
    }

    fn function<'a>(&self, item: &'a Item) -> Option<&'a ItemFn> {
        match item {
            Item::Fn(item) if item.sig.ident == self.name => Some(item),
            _ => None,
        }
    }
}

/// Checks that the crate root which takes the generated code in does not declare what that code declares.
pub(crate) fn check_root(
    path: &str,
    text: &str,
    declared: &[(&'static str, &str)],
    diagnostics: &mut Diagnostics,
) {
    // A syntax error here is rustc's to report: nothing is generated from this file.
    let Ok(syntax) = syn::parse_file(text) else {
        return;
    };
    if !syntax.items.iter().any(is_include) {
        return;
    }
    for item in &syntax.items {
        let Item::Mod(module) = item else { continue };
        if let Some((name, file)) = declared.iter().find(|(name, _)| module.ident == name) {
            let message = format!(
                "module `{name}` is declared by `include_app!`, from {file}: remove this line"
            );
            diagnostics.error(path, item.span(), message);
        }
    }
}

fn is_include(item: &Item) -> bool {
    let Item::Macro(item) = item else {
        return false;
    };
    item.mac
        .path
        .segments
        .last()
        .is_some_and(|last| last.ident == "include_app")
}
