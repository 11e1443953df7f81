//! What documentation says, for the model to read.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use super::attributes;

/// The first paragraph of `///`, `//!`, `/** */` or `#[doc = ".."]`, its lines joined with spaces.
pub(super) fn first_paragraph(attributes: &[Attribute]) -> Option<String> {
    let lines: Vec<String> = attributes::flat(attributes)
        .iter()
        .filter_map(text)
        .flat_map(lines)
        .collect();
    let paragraph = lines
        .iter()
        .map(|line| line.trim())
        .skip_while(|line| line.is_empty());
    let words: Vec<&str> = paragraph.take_while(|line| !line.is_empty()).collect();
    Some(words.join(" ")).filter(|text| !text.is_empty())
}

/// Whether there is documentation at all, also one whose text is not to be seen here: `#[doc = include_str!("..")]`.
pub(super) fn is_documented(metas: &[Meta]) -> bool {
    metas
        .iter()
        .filter(|meta| meta.path().is_ident("doc"))
        .any(|meta| match (meta, text(meta)) {
            (_, Some(text)) => !text.trim().is_empty(),
            (Meta::NameValue(_), None) => true,
            _ => false,
        })
}

fn text(meta: &Meta) -> Option<String> {
    let Meta::NameValue(pair) = meta else {
        return None;
    };
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = &pair.value
    else {
        return None;
    };
    pair.path.is_ident("doc").then(|| text.value())
}

/// The lines of one comment, without the column of stars that a block comment may have.
fn lines(text: String) -> Vec<String> {
    if !text.contains('\n') {
        return vec![text];
    }
    let has_stars = text.lines().skip(1).all(|line| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with('*')
    });
    text.lines()
        .map(|line| match line.trim_start().strip_prefix('*') {
            Some(rest) if has_stars => rest.to_owned(),
            _ => line.to_owned(),
        })
        .collect()
}
