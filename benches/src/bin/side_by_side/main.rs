//! The framework's server beside a server that does the least and beside the official SDK alone: every figure that has a budget, and
//! whether it keeps it. Called by `benches/http/run`.

mod machine;
mod options;
mod pipe;
mod programs;
mod rounds;
mod row;
mod rows;
mod wrk;

use std::{env, io, process::ExitCode};

use options::{HELP, Options};
use programs::Programs;
use row::{Table, say};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Prints the table. False when a row is not as it should be.
async fn run() -> io::Result<bool> {
    let Some(options) = Options::read(env::args().skip(1))? else {
        say(HELP);
        return Ok(true);
    };
    let Options {
        pace,
        sections,
        with_builds,
        cores,
    } = options;
    let programs = Programs::new(cores).await?;
    let mut table = Table::default();
    for section in sections {
        match section {
            "greet" => rows::greet::anyone(&programs, pace, &mut table),
            "signed-in" => rows::greet::signed_in(&programs, pace, &mut table),
            "instructions" => rows::instructions::requests(&mut table),
            "list" => rows::list::two_tools(&programs, pace, &mut table),
            "start" => rows::start::start(&programs, pace, &mut table),
            "size" => rows::size::size(&mut table),
            "workers" => rows::workers::workers(&programs, pace, &mut table),
            "rmcp" => rows::rmcp::rmcp(&programs, pace, &mut table),
            _ => rows::growth::growth(&programs, pace, &mut table),
        }
    }
    if with_builds {
        rows::builds::builds(&programs.cores, &mut table);
    }
    Ok(table.end())
}
