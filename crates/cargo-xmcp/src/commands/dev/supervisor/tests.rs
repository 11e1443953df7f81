//! What is decided, event by event, and whatever the order.

use super::{Effect::*, Event::*, *};

/// One that serves generation 0.
fn serving() -> Supervisor {
    let mut supervisor = Supervisor::default();
    for event in [Changed, Built { is_new: true }, Ready(0)] {
        supervisor.on(event);
    }
    assert!(supervisor.is_serving());
    supervisor
}

fn all(supervisor: &mut Supervisor, events: &[Event]) -> Vec<Effect> {
    events
        .iter()
        .flat_map(|event| supervisor.on(*event))
        .collect()
}

#[test]
fn the_old_one_retires_once_the_new_one_is_ready_and_not_before() {
    let mut supervisor = serving();
    assert_eq!(supervisor.on(Changed), [Build]);
    assert_eq!(supervisor.on(Built { is_new: true }), [Start(1)]);
    assert_eq!(supervisor.on(Event::Ready(1)), [Retire(0)]);
    assert_eq!(supervisor.on(Left(0)), [Serve(1)]);
    assert_eq!(supervisor.on(Left(0)), [], "it has been heard");
    assert_eq!(supervisor.on(Ended(0)), []);
}

#[test]
fn one_that_ends_without_a_word_has_let_go_too() {
    let mut supervisor = serving();
    supervisor.on(Built { is_new: true });
    assert_eq!(supervisor.on(Event::Ready(1)), [Retire(0)]);
    assert_eq!(supervisor.on(Ended(0)), [Serve(1)]);
}

#[test]
fn one_that_is_overtaken_before_it_serves_never_does() {
    let mut supervisor = serving();
    supervisor.on(Built { is_new: true });
    supervisor.on(Event::Ready(1));
    supervisor.on(Built { is_new: true });
    assert_eq!(supervisor.on(Event::Ready(2)), [Kill(1)]);
    assert_eq!(supervisor.on(Ended(1)), []);
    assert_eq!(supervisor.on(Left(0)), [Serve(2)]);
}

#[test]
fn a_build_that_fails_changes_nothing() {
    let mut supervisor = serving();
    assert_eq!(all(&mut supervisor, &[Changed, BuildFailed]), [Build]);
    assert!(supervisor.is_serving());
}

#[test]
fn a_program_that_is_the_same_is_not_started_again_unless_nobody_serves() {
    let mut supervisor = serving();
    assert_eq!(
        all(&mut supervisor, &[Changed, Built { is_new: false }]),
        [Build]
    );
    let mut supervisor = Supervisor::default();
    assert_eq!(
        all(&mut supervisor, &[Changed, Built { is_new: false }]),
        [Build, Start(0)]
    );
}

#[test]
fn a_process_that_does_not_come_up_leaves_the_old_one_where_it_is() {
    let mut supervisor = serving();
    supervisor.on(Built { is_new: true });
    assert_eq!(supervisor.on(Ended(1)), [SayFailed { goes_on: true }]);
    assert!(supervisor.is_serving());
    assert_eq!(
        all(
            &mut supervisor,
            &[Changed, Built { is_new: true }, Event::Ready(2)]
        ),
        [Build, Start(2), Retire(0)]
    );
}

#[test]
fn a_later_program_overtakes_one_that_is_still_starting() {
    let mut supervisor = serving();
    supervisor.on(Built { is_new: true });
    assert_eq!(supervisor.on(Changed), [Build]);
    assert_eq!(supervisor.on(Built { is_new: true }), [Kill(1), Start(2)]);
    assert_eq!(supervisor.on(Event::Ready(1)), [], "it comes too late");
    assert_eq!(supervisor.on(Ended(1)), []);
    assert_eq!(supervisor.on(Event::Ready(2)), [Retire(0)]);
}

#[test]
fn another_environment_needs_no_build() {
    let mut supervisor = serving();
    assert_eq!(supervisor.on(Reconfigured), [Start(1)]);
    let mut supervisor = serving();
    assert_eq!(
        all(&mut supervisor, &[Changed, Reconfigured, BuildFailed]),
        [Build, Start(1)],
        "what was built before is good enough"
    );
    assert_eq!(Supervisor::default().on(Reconfigured), []);
}

#[test]
fn one_that_ends_by_itself_is_started_again_once() {
    let mut supervisor = serving();
    assert_eq!(
        supervisor.on(Ended(0)),
        [SayEnded { again: true }, Start(1)]
    );
    supervisor.on(Event::Ready(1));
    assert_eq!(supervisor.on(Ended(1)), [SayEnded { again: false }]);
    assert_eq!(
        all(&mut supervisor, &[Changed, Built { is_new: false }]),
        [Build, Start(2)]
    );
}

#[test]
fn one_that_ends_by_itself_during_a_build_is_followed_by_another_whatever_is_built() {
    for (built, start) in [
        (Built { is_new: false }, 1),
        (Built { is_new: true }, 1),
        (BuildFailed, 1),
    ] {
        let mut supervisor = serving();
        assert_eq!(
            all(&mut supervisor, &[Changed, Ended(0), built]),
            [Build, SayEnded { again: true }, Start(start)],
            "{built:?}"
        );
    }
}

#[test]
fn one_that_takes_the_place_of_another_which_ended_serves_once() {
    let mut supervisor = serving();
    supervisor.on(Built { is_new: true });
    assert_eq!(supervisor.on(Event::Ready(1)), [Retire(0)]);
    assert_eq!(
        supervisor.on(Ended(1)),
        [SayEnded { again: true }, Start(2)]
    );
    assert_eq!(supervisor.on(Event::Ready(2)), []);
    assert_eq!(supervisor.on(Left(0)), [Serve(2)]);
    assert_eq!(supervisor.on(Left(0)), []);
}

#[test]
fn a_program_that_did_not_come_up_is_tried_again_although_the_next_build_finds_nothing_new() {
    let mut supervisor = serving();
    supervisor.on(Built { is_new: true });
    assert_eq!(supervisor.on(Ended(1)), [SayFailed { goes_on: true }]);
    assert_eq!(
        all(&mut supervisor, &[Changed, Built { is_new: false }]),
        [Build, Start(2)]
    );
}

#[test]
fn a_program_that_another_build_mends_is_built_again_and_nothing_is_said() {
    let mut supervisor = serving();
    supervisor.on(Built { is_new: true });
    assert_eq!(supervisor.on(Spoilt(1)), [Build]);
    assert_eq!(supervisor.on(Built { is_new: false }), [Start(2)]);
    assert_eq!(supervisor.on(Interrupted), [Stop(2), Stop(0), Finish]);
    assert_eq!(supervisor.on(Spoilt(2)), []);
    assert_eq!(supervisor.on(Ended(0)), [Quit]);
}

#[test]
fn whatever_happens_what_was_built_last_serves_in_the_end() {
    // Every way through six steps, each of which is what may happen then.
    let mut ways = vec![(Supervisor::default(), Vec::new())];
    for _ in 0..6 {
        ways = ways.into_iter().flat_map(further).collect();
    }
    for (supervisor, way) in ways {
        settles(supervisor, way);
    }
}

/// A supervisor with the effects whose end it has not heard of yet.
type Way = (Supervisor, Vec<Effect>);

/// What becomes of a supervisor when one more thing happens.
fn further((supervisor, open): Way) -> Vec<Way> {
    let mut happens = vec![(Changed, Vec::new()), (Reconfigured, Vec::new())];
    for effect in &open {
        let done = vec![*effect];
        match *effect {
            Build => happens.extend([
                (BuildFailed, done.clone()),
                (Built { is_new: false }, done.clone()),
                (Built { is_new: true }, done),
            ]),
            Start(generation) => {
                happens.extend([
                    (Event::Ready(generation), vec![*effect]),
                    (Ended(generation), vec![*effect]),
                    (Spoilt(generation), vec![*effect]),
                ]);
            }
            Retire(generation) => happens.push((Left(generation), done)),
            _ => {}
        }
    }
    if let Some(serving) = supervisor.serving {
        happens.push((Ended(serving), vec![Retire(serving)]));
    }
    happens
        .into_iter()
        .map(|(event, done)| {
            let mut supervisor = supervisor.clone();
            let open = open.iter().copied().filter(|one| !done.contains(one));
            let mut open: Vec<_> = open.collect();
            for effect in supervisor.on(event) {
                if effect == Build {
                    open.retain(|other| *other != Build);
                }
                open.push(effect);
            }
            (supervisor, open)
        })
        .collect()
}

/// From here on all goes well: a change is built, what is started is ready, and who is told to leave leaves.
fn settles(mut supervisor: Supervisor, way: Vec<Effect>) {
    let shown = format!("{supervisor:?} {way:?}");
    let mut open: std::collections::VecDeque<_> = way.into();
    open.retain(|effect| *effect != Build);
    open.extend(supervisor.on(Changed));
    let mut last = None;
    while let Some(effect) = open.pop_front() {
        open.extend(match effect {
            Build => supervisor.on(Built { is_new: true }),
            Start(generation) => supervisor.on(Event::Ready(generation)),
            Retire(generation) => supervisor.on(Left(generation)),
            Kill(generation) => supervisor.on(Ended(generation)),
            Serve(generation) => {
                last = Some(generation);
                Vec::new()
            }
            _ => Vec::new(),
        });
    }
    assert_eq!(last, Some(supervisor.next - 1), "{shown}");
    assert_eq!(supervisor.serving, last, "{shown}");
}

#[test]
fn the_end_waits_for_everybody_and_a_second_word_does_not() {
    let mut supervisor = serving();
    supervisor.on(Built { is_new: true });
    assert_eq!(supervisor.on(Interrupted), [Stop(1), Stop(0), Finish]);
    assert_eq!(supervisor.on(Event::Ready(1)), []);
    assert_eq!(supervisor.on(Changed), []);
    assert_eq!(supervisor.on(Ended(0)), []);
    assert_eq!(supervisor.on(Interrupted), [Kill(1), Quit]);
    assert_eq!(supervisor.on(Ended(1)), [Quit]);
    assert_eq!(Supervisor::default().on(Interrupted), [Quit]);
}
