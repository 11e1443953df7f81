//! The framework as a shared library, from when it is made to when it is given up. Builds go on without, whatever is wrong with it: what
//! others do in the same target folder can spoil it at any time.

use std::{io, os::unix::process::ExitStatusExt, pin::Pin, process::ExitStatus};

use super::{
    build::{Built, Order},
    dylib::{Dylib, Parts},
};
use crate::Project;

/// How often processes may fail with it before there is none any more.
const FALLS: u8 = 2;
/// What the dynamic loader ends a process with when a library is missing, or is not what it was linked with.
const NOT_LOADED: i32 = 127;
/// What rustc calls it when a library is not there, not whole, or not of the crates that it compiles with.
const UNFIT: [&str; 6] = ["E0460", "E0463", "E0514", "E0519", "E0786", "xmcp_dylib"];

type Making = Pin<Box<dyn Future<Output = io::Result<Dylib>>>>;

/// The library, and what has been seen of it.
#[derive(Default)]
pub(super) struct Acceleration {
    is_wanted: bool,
    dylib: Option<Dylib>,
    making: Option<Making>,
    /// Whether a program has been linked with it.
    is_proven: bool,
    /// Whether the build at work uses it.
    is_in_use: bool,
    /// Where the program that was built last has its libraries from.
    search_path: Option<String>,
    falls: u8,
}

impl Acceleration {
    pub(super) fn new(is_wanted: bool) -> Self {
        Self {
            is_wanted,
            ..Self::default()
        }
    }

    /// The order with the library, if there is one.
    pub(super) fn of(&mut self, order: Order) -> Order {
        let folder = self.dylib.as_ref().map(Dylib::folder);
        self.is_in_use = folder.is_some();
        order.with_dylib(folder)
    }

    /// What a build has shown, and whether it has to be done again without, or with another one.
    pub(super) fn learn(&mut self, built: &Built) -> bool {
        if !self.is_in_use {
            if built.result.is_ok() {
                self.search_path = None;
            }
            return false;
        }
        if built.is_new_framework {
            self.forget();
            return true;
        }
        match (&built.result, &built.parts) {
            (Ok(_), _) => {
                self.is_proven = true;
                self.search_path = self.dylib.as_ref().map(Dylib::search_path);
                false
            }
            // The compiler has not looked at it yet.
            (Err(_), None) => false,
            (Err(problems), Some(_)) => {
                let is_to_blame = !self.is_proven || is_unfit(problems);
                if is_to_blame {
                    self.forget();
                }
                is_to_blame
            }
        }
    }

    /// Makes one of these parts, unless there is one of them or another is being made.
    pub(super) fn begin(&mut self, project: &Project, parts: Parts) {
        let is_had = self.dylib.as_ref().is_some_and(|dylib| dylib.is_of(&parts));
        if self.is_wanted && self.making.is_none() && !is_had {
            let (root, target) = (project.root(), project.target_directory());
            self.making = Some(Box::pin(Dylib::make(
                root.to_owned(),
                target.to_owned(),
                parts,
            )));
        }
    }

    /// Waits until the one that is made is there. Cancel safe.
    ///
    /// # Errors
    ///
    /// When it cannot be made. There is no other attempt.
    pub(super) async fn made(&mut self) -> io::Result<()> {
        let made = match &mut self.making {
            Some(making) => making.await,
            None => std::future::pending().await,
        };
        (self.making, self.is_proven) = (None, false);
        match made {
            Ok(dylib) => self.dylib = Some(dylib),
            Err(error) => {
                self.is_wanted = false;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Where the program that was built last has its libraries from, as `LD_LIBRARY_PATH` has it.
    pub(super) fn search_path(&self) -> Option<String> {
        let at_hand = || self.dylib.as_ref().map(Dylib::search_path);
        self.search_path.clone().or_else(at_hand)
    }

    /// Whether a process that ended like this before it said a word is to be built again without: the library may be at fault.
    pub(super) fn falls(&mut self, status: &io::Result<ExitStatus>) -> bool {
        if self.search_path.is_none() || !status.as_ref().is_ok_and(is_of_loader) {
            return false;
        }
        self.forget();
        self.falls += 1;
        self.is_wanted &= self.falls < FALLS;
        true
    }

    fn forget(&mut self) {
        (self.dylib, self.is_proven) = (None, false);
    }
}

fn is_of_loader(status: &ExitStatus) -> bool {
    // Code that is gone, or is cut off, ends a process with a signal.
    status.code() == Some(NOT_LOADED) || status.signal().is_some()
}

fn is_unfit(problems: &[String]) -> bool {
    let mut all = problems.iter();
    all.any(|problem| UNFIT.iter().any(|sign| problem.contains(sign)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked() -> Acceleration {
        Acceleration {
            search_path: Some("/target/xmcp-dev".to_owned()),
            ..Acceleration::new(true)
        }
    }

    #[test]
    fn a_process_that_cannot_load_it_is_built_again_without_and_twice_at_most() {
        let not_loaded = || Ok(ExitStatus::from_raw(NOT_LOADED << 8));
        let bus_error = || Ok(ExitStatus::from_raw(7));
        let mut acceleration = linked();
        assert!(acceleration.falls(&not_loaded()));
        assert!(acceleration.is_wanted, "another one may be whole");
        assert!(acceleration.falls(&bus_error()));
        assert!(!acceleration.is_wanted);
    }

    #[test]
    fn a_process_that_ends_by_itself_has_nothing_to_do_with_it() {
        assert!(!linked().falls(&Ok(ExitStatus::from_raw(1 << 8))));
        let mut without = Acceleration::new(true);
        assert!(!without.falls(&Ok(ExitStatus::from_raw(7))));
    }

    #[test]
    fn an_error_of_the_library_is_told_from_one_of_the_app() {
        let errors = |text: &str| [text.to_owned()];
        assert!(is_unfit(&errors(
            "error[E0460]: found possibly newer version of crate `xmcp` which `xmcp_dylib` depends on"
        )));
        assert!(is_unfit(&errors(
            "\u{1b}[1merror[E0786]\u{1b}[0m: found invalid metadata files"
        )));
        assert!(!is_unfit(&errors("error[E0308]: mismatched types")));
    }
}
