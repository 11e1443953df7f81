//! Where serde stopped: which value of a text it was that a type refused.
//!
//! A type is read without keeping the path to what is read, for every call would pay for that, and a second way of reading that keeps one
//! would be a second copy of all code that reads the type. So the place follows from what is known without: the position at which serde_json
//! gave up, which is shortly behind what was refused, and whether the type refuses less of the text as well. A text that ends with a value
//! is refused for the same reason only if that value, or one in it, is what was refused.

/// One step to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Member(String),
    Item(usize),
}

/// Values in values are remembered to this depth. What is refused further in is told as the value that is so deep.
const DEEPEST: usize = 64;

/// The steps to what was refused, as well as that can be told: `position` counts bytes, and `refuses` says whether a text that ends early is
/// refused for the same reason.
pub(super) fn place(text: &str, position: usize, refuses: &dyn Fn(&str) -> bool) -> Vec<Segment> {
    let refuses = |value: &Value| text.get(..value.end).is_some_and(refuses);
    let mut look = Look::up_to(text, position);
    let next = look.next();
    let last = look
        .open
        .last_mut()
        .and_then(|container| container.last.take());
    let mut steps: Vec<_> = look
        .open
        .into_iter()
        .filter_map(|container| container.segment)
        .collect();
    match last {
        Some(mut value) if refuses(&value) => {
            while let Some(inner) = value.last.take().filter(|inner| refuses(inner)) {
                steps.extend(value.segment);
                value = inner;
            }
            steps.extend(value.segment);
        }
        _ => steps.extend(next),
    }
    steps
}

/// A value that has been read.
struct Value {
    /// The step from what it is in; the root has none.
    segment: Option<Segment>,
    end: usize,
    /// The last one in it.
    last: Option<Box<Value>>,
    /// How many there are in each other at its end.
    depth: usize,
}

/// A value that is being read. The first one is the text itself.
struct Container {
    segment: Option<Segment>,
    kind: Kind,
    /// How many values in it have been read.
    count: usize,
    last: Option<Box<Value>>,
}

enum Kind {
    Text,
    Array,
    /// With the name of the member that is being read.
    Object(Option<String>),
}

impl Container {
    /// The step from this to the value in it that is being read.
    fn step(&mut self) -> Option<Segment> {
        match &mut self.kind {
            Kind::Text => None,
            Kind::Array => Some(Segment::Item(self.count)),
            Kind::Object(name) => name.take().map(Segment::Member),
        }
    }
}

/// What a text has before a position. The text is JSON; of anything else it says something, and does not fail.
struct Look<'t> {
    text: &'t str,
    position: usize,
    open: Vec<Container>,
}

impl<'t> Look<'t> {
    fn up_to(text: &'t str, end: usize) -> Self {
        let mut look = Self {
            text,
            position: 0,
            open: vec![Container {
                segment: None,
                kind: Kind::Text,
                count: 0,
                last: None,
            }],
        };
        while look.position < end && look.token() {}
        look
    }

    fn bytes(&self) -> &'t [u8] {
        self.text
            .as_bytes()
            .get(self.position..)
            .unwrap_or_default()
    }

    /// Passes over what comes next. Says whether there was something.
    fn token(&mut self) -> bool {
        let (start, bytes) = (self.position, self.bytes());
        let Some(first) = bytes.first() else {
            return false;
        };
        let length = match first {
            b'"' => string(bytes),
            b'{' | b'[' | b'}' | b']' | b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' => 1,
            _ => plain(bytes),
        };
        self.position += length;
        match first {
            b'{' => self.opens(Kind::Object(None)),
            b'[' => self.opens(Kind::Array),
            b'}' | b']' => self.closes(),
            b'"' if self.is_name() => {
                let written = self.text.get(start..self.position).unwrap_or_default();
                let name = serde_json::from_str(written).unwrap_or_default();
                if let Some(container) = self.open.last_mut() {
                    container.kind = Kind::Object(Some(name));
                }
            }
            b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' => {}
            _ => {
                let segment = self.step();
                self.read(segment, None);
            }
        }
        true
    }

    /// Whether a string is the name of a member here.
    fn is_name(&self) -> bool {
        let container = self.open.last();
        container.is_some_and(|container| matches!(container.kind, Kind::Object(None)))
    }

    fn step(&mut self) -> Option<Segment> {
        self.open.last_mut().and_then(Container::step)
    }

    fn opens(&mut self, kind: Kind) {
        let segment = self.step();
        self.open.push(Container {
            segment,
            kind,
            count: 0,
            last: None,
        });
    }

    fn closes(&mut self) {
        if let Some(closed) = self
            .open
            .pop_if(|container| !matches!(container.kind, Kind::Text))
        {
            self.read(closed.segment, closed.last);
        }
    }

    /// A value ends here.
    fn read(&mut self, segment: Option<Segment>, last: Option<Box<Value>>) {
        let last = last.filter(|last| last.depth < DEEPEST);
        let depth = last.as_ref().map_or(0, |last| last.depth + 1);
        let value = Value {
            segment,
            end: self.position,
            last,
            depth,
        };
        if let Some(container) = self.open.last_mut() {
            container.last = Some(Box::new(value));
            container.count += 1;
        }
    }

    /// The step to the value that begins here, or whose name has just been read.
    fn next(&mut self) -> Option<Segment> {
        let begins = !matches!(self.bytes().first(), None | Some(b',' | b']' | b'}'));
        match self.open.last().map(|container| &container.kind) {
            Some(Kind::Array) if !begins => None,
            _ => self.step(),
        }
    }
}

/// How long the string at the beginning is, with its quotes.
fn string(bytes: &[u8]) -> usize {
    let mut is_escaped = false;
    let is_end = |byte: &u8| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    };
    let inner = bytes.get(1..).unwrap_or_default().iter().position(is_end);
    inner.map_or(bytes.len(), |inner| inner + 2)
}

/// How long the number or the word at the beginning is.
fn plain(bytes: &[u8]) -> usize {
    let is_end = |byte: &u8| {
        matches!(byte, b',' | b']' | b'}' | b':' | b'"' | b'[' | b'{') || byte.is_ascii_whitespace()
    };
    bytes.iter().position(is_end).unwrap_or(bytes.len()).max(1)
}
