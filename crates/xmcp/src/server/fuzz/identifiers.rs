//! Names that clients bring: of resources, of pages, of events.

use crate::{
    excerpt::{self, excerpt_of_bytes},
    server::{
        list::{Cursor, ListKind},
        registry::Uri,
        sessions::EventId,
    },
};

/// A URI: its segments lead nowhere but down, and are the same when they are written out and read again.
pub fn uri(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Some(uri) = Uri::parse(text) else {
        return;
    };
    assert!(!uri.segments.is_empty());
    for segment in &uri.segments {
        assert!(!matches!(&**segment, "" | "." | ".."), "{segment:?}");
        let leads_out = |character: char| "/\\".contains(character) || character.is_control();
        assert!(!segment.contains(leads_out), "{segment:?}");
        // As a path of the file system it is one plain name.
        let path = std::path::Path::new(&**segment);
        assert_eq!(
            path.file_name().and_then(|name| name.to_str()),
            Some(&**segment)
        );
    }
    let segments: Vec<String> = uri
        .segments
        .iter()
        .map(|segment| encoded(segment))
        .collect();
    let written = format!("{}://{}", uri.scheme, segments.join("/"));
    // Written out it may be longer than a URI may be.
    if let Some(again) = Uri::parse(&written) {
        assert_eq!(again, uri, "{written}");
    } else {
        assert!(written.len() > 4096, "{written}");
    }
}

fn encoded(segment: &str) -> String {
    let mut text = String::new();
    for byte in segment.bytes() {
        text.push_str(&format!("%{byte:02X}"));
    }
    text
}

/// A cursor: what is read was written so, and is good for one list only.
pub fn cursor(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let kinds = [
        ListKind::Tools,
        ListKind::Prompts,
        ListKind::Resources,
        ListKind::Templates,
    ];
    let read: Vec<_> = kinds
        .into_iter()
        .filter_map(|kind| Cursor::read(text, kind).ok())
        .collect();
    assert!(read.len() <= 1, "{read:?}");
    for cursor in read {
        assert_eq!(cursor.write(), text);
    }
}

/// `Last-Event-ID`: what is read is two plain numbers.
pub fn last_event_id(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Some(id) = EventId::parse(text) {
        let (stream, place) = text.split_once('-').expect("it was read");
        let [stream, place] = [stream, place].map(|number| number.trim_start_matches('0'));
        let of = |number: u64| match number {
            0 => String::new(),
            number => number.to_string(),
        };
        assert_eq!(
            [stream, place],
            [of(id.stream), of(id.place)]
                .each_ref()
                .map(|text| text.as_str())
        );
    }
}

/// Anything, as it is shown in logs and answers: short, on one line, and without what acts on a terminal or ends the quotation.
pub fn excerpt(data: &[u8]) {
    let shown = excerpt_of_bytes(data);
    let inside = shown
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix('`'));
    let inside = inside.expect("it stands in backticks");
    assert!(!inside.contains('`'), "{shown}");
    assert!(shown.chars().count() < 2 * 1024, "{}", shown.len());
    let acts = |character: char| {
        character.is_control()
            || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!shown.contains(acts), "{shown:?}");
    if let Ok(text) = std::str::from_utf8(data) {
        assert_eq!(excerpt::excerpt(text), shown);
    }
}
