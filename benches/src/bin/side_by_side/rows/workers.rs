//! What a second worker thread costs: they wake each other up, and take work from each other.

use std::io;

use xmcp_benches::{
    request::{Era, Request},
    server::Server,
};

use super::figure_of;
use crate::{
    machine,
    options::Pace,
    programs::{Program, Programs, start},
    rounds::median,
    row::{Budget, Row, Table},
    wrk,
};

/// On one core, as all of the table: both threads have more to do than they can, and what is more than with one thread is what they
/// cost each other.
const ON_ONE_CORE: Budget = Budget::AtMost(1.15);
const CONNECTIONS: usize = 32;

pub fn workers(programs: &Programs, pace: &Pace, table: &mut Table) {
    let measured = two_beside_one(programs, pace);
    let note = measured
        .as_ref()
        .map_or(String::new(), |measured| machine::noise(measured.others));
    let what = "processor time a request, 2 worker threads of 1";
    let mut add = |of: &str, budget, figure: fn(&Measured) -> f64| {
        let figure = figure_of(&measured, figure);
        table.add(Row::ratio(format!("{what}{of}"), budget, figure, &note));
    };
    add("", ON_ONE_CORE, |measured| measured.on_one_core);
    // The load has a part of both cores then, so threads wait, and each wait is a call of the system's that many requests share otherwise.
    add(", on two cores", Budget::Stated, |measured| measured.ours);
    add(
        ", on two cores, the limit server",
        Budget::Stated,
        |measured| measured.limit,
    );
}

/// What a request takes with two threads, as a multiple of what it takes with one.
struct Measured {
    on_one_core: f64,
    ours: f64,
    limit: f64,
    /// How much of a core others had.
    others: f64,
}

fn two_beside_one(programs: &Programs, pace: &Pace) -> io::Result<Measured> {
    let pair = |program, on_both| -> io::Result<[Server; 2]> {
        let with = |workers| start(programs.by_workers(program, workers, on_both));
        Ok([with(1)?, with(2)?])
    };
    let pairs = [
        pair(Program::Served, false)?,
        pair(Program::Served, true)?,
        pair(Program::Limit, true)?,
    ];
    let request = Request::greet(Era::Legacy);
    let mut others = 0.0_f64;
    let mut ratios = [const { Vec::new() }; 3];
    for server in pairs.iter().flatten() {
        wrk::load(server, &request, CONNECTIONS, pace.warm)?;
    }
    for _ in 0..pace.rounds {
        for (ratios, servers) in ratios.iter_mut().zip(&pairs) {
            let mut time = |server| -> io::Result<f64> {
                let measure = || wrk::load(server, &request, CONNECTIONS, pace.seconds);
                let (load, noise) = machine::in_calm(&[server], measure)?;
                others = others.max(noise);
                Ok(load.cpu_time)
            };
            let one = time(&servers[0])?;
            ratios.push(time(&servers[1])? / one);
        }
    }
    let [on_one_core, ours, limit] = ratios.map(median);
    Ok(Measured {
        on_one_core,
        ours,
        limit,
        others,
    })
}
