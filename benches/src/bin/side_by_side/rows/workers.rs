//! What a second worker thread costs: they wake each other up, and take work from each other.

use std::io;

use xmcp_benches::request::{Era, Request};

use super::figure_of;
use crate::{
    machine,
    options::Pace,
    programs::{Programs, start},
    rounds::median,
    row::{Budget, Row, Table},
    wrk,
};

const TWO_OF_ONE: Budget = Budget::AtMost(1.15);
const CONNECTIONS: usize = 32;

pub fn workers(programs: &Programs, pace: &Pace, table: &mut Table) {
    let measured = two_beside_one(programs, pace);
    let note = measured
        .as_ref()
        .map_or(String::new(), |(_, others)| machine::noise(*others));
    let ratio = figure_of(&measured, |(ratio, _)| *ratio);
    let what = "processor time a request, 2 worker threads of 1";
    table.add(Row::ratio(what, TWO_OF_ONE, ratio, note));
}

/// The ratio, and how much of a core others had.
fn two_beside_one(programs: &Programs, pace: &Pace) -> io::Result<(f64, f64)> {
    let servers = [
        start(programs.served_by_workers(1))?,
        start(programs.served_by_workers(2))?,
    ];
    let request = Request::greet(Era::Legacy);
    let mut others = 0.0_f64;
    let mut ratios = Vec::new();
    for server in &servers {
        wrk::load(server, &request, CONNECTIONS, pace.warm)?;
    }
    for _ in 0..pace.rounds {
        let mut times = [0.0; 2];
        for (time, server) in times.iter_mut().zip(&servers) {
            let measure = || wrk::load(server, &request, CONNECTIONS, pace.seconds);
            let (load, noise) = machine::in_calm(&[server], measure)?;
            *time = load.cpu_time;
            others = others.max(noise);
        }
        ratios.push(times[1] / times[0]);
    }
    Ok((median(ratios), others))
}
