//! Servers side by side: one after the other in each round, in another order each time, so that what changes on the machine meets all.

use std::io;

use xmcp_benches::{request::Request, server::Server};

use super::{
    machine,
    options::Pace,
    wrk::{self, Load},
};

/// A server, and what it is asked.
pub struct Contestant<'a> {
    pub server: &'a Server,
    pub request: &'a Request,
}

/// What came of all rounds: for each round, a load of every contestant.
pub struct Rounds {
    rounds: Vec<Vec<Load>>,
    /// How much of a core others had in the noisiest round.
    pub others: f64,
}

/// What two contestants are compared by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Throughput,
    P99,
    CpuTime,
}

impl Figure {
    fn of(self, load: &Load) -> f64 {
        match self {
            Self::Throughput => load.per_second,
            Self::P99 => load.p99,
            Self::CpuTime => load.cpu_time,
        }
    }
}

/// Loads them with so many connections.
///
/// # Errors
///
/// As [`wrk::load`].
pub fn rounds(
    contestants: &[Contestant<'_>],
    connections: usize,
    pace: &Pace,
) -> io::Result<Rounds> {
    let mut others = 0.0_f64;
    for contestant in contestants {
        wrk::load(
            contestant.server,
            contestant.request,
            connections,
            pace.warm,
        )?;
    }
    let mut rounds = Vec::new();
    for round in 0..pace.rounds {
        let mut loads = vec![None; contestants.len()];
        for turn in 0..contestants.len() {
            let place = (round + turn) % contestants.len();
            let Contestant { server, request } = &contestants[place];
            let measure = || wrk::load(server, request, connections, pace.seconds);
            let (load, noise) = machine::in_calm(&[server], measure)?;
            loads[place] = Some(load);
            others = others.max(noise);
        }
        rounds.push(loads.into_iter().flatten().collect());
    }
    Ok(Rounds { rounds, others })
}

impl Rounds {
    /// The median over the rounds of the one's figure as a multiple of the other's, in the order in which they were given. Of the slowest
    /// requests the median of each by itself: one in a hundred waits because the machine had something else to do, in some rounds
    /// three times as long as in others, and whom of two that meets in a round says nothing of either.
    pub fn ratio(&self, figure: Figure, of: usize, to: usize) -> f64 {
        if figure == Figure::P99 {
            let usual = |place: usize| {
                let all = self.rounds.iter().map(|loads| figure.of(&loads[place]));
                median(all.collect())
            };
            return usual(of) / usual(to);
        }
        let ratio = |loads: &Vec<Load>| figure.of(&loads[of]) / figure.of(&loads[to]);
        median(self.rounds.iter().map(ratio).collect())
    }

    /// For a row's note: what a ratio of throughputs should be by what the servers took of their processor, which others disturb less.
    pub fn note(&self, figure: Figure, of: usize, to: usize) -> String {
        let noise = machine::noise(self.others);
        if figure != Figure::Throughput {
            return noise;
        }
        let by_time = format!(
            "{:.3} by processor time",
            self.ratio(Figure::CpuTime, to, of)
        );
        [by_time, noise]
            .into_iter()
            .filter(|note| !note.is_empty())
            .collect::<Vec<_>>()
            .join("; ")
    }
}

/// Not a number, if there are none.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => figures[middle],
        _ => f64::midpoint(figures[middle - 1], figures[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_the_median_of_what_each_round_gave() {
        let load = |per_second| Load {
            per_second,
            p99: 1.0,
            requests: 1,
            cpu_time: 1.0 / per_second,
        };
        // The machine became half as fast in the second round, and the third was disturbed.
        let rounds = Rounds {
            rounds: vec![
                vec![load(90.0), load(100.0)],
                vec![load(45.0), load(50.0)],
                vec![load(10.0), load(100.0)],
            ],
            others: 0.0,
        };
        assert!((rounds.ratio(Figure::Throughput, 0, 1) - 0.9).abs() < 1e-9);
        assert_eq!(
            rounds.note(Figure::Throughput, 0, 1),
            "0.900 by processor time"
        );
        assert_eq!(rounds.note(Figure::P99, 0, 1), "");
    }

    #[test]
    fn of_the_slowest_requests_each_ones_usual_round_is_compared() {
        let load = |p99| Load {
            per_second: 1.0,
            p99,
            requests: 1,
            cpu_time: 1.0,
        };
        let rounds = Rounds {
            rounds: vec![
                vec![load(300.0), load(900.0)],
                vec![load(2000.0), load(250.0)],
                vec![load(400.0), load(500.0)],
            ],
            others: 0.0,
        };
        assert!((rounds.ratio(Figure::P99, 0, 1) - 0.8).abs() < 1e-9);
    }

    #[test]
    fn the_median_of_an_even_number_is_between_the_middle_ones() {
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(median(vec![5.0, 1.0, 3.0]), 3.0);
        assert!(median(Vec::new()).is_nan());
    }
}
