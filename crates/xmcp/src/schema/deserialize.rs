//! The last word is serde's: what the schema allows and the type refuses.

use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Error};

use super::{
    path::Path,
    stop::{self, Segment},
    violations::Violations,
};

/// The arguments as the handler's type.
///
/// What is done here for each type, rustc makes for each tool, at each of its edits: so it is little.
///
/// # Errors
///
/// What serde refuses, with the path to it, in the words of the other violations.
pub(crate) fn deserialize<T: DeserializeOwned>(text: &str) -> Result<T, Violations> {
    let mut deserializer = Deserializer::from_str(text);
    let error = match T::deserialize(&mut deserializer) {
        Ok(value) => match deserializer.end() {
            Ok(()) => return Ok(value),
            Err(error) => error,
        },
        Err(error) => error,
    };
    Err(violations(text, &error, refusal::<T>))
}

/// Why a type refuses a text that may end early.
fn refusal<T: DeserializeOwned>(text: &str) -> Option<Error> {
    T::deserialize(&mut Deserializer::from_str(text)).err()
}

fn violations(text: &str, error: &Error, refusal: fn(&str) -> Option<Error>) -> Violations {
    let reason = reason(error);
    let refuses = |text: &str| refusal(text).is_some_and(|error| self::reason(&error) == reason);
    let segments = match position(text, error) {
        Some(position) => stop::place(text, position, &refuses),
        None => Vec::new(),
    };
    at(&segments, Path::Root, &reason)
}

/// Where in the text serde_json gave up, in bytes.
fn position(text: &str, error: &Error) -> Option<usize> {
    let line = match error.line().checked_sub(1)? {
        0 => 0,
        before => text.match_indices('\n').nth(before - 1)?.0 + 1,
    };
    Some(line + error.column())
}

/// Builds the path on the stack, one call per segment, and adds the violation at its end.
fn at(segments: &[Segment], path: Path<'_>, reason: &str) -> Violations {
    match segments {
        [] => Violations::of(&path, reason),
        [Segment::Item(index), rest @ ..] => at(rest, path.item(*index), reason),
        [Segment::Member(name), rest @ ..] => at(rest, path.member(name), reason),
    }
}

/// serde's sentence without the line and column, which count in a text the model never saw.
fn reason(error: &Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
