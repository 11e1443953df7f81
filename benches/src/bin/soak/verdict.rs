//! Whether all of it was as it should be, and the lines that say so.

use std::{fmt, time::Duration};

use super::{
    CONNECTIONS,
    tally::Tally,
    watch::{Look, Record},
};

/// What memory may grow by once the load has settled, in hundredths.
const GROWTH: u64 = 10;

pub struct Verdict {
    time: Duration,
    tally: Tally,
    servers: Vec<Kept>,
}

/// What a server kept.
struct Kept {
    name: &'static str,
    before: Look,
    /// The first look at it once it had settled.
    warm: Look,
    /// The most of each in all looks after.
    most: Look,
    last: Look,
    after: Look,
}

impl Verdict {
    pub fn new(time: Duration, tally: Tally, records: Vec<Record<'_>>) -> Self {
        let servers = records
            .into_iter()
            .map(|record| Kept::new(&record))
            .collect();
        Self {
            time,
            tally,
            servers,
        }
    }

    pub fn is_good(&self) -> bool {
        self.problems().is_empty()
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let Tally { good, examples, .. } = &self.tally;
        if good.all == 0 {
            problems.push("nothing was asked".to_owned());
        }
        if good.wrong > 0 {
            problems.push(format!(
                "{} good requests were not answered rightly: {}",
                good.wrong,
                examples.join("; ")
            ));
        }
        for (name, count) in &self.tally.hostile {
            if count.wrong > 0 {
                problems.push(format!(
                    "{name}: {} times of {} taken as it should not be",
                    count.wrong, count.all
                ));
            }
        }
        for server in &self.servers {
            server.problems(&mut problems);
        }
        problems
    }
}

impl Kept {
    fn new(record: &Record<'_>) -> Self {
        let before = record.before;
        let most = |of: fn(&Look) -> u64| record.warm.iter().map(of).max().unwrap_or_default();
        Self {
            name: record.name,
            before,
            warm: record.warm.first().copied().unwrap_or(before),
            most: Look {
                memory: most(|look| look.memory),
                descriptors: most(|look| look.descriptors),
                tasks: most(|look| look.tasks),
            },
            last: record.warm.last().copied().unwrap_or(before),
            after: record.after.unwrap_or(before),
        }
    }

    /// By how much of it memory grew after it had settled, at most.
    fn growth(&self) -> f64 {
        self.most.memory as f64 / self.warm.memory as f64 - 1.0
    }

    fn problems(&self, problems: &mut Vec<String>) {
        let name = self.name;
        if self.most.memory * 100 > self.warm.memory * (100 + GROWTH) {
            problems.push(format!(
                "the server {name}: its memory grew by {:.1} %",
                self.growth() * 100.0
            ));
        }
        for (what, before, after) in [
            (
                "descriptors",
                self.before.descriptors,
                self.after.descriptors,
            ),
            ("tasks", self.before.tasks, self.after.tasks),
        ] {
            if after > before {
                problems.push(format!(
                    "the server {name}: {after} {what} after the load, and {before} before"
                ));
            }
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (good, hostile) = (self.tally.good, self.tally.hostile_in_all());
        writeln!(
            formatter,
            "{} s, {CONNECTIONS} connections: {} good requests, {} of them not answered rightly; {} hostile ones, {} of them taken as they should not be",
            self.time.as_secs(),
            good.all,
            good.wrong,
            hostile.all,
            hostile.wrong
        )?;
        for (name, count) in &self.tally.hostile {
            writeln!(formatter, "  {:>8} x {name}", count.all)?;
        }
        writeln!(
            formatter,
            "\n| Server | | before | settled | most | last | after |\n|---|---|---|---|---|---|---|"
        )?;
        for server in &self.servers {
            let looks = [
                server.before,
                server.warm,
                server.most,
                server.last,
                server.after,
            ];
            let mib = |look: Look| format!("{:.1}", look.memory as f64 / f64::from(1024 * 1024));
            for (what, cells) in [
                ("MiB", looks.map(mib)),
                (
                    "descriptors",
                    looks.map(|look| look.descriptors.to_string()),
                ),
                ("tasks", looks.map(|look| look.tasks.to_string())),
            ] {
                writeln!(
                    formatter,
                    "| {} | {what} | {} |",
                    server.name,
                    cells.join(" | ")
                )?;
            }
        }
        writeln!(formatter)?;
        for server in &self.servers {
            writeln!(
                formatter,
                "memory {}: {:+.1} % at most after it had settled",
                server.name,
                server.growth() * 100.0
            )?;
        }
        let problems = self.problems();
        for problem in &problems {
            writeln!(formatter, "BROKEN: {problem}")?;
        }
        writeln!(
            formatter,
            "{}",
            if problems.is_empty() { "ok" } else { "not ok" }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look {
        memory: 100,
        descriptors: 10,
        tasks: 3,
    };

    fn problems(change: impl FnOnce(&mut Kept)) -> usize {
        let mut server = Kept {
            name: "a",
            before: LOOK,
            warm: LOOK,
            most: LOOK,
            last: LOOK,
            after: LOOK,
        };
        change(&mut server);
        let mut problems = Vec::new();
        server.problems(&mut problems);
        problems.len()
    }

    #[test]
    fn memory_may_grow_a_tenth_and_nothing_may_be_left_behind() {
        assert_eq!(problems(|_| ()), 0);
        assert_eq!(problems(|kept| kept.most.memory = 110), 0);
        assert_eq!(problems(|kept| kept.most.memory = 111), 1);
        assert_eq!(problems(|kept| kept.after.descriptors = 11), 1);
        assert_eq!(problems(|kept| kept.after.tasks = 4), 1);
        // During the load there are as many as there are callers.
        assert_eq!(problems(|kept| kept.most.tasks = 80), 0);
    }

    #[test]
    fn one_wrong_answer_is_one_too_many() {
        let verdict = |wrong| Verdict {
            time: Duration::from_secs(1),
            tally: Tally {
                good: super::super::tally::Count { all: 1000, wrong },
                ..Tally::default()
            },
            servers: Vec::new(),
        };
        assert!(verdict(0).is_good());
        assert!(!verdict(1).is_good());
        assert!(verdict(1).to_string().ends_with("not ok\n"));
    }
}
