//! The const `METADATA`, as far as the build script needs it: `name`, `scopes` and `public`, which have to be literals.

use syn::spanned::Spanned;
use syn::{Expr, ExprLit, ExprMethodCall, Item, ItemConst, Lit};

use super::{attributes, is_reachable};
use crate::diagnostic::Report;
use crate::kind::Kind;
use crate::{Name, Place};

fn legal(kind: Kind) -> &'static str {
    match kind {
        Kind::Tool | Kind::Prompt => "use at most 128 of `A-Z`, `a-z`, `0-9`, `_`, `-` and `.`",
        Kind::Resource => "use at most 128 characters that people can read",
    }
}

/// What a `METADATA` says. Its other parts are any const expressions, and rustc's business.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    /// `.name("..")`, when it is legal.
    pub(crate) name: Option<(Name, Place)>,
    /// Whether there is a `.name(..)` at all, legal or not.
    pub(crate) is_named: bool,
    /// Whether it has a `.description(..)` that is not an empty text.
    pub(crate) is_described: bool,
    pub(crate) scopes: Vec<String>,
    pub(crate) public: bool,
    /// Where a `METADATA` stands that has neither scopes nor `.public(true)`. Under `#[cfg]` there may be several.
    pub(crate) unscoped: Vec<Place>,
    /// Whether something about scopes or `public` could not be read, which is reported, or which rustc reports.
    is_unclear: bool,
}

pub(super) fn metadata(items: &[Item], kind: Kind, report: &mut Report<'_>) -> Option<Metadata> {
    let mut is_static = false;
    for item in items {
        if let Item::Static(item) = item
            && item.ident == "METADATA"
        {
            is_static = true;
            report.error(
                item.static_token.span,
                format!(
                    "`METADATA` is a static: write `pub const METADATA: {}`",
                    kind.metadata()
                ),
            );
        }
    }
    let all: Vec<&ItemConst> = items.iter().filter_map(named_metadata).collect();
    let Some((first, others)) = all.split_first() else {
        // There is one, and what it says is not asked before it is a const.
        return is_static.then(Metadata::default);
    };
    let mut metadata = read(first, kind, report);
    for other in others {
        if !attributes::is_conditional(&first.attrs) || !attributes::is_conditional(&other.attrs) {
            let place = Place::from(first.ident.span());
            report.error(
                other.ident.span(),
                format!("second `METADATA`, after the one at {place}: make them one"),
            );
        } else {
            metadata.unscoped.extend(read(other, kind, report).unscoped);
        }
    }
    if !is_reachable(&first.vis) {
        report.error(
            first.const_token.span,
            "`METADATA` is private: write `pub const METADATA`",
        );
    }
    Some(metadata)
}

fn named_metadata(item: &Item) -> Option<&ItemConst> {
    match item {
        Item::Const(item) if item.ident == "METADATA" => Some(item),
        _ => None,
    }
}

fn read(item: &ItemConst, kind: Kind, report: &mut Report<'_>) -> Metadata {
    let mut metadata = Metadata::default();
    chain(&item.expr, kind, &mut metadata, report);
    if !metadata.is_unclear && !metadata.public && metadata.scopes.is_empty() {
        metadata.unscoped.push(item.ident.span().into());
    }
    metadata
}

/// Reads a chain of calls from its beginning, so that the last call of a method wins, as it does when the chain runs.
fn chain(expression: &Expr, kind: Kind, metadata: &mut Metadata, report: &mut Report<'_>) {
    match expression {
        Expr::MethodCall(call) => {
            chain(&call.receiver, kind, metadata, report);
            apply(call, kind, metadata, report);
        }
        Expr::Paren(inner) => chain(&inner.expr, kind, metadata, report),
        Expr::Group(inner) => chain(&inner.expr, kind, metadata, report),
        Expr::Call(call) if is_path_to(&call.func, kind, "new") => {}
        constant if is_path_to(constant, kind, "NONE") => {}
        other => {
            metadata.is_unclear = true;
            let message = format!(
                "`METADATA` has to begin with `{}::new()`: its name and scopes are read from its text",
                kind.metadata()
            );
            report.error(other.span(), message);
        }
    }
}

/// Whether it is `ToolMetadata::new` or the like, whatever path leads there.
fn is_path_to(expression: &Expr, kind: Kind, member: &str) -> bool {
    let Expr::Path(path) = expression else {
        return false;
    };
    let mut segments = path.path.segments.iter().rev();
    segments.next().is_some_and(|last| last.ident == member)
        && segments
            .next()
            .is_some_and(|owner| owner.ident == kind.metadata())
}

fn apply(call: &ExprMethodCall, kind: Kind, metadata: &mut Metadata, report: &mut Report<'_>) {
    let method = call.method.to_string();
    // A wrong number of arguments is what rustc explains best.
    let (Some(argument), 1) = (call.args.first(), call.args.len()) else {
        metadata.is_unclear |= matches!(method.as_str(), "scopes" | "public");
        return;
    };
    match method.as_str() {
        "name" => {
            metadata.is_named = true;
            metadata.name = name(argument, kind, report);
        }
        "description" => {
            metadata.is_described = text(argument).is_none_or(|text| !text.trim().is_empty());
        }
        "scopes" => match scopes(argument, report) {
            Some(scopes) => metadata.scopes = scopes,
            None => metadata.is_unclear = true,
        },
        "public" => match boolean(argument) {
            Some(public) => metadata.public = public,
            None => {
                metadata.is_unclear = true;
                report.error(
                    argument.span(),
                    "public is not a literal: write `.public(true)` or `.public(false)`",
                );
            }
        },
        _ => {}
    }
}

fn name(argument: &Expr, kind: Kind, report: &mut Report<'_>) -> Option<(Name, Place)> {
    let place = Place::from(argument.span());
    let Some(text) = text(argument) else {
        report.error(
            place,
            "name is not a literal: write `.name(\"..\")` with the name itself",
        );
        return None;
    };
    let parsed = match kind {
        Kind::Tool | Kind::Prompt => Name::parse(&text),
        Kind::Resource => Name::label(&text),
    };
    match parsed {
        Ok(name) => Some((name, place)),
        Err(reason) => {
            report.error(
                place,
                format!("{kind} name `{text}` {reason}: {}", legal(kind)),
            );
            None
        }
    }
}

/// `None` when one of them is none, which is reported.
fn scopes(argument: &Expr, report: &mut Report<'_>) -> Option<Vec<String>> {
    let list = match plain(argument) {
        Expr::Reference(reference) => plain(&reference.expr),
        other => other,
    };
    let Expr::Array(array) = list else {
        report.error(
            argument.span(),
            "scopes are not literals: write `.scopes(&[\"..\"])` with the scopes themselves",
        );
        return None;
    };
    let mut scopes = Vec::new();
    for element in &array.elems {
        match text(element) {
            None => report.error(
                element.span(),
                "scope is not a literal: write the scope itself, as `\"greet:read\"`",
            ),
            Some(scope) if scope.is_empty() || !scope.chars().all(is_scope_character) => {
                let message = format!(
                    "`{scope}` is no scope: write one word of ASCII for each, without `\"` and `\\`"
                );
                report.error(element.span(), message);
            }
            Some(scope) => scopes.push(scope),
        }
    }
    (scopes.len() == array.elems.len()).then_some(scopes)
}

/// RFC 6749, section 3.3: `scope-token`.
fn is_scope_character(character: char) -> bool {
    matches!(character, '\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E')
}

fn text(expression: &Expr) -> Option<String> {
    match plain(expression) {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

fn boolean(expression: &Expr) -> Option<bool> {
    match plain(expression) {
        Expr::Lit(ExprLit {
            lit: Lit::Bool(boolean),
            ..
        }) => Some(boolean.value),
        _ => None,
    }
}

fn plain(expression: &Expr) -> &Expr {
    match expression {
        Expr::Paren(inner) => plain(&inner.expr),
        Expr::Group(inner) => plain(&inner.expr),
        other => other,
    }
}
