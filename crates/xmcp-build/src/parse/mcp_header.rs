//! `#[schemars(extend("x-mcp-header" = "Region"))]` on a field of a tool's `Schema`: its value comes as the header
//! `Mcp-Param-Region` too. The rules are those of the specification of 2026-07-28 (Transports, Streamable HTTP, "Custom Headers
//! from Tool Parameters"); clients leave out a tool that breaks one.
//!
//! Followed as far as the file shows; the server checks the finished schema when it starts.

use std::collections::HashMap;

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Field, Ident, Item, Lit, LitStr, Meta, Token, Type};

use super::value::{self, Value};
use super::{attributes, handler, shown};
use crate::Place;
use crate::diagnostic::Report;

const KEY: &str = "x-mcp-header";

/// How many fields are looked at: more than anybody writes, and few enough where types hold each other in many ways.
const FIELDS: usize = 1000;

/// Checks every header that the file's `Schema` leads to.
pub(super) fn check(items: &[Item], report: &mut Report<'_>) {
    let schema = items.iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == "Schema" => Some(item),
        _ => None,
    });
    let Some(schema) = schema else { return };
    let mut headers = Headers {
        items,
        taken: HashMap::new(),
        open: vec![&schema.ident],
        left: FIELDS,
        report,
    };
    for field in &schema.fields {
        headers.field(field, Reach::Properties);
    }
}

/// How one gets from the schema's root to a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// By names alone, as a header needs it.
    Properties,
    /// Through a list, a map, or one of several variants.
    Uncertain,
}

struct Headers<'a, 'r> {
    items: &'a [Item],
    /// Names in lower case, and where each stands.
    taken: HashMap<String, Place>,
    /// The types that lead to where one is, so that one which leads to itself is entered once.
    open: Vec<&'a Ident>,
    /// How many fields may still be looked at.
    left: usize,
    report: &'a mut Report<'r>,
}

impl<'a> Headers<'a, '_> {
    fn field(&mut self, field: &'a Field, reach: Reach) {
        let Some(left) = self.left.checked_sub(1) else {
            return;
        };
        self.left = left;
        for value in values(&field.attrs) {
            self.header(&value, field, reach);
        }
        self.types_of(&field.ty, reach);
    }

    /// Follows a field's type into the types of the file.
    fn types_of(&mut self, ty: &'a Type, reach: Reach) {
        match value::own(ty, self.items) {
            Some(Item::Struct(item)) => self.fields(&item.ident, &item.fields, reach),
            Some(Item::Enum(item)) => {
                let fields = item.variants.iter().flat_map(|variant| &variant.fields);
                self.fields(&item.ident, fields, Reach::Uncertain);
            }
            _ => {
                let Some((path, last)) = handler::last_segment(ty) else {
                    return;
                };
                let reach = match attributes::is_named(&path.path, &["Option", "Box", "Arc", "Rc"])
                {
                    true => reach,
                    false => Reach::Uncertain,
                };
                for inner in handler::inner_types(last) {
                    self.types_of(inner, reach);
                }
            }
        }
    }

    fn fields(
        &mut self,
        name: &'a Ident,
        fields: impl IntoIterator<Item = &'a Field>,
        reach: Reach,
    ) {
        if self.open.contains(&name) {
            return;
        }
        self.open.push(name);
        for field in fields {
            self.field(field, reach);
        }
        self.open.pop();
    }

    fn header(&mut self, value: &Expr, field: &Field, reach: Reach) {
        let place = Place::from(value.span());
        if self.report.has_error_at(place) {
            return;
        }
        let Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) = value
        else {
            self.report.error(
                place,
                format!(
                    "`{KEY}` is not a literal: write the header's name itself, as `\"Region\"`"
                ),
            );
            return;
        };
        let name = text.value();
        if name.is_empty() {
            self.report.error(
                place,
                format!("`{KEY}` is empty: name what comes after `Mcp-Param-`, as `\"Region\"`"),
            );
            return;
        }
        if let Some(character) = name.chars().find(|character| !is_token(*character)) {
            self.report.error(
                place,
                format!("header `Mcp-Param-{name}` has the character `{character}`: use `A-Z`, `a-z`, `0-9` and `-`"),
            );
            return;
        }
        if reach == Reach::Uncertain {
            let message = format!(
                "header `Mcp-Param-{name}` is inside of a list, a map or an enum, where nobody can tell which value it means: give \
                 it to a field that is there once"
            );
            self.report.error(place, message);
        } else if let Some(first) = self.taken.insert(name.to_ascii_lowercase(), place) {
            let message = match first == place {
                true => format!(
                    "header `Mcp-Param-{name}` is there twice, as is the type that the field is in: use the type once"
                ),
                false => format!(
                    "header `Mcp-Param-{name}` is also that of the field at {first}, for case does not count: give one another"
                ),
            };
            self.report.error(place, message);
        }
        let value = value::of(&field.ty, self.items);
        if matches!(value, Value::Number | Value::Composite | Value::Variant(_))
            && !value::is_read_otherwise(&field.attrs)
        {
            let message = format!(
                "`{}` cannot be in a header: only a text, an integer or a boolean has an `{KEY}`",
                shown(&field.ty)
            );
            self.report.error(field.ty.span(), message);
        }
    }
}

/// What attributes of schemars say for the key.
fn values(attributes: &[Attribute]) -> Vec<Expr> {
    let metas = attributes::flat(attributes);
    let schemars = metas.iter().filter(|meta| meta.path().is_ident("schemars"));
    let extensions = schemars
        .flat_map(attributes::nested)
        .filter(|meta| meta.path().is_ident("extend"));
    extensions.flat_map(|meta| pairs(&meta)).collect()
}

/// The values that `extend("x-mcp-header" = ..)` has for the key; nothing when it is written otherwise, which schemars reports.
fn pairs(meta: &Meta) -> Vec<Expr> {
    let Meta::List(list) = meta else {
        return Vec::new();
    };
    let pair = |input: syn::parse::ParseStream<'_>| {
        let key: LitStr = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok((key, input.parse::<Expr>()?))
    };
    let parser = |input: syn::parse::ParseStream<'_>| {
        Punctuated::<_, Token![,]>::parse_terminated_with(input, pair)
    };
    let pairs = parser.parse2(list.tokens.clone()).unwrap_or_default();
    pairs
        .into_iter()
        .filter(|(key, _)| key.value() == KEY)
        .map(|(_, value)| value)
        .collect()
}

/// RFC 9110, section 5.6.2: `tchar`.
fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}
