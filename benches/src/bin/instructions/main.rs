//! What a request costs in instructions of this machine's user mode, as valgrind's callgrind counts them, against the budgets in
//! `benches/instructions.txt`. Called by `benches/instructions.sh`.
//!
//! Each figure is of 1,500 requests to a server that has answered 50 already, over one connection, one after the other, through all of
//! the HTTP stack. Neither its start is in it nor its end: to gather randomness at its start takes aws-lc 400 million instructions, a few
//! million more or less each time. Unlike times the figures repeat within a percent, on a busy machine too; another compiler or C library
//! makes others.

mod budget;
mod case;
mod counted;
mod options;
mod row;

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
};

use budget::Budgets;
use case::GROWTH;
use counted::{Counter, Program};
use options::Options;
use row::Row;

/// How often each case of `--growth` is counted.
const COUNTS: usize = 5;

#[tokio::main]
async fn main() -> ExitCode {
    let said = match Options::parse(env::args().skip(1)) {
        Ok(options) if options.is_growth => growth().await,
        Ok(options) => report(options).await,
        Err(error) => Err(io::Error::other(error)),
    };
    match said {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the table. False when a case is above its budget.
async fn report(options: Options) -> io::Result<bool> {
    let mut out = io::stdout();
    let counter = Counter::start(options.keep).await?;
    let budgets = Budgets::read()?;
    let mut counts: Vec<(&str, u64)> = Vec::new();
    let mut is_within = true;
    writeln!(out, "{}", Row::HEAD)?;
    for case in options.cases {
        let ours = counter.per_request(Program::Served, case)?;
        let limit = counter.per_request(Program::Limit, case)?;
        counts.push((case.name, ours.instructions));
        let row = Row {
            case: case.name,
            ours: ours.instructions,
            limit: limit.instructions,
            aim: case.aim,
            most: case.aim.most(limit.instructions, ours.bytes, counts[0].1),
            budget: budgets.of(case.name),
        };
        is_within &= row.is_within();
        writeln!(out, "{row}")?;
    }
    if options.is_update {
        budget::write(&counts)?;
        writeln!(out, "wrote {}", budget::FILE)?;
        return Ok(true);
    }
    if !is_within {
        writeln!(
            out,
            "a case is more than {:.0} % above its budget: make it cheaper, or say why it is worth it and rewrite the budgets with \
             `bash benches/instructions.sh --update`",
            budget::TOLERANCE * 100.0
        )?;
    }
    Ok(is_within)
}

/// Prints what a call costs among more and more tools: for each number of them a line, with several counts. They are taken in turns.
async fn growth() -> io::Result<bool> {
    let counter = Counter::start(None).await?;
    let mut lines = GROWTH.each_ref().map(|case| case.name.to_owned());
    for _ in 0..COUNTS {
        for (line, case) in lines.iter_mut().zip(&GROWTH) {
            let counted = counter.per_request(Program::Served, case)?;
            line.push_str(&format!(" {}", counted.instructions));
        }
    }
    writeln!(io::stdout(), "{}", lines.join("\n"))?;
    Ok(true)
}
