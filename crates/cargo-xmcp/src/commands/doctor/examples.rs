//! What an app still has of the example that it began as: addresses in its middleware that belong to nobody.

use std::fs;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::LitStr;
use url::Url;
use xmcp_build::App;

use super::finding::Report;
use crate::endpoint;

/// Looks at the file that says who may call. Tests in it may have any address.
pub(super) fn examine(app: &App, report: &mut Report) {
    let Some(path) = &app.middleware else {
        return;
    };
    let text = fs::read_to_string(app.root.join(path)).unwrap_or_default();
    // What cannot be read is said by the build.
    let Ok(code) = text.parse() else {
        return;
    };
    let mut left = Vec::new();
    collect(code, &mut left);
    for one in &left {
        let place = format!("{path}:{}", one.line);
        let what = match &one.name {
            Some(name) => format!("`{name}` in {place}"),
            None => place,
        };
        report.problem(
            "addresses",
            format!("{what} is still an example's, `{}`", one.value),
            format!("write your own there. {}", one.about).trim_end(),
        );
    }
    if left.is_empty() {
        report.ok("addresses", format!("none in {path} is an example's"));
    }
}

/// An address that was not replaced.
#[derive(Debug, PartialEq, Eq)]
struct Left {
    /// The constant that it is the value of.
    name: Option<String>,
    /// What is written above that.
    about: String,
    value: String,
    line: usize,
}

/// The addresses in this code, in their order.
fn collect(code: TokenStream, left: &mut Vec<Left>) {
    let mut tokens = code.into_iter().peekable();
    let (mut name, mut about) = (None, String::new());
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                // An inner one has a mark between.
                tokens.next_if(|it| matches!(it, TokenTree::Punct(_)));
                let Some(TokenTree::Group(attribute)) = tokens.next() else {
                    continue;
                };
                if is_for_tests(attribute.stream()) {
                    while tokens.next_if(|it| !is_end(it)).is_some() {}
                    tokens.next();
                }
                about.push_str(&documentation(attribute.stream()));
            }
            TokenTree::Ident(word) if word == "const" || word == "static" => {
                name = match tokens.peek() {
                    Some(TokenTree::Ident(name)) => Some(name.to_string()),
                    _ => None,
                };
            }
            TokenTree::Literal(literal) => {
                let text = syn::parse_str::<LitStr>(&literal.to_string());
                left.extend(text.ok().filter(is_example).map(|text| Left {
                    name: name.clone(),
                    about: about.trim().to_owned(),
                    value: text.value(),
                    line: literal.span().start().line,
                }));
            }
            token => {
                let is_end = is_end(&token);
                if let TokenTree::Group(group) = token {
                    collect(group.stream(), left);
                }
                if is_end {
                    (name, about) = (None, String::new());
                }
            }
        }
    }
}

/// Whether an item or a statement ends here.
fn is_end(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(mark) => mark.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    }
}

/// Whether the attribute takes what follows away from everything but tests.
fn is_for_tests(attribute: TokenStream) -> bool {
    let text: String = attribute.into_iter().map(|it| it.to_string()).collect();
    ["test", "cfg(test)"].contains(&&*text.replace(' ', ""))
}

/// The text of an attribute that is a line of documentation.
fn documentation(attribute: TokenStream) -> String {
    let mut tokens = attribute.into_iter();
    let is_one = matches!(tokens.next(), Some(TokenTree::Ident(name)) if name == "doc");
    let text = tokens.nth(1).filter(|_| is_one);
    text.and_then(|text| syn::parse_str::<LitStr>(&text.to_string()).ok())
        .map(|text| text.value())
        .unwrap_or_default()
}

fn is_example(text: &LitStr) -> bool {
    let text = text.value();
    match Url::parse(&text) {
        Ok(url) => endpoint::is_example(&url),
        Err(_) => endpoint::is_example_host(&text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str) -> Vec<(Option<String>, String, usize)> {
        let mut left = Vec::new();
        collect(code.parse().unwrap(), &mut left);
        left.into_iter()
            .map(|it| (it.name, it.value, it.line))
            .collect()
    }

    #[test]
    fn addresses_of_examples_are_found_with_the_constant_that_they_are_of() {
        let code = include_str!("../../../templates/middleware/jwt.rs");
        let mut left = Vec::new();
        collect(code.parse().unwrap(), &mut left);
        let shown: Vec<_> = left
            .iter()
            .map(|it| (it.name.as_deref().unwrap(), it.about.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("ISSUER", "Who signs the tokens: what they have as `iss`."),
                ("KEYS", "Where its public keys are, as a JSON Web Key Set."),
                (
                    "AUDIENCE",
                    "Whom the tokens are for: what they have as `aud`."
                ),
            ]
        );
        let in_a_call =
            "/// See `x`.\nfn f() {\n    g(\"https://login.example.org/a\", \"sso.example\")\n}";
        assert_eq!(
            found(in_a_call),
            [
                (None, "https://login.example.org/a".to_owned(), 3),
                (None, "sso.example".to_owned(), 3)
            ]
        );
    }

    #[test]
    fn what_is_said_to_people_and_what_tests_use_is_no_address() {
        assert_eq!(
            found(
                "//! https://a.example.com\n/// https://a.example.com\nconst A: &str = \"https://backend.acme.com\"; // https://a.example.com\n\
                 #[cfg(test)]\nmod tests {\n    const A: &str = \"https://a.example.com\";\n}\n\
                 #[test]\nfn t() { f(\"https://a.example.com\") }\nfn g() { log(\"see https://a.example.com\", \"example.com.acme.com\") }"
            ),
            []
        );
    }
}
