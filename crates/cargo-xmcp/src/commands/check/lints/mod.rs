//! What could be better about files that build: a lint is a name, and a function that looks for it.

mod arguments;
mod descriptions;
mod metadata;

use clap::{ValueEnum, builder::PossibleValue};
use xmcp_build::{App, Diagnostic, Outline, Place, Primitive, Severity};

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lint {
    ShortDescription,
    LongDescription,
    SimilarDescriptions,
    NoTitle,
    NoHints,
    UnscopedDestructive,
    UndocumentedVariant,
    SecretArgument,
}

impl Lint {
    pub(super) const ALL: [Self; 8] = [
        Self::ShortDescription,
        Self::LongDescription,
        Self::SimilarDescriptions,
        Self::NoTitle,
        Self::NoHints,
        Self::UnscopedDestructive,
        Self::UndocumentedVariant,
        Self::SecretArgument,
    ];

    /// How it is written.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ShortDescription => "short-description",
            Self::LongDescription => "long-description",
            Self::SimilarDescriptions => "similar-descriptions",
            Self::NoTitle => "no-title",
            Self::NoHints => "no-hints",
            Self::UnscopedDestructive => "unscoped-destructive",
            Self::UndocumentedVariant => "undocumented-variant",
            Self::SecretArgument => "secret-argument",
        }
    }
}

impl ValueEnum for Lint {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// What was found by a lint.
pub(super) type Found = (Lint, Diagnostic);

/// A file of the app, and what it is.
#[derive(Clone, Copy)]
struct Subject<'a> {
    kind: &'static str,
    primitive: &'a Primitive,
}

impl<'a> Subject<'a> {
    fn outline(&self) -> &'a Outline {
        &self.primitive.outline
    }

    /// Where what `METADATA` lacks would stand.
    fn metadata_place(&self) -> Place {
        let outline = self.outline();
        let place = outline.metadata.or(outline.description);
        place.unwrap_or(Place::START)
    }

    fn found(&self, lint: Lint, place: Place, message: String) -> Found {
        let diagnostic = Diagnostic {
            file: self.primitive.module.path.clone(),
            place,
            severity: Severity::Warning,
            message,
        };
        (lint, diagnostic)
    }
}

/// All that is found in an app. Files with errors are not looked at.
pub(super) fn all(app: &App) -> Vec<Found> {
    let tools: Vec<_> = subjects("tool", app.tools.iter()).collect();
    let prompts = subjects("prompt", app.prompts.iter().map(|prompt| &prompt.primitive));
    let resources = app.resources.iter().map(|resource| &resource.primitive);
    let resources = subjects("resource", resources);
    let every: Vec<_> = tools
        .iter()
        .copied()
        .chain(prompts)
        .chain(resources)
        .collect();

    let mut found = Vec::new();
    for subject in &every {
        found.extend(descriptions::length(subject));
        found.extend(metadata::title(subject));
        found.extend(arguments::secrets(subject));
        found.extend(arguments::variants(subject));
    }
    for tool in &tools {
        found.extend(metadata::hints(tool));
        found.extend(metadata::destructive(tool));
    }
    found.extend(descriptions::similar(&tools));
    found
}

fn subjects<'a>(
    kind: &'static str,
    primitives: impl Iterator<Item = &'a Primitive>,
) -> impl Iterator<Item = Subject<'a>> {
    primitives.map(move |primitive| Subject { kind, primitive })
}
