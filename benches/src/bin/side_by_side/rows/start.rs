//! From the start of the process to its first right answer, and its memory.

use std::{
    io, thread,
    time::{Duration, Instant},
};

use xmcp_benches::{
    client::Client,
    request::{Era, Request},
};

use crate::{
    machine,
    options::Pace,
    programs::{Programs, start as started},
    rounds::median,
    row::{Budget, Row, Table, Unit},
    wrk,
};

const FIRST_ANSWER: Budget = Budget::AtMost(8.0);
const IDLE: Budget = Budget::AtMost(10.0);
const LOADED: Budget = Budget::AtMost(25.0);
const CONNECTIONS: usize = 256;
/// After which a server that nobody asks anything has come to rest.
const REST: Duration = Duration::from_secs(1);

pub fn start(programs: &Programs, pace: &Pace, table: &mut Table) {
    table.add(first_answer(programs, 2, pace.starts, FIRST_ANSWER));
    let what = "memory of an idle server";
    table.add(Row::new(what, Unit::Mebibytes, IDLE, idle(programs), ""));
    let what = format!(
        "memory after {} s at {CONNECTIONS} connections",
        pace.memory
    );
    let figure = loaded(programs, pace.memory);
    table.add(Row::new(what, Unit::Mebibytes, LOADED, figure, ""));
}

/// From the start of a process to its first right answer.
pub fn first_answer(programs: &Programs, tools: usize, starts: usize, budget: Budget) -> Row {
    let measured = machine::in_calm(&[], || median_start(programs, tools, starts));
    let note = measured
        .as_ref()
        .map_or(String::new(), |(_, others)| machine::noise(*others));
    let what = format!("from spawn to the first right answer, {tools} tools");
    let figure = measured.map(|(figure, _)| figure);
    Row::new(what, Unit::Milliseconds, budget, figure, note)
}

/// The median of so many starts, in milliseconds.
fn median_start(programs: &Programs, tools: usize, starts: usize) -> io::Result<f64> {
    let request = Request::greet(Era::Legacy).bytes();
    let times: io::Result<Vec<f64>> = (0..starts)
        .map(|_| {
            let began = Instant::now();
            let server = started(programs.served(tools))?;
            let mut client = Client::connect(&server.address)?;
            let (_, body) = client.ask(&request)?;
            let took = began.elapsed();
            if !String::from_utf8_lossy(body).contains("Hello, World!") {
                return Err(io::Error::other("the first answer is wrong"));
            }
            Ok(took.as_secs_f64() * 1e3)
        })
        .collect();
    times.map(median)
}

fn idle(programs: &Programs) -> io::Result<f64> {
    let server = started(programs.served(2))?;
    thread::sleep(REST);
    server.resident().map(mebibytes)
}

fn loaded(programs: &Programs, seconds: u64) -> io::Result<f64> {
    let server = started(programs.served(2))?;
    wrk::load(&server, &Request::greet(Era::Modern), CONNECTIONS, seconds)?;
    server.resident().map(mebibytes)
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1024 * 1024)
}
