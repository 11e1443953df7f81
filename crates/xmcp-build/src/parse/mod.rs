//! One file of a routed folder as syntax shows it. Reading never fails: what was understood comes back, and what was not is
//! in the report.

mod attributes;
mod complete;
mod docs;
mod handler;
mod mcp_header;
mod metadata;
mod outline;
mod rename;
mod schema;
mod text_fields;
mod types;
mod uses;
mod value;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Item, Meta, Visibility};

pub(crate) use self::handler::{HandlerItem, gives_future, inner_types, last_segment, start};
pub(crate) use self::metadata::Metadata;
pub(crate) use self::schema::SchemaItem;
use crate::diagnostic::Report;
use crate::kind::Kind;
use crate::{Complete, Diagnostics, Outline, Place};

/// A routed file: what it defines, and where.
#[derive(Debug, Default)]
pub(crate) struct RoutedFile {
    /// The first paragraph of `//!`.
    pub(crate) doc: Option<String>,
    /// The conditions of `#![cfg(..)]`.
    pub(crate) conditions: Vec<String>,
    pub(crate) handler: Option<HandlerItem>,
    pub(crate) schema: Option<SchemaItem>,
    pub(crate) metadata: Option<Metadata>,
    /// `complete` of a prompt or a resource.
    pub(crate) complete: Option<Complete>,
    /// `pub fn schema()` of a tool.
    pub(crate) raw_schema: Option<Place>,
    /// `pub fn meta()`.
    pub(crate) meta: Option<Place>,
    /// Public functions without a meaning here, one of which may be a handler under another name.
    pub(crate) functions: Vec<(String, Place)>,
    /// Where a derive names the crates `serde` and `schemars`.
    pub(crate) serde: Option<Place>,
    pub(crate) schemars: Option<Place>,
    pub(crate) outline: Outline,
    /// Whether a macro or a `pub use ..::*` may define names that are not to be seen here.
    pub(crate) is_opaque: bool,
}

/// Reads a file. `None` when it has nothing to say beyond what is now in `diagnostics`: it is empty, or no Rust.
pub(crate) fn file(
    kind: Kind,
    path: &str,
    text: &str,
    diagnostics: &mut Diagnostics,
) -> Option<RoutedFile> {
    let mut report = Report {
        file: path,
        diagnostics,
    };
    let syntax = match syn::parse_file(text) {
        Ok(syntax) => syntax,
        Err(errors) => {
            syntax_errors(errors, &mut report);
            return None;
        }
    };
    if syntax.items.is_empty() && syntax.attrs.is_empty() {
        report.error(
            Place::START,
            "file is empty: add `pub async fn handler() -> String`, or remove the file",
        );
        return None;
    }
    types::check(&syntax.items, kind, &mut report);
    let raw_schema = plain_function(&syntax.items, "schema", &mut report);
    match kind {
        Kind::Tool => mcp_header::check(&syntax.items, &mut report),
        Kind::Prompt | Kind::Resource => text_fields::check(&syntax.items, kind, &mut report),
    }
    if let Some(place) = raw_schema.filter(|_| kind != Kind::Tool) {
        let message = format!(
            "`schema` is for tools: a {kind} says in `Schema` what it takes, so rename the function or remove it"
        );
        report.error(place, message);
    }
    Some(RoutedFile {
        doc: docs::first_paragraph(&syntax.attrs),
        conditions: syntax.attrs.iter().filter_map(condition).collect(),
        handler: handler::handler(&syntax.items, kind, &mut report),
        schema: schema::schema(&syntax.items, kind, &mut report),
        metadata: metadata::metadata(&syntax.items, kind, &mut report),
        complete: match kind {
            Kind::Tool => None,
            Kind::Prompt | Kind::Resource => complete::complete(&syntax.items, &mut report),
        },
        raw_schema: raw_schema.filter(|_| kind == Kind::Tool),
        meta: plain_function(&syntax.items, "meta", &mut report),
        functions: syntax
            .items
            .iter()
            .filter_map(|item| other_function(item, kind))
            .collect(),
        serde: schema::place_of_derive(&syntax.items, "serde", &["Deserialize", "Serialize"]),
        schemars: schema::place_of_derive(&syntax.items, "schemars", &["JsonSchema"]),
        outline: outline::outline(&syntax),
        is_opaque: syntax.items.iter().any(is_opaque),
    })
}

/// What syn found, in its words and at its places.
pub(crate) fn syntax_errors(errors: syn::Error, report: &mut Report<'_>) {
    for error in errors {
        let message = match error.to_string().as_str() {
            "cannot parse string into token stream" => {
                "a bracket, a text or a comment is not closed".to_owned()
            }
            message => message.to_owned(),
        };
        report.error(error.span(), format!("syntax error: {message}"));
    }
}

fn other_function(item: &Item, kind: Kind) -> Option<(String, Place)> {
    let Item::Fn(function) = item else {
        return None;
    };
    let name = function.sig.ident.to_string();
    let has_meaning = match name.as_str() {
        "handler" | "schema" | "meta" => true,
        "complete" => kind != Kind::Tool,
        _ => false,
    };
    (is_reachable(&function.vis) && !has_meaning).then(|| (name, start(function).into()))
}

fn condition(attribute: &Attribute) -> Option<String> {
    let Meta::List(list) = &attribute.meta else {
        return None;
    };
    list.path.is_ident("cfg").then(|| list.tokens.to_string())
}

fn is_opaque(item: &Item) -> bool {
    match item {
        Item::Macro(item) => item.ident.is_none(),
        Item::Use(item) => is_reachable(&item.vis) && uses::has_glob(&item.tree),
        _ => false,
    }
}

/// A function that takes nothing and that the generated code calls when it is there: `schema` and `meta`.
fn plain_function(items: &[Item], name: &str, report: &mut Report<'_>) -> Option<Place> {
    let defined = items.iter().find_map(|item| match item {
        Item::Fn(item) if item.sig.ident == name => Some(item),
        _ => None,
    });
    let Some(function) = defined else {
        return items.iter().find_map(|item| imports(item, name));
    };
    let place = Place::from(function.sig.ident.span());
    if !function.sig.inputs.is_empty() {
        // A private function that takes something is a helper which happens to have the name.
        if is_reachable(&function.vis) {
            report.error(
                place,
                format!("`{name}` takes arguments: write `pub fn {name}() -> serde_json::Value`"),
            );
        }
        return None;
    }
    if !is_reachable(&function.vis) {
        let message = format!(
            "`{name}` is private: write `pub fn {name}() -> serde_json::Value`, or give it another name"
        );
        report.error(place, message);
    }
    if let Some(token) = &function.sig.asyncness {
        report.error(
            token.span,
            format!("`{name}` is async: write `pub fn {name}() -> serde_json::Value`"),
        );
    }
    Some(place)
}

/// Whether an item may define `name` in a way that is not to be read here: it comes from elsewhere, or out of a macro.
pub(crate) fn may_define(item: &Item, name: &str) -> bool {
    is_opaque(item) || imports(item, name).is_some()
}

/// Where a `pub use` brings in `name`.
fn imports(item: &Item, name: &str) -> Option<Place> {
    match item {
        Item::Use(item) if is_reachable(&item.vis) => {
            uses::place_of(&item.tree, name).map(Place::from)
        }
        _ => None,
    }
}

/// Whether the root of the app's crate sees it. Routed files are modules right below the root, so `pub(super)` is enough.
pub(crate) fn is_reachable(visibility: &Visibility) -> bool {
    match visibility {
        Visibility::Public(_) => true,
        Visibility::Restricted(restricted) => !restricted.path.is_ident("self"),
        Visibility::Inherited => false,
    }
}

/// The tokens as somebody would write them on one line.
pub(crate) fn shown(tokens: &impl ToTokens) -> String {
    let mut text = String::new();
    write_tokens(tokens.to_token_stream(), &mut text);
    text
}

fn write_tokens(tokens: TokenStream, text: &mut String) {
    use proc_macro2::{Delimiter, TokenTree};
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write_tokens(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(mark) => {
                text.push(mark.as_char());
                if matches!(mark.as_char(), ',' | ';' | '+') {
                    text.push(' ');
                }
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => {
                if text.ends_with(|character: char| character.is_alphanumeric() || character == '_')
                {
                    text.push(' ');
                }
                text.push_str(&token.to_string());
            }
        }
    }
}
