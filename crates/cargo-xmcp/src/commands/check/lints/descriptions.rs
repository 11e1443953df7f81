//! Descriptions, by which a model chooses among tools.

use xmcp_build::{Literal, Place};

use super::{Found, Lint, Subject};

/// The least that says something: two words, and more letters than `Get it` has.
const SHORT: usize = 8;

/// What is longer costs every conversation its tokens, whether the tool is used or not.
const LONG: usize = 500;

/// From where on two descriptions are one with a word changed. The value is strsim's, from 0 to 1.
const SIMILAR: f64 = 0.85;

/// Beyond that many tools their descriptions are not compared with each other, which takes a time that grows with the square.
const COMPARED: usize = 500;

/// The description, and where it stands; `None` when it is not to be seen in the text.
fn description<'a>(subject: &Subject<'a>) -> Option<(&'a str, Place)> {
    let outline = subject.outline();
    match outline.call("description") {
        Some(call) => match &call.value {
            Some(Literal::Text(text)) => Some((text.as_str(), call.place)),
            _ => None,
        },
        None => Some((
            subject.primitive.description.as_str(),
            outline.description.unwrap_or(Place::START),
        )),
    }
}

/// One that is too short or too long.
pub(super) fn length(subject: &Subject<'_>) -> Option<Found> {
    let (text, place) = description(subject)?;
    let kind = subject.kind;
    let length = text.chars().count();
    if length < SHORT || !text.trim().contains(char::is_whitespace) {
        let message = format!(
            "the {kind}'s description `{text}` says little: write what it is for, and when to use it"
        );
        return Some(subject.found(Lint::ShortDescription, place, message));
    }
    (length > LONG).then(|| {
        let message = format!(
            "the {kind}'s description has {length} characters, and every conversation carries all of them: keep it below {LONG}, and \
             move what is about an argument to that argument"
        );
        subject.found(Lint::LongDescription, place, message)
    })
}

/// Tools whose descriptions are nearly the same as an earlier one's.
pub(super) fn similar(tools: &[Subject<'_>]) -> Vec<Found> {
    let described: Vec<_> = tools
        .iter()
        .filter_map(|tool| Some((tool, description(tool)?)))
        .filter(|(_, (text, _))| !text.is_empty())
        .take(COMPARED)
        .collect();
    let mut found = Vec::new();
    for (at, (tool, (text, place))) in described.iter().enumerate() {
        let twin = described[..at]
            .iter()
            .find(|(_, (earlier, _))| are_similar(earlier, text));
        if let Some((twin, _)) = twin {
            let message = format!(
                "the tool's description is nearly that of `{}`, and a model chooses by it: say in what the two differ",
                twin.primitive.name
            );
            found.push(tool.found(Lint::SimilarDescriptions, *place, message));
        }
    }
    found
}

fn are_similar(one: &str, other: &str) -> bool {
    // Lengths that differ more cannot reach the value, and most pairs end here.
    let (short, long) = (one.len().min(other.len()), one.len().max(other.len()));
    let may_be = short * 20 >= long * 17;
    may_be && strsim::normalized_levenshtein(&one.to_lowercase(), &other.to_lowercase()) >= SIMILAR
}
