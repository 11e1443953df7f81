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

/// The load takes its part of both cores, and a second thread is on its core half of the time. What that costs every server is in the
/// limit server's figure.
const OF_LIMIT: Budget = Budget::AtMost(1.15);
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
    add("", Budget::Stated, |measured| measured.ours);
    add(", the limit server's", Budget::Stated, |measured| {
        measured.limit
    });
    add(", as a multiple of limit", OF_LIMIT, |measured| {
        measured.ours / measured.limit
    });
}

struct Measured {
    /// What a request takes with two threads, as a multiple of what it takes with one.
    ours: f64,
    limit: f64,
    /// How much of a core others had.
    others: f64,
}

fn two_beside_one(programs: &Programs, pace: &Pace) -> io::Result<Measured> {
    let servers = [
        start(programs.served_by_workers(1))?,
        start(programs.served_by_workers(2))?,
        start(programs.limit_by_workers(1))?,
        start(programs.limit_by_workers(2))?,
    ];
    let request = Request::greet(Era::Legacy);
    let mut others = 0.0_f64;
    let (mut ours, mut limit) = (Vec::new(), Vec::new());
    for server in &servers {
        wrk::load(server, &request, CONNECTIONS, pace.warm)?;
    }
    for _ in 0..pace.rounds {
        let mut times = [0.0; 4];
        for (time, server) in times.iter_mut().zip(&servers) {
            let measure = || wrk::load(server, &request, CONNECTIONS, pace.seconds);
            let (load, noise) = machine::in_calm(&[server], measure)?;
            *time = load.cpu_time;
            others = others.max(noise);
        }
        ours.push(times[1] / times[0]);
        limit.push(times[3] / times[2]);
    }
    Ok(Measured {
        ours: median(ours),
        limit: median(limit),
        others,
    })
}
