//! How long it takes from a saved file to an answer of the new code, and where the time goes: `cargo bench -p cargo-xmcp --profile quick`,
//! whose profile is optimised without the minutes that a release takes to link. Medians of twenty edits of one tool's body, in an app like
//! this repository's own and in one with a hundred tools more; and what an edit costs in processor time, that of the compiler and of the
//! processes that end included, which another load on the machine changes less.

#[cfg(unix)]
#[path = "../tests/dev/app.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod app;
#[cfg(unix)]
#[path = "../tests/dev/client.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod client;
#[cfg(unix)]
#[path = "../tests/support/mod.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod support;

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() -> std::io::Result<()> {
    measured::main()
}

#[cfg(unix)]
mod measured {
    use std::{
        collections::BTreeMap,
        io::{self, Write},
        time::{Duration, Instant},
    };

    use crate::{
        app::{App, Dev},
        client::Client,
    };

    const EDITS: usize = 20;

    pub fn main() -> io::Result<()> {
        // Cargo runs benchmarks as tests, too, and then wants to know only that they are there.
        if !std::env::args().any(|argument| argument == "--bench") {
            return Ok(());
        }
        let profile = match cfg!(debug_assertions) {
            true => "is not optimised: `--profile quick` is closer to what people install",
            false => "is optimised, as people install it",
        };
        writeln!(io::stderr(), "the command line {profile}")?;
        measure("an app like this repository's", "bench-small", 0, 700)?;
        measure("a hundred tools more", "bench-large", 100, 900)
    }

    fn measure(what: &str, name: &str, tools: usize, goal: u128) -> io::Result<()> {
        let app = App::new(name, "none");
        for number in 0..tools {
            let text = format!(
                "//! Adds {number} to a number\nuse xmcp::prelude::*;\n\npub const METADATA: ToolMetadata = \
                 ToolMetadata::new().read_only(true);\n\n#[derive(Deserialize, JsonSchema)]\npub struct Schema {{\n    \
                 /// The number\n    pub number: i64,\n    /// What it is called\n    pub name: Option<String>,\n}}\n\n\
                 pub async fn handler(Schema {{ number, name }}: Schema) -> String {{\n    \
                 format!(\"{{}} {{}}\", name.unwrap_or_default(), number + {number})\n}}\n"
            );
            app.write(&format!("tools/add_{number}.rs"), &text);
        }
        let mut dev = app.dev(&["--port", "0", "--verbose"]);
        let port = dev.serves();
        let mut client = Client::new(port, None).of_one_call();
        if cfg!(target_os = "linux") {
            dev.says("edits are built by rustc alone from now on");
        }
        let mut edit = |dev: &mut Dev, word: &str| -> io::Result<(Duration, String)> {
            let since = Instant::now();
            app.says(word);
            while client.call("word")? != word {
                // Asking more often would take the processor from the compiler.
                std::thread::sleep(Duration::from_millis(10));
            }
            let total = since.elapsed();
            dev.says("Served in");
            Ok((total, dev.says("notice")))
        };
        // The first one fills caches.
        edit(&mut dev, "warm-up")?;
        let before = processor_time(dev.child.id());
        let mut totals = Vec::new();
        let mut steps: BTreeMap<String, Vec<u128>> = BTreeMap::new();
        for number in 0..EDITS {
            let (total, breakdown) = edit(&mut dev, &format!("edit {number}"))?;
            totals.push(total.as_millis());
            for step in breakdown.trim().split(", ") {
                if let Some((name, time)) = step.trim_end_matches(" ms").rsplit_once(' ') {
                    let time = time.parse().unwrap_or_default();
                    steps.entry(name.to_owned()).or_default().push(time);
                }
            }
        }
        let spent = before
            .zip(processor_time(dev.child.id()))
            .map(|(before, after)| {
                format!("; processor {} ms an edit", (after - before) / EDITS as u64)
            })
            .unwrap_or_default();
        let parts: Vec<_> = steps
            .into_iter()
            .map(|(name, times)| format!("{name} {}", median(times)))
            .collect();
        let (least, most) = (totals.iter().min().copied(), totals.iter().max().copied());
        writeln!(
            io::stderr(),
            "{what}: edit to served {} ms (goal: under {goal}; {} to {}): {}{spent}",
            median(totals),
            least.unwrap_or_default(),
            most.unwrap_or_default(),
            parts.join(", ")
        )
    }

    /// What a process, and those of its children that have ended, have had of the processors, in milliseconds; where the system says it.
    fn processor_time(id: u32) -> Option<u64> {
        let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let (_, fields) = text.rsplit_once(") ")?;
        // User and system time, its own and its children's, in hundredths of a second.
        let times = fields.split(' ').skip(11).take(4);
        Some(
            times
                .filter_map(|time| time.parse::<u64>().ok())
                .sum::<u64>()
                * 10,
        )
    }

    fn median(mut times: Vec<u128>) -> u128 {
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }
}
