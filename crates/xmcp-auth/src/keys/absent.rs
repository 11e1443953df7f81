//! Key ids that the authorization server was asked for and did not have.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

const CAPACITY: usize = 128;
const LIFETIME: Duration = Duration::from_secs(60);

/// The last of them, for a minute each.
#[derive(Debug, Default)]
pub(super) struct Absent(VecDeque<(String, Instant)>);

impl Absent {
    pub(super) fn contains(&self, id: &str, now: Instant) -> bool {
        self.0
            .iter()
            .any(|(absent, since)| absent == id && now.saturating_duration_since(*since) < LIFETIME)
    }

    pub(super) fn insert(&mut self, id: &str, now: Instant) {
        self.0.retain(|(absent, _)| absent != id);
        if self.0.len() == CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back((id.to_owned(), now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_remembered_for_a_minute() {
        let start = Instant::now();
        let mut absent = Absent::default();
        absent.insert("a", start);
        assert!(absent.contains("a", start + Duration::from_secs(59)));
        assert!(!absent.contains("a", start + LIFETIME));
        assert!(!absent.contains("b", start));
    }

    #[test]
    fn no_more_than_128_are_remembered() {
        let start = Instant::now();
        let mut absent = Absent::default();
        for id in 0..1000 {
            absent.insert(&id.to_string(), start);
            absent.insert(&id.to_string(), start);
        }
        assert_eq!(absent.0.len(), CAPACITY);
        assert!(absent.contains("999", start) && absent.contains("872", start));
        assert!(!absent.contains("871", start));
    }
}
