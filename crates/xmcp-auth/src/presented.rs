//! The credential of a request: exactly one, in the header where its kind belongs (RFC 6750, section 2.1; RFC 9449, section 7.1).
//!
//! 1. Credentials in queries, bodies and cookies are never read. One in the query beside the header is a second credential.
//! 2. One longer than 8 KiB goes no further than here, nor does one with a character that none has: but for what compares digests and
//!    nothing else, which knows only texts that were looked at.
//! 3. Whatever the headers hold that may be a credential here, it is gone from the request.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{Credential, Rejection, dpop::Proof};

/// No credential is longer.
const LIMIT: usize = 8 * 1024;

/// Which kinds of credentials a resource takes. Others are as good as none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Kinds {
    /// `Authorization: Bearer`.
    pub(crate) bearer: bool,
    /// `Authorization: DPoP`.
    pub(crate) dpop: bool,
    /// The headers of keys. With one at least, `Authorization: ApiKey` is one too.
    pub(crate) key_headers: Vec<HeaderName>,
}

impl Kinds {
    fn of_scheme(&self, scheme: &[u8]) -> Option<Kind> {
        [
            (Kind::Bearer, self.bearer),
            (Kind::Dpop, self.dpop),
            (Kind::ApiKey, !self.key_headers.is_empty()),
        ]
        .into_iter()
        .find(|(kind, _)| scheme.eq_ignore_ascii_case(kind.scheme()))
        .and_then(|(kind, is_taken)| is_taken.then_some(kind))
    }
}

/// What a credential is, by where it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bearer,
    Dpop,
    ApiKey,
}

impl Kind {
    fn scheme(self) -> &'static [u8] {
        match self {
            Self::Bearer => b"Bearer",
            Self::Dpop => b"DPoP",
            Self::ApiKey => b"ApiKey",
        }
    }

    fn allows(self, credential: &[u8]) -> bool {
        match self {
            Self::Bearer | Self::Dpop => is_token68(credential),
            Self::ApiKey => !credential.is_empty() && credential.iter().all(u8::is_ascii_graphic),
        }
    }
}

/// A text in the place of a credential. Nobody has looked at its characters. It cannot be printed.
pub(crate) struct Found {
    kind: Kind,
    header: HeaderValue,
    start: usize,
}

impl Found {
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The bytes of a token that needs no proof, to be looked for among those that were good a moment ago, and for nothing else.
    pub(crate) fn bearer(&self) -> Option<&[u8]> {
        (self.kind == Kind::Bearer).then(|| self.bytes())
    }

    /// As a text, which may be none that a credential can be. None where more than the text is needed.
    pub(crate) fn unproven(&self) -> Option<Credential<'_>> {
        let text = std::str::from_utf8(self.bytes()).ok()?;
        match self.kind {
            Kind::Bearer => Some(Credential::Bearer(text)),
            Kind::ApiKey => Some(Credential::ApiKey(text)),
            Kind::Dpop => None,
        }
    }

    pub(crate) fn has_form(&self) -> bool {
        self.kind.allows(self.bytes())
    }

    /// The credential, if it has the form of one.
    pub(crate) fn judged(self) -> Result<Presented, Rejection> {
        match self.has_form() {
            true => Ok(Presented(self)),
            false => Err(Rejection::Invalid),
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.header.as_bytes()[self.start..]
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("****")
    }
}

/// A text with the form of a credential, found in the right place. It cannot be printed.
#[derive(Debug)]
pub(crate) struct Presented(Found);

impl Presented {
    pub(crate) fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The credential, with the proof that belongs to it. A token that needs one is none without.
    pub(crate) fn credential<'a>(&'a self, proof: Option<&'a Proof>) -> Option<Credential<'a>> {
        Some(match self.0.kind {
            Kind::Bearer => Credential::Bearer(self.text()),
            Kind::Dpop => Credential::Dpop {
                token: self.text(),
                thumbprint: proof?.thumbprint(),
            },
            Kind::ApiKey => Credential::ApiKey(self.text()),
        })
    }

    /// The credential as nobody may take it: of a token that needs a proof, without one.
    pub(crate) fn unproven(&self) -> Credential<'_> {
        match self.0.kind {
            Kind::ApiKey => Credential::ApiKey(self.text()),
            Kind::Bearer | Kind::Dpop => Credential::Bearer(self.text()),
        }
    }

    pub(crate) fn text(&self) -> &str {
        // The characters were checked; a header's value does not change.
        std::str::from_utf8(self.0.bytes()).unwrap_or_default()
    }
}

/// Takes the credential out of the headers. `is_in_query` is whether there is [one in the query](names_token) too.
///
/// # Errors
///
/// There is none, more than one, or one that is too long.
pub(crate) fn take(
    headers: &mut HeaderMap,
    is_in_query: bool,
    kinds: &Kinds,
) -> Result<Found, Rejection> {
    // All of them are taken out before any is judged.
    let mut several = false;
    let mut found = None;
    for name in &kinds.key_headers {
        if let Some(key) = take_all(headers, name, &mut several) {
            several |= found.replace((Kind::ApiKey, key, 0)).is_some();
        }
    }
    if let Some(header) = take_all(headers, &header::AUTHORIZATION, &mut several)
        && let Some((kind, start)) = in_authorization(header.as_bytes(), kinds)
    {
        several |= found.replace((kind, header, start)).is_some();
    }
    if several {
        return Err(Rejection::Ambiguous);
    }
    let Some((kind, header, start)) = found else {
        return Err(Rejection::Missing);
    };
    if is_in_query {
        return Err(Rejection::Ambiguous);
    }
    if header.len() - start > LIMIT {
        return Err(Rejection::Invalid);
    }
    Ok(Found {
        kind,
        header,
        start,
    })
}

/// Takes the headers of this name out, and returns the first.
fn take_all(headers: &mut HeaderMap, name: &HeaderName, several: &mut bool) -> Option<HeaderValue> {
    let before = headers.len();
    let mut header = headers.remove(name)?;
    // What is removed are all of the name, which costs less to count than to look for a second one.
    *several |= before - headers.len() > 1;
    header.set_sensitive(true);
    Some(header)
}

/// The kind of the scheme and where its credential starts, if it is one that is taken: its name in any case, then spaces.
fn in_authorization(header: &[u8], kinds: &Kinds) -> Option<(Kind, usize)> {
    // As nearly everybody writes it, which costs one comparison.
    if let [b'B', b'e', b'a', b'r', b'e', b'r', b' ', first, ..] = header
        && *first != b' '
        && kinds.bearer
    {
        return Some((Kind::Bearer, 7));
    }
    let space = header.iter().position(|byte| *byte == b' ')?;
    let kind = kinds.of_scheme(&header[..space])?;
    let rest = &header[space..];
    let spaces = rest.iter().position(|byte| *byte != b' ')?;
    Some((kind, space + spaces))
}

/// Whether a query has a credential.
pub(crate) fn names_token(query: &str) -> bool {
    url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "access_token")
}

/// RFC 9110, section 11.2: letters, digits and `-._~+/`, then any number of `=`.
fn is_token68(token: &[u8]) -> bool {
    let end = token
        .iter()
        .rposition(|byte| *byte != b'=')
        .map_or(0, |last| last + 1);
    end > 0
        // Every byte is looked at, whatever the others were: the compiler then looks at many at once.
        && token[..end]
            .iter()
            .fold(true, |all, byte| all & is_of_token68(*byte))
}

/// Comparisons without a branch, and as few as there can be, for the same reason: `-./0123456789` stand one behind the other.
fn is_of_token68(byte: u8) -> bool {
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_digit_or_beside = byte.wrapping_sub(b'-') <= b'9' - b'-';
    is_letter | is_digit_or_beside | (byte == b'_') | (byte == b'~') | (byte == b'+')
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: HeaderName = HeaderName::from_static("x-api-key");

    fn both() -> Kinds {
        Kinds {
            bearer: true,
            dpop: false,
            key_headers: vec![KEY],
        }
    }

    fn found(kinds: &Kinds, headers: &[(HeaderName, &'static str)]) -> Result<String, Rejection> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, HeaderValue::from_static(value));
        }
        let found = take(&mut map, false, kinds).and_then(Found::judged);
        assert!(
            map.is_empty() || !kinds.key_headers.contains(&KEY),
            "{map:?}"
        );
        found.map(|found| format!("{:?} {}", found.kind(), found.text()))
    }

    #[test]
    fn a_token_has_letters_digits_and_six_other_characters() {
        for byte in 0..=u8::MAX {
            let expected = byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
            assert_eq!(is_of_token68(byte), expected, "{byte}");
        }
    }

    #[test]
    fn each_kind_has_its_place() {
        const AUTH: HeaderName = header::AUTHORIZATION;
        let good = |text: &str| Ok(text.to_owned());
        for (headers, expected) in [
            (&[(AUTH, "Bearer abc")][..], good("Bearer abc")),
            (&[(AUTH, "Bearer  abc")], good("Bearer abc")),
            (&[(AUTH, "bearer  abc")], good("Bearer abc")),
            (&[(AUTH, "Bearer ")], Err(Rejection::Missing)),
            (&[(AUTH, "Bearer")], Err(Rejection::Missing)),
            (&[(AUTH, "Bearerabc")], Err(Rejection::Missing)),
            (&[(AUTH, "ApiKey a.b!c")], good("ApiKey a.b!c")),
            (&[(KEY, "abc")], good("ApiKey abc")),
            (&[(AUTH, "Basic abc"), (KEY, "abc")], good("ApiKey abc")),
            (
                &[(AUTH, "Bearer abc"), (KEY, "abc")],
                Err(Rejection::Ambiguous),
            ),
            (&[(KEY, "abc"), (KEY, "abc")], Err(Rejection::Ambiguous)),
            (
                &[(KEY, "abc"), (AUTH, "Bearer a"), (AUTH, "Bearer a")],
                Err(Rejection::Ambiguous),
            ),
            (&[(KEY, "")], Err(Rejection::Invalid)),
            (&[(KEY, "a b")], Err(Rejection::Invalid)),
            (&[(AUTH, "Basic abc")], Err(Rejection::Missing)),
            (&[], Err(Rejection::Missing)),
        ] {
            assert_eq!(found(&both(), headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_looked_for_as_bytes_and_is_no_credential() {
        let mut map = HeaderMap::new();
        let value = HeaderValue::from_bytes(b"Bearer a\xff").unwrap();
        map.insert(header::AUTHORIZATION, value);
        let found = take(&mut map, false, &both()).unwrap();
        assert_eq!(found.bearer(), Some(&b"a\xff"[..]));
        assert!(found.unproven().is_none());
        assert_eq!(found.judged().err(), Some(Rejection::Invalid));
    }

    #[test]
    fn every_header_of_a_credential_is_gone_whatever_is_wrong_with_another() {
        const OTHER: HeaderName = HeaderName::from_static("x-other-key");
        let kinds = Kinds {
            key_headers: vec![KEY, OTHER],
            ..both()
        };
        const AUTH: HeaderName = header::AUTHORIZATION;
        for headers in [
            [(KEY, "a"), (KEY, "a"), (OTHER, "b"), (AUTH, "Bearer c")],
            [(KEY, "a"), (OTHER, "b"), (OTHER, "b"), (AUTH, "Basic c")],
            [(KEY, "a b"), (OTHER, "b"), (AUTH, "Basic c"), (AUTH, "d")],
        ] {
            // `found` looks at what is left.
            assert_eq!(found(&kinds, &headers), Err(Rejection::Ambiguous));
        }
    }

    #[test]
    fn a_kind_that_is_not_taken_is_as_good_as_none() {
        let tokens = Kinds {
            bearer: true,
            ..Kinds::default()
        };
        let bound = Kinds {
            dpop: true,
            ..Kinds::default()
        };
        let keys = Kinds {
            bearer: false,
            ..both()
        };
        const AUTH: HeaderName = header::AUTHORIZATION;
        assert_eq!(
            found(&tokens, &[(AUTH, "ApiKey abc")]),
            Err(Rejection::Missing)
        );
        assert_eq!(found(&tokens, &[(KEY, "abc")]), Err(Rejection::Missing));
        assert_eq!(
            found(&tokens, &[(AUTH, "DPoP abc")]),
            Err(Rejection::Missing)
        );
        assert_eq!(
            found(&bound, &[(AUTH, "Bearer abc")]),
            Err(Rejection::Missing)
        );
        assert_eq!(
            found(&bound, &[(AUTH, "dpop abc")]),
            Ok(String::from("Dpop abc"))
        );
        assert_eq!(
            found(&keys, &[(AUTH, "Bearer abc")]),
            Err(Rejection::Missing)
        );
    }
}
