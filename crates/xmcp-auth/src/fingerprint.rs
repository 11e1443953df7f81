//! A text that must not lie in memory, by which it is found again all the same.
//!
//! 1. It is one-way: whoever reads it, and the secrets of this module beside it, learns nothing that helps to guess the text better than
//!    trying texts does, or trying all of 128 bits.
//! 2. It is keyed with secrets of this process: nobody outside can find two texts that have the same fingerprint, or texts whose
//!    fingerprints begin alike. So a table may sort them by their first bytes.
//! 3. A text of up to 128 bytes is put through BLAKE3, keyed.
//! 4. A longer one is compressed first, into the tag of AES-256-GCM over no plaintext and the text as additional data, and the tag is put
//!    through BLAKE3 under another key. Every request with a token pays for this: a token has a thousand bytes, and BLAKE3 takes 8,000
//!    instructions for them, the tag and BLAKE3 over it 2,100, where the processor has no instructions for SHA-256 and no AVX-512.
//!
//! Why the tag is enough. Under one key and one nonce it is GHASH, a polynomial over the text in a secret point, and a constant. For two
//! different texts of at most 8 KiB the tags are the same for at most 514 of the 2^128 points. Somebody outside who sends other
//! texts to meet one that is kept learns nothing from a failure but that it failed, so each try succeeds with a chance of 2^-118 at best. That
//! a nonce is used again, which breaks the cipher, is no matter here: nothing is encrypted, and no tag is shown to anybody or kept.

use std::{
    collections::HashMap,
    fmt,
    hash::{BuildHasherDefault, Hash, Hasher},
    sync::LazyLock,
};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand,
};

/// The longest text that is as cheap without a tag.
const SHORT: usize = 128;

/// Of a text; the same for the same text as long as the process lives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

/// Something for each of many texts.
pub(crate) type ByFingerprint<T> = HashMap<Fingerprint, T, BuildHasherDefault<FirstBytes>>;

/// What the process knows alone.
struct Secrets {
    of_texts: [u8; 32],
    of_tags: [u8; 32],
    tagging: LessSafeKey,
}

static SECRETS: LazyLock<Secrets> = LazyLock::new(|| {
    let random = || {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes).expect("the system has random numbers");
        bytes
    };
    let tagging = UnboundKey::new(&AES_256_GCM, &random()).expect("the key has 32 bytes");
    Secrets {
        of_texts: random(),
        of_tags: random(),
        tagging: LessSafeKey::new(tagging),
    }
});

impl Fingerprint {
    pub(crate) fn of(text: &(impl AsRef<[u8]> + ?Sized)) -> Self {
        let (secrets, text) = (&*SECRETS, text.as_ref());
        let long = (text.len() > SHORT).then(|| secrets.tag(text)).flatten();
        let digest = match long {
            Some(tag) => blake3::keyed_hash(&secrets.of_tags, &tag),
            None => blake3::keyed_hash(&secrets.of_texts, text),
        };
        Self(*digest.as_bytes())
    }
}

impl Secrets {
    /// None for texts beyond what the cipher takes, which no memory holds.
    fn tag(&self, text: &[u8]) -> Option<[u8; 16]> {
        let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
        let tag = self
            .tagging
            .seal_in_place_separate_tag(nonce, Aad::from(text), &mut []);
        tag.ok()?.as_ref().try_into().ok()
    }
}

/// The first bytes, which are as good as random to everybody.
impl Hash for Fingerprint {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        hasher.write_u64(u64::from_le_bytes([a, b, c, d, e, f, g, h]));
    }
}

/// Hashes a fingerprint to its first bytes.
#[derive(Default)]
pub(crate) struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, bytes: u64) {
        self.0 ^= bytes;
    }

    /// What a fingerprint never calls.
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}

/// The first 32 bits: enough to find a token's lines in a log of this process, useless for anything else.
impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..4]
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_same_text_has_the_same_fingerprint_and_every_other_text_another() {
        let mut found = HashSet::new();
        for length in [0, 1, 16, 127, 128, 129, 700, 8192] {
            let text = "a".repeat(length);
            let fingerprint = Fingerprint::of(&text);
            assert_eq!(fingerprint, Fingerprint::of(&text), "{length}");
            assert!(found.insert(fingerprint), "{length}");
            for place in [0, length / 2, length.saturating_sub(1)] {
                let mut other = text.clone().into_bytes();
                let Some(byte) = other.get_mut(place) else {
                    continue;
                };
                *byte = b'b';
                let other = Fingerprint::of(std::str::from_utf8(&other).unwrap());
                found.insert(other);
                assert_ne!(fingerprint, other, "{length} {place}");
            }
        }
    }

    #[test]
    fn a_fingerprint_is_no_digest_that_somebody_else_could_make() {
        let (short, long) = ("token", "token".repeat(100));
        for text in [short, &long] {
            let plain = blake3::hash(text.as_bytes());
            assert_ne!(Fingerprint::of(text).0, *plain.as_bytes());
        }
        // A text that is the tag of another is not taken for it.
        let tag = SECRETS.tag(long.as_bytes()).unwrap();
        let of_tag = |key| blake3::keyed_hash(key, &tag);
        assert_ne!(of_tag(&SECRETS.of_texts), of_tag(&SECRETS.of_tags));
    }

    #[test]
    fn a_fingerprint_shows_its_first_four_bytes() {
        let mut bytes = [7; 32];
        bytes[..4].copy_from_slice(&[0xaa, 0xeb, 0x28, 0x05]);
        let token = Fingerprint(bytes);
        assert_eq!(format!("{token} {token:?}"), "aaeb2805 aaeb2805");
    }
}
