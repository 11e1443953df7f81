//! Formats and patterns that are checked by code of ours mean what they mean to `jsonschema`.

use proptest::prelude::*;
use serde_json::json;

use crate::schema::dialect::Draft;
use crate::schema::foreign;
use crate::schema::format::Format;
use crate::schema::pattern::{NoPattern, Pattern};

/// Every format that JSON Schema has a name for, and texts near the edge of what it takes.
const FORMATS: [(&str, &[&str]); 19] = [
    (
        "date",
        &[
            "2024-02-29",
            "2023-02-29",
            "1900-02-29",
            "2000-02-29",
            "0000-01-01",
            "2026-12-31",
            "2026-04-31",
        ],
    ),
    (
        "date-time",
        &[
            "2026-01-31T12:00:00Z",
            "2026-01-31t23:59:60z",
            "1990-12-31T15:59:60-08:00",
            "2026-01-31 12:00:00Z",
            "2026-01-31T12:00:00.5+23:59",
        ],
    ),
    (
        "duration",
        &[
            "P1Y2M3DT4H5M6S",
            "P1W",
            "P1D",
            "PT1H",
            "P1YT1S",
            "PT1H1S",
            "P1Y1D",
            "P",
            "PT",
            "P1DT",
            "P1W2D",
            "P1M",
            "PT0S",
            "P1Y1W",
        ],
    ),
    (
        "email",
        &[
            "a@b.c",
            "name@example.com",
            "\"\"@x.y",
            "\"a b\"@x.y",
            "a@[127.0.0.1]",
            "a@[IPv6:::1]",
            "a@[::1]",
            "ä@x.y",
            "A B <a@x.y>",
            "a@-x.y",
            "a@x",
            ".a@x.y",
            "a@x_y.z",
        ],
    ),
    (
        "hostname",
        &[
            "a",
            "a.b",
            "a-b.c",
            "-a",
            "a-",
            "a..b",
            "a.",
            "",
            "ab--cd",
            "xn--mnchen-3ya",
            "xn--",
            "a_b",
            "1.2.3",
        ],
    ),
    ("idn-email", &["a@b.c"]),
    ("idn-hostname", &["a"]),
    (
        "ipv4",
        &["127.0.0.1", "256.0.0.1", "1.2.3", "01.2.3.4", "1.2.3.4 "],
    ),
    (
        "ipv6",
        &[
            "::1",
            "2001:db8::1",
            "::ffff:1.2.3.4",
            "1::2::3",
            "fe80::1%eth0",
            ":::",
        ],
    ),
    (
        "iri",
        &[
            "https://exämple.com/ä?b#c",
            "urn:a:b",
            "a",
            "https://[::1]/",
            "http://a b/",
        ],
    ),
    ("iri-reference", &["/ä", "#", "", "a:b", "\\"]),
    ("json-pointer", &["/a"]),
    ("regex", &["a"]),
    ("relative-json-pointer", &["0#"]),
    (
        "time",
        &[
            "12:00:00Z",
            "23:59:60Z",
            "23:58:60Z",
            "00:29:60+00:30",
            "12:00:00",
            "12:00:00.Z",
            "24:00:00Z",
            "12:00:00+24:00",
        ],
    ),
    (
        "uri",
        &[
            "https://a.b:80/c?d#e",
            "urn:x:y",
            "//a",
            "http://a/%zz",
            "http://[::1]:8080",
            "http://a:b@c",
            "mailto:a@b",
            "http:",
            ":",
            "1a:b",
            "http://ä",
        ],
    ),
    (
        "uri-reference",
        &["//a/b", "a/b:c", "a:b", "#a", "?a", "", "%41", "%4"],
    ),
    ("uri-template", &["{a}"]),
    (
        "uuid",
        &[
            "3f2b8c1e-5d4a-4c6f-9b7e-1a2d3c4e5f60",
            "3F2B8C1E-5D4A-4C6F-9B7E-1A2D3C4E5F60",
            "3f2b8c1e5d4a4c6f9b7e1a2d3c4e5f60",
            "{3f2b8c1e-5d4a-4c6f-9b7e-1a2d3c4e5f6}",
        ],
    ),
];

fn reference(schema: &serde_json::Value) -> Option<jsonschema::Validator> {
    jsonschema::options()
        .should_validate_formats(true)
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(schema)
        .ok()
}

#[test]
fn every_format_that_jsonschema_checks_is_checked_or_left_to_it() {
    for (name, _) in FORMATS {
        let is_known = jsonschema::options().is_known_format(jsonschema::Draft::Draft202012, name);
        let is_ours = Format::named(name).is_some();
        let is_left = foreign::knows_format(name, Draft::Draft202012);
        assert_eq!(is_ours || is_left, is_known, "{name}");
    }
    assert!(!foreign::knows_format("of-our-own", Draft::Draft202012));
}

/// One of the texts with a few characters changed, left out or put in.
fn near(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    let change = (
        any::<prop::sample::Index>(),
        0..3_u8,
        prop::sample::select(SPICE.to_vec()),
    );
    (
        prop::sample::select(texts.to_vec()),
        prop::collection::vec(change, 0..4),
    )
        .prop_map(|(text, changes)| {
            let mut chars: Vec<char> = text.chars().collect();
            for (place, kind, spice) in changes {
                let place = place.index(chars.len() + 1);
                match kind {
                    0 if place < chars.len() => chars[place] = spice,
                    1 if place < chars.len() => drop(chars.remove(place)),
                    _ => chars.insert(place, spice),
                }
            }
            chars.into_iter().collect()
        })
}

const SPICE: [char; 40] = [
    '0', '1', '2', '3', '5', '6', '9', 'a', 'b', 'F', 'P', 'T', 'Z', 'Y', 'M', 'W', 'D', 'H', 'S',
    't', 'z', '-', '+', ':', '.', '/', '@', '[', ']', '%', '?', '#', ' ', '"', '\\', '_', '<', 'ä',
    '漢', '\u{0}',
];

/// An internationalised label is read by the tables of UTS 46 here, and by general categories there.
fn has_a_label(text: &str) -> bool {
    text.contains("xn--")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_format_means_what_it_means_to_jsonschema(
        (name, text) in prop::sample::select(FORMATS.to_vec()).prop_flat_map(|(name, texts)| (Just(name), near(texts))),
    ) {
        let Some(format) = Format::named(name) else { return Ok(()) };
        let reference = reference(&json!({"format": name})).expect("the schema compiles");
        prop_assume!(!has_a_label(&text));
        prop_assert_eq!(format.accepts(&text), reference.is_valid(&json!(text)), "{} {:?}", name, text);
    }

    #[test]
    fn every_pattern_means_what_it_means_to_jsonschema(pattern in pattern(), texts in prop::collection::vec(text(), 8)) {
        prop_assume!(!has_doubled_sign_in_class(&pattern));
        let Ok(ours) = Pattern::compile(&pattern) else { return Ok(()) };
        let Some(reference) = reference(&json!({"pattern": pattern})) else { return Ok(()) };
        for text in texts {
            prop_assert_eq!(ours.matches(&text), reference.is_valid(&json!(text)), "{:?} {:?}", pattern, text);
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    let c = prop::sample::select(
        "aabbz09_-.^$[]&~ \n\r\t\u{a0}\u{2028}\u{feff}äß漢ſK"
            .chars()
            .collect::<Vec<_>>(),
    );
    prop::collection::vec(c, 0..6).prop_map(String::from_iter)
}

fn pattern() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(vec![
        "a", "b", "z", "0", "9", "_", "-", ".", r"\.", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S",
        r"\-", r"\/", r"\t", r"\x61", r"\u00e4", "ä", "漢", "^", "$", "&&", "~", " ", "]", "}",
        "/",
    ]);
    let member = prop::sample::select(vec![
        "a",
        "b",
        "a-z",
        "0-9",
        "_",
        r"\d",
        r"\w",
        r"\W",
        r"\s",
        r"\S",
        r"\D",
        "-",
        ".",
        "&&",
        "~~",
        "[",
        "^",
        r"\]",
        "ä",
        r"\x61-\x7a",
        "ä-ß",
        "$",
        r"\-",
        "--",
        "漢",
    ]);
    let class = (any::<bool>(), prop::collection::vec(member, 1..4))
        .prop_map(|(not, members)| format!("[{}{}]", if not { "^" } else { "" }, members.concat()));
    let leaf = prop_oneof![3 => atom.prop_map(str::to_owned), 2 => class];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let repeated = (
            inner.clone(),
            prop::sample::select(vec!["*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "+?"]),
        );
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            repeated.prop_map(|(inner, times)| format!("(?:{inner}){times}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}|{b})")),
            inner.clone().prop_map(|inner| format!("(?<name>{inner})")),
            inner.prop_map(|inner| format!("^{inner}$")),
        ]
    })
}

/// To the engine below `jsonschema` these are operators on classes, and not all of them are kept from it. To ECMA-262 they are characters:
/// `doubled_signs_in_a_class_are_characters`.
fn has_doubled_sign_in_class(pattern: &str) -> bool {
    pattern.contains('[')
        && ["&&", "~~", "--"]
            .iter()
            .any(|signs| pattern.contains(signs))
}

#[test]
fn doubled_signs_in_a_class_are_characters() {
    for (pattern, good, bad) in [
        ("^[a&&b]$", "ab&", "c"),
        ("^[a~~b]$", "ab~", "c"),
        // From `-` to `~`.
        (r"^[\x61-\x7a--~~]$", "-0A~", " !"),
        ("^[*--]$", "*+,-", "./a"),
    ] {
        let pattern = Pattern::compile(pattern).expect(pattern);
        let matches = |c: char| pattern.matches(c.encode_utf8(&mut [0; 4]));
        assert!(good.chars().all(matches), "{pattern:?}");
        assert!(!bad.chars().any(matches), "{pattern:?}");
    }
}

#[test]
fn a_pattern_of_the_usual_kind_is_ours() {
    for (pattern, good, bad) in [
        (r"^[a-z]+-\d+$", "web-3", "web-٣"),
        (
            r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$",
            "a@b.cd",
            "a@b",
        ),
        (r"^#?([a-f0-9]{6}|[a-f0-9]{3})$", "#aabbcc", "#aabbc"),
        (
            r"^(?:\+\d{1,3} )?\(?\d{3}\)?[\s.-]\d{4}$",
            "+41 (123) 4567",
            "123",
        ),
        (r"^\S+$", "a", "a\u{feff}"),
        (r"^[^\s/]+/[^\s/]+$", "owner/name", "owner"),
        (r"^(?<year>\d{4})-Q[1-4]$", "2026-Q1", "2026-Q5"),
    ] {
        let pattern = Pattern::compile(pattern).expect(pattern);
        assert!(
            pattern.matches(good) && !pattern.matches(bad),
            "{pattern:?}"
        );
    }
}

#[test]
fn a_pattern_that_looks_around_or_back_is_told_from_one_that_is_not_known() {
    for pattern in [
        "(?=a)",
        "(?!a)",
        "(?<=a)b",
        "(?<!a)b",
        r"(a)\1",
        r"(?<n>a)\k<n>",
    ] {
        assert_eq!(
            Pattern::compile(pattern).err(),
            Some(NoPattern::Backtracks),
            "{pattern}"
        );
    }
    for pattern in [
        r"\bword\b",
        r"\p{L}",
        "(?i)a",
        r"\cA",
        "[]a]",
        "[^]",
        "a{",
        "a{,2}",
        "a**",
        "+a",
        "(?:)+x|*",
        r"[\w-a]",
        "[z-a]",
        "(a",
        "a)",
        "[a",
        r"\",
        r"\u{61}",
        r"\ud83d",
        "(?P<n>a)",
        "(?<1>a)",
    ] {
        assert_eq!(
            Pattern::compile(pattern).err(),
            Some(NoPattern::Unknown),
            "{pattern}"
        );
    }
}
