//! The corpus of `fuzz/`, for tests: every file of it is given to its target, and then many changes of these.
//!
//! A fuzz target is a function of bytes that panics when a property does not hold. `fuzz/run` looks for such bytes for as long as one
//! lets it; this looks for some seconds, in every `cargo test`, and shrinks what it finds.
#![warn(missing_docs, unreachable_pub)]

mod change;
mod seeds;

use std::{
    fmt,
    time::{Duration, Instant},
};

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};

pub use change::Change;
pub use seeds::{Seed, seeds, seeds_in};

/// How many changed inputs a target gets.
const CASES: u32 = 1500;

/// What no input of these sizes takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(10);

/// Gives a target all of its corpus, and 1500 changes of it.
///
/// # Panics
///
/// A property of the target does not hold, one input takes 10 seconds, or there is no corpus: `fuzz/corpus/<target>/`.
pub fn check(target: &str, run: fn(&[u8])) {
    let seeds = seeds(target);
    assert!(
        seeds.len() >= 3,
        "fuzz/corpus/{target} has {} files: give it some valid and some strange ones",
        seeds.len()
    );
    for seed in &seeds {
        in_time(run, &seed.bytes, &seed.name);
    }
    let inputs =
        (0..seeds.len(), vec(Change::any(seeds.len()), 1..6)).prop_map(|(seed, changes)| {
            let mut bytes = seeds[seed].bytes.clone();
            for change in &changes {
                change.apply(&mut bytes, &seeds);
            }
            Input(bytes)
        });
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&inputs, |Input(bytes)| {
        in_time(run, &bytes, "a changed input");
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{target}: {failure}");
    }
}

fn in_time(run: fn(&[u8]), bytes: &[u8], name: &str) {
    let start = Instant::now();
    run(bytes);
    let took = start.elapsed();
    assert!(took < PATIENCE, "{name} took {took:?}");
}

/// An input as one writes it into a test.
#[derive(Clone)]
struct Input(Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "b\"{}\"", self.0.escape_ascii())
    }
}
