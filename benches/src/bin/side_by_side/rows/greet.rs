//! A call of `greet`, with and without somebody to vouch for its caller.

use std::io;

use xmcp_benches::request::{Era, Request};

use super::compared;
use crate::{
    options::Pace,
    programs::{Programs, start},
    rounds::{Contestant, Figure, Rounds, rounds},
    row::{Budget, Table},
};

const CONNECTIONS: [usize; 2] = [32, 256];
const OF_LIMIT: Budget = Budget::AtLeast(0.90);
const OF_MACROS: Budget = Budget::AtLeast(3.3);
const P99_OF_LIMIT: Budget = Budget::AtMost(1.5);
const SIGNED_IN_OF_LIMIT: Budget = Budget::AtLeast(0.80);

/// Nobody vouches for anybody.
pub fn anyone(programs: &Programs, pace: &Pace, table: &mut Table) {
    for era in Era::BOTH {
        for connections in CONNECTIONS {
            let measured = beside_limit_and_macros(programs, era, connections, pace);
            let what = format!("greet {}, {connections} connections:", era.version());
            for (name, budget, figure, to) in [
                ("throughput of limit", OF_LIMIT, Figure::Throughput, 1),
                (
                    "throughput of rmcp's macros",
                    OF_MACROS,
                    Figure::Throughput,
                    2,
                ),
                ("p99 of limit", P99_OF_LIMIT, Figure::P99, 1),
            ] {
                let what = format!("{what} {name}");
                table.add(compared(what, budget, &measured, (figure, to)));
            }
        }
    }
}

/// With a token that was verified a moment ago.
pub fn signed_in(programs: &Programs, pace: &Pace, table: &mut Table) {
    for era in Era::BOTH {
        for connections in CONNECTIONS {
            let measured = protected_beside_limit(programs, era, connections, pace);
            let what = format!(
                "greet {}, {connections} connections, with a token: throughput of limit",
                era.version()
            );
            let by = (Figure::Throughput, 1);
            table.add(compared(what, SIGNED_IN_OF_LIMIT, &measured, by));
        }
    }
}

fn beside_limit_and_macros(
    programs: &Programs,
    era: Era,
    connections: usize,
    pace: &Pace,
) -> io::Result<Rounds> {
    let servers = [
        start(programs.served(2))?,
        start(programs.limit(2))?,
        start(programs.peer("macro"))?,
    ];
    let request = &Request::greet(era);
    let contestants = servers
        .each_ref()
        .map(|server| Contestant { server, request });
    rounds(&contestants, connections, pace)
}

/// Both get the token, though one does not look at it.
fn protected_beside_limit(
    programs: &Programs,
    era: Era,
    connections: usize,
    pace: &Pace,
) -> io::Result<Rounds> {
    let servers = [start(programs.protected())?, start(programs.limit(2))?];
    let request = &Request::greet(era).signed_in(&programs.token);
    let contestants = servers
        .each_ref()
        .map(|server| Contestant { server, request });
    rounds(&contestants, connections, pace)
}
