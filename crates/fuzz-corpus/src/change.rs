//! What is done to an input to make another of it.

use proptest::{prelude::*, sample::Index};

use crate::seeds::Seed;

/// No input grows beyond this.
const LARGEST: usize = 256 * 1024;

/// Pieces that parsers of what clients send have trouble with.
const PIECES: [&[u8]; 36] = [
    b"\0",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\t",
    b" ",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\\u0061",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"1e999",
    b"-0",
    b"18446744073709551616",
    b"9007199254740993",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\xc5\xbf",
    b"\x1b[31m",
    b"%00",
    b"%2e%2e",
    b"%2F",
    b"../",
    b"=",
    b"=?base64?",
    b"?=",
    b"@",
    b";q=0",
];

/// One change of an input's bytes.
#[derive(Clone, Debug)]
pub struct Change(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// One bit is another.
    Flip { at: Index, bit: u8 },
    /// One byte is another.
    Put { at: Index, byte: u8 },
    /// What comes after this place is gone.
    Truncate { at: Index },
    /// A range is gone.
    Remove { from: Index, to: Index },
    /// A range stands somewhere else once more.
    Duplicate { from: Index, to: Index, at: Index },
    /// A range of another file stands here too.
    Splice {
        of: usize,
        from: Index,
        to: Index,
        at: Index,
    },
    /// A piece that is known to be trouble stands here, often or once.
    Insert {
        piece: usize,
        times: usize,
        at: Index,
    },
    /// A member or a line trades its place with another.
    Swap { one: Index, other: Index },
}

impl Change {
    /// Any change, where there are this many files to splice from: at least one.
    pub fn any(files: usize) -> impl Strategy<Value = Self> {
        Kind::any(files).prop_map(Self)
    }

    /// Does it to an input. `seeds` are the files that it was made for.
    ///
    /// # Panics
    ///
    /// There are fewer of them.
    pub fn apply(&self, bytes: &mut Vec<u8>, seeds: &[Seed]) {
        self.0.apply(bytes, seeds);
    }
}

impl Kind {
    fn any(files: usize) -> impl Strategy<Value = Self> {
        let at = any::<Index>;
        let times = prop_oneof![8 => Just(1_usize), 1 => 2..40_usize, 1 => 100..3000_usize];
        prop_oneof![
            (at(), 0..8_u8).prop_map(|(at, bit)| Self::Flip { at, bit }),
            (at(), any::<u8>()).prop_map(|(at, byte)| Self::Put { at, byte }),
            at().prop_map(|at| Self::Truncate { at }),
            (at(), at()).prop_map(|(from, to)| Self::Remove { from, to }),
            (at(), at(), at()).prop_map(|(from, to, at)| Self::Duplicate { from, to, at }),
            (0..files, at(), at(), at()).prop_map(|(of, from, to, at)| Self::Splice {
                of,
                from,
                to,
                at
            }),
            (0..PIECES.len(), times, at()).prop_map(|(piece, times, at)| Self::Insert {
                piece,
                times,
                at
            }),
            (at(), at()).prop_map(|(one, other)| Self::Swap { one, other }),
        ]
    }

    fn apply(&self, bytes: &mut Vec<u8>, seeds: &[Seed]) {
        match self {
            Self::Flip { at, bit } => {
                if let Some(byte) = get(bytes, at) {
                    *byte ^= 1 << bit;
                }
            }
            Self::Put { at, byte } => {
                if let Some(place) = get(bytes, at) {
                    *place = *byte;
                }
            }
            Self::Truncate { at } => bytes.truncate(at.index(bytes.len() + 1)),
            Self::Remove { from, to } => {
                bytes.drain(range(bytes, from, to));
            }
            Self::Duplicate { from, to, at } => {
                let piece = bytes[range(bytes, from, to)].to_vec();
                insert(bytes, at, &piece);
            }
            Self::Splice { of, from, to, at } => {
                let other = &seeds[*of].bytes;
                insert(bytes, at, &other[range(other, from, to)]);
            }
            Self::Insert { piece, times, at } => insert(bytes, at, &PIECES[*piece].repeat(*times)),
            Self::Swap { one, other } => {
                let separator = if bytes.contains(&b'\n') { b'\n' } else { b',' };
                let mut parts: Vec<&[u8]> = bytes.split(|byte| *byte == separator).collect();
                let (one, other) = (one.index(parts.len()), other.index(parts.len()));
                parts.swap(one, other);
                *bytes = parts.join(&separator);
            }
        }
    }
}

fn get<'a>(bytes: &'a mut [u8], at: &Index) -> Option<&'a mut u8> {
    (!bytes.is_empty()).then(|| at.get_mut(bytes))
}

fn range(bytes: &[u8], from: &Index, to: &Index) -> std::ops::Range<usize> {
    let (from, to) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
    from.min(to)..from.max(to)
}

fn insert(bytes: &mut Vec<u8>, at: &Index, piece: &[u8]) {
    if bytes.len() + piece.len() <= LARGEST {
        let at = at.index(bytes.len() + 1);
        bytes.splice(at..at, piece.iter().copied());
    }
}
