//! What came of all requests.

use std::{collections::BTreeMap, io};

use super::{caller::Answer, good::Good};

/// No more examples of what went wrong are kept.
const EXAMPLES: usize = 5;

/// How many, and how many of them were not as they should be.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    pub all: u64,
    pub wrong: u64,
}

#[derive(Debug, Default)]
pub struct Tally {
    pub good: Count,
    pub hostile: BTreeMap<&'static str, Count>,
    /// Some of what went wrong.
    pub examples: Vec<String>,
}

impl Tally {
    pub fn good(&mut self, good: &Good, answer: &Answer) {
        self.good.all += 1;
        if answer.status != good.status || !answer.body.contains(good.expected) {
            let text: String = answer.body.chars().take(300).collect();
            self.wrong(format!("{}: {} {text}", good.name, answer.status));
        }
    }

    pub fn broken(&mut self, good: &Good, error: &io::Error) {
        self.good.all += 1;
        self.wrong(format!("{}: {error}", good.name));
    }

    fn wrong(&mut self, example: String) {
        self.good.wrong += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(example);
        }
    }

    pub fn hostile(&mut self, name: &'static str, is_right: bool) {
        let count = self.hostile.entry(name).or_default();
        count.all += 1;
        count.wrong += u64::from(!is_right);
    }

    pub fn and(mut self, other: Self) -> Self {
        self.good.all += other.good.all;
        self.good.wrong += other.good.wrong;
        for (name, count) in other.hostile {
            let sum = self.hostile.entry(name).or_default();
            sum.all += count.all;
            sum.wrong += count.wrong;
        }
        self.examples.extend(other.examples);
        self.examples.truncate(EXAMPLES);
        self
    }

    pub fn hostile_in_all(&self) -> Count {
        self.hostile
            .values()
            .fold(Count::default(), |sum, count| Count {
                all: sum.all + count.all,
                wrong: sum.wrong + count.wrong,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tallies_add_up() {
        let mut one = Tally::default();
        one.hostile("a slow writer", true);
        let mut other = Tally::default();
        other.hostile("a slow writer", false);
        other.broken(&Good::all(None).remove(0), &io::ErrorKind::TimedOut.into());
        let both = one.and(other);
        assert_eq!(both.good, Count { all: 1, wrong: 1 });
        assert_eq!(both.hostile_in_all(), Count { all: 2, wrong: 1 });
        assert_eq!(both.examples.len(), 1);
    }
}
