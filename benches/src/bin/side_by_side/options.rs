//! What the person who started this asked for.

use std::io;

use super::machine::Cores;

pub const HELP: &str = "\
usage: benches/http/run [--quick] [--rows NAME,NAME] [--builds] [--cores SERVER,LOAD]

Measures the framework's server beside a server that does the least and beside the official SDK alone, and prints every figure with
its budget. Ends with an error when one falls short or could not be measured.

  --quick     short rounds: to see whether it works, not how fast
  --rows      some of: greet signed-in instructions list start size workers rmcp growth
  --builds    how long builds take, too: minutes, and nothing is judged by it. It edits tools/greet.rs, and undoes that
  --cores     the core of the server and that of the load; 0,1 if not said

Rounds are interleaved, and a ratio is the median of what each round gave. A row that says `noisy` was measured while somebody else
took more than a tenth of a core, three times over.";

/// How long everything takes.
pub struct Pace {
    pub rounds: usize,
    /// Of one load in a round.
    pub seconds: u64,
    /// Before the first round.
    pub warm: u64,
    /// Of the load after which memory is read.
    pub memory: u64,
    /// How often a server is started.
    pub starts: usize,
    /// How many requests go over a pipe.
    pub piped: usize,
}

const PACE: Pace = Pace {
    rounds: 11,
    seconds: 2,
    warm: 2,
    memory: 30,
    starts: 21,
    piped: 60_000,
};

const QUICK: Pace = Pace {
    rounds: 1,
    seconds: 1,
    warm: 1,
    memory: 3,
    starts: 3,
    piped: 5_000,
};

pub const SECTIONS: [&str; 9] = [
    "greet",
    "signed-in",
    "instructions",
    "list",
    "start",
    "size",
    "workers",
    "rmcp",
    "growth",
];

pub struct Options {
    pub pace: &'static Pace,
    /// In the order of the table.
    pub sections: Vec<&'static str>,
    pub with_builds: bool,
    pub cores: Cores,
}

impl Options {
    /// `None` when help is asked for.
    pub fn read(arguments: impl IntoIterator<Item = String>) -> io::Result<Option<Self>> {
        let mut options = Self {
            pace: &PACE,
            sections: SECTIONS.to_vec(),
            with_builds: false,
            cores: Cores::read("0,1")?,
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let missing =
                    || io::Error::other(format!("`{argument}` needs a value: see --help"));
                arguments.next().ok_or_else(missing)
            };
            match argument.as_str() {
                "--help" | "-h" => return Ok(None),
                "--quick" => options.pace = &QUICK,
                "--builds" => options.with_builds = true,
                "--rows" => options.sections = sections(&value()?)?,
                "--cores" => options.cores = Cores::read(&value()?)?,
                other => return Err(io::Error::other(format!("what is `{other}`? See --help"))),
            }
        }
        Ok(Some(options))
    }
}

fn sections(text: &str) -> io::Result<Vec<&'static str>> {
    let names: Vec<&str> = text.split(',').collect();
    if let Some(unknown) = names.iter().find(|name| !SECTIONS.contains(name)) {
        let known = SECTIONS.join(", ");
        return Err(io::Error::other(format!(
            "there is no row `{unknown}`: {known}"
        )));
    }
    Ok(SECTIONS
        .into_iter()
        .filter(|section| names.contains(section))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> io::Result<Option<Options>> {
        Options::read(arguments.iter().map(|&argument| argument.to_owned()))
    }

    #[test]
    fn rows_are_chosen_by_name_and_come_in_the_order_of_the_table() {
        let options = read(&["--rows", "list,greet", "--quick"]).unwrap().unwrap();
        assert_eq!(options.sections, ["greet", "list"]);
        assert_eq!(options.pace.rounds, 1);
        assert!(read(&["--rows", "gret"]).is_err());
    }

    #[test]
    fn everything_is_measured_unless_something_is_chosen() {
        assert_eq!(read(&[]).unwrap().unwrap().sections, SECTIONS);
        assert!(read(&["--help"]).unwrap().is_none());
        assert!(read(&["--fast"]).is_err());
        assert!(read(&["--cores"]).is_err());
    }
}
