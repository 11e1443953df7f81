//! What happens when: from an event to what is to be done about it. Nothing here touches a process, a file or a clock.
//!
//! 1. A process is replaced by one that says it is ready, never before. The new one serves once the old one has let go, so that no client
//!    meets the old one after the new one.
//! 2. What is built is what was last written: a change ends a build that has not seen it.
//! 3. A process that ends by itself is started again once, then with the next change.
//! 4. A program that did not come up is tried again with the next build, whether that made another one or not.

use std::collections::BTreeSet;

/// One process of the app, counted from the first.
pub(super) type Generation = u32;

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// Files changed that the build reads.
    Changed,
    /// Only what a process reads at its start changed.
    Reconfigured,
    /// The build found something wrong.
    BuildFailed,
    /// The build made a program. `is_new`: another one than before.
    Built { is_new: bool },
    /// The process could answer.
    Ready(Generation),
    /// The process was told to leave, and takes nothing more.
    Left(Generation),
    /// The process has ended.
    Ended(Generation),
    /// The process has ended, or could not be started, for a reason that another build mends.
    Spoilt(Generation),
    /// There is nothing more to serve: Ctrl-C, a signal, the end of the client's pipe.
    Interrupted,
}

/// Something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Build; a build that runs is given up.
    Build,
    /// Start a process of what was built last.
    Start(Generation),
    /// What comes is this process's now.
    Serve(Generation),
    /// Tell the process that another one is ready.
    Retire(Generation),
    /// Ask the process to end.
    Stop(Generation),
    /// End the process.
    Kill(Generation),
    /// Say that a process did not come up, and that the other one goes on if there is one.
    SayFailed { goes_on: bool },
    /// Say that the process which served has ended, and whether it is started again.
    SayEnded { again: bool },
    /// Give up a build that runs, and end once no process is left.
    Finish,
    /// End now.
    Quit,
}

/// What runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Supervisor {
    next: Generation,
    starting: Option<Generation>,
    serving: Option<Generation>,
    leaving: BTreeSet<Generation>,
    /// Who has to let go before the one that serves next does.
    awaited: Option<Generation>,
    is_building: bool,
    has_program: bool,
    /// A process is to be started although the program is the same.
    is_stale: bool,
    /// The one that served ended by itself since the last change.
    has_fallen: bool,
    /// What was built last did not come up.
    has_failed: bool,
    is_ending: bool,
}

impl Supervisor {
    /// What to do about an event.
    pub(super) fn on(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Interrupted if self.is_ending => self.everybody(Effect::Kill, Effect::Quit),
            Event::Interrupted => {
                self.is_ending = true;
                let last = match self.is_alone() {
                    true => Effect::Quit,
                    false => Effect::Finish,
                };
                self.everybody(Effect::Stop, last)
            }
            Event::Spoilt(generation) if self.starting == Some(generation) && !self.is_ending => {
                self.starting = None;
                (self.is_building, self.has_failed) = (true, true);
                vec![Effect::Build]
            }
            Event::Ended(generation) | Event::Spoilt(generation) => self.ended(generation),
            _ if self.is_ending => Vec::new(),
            Event::Changed => {
                self.is_building = true;
                self.has_fallen = false;
                vec![Effect::Build]
            }
            Event::Reconfigured => {
                self.is_stale = true;
                self.has_fallen = false;
                match self.is_building || !self.has_program {
                    true => Vec::new(),
                    false => self.start(),
                }
            }
            Event::BuildFailed => {
                self.is_building = false;
                match self.is_stale && self.has_program {
                    true => self.start(),
                    false => Vec::new(),
                }
            }
            Event::Built { is_new } => {
                self.is_building = false;
                self.has_program = true;
                let is_needed = is_new || self.is_stale || self.has_failed || self.is_down();
                match is_needed {
                    true => self.start(),
                    false => Vec::new(),
                }
            }
            Event::Ready(generation) => self.ready(generation),
            Event::Left(generation) => self.left(generation),
        }
    }

    /// Whether a process answers.
    pub(super) fn is_serving(&self) -> bool {
        self.serving.is_some()
    }

    /// Whether this process is the next one, and has not said that it is ready.
    pub(super) fn is_starting(&self, generation: Generation) -> bool {
        self.starting == Some(generation)
    }

    fn start(&mut self) -> Vec<Effect> {
        (self.is_stale, self.has_failed) = (false, false);
        let generation = self.next;
        self.next += 1;
        let overtaken = self.starting.replace(generation);
        self.leaving.extend(overtaken);
        let kill = overtaken.map(Effect::Kill);
        kill.into_iter()
            .chain([Effect::Start(generation)])
            .collect()
    }

    fn ready(&mut self, generation: Generation) -> Vec<Effect> {
        if self.starting != Some(generation) {
            return Vec::new();
        }
        self.starting = None;
        let old = self.serving.replace(generation);
        self.leaving.extend(old);
        match (old, self.awaited) {
            (None, None) => vec![Effect::Serve(generation)],
            // The one between them ended by itself: this one waits in its place.
            (None, Some(_)) => Vec::new(),
            // The old one has not served yet: it waits for the same process as this one.
            (Some(old), Some(_)) => vec![Effect::Kill(old)],
            (Some(old), None) => {
                self.awaited = Some(old);
                vec![Effect::Retire(old)]
            }
        }
    }

    fn left(&mut self, generation: Generation) -> Vec<Effect> {
        if self.awaited != Some(generation) {
            return Vec::new();
        }
        self.awaited = None;
        self.serving.map(Effect::Serve).into_iter().collect()
    }

    fn ended(&mut self, generation: Generation) -> Vec<Effect> {
        self.leaving.remove(&generation);
        let (was_starting, was_serving) = (
            self.starting == Some(generation),
            self.serving == Some(generation),
        );
        if was_starting {
            self.starting = None;
        }
        if was_serving {
            self.serving = None;
        }
        if self.is_ending {
            return match self.is_alone() {
                true => vec![Effect::Quit],
                false => Vec::new(),
            };
        }
        if was_starting {
            self.has_failed = true;
            return vec![Effect::SayFailed {
                goes_on: self.is_serving(),
            }];
        }
        if !was_serving {
            return self.left(generation);
        }
        let is_first = !std::mem::replace(&mut self.has_fallen, true);
        let again = is_first || self.starting.is_some();
        // A build that runs starts one, whatever comes of it.
        self.is_stale |= is_first && self.is_building;
        let start = match is_first && self.is_down() && !self.is_building {
            true => self.start(),
            false => Vec::new(),
        };
        [Effect::SayEnded { again }]
            .into_iter()
            .chain(start)
            .collect()
    }

    /// Whether nobody answers, and nobody is about to.
    fn is_down(&self) -> bool {
        self.starting.is_none() && self.serving.is_none()
    }

    fn is_alone(&self) -> bool {
        self.is_down() && self.leaving.is_empty()
    }

    fn everybody(&self, effect: fn(Generation) -> Effect, last: Effect) -> Vec<Effect> {
        let up = self.starting.iter().chain(&self.serving);
        let all = up.chain(&self.leaving).copied().map(effect);
        all.chain([last]).collect()
    }
}

#[cfg(test)]
mod tests;
