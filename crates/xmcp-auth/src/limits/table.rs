//! Numbers under keys, in memory that does not grow.
//!
//! 1. A key is kept as 128 bits of a hash whose secret is this process's, so nobody can choose keys that meet, and long keys take no
//!    more room than short ones.
//! 2. Keys are spread over sets of sixteen. A set that is full gives up its smallest number for a new key: who puts the numbers in
//!    makes the smallest the one that is missed least.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    sync::{Mutex, PoisonError},
};

/// The sets; with their sixteen places each, room for 10 240 keys.
const SETS: usize = 640;
const PLACES: usize = 16;

/// A key that only this table knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key(u64, u64);

/// The keys of one place in the hash, each with its number.
type Set = Mutex<Vec<(Key, u64)>>;

pub(super) struct Table {
    secrets: [RandomState; 2],
    sets: Box<[Set]>,
}

impl Table {
    pub(super) fn new() -> Self {
        Self {
            secrets: [RandomState::new(), RandomState::new()],
            sets: (0..SETS).map(|_| Mutex::default()).collect(),
        }
    }

    pub(super) fn key(&self, of: &(impl Hash + ?Sized)) -> Key {
        let [first, second] = &self.secrets;
        Key(first.hash_one(of), second.hash_one(of))
    }

    /// The number under a key.
    pub(super) fn get(&self, key: Key) -> Option<u64> {
        self.change(key, |number| (None, number))
    }

    /// Puts a number there, whatever was there before.
    pub(super) fn set(&self, key: Key, number: u64) {
        self.change(key, |_| (Some(number), ()));
    }

    pub(super) fn remove(&self, key: Key) {
        self.set_of(key, |set| set.retain(|(other, _)| *other != key));
    }

    /// Answers what `change` makes of the number that is there, and puts its number there if it gives one.
    pub(super) fn change<T>(
        &self,
        key: Key,
        change: impl FnOnce(Option<u64>) -> (Option<u64>, T),
    ) -> T {
        self.set_of(key, |set| {
            let position = set.iter().position(|(other, _)| *other == key);
            let (number, answer) = change(position.map(|position| set[position].1));
            let Some(number) = number else { return answer };
            match position {
                Some(position) => set[position].1 = number,
                None if set.len() < PLACES => set.push((key, number)),
                None => {
                    if let Some(smallest) = set.iter_mut().min_by_key(|(_, number)| *number) {
                        *smallest = (key, number);
                    }
                }
            }
            answer
        })
    }

    fn set_of<T>(&self, key: Key, change: impl FnOnce(&mut Vec<(Key, u64)>) -> T) -> T {
        let set = &self.sets[key.0 as usize % SETS];
        change(&mut set.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_under_its_key_alone() {
        let table = Table::new();
        let [ada, bob] = ["ada", "bob"].map(|name| table.key(name));
        table.set(ada, 7);
        assert_eq!((table.get(ada), table.get(bob)), (Some(7), None));
        let before = table.change(ada, |number| (number.map(|number| number + 1), number));
        assert_eq!((before, table.get(ada)), (Some(7), Some(8)));
        table.remove(ada);
        assert_eq!(table.get(ada), None);
    }

    #[test]
    fn however_many_keys_there_are_the_table_stays_small_and_keeps_the_large_numbers() {
        let table = Table::new();
        let large: Vec<Key> = (0..1000_u64).map(|number| table.key(&number)).collect();
        for key in &large {
            table.set(*key, u64::MAX);
        }
        for number in 1000..100_000_u64 {
            table.set(table.key(&number), number);
        }
        let kept: usize = table.sets.iter().map(|set| set.lock().unwrap().len()).sum();
        assert_eq!(kept, SETS * PLACES);
        assert!(large.iter().all(|key| table.get(*key) == Some(u64::MAX)));
    }
}
