//! A tool that could speak to its client and does not, beside the same on the official SDK alone: over HTTP, and over a pipe, where the
//! SDK carries both.

use std::{io, process::Command};

use xmcp_benches::request::{Era, Request};

use super::compared;
use crate::{
    machine,
    options::Pace,
    pipe::Pipe,
    programs::{Programs, start},
    rounds::{Contestant, Figure, Rounds, median, rounds},
    row::{Budget, Row, Table},
};

const OF_HAND: Budget = Budget::AtLeast(1.0);
const CONNECTIONS: usize = 32;
/// `benches/tools/greet_aware.rs`.
const AWARE: &str = "greet_aware";
/// With so many tools it is among them.
const TOOLS: usize = 3;

pub fn rmcp(programs: &Programs, pace: &Pace, table: &mut Table) {
    for era in Era::BOTH {
        let measured = over_http(programs, era, pace);
        let what = format!(
            "call with a Context, HTTP {}: throughput of rmcp by hand",
            era.version()
        );
        let by = (Figure::Throughput, 1);
        table.add(compared(what, OF_HAND, &measured, by));
    }
    let measured = machine::in_calm(&[], || over_a_pipe(programs, pace));
    let note = measured
        .as_ref()
        .map_or(String::new(), |(_, others)| machine::noise(*others));
    let what = "call with a Context, over a pipe: throughput of rmcp by hand";
    let ratio = measured.map(|(ratio, _)| ratio);
    table.add(Row::ratio(what, OF_HAND, ratio, note));
}

fn over_http(programs: &Programs, era: Era, pace: &Pace) -> io::Result<Rounds> {
    let (served, hand) = (
        start(programs.served(TOOLS))?,
        start(programs.peer("hand"))?,
    );
    let mut aware = Request::greet(era);
    aware.params["name"] = AWARE.into();
    let contestants = [
        Contestant {
            server: &served,
            request: &aware,
        },
        Contestant {
            server: &hand,
            request: &Request::greet(era),
        },
    ];
    rounds(&contestants, CONNECTIONS, pace)
}

fn over_a_pipe(programs: &Programs, pace: &Pace) -> io::Result<f64> {
    let on_a_pipe = |mut command: Command| {
        command.arg("--stdio");
        Pipe::open(command)
    };
    let mut served = on_a_pipe(programs.served(TOOLS))?;
    let mut hand = on_a_pipe(programs.peer("hand"))?;
    // Nobody's first calls count.
    served.greet(AWARE, pace.piped / 10)?;
    hand.greet("greet", pace.piped / 10)?;
    let ratios: io::Result<Vec<f64>> = (0..pace.rounds)
        .map(|_| Ok(served.greet(AWARE, pace.piped)? / hand.greet("greet", pace.piped)?))
        .collect();
    ratios.map(median)
}
