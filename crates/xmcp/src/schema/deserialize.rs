//! The last word is serde's: what the schema allows and the type refuses.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::path::Path;
use super::violations::Violations;

/// The arguments as the handler's type.
///
/// # Errors
///
/// What serde refuses, with the path to it, in the words of the other violations.
pub(crate) fn deserialize<T: DeserializeOwned>(text: &str) -> Result<T, Violations> {
    match serde_json::from_str(text) {
        Ok(value) => Ok(value),
        // Keeping the path costs an allocation per member, so it is done for those who will read it.
        Err(error) => Err(violations::<T>(text, &error)),
    }
}

fn violations<T: DeserializeOwned>(text: &str, first: &serde_json::Error) -> Violations {
    let deserializer = &mut serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(deserializer) {
        Ok(_) => Violations::of(&Path::Root, reason(first)),
        Err(error) => {
            let segments: Vec<&Segment> = error.path().iter().collect();
            at(&segments, 0, Path::Root, error.inner())
        }
    }
}

/// Builds the path on the stack, one call per segment, and adds the violation at its end.
fn at(
    segments: &[&Segment],
    depth: usize,
    path: Path<'_>,
    error: &serde_json::Error,
) -> Violations {
    match segments.get(depth) {
        Some(Segment::Seq { index }) => at(segments, depth + 1, path.item(*index), error),
        Some(Segment::Map { key }) => at(segments, depth + 1, path.member(key), error),
        // A variant is no place in the JSON of its own for every kind of enum.
        Some(Segment::Enum { .. }) => at(segments, depth + 1, path, error),
        Some(Segment::Unknown) | None => Violations::of(&path, reason(error)),
    }
}

/// serde's sentence without the line and column, which count in a text the model never saw.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
