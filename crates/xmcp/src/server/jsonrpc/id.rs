//! Request ids, kept as they were written.

/// The JSON text of a request's id: a string, or an integer (2026-07-28 basic, "Requests"). It is echoed byte for byte, so
/// neither escapes nor the size of a number get lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id<'a>(&'a str);

/// The longest id of a message, in bytes. It stands in everything that is said of a subscription, for as long as that lasts.
pub(super) const LONGEST: usize = 1024;

/// The most digits of a number. With a few hundred of them it is more than readers of JSON can hold, and the answer with it.
const DIGITS: usize = 64;

impl<'a> Id<'a> {
    /// The id of this JSON text, if it is a legal one. Only whole JSON values get here.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let integer = (1..=DIGITS).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        (text.starts_with('"') || integer).then_some(Self(text))
    }

    pub(crate) fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether both name the same request. A string may be written in several ways; a number is compared as it is written,
    /// because a large one would lose digits.
    pub(crate) fn is_same(self, other: Id<'_>) -> bool {
        let text = |id: &str| serde_json::from_str::<String>(id).ok();
        self.0 == other.0
            || (self.0.starts_with('"')
                && text(self.0).is_some_and(|one| text(other.0) == Some(one)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_same_when_their_values_are() {
        let is_same = |one, other| Id::parse(one).unwrap().is_same(Id::parse(other).unwrap());
        assert!(is_same(r#""\u0041""#, r#""A""#));
        assert!(is_same("7", "7"));
        assert!(!is_same("7", r#""7""#));
        assert!(!is_same(r#""7""#, "7"));
        assert!(!is_same(
            "123456789012345678901234567890",
            "123456789012345678901234567891"
        ));
    }

    #[test]
    fn strings_and_integers_are_ids_and_nothing_else_is() {
        for text in [
            r#""a""#,
            r#""""#,
            r#""\u0041""#,
            "0",
            "-7",
            "123456789012345678901234567890",
        ] {
            assert_eq!(Id::parse(text).map(Id::as_str), Some(text));
        }
        for text in ["null", "true", "1.5", "1e3", "{}", "[1]", "-"] {
            assert_eq!(Id::parse(text), None, "{text}");
        }
        let digits = |count| "9".repeat(count);
        assert!(Id::parse(&digits(64)).is_some());
        assert_eq!(Id::parse(&digits(65)), None);
    }
}
