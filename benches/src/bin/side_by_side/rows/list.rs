//! The list of tools, over the wire. What a long one costs is a row of its instructions.

use std::io;

use xmcp_benches::request::{Era, Request};

use super::compared;
use crate::{
    options::Pace,
    programs::{Programs, start},
    rounds::{Contestant, Figure, Rounds, rounds},
    row::{Budget, Table},
};

const CONNECTIONS: usize = 32;
const OF_LIMIT: Budget = Budget::AtLeast(0.95);

pub fn two_tools(programs: &Programs, pace: &Pace, table: &mut Table) {
    for era in Era::BOTH {
        let measured = beside_limit(programs, era, pace);
        let what = format!(
            "tools/list {}, 2 tools, {CONNECTIONS} connections: throughput of limit",
            era.version()
        );
        let by = (Figure::Throughput, 1);
        table.add(compared(what, OF_LIMIT, &measured, by));
    }
}

fn beside_limit(programs: &Programs, era: Era, pace: &Pace) -> io::Result<Rounds> {
    let servers = [start(programs.served(2))?, start(programs.limit(2))?];
    let request = &Request::list(era);
    let contestants = servers
        .each_ref()
        .map(|server| Contestant { server, request });
    rounds(&contestants, CONNECTIONS, pace)
}
