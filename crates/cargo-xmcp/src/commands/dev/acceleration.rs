//! What makes builds faster, from when it is made to when it is given up: the libraries of the app as a shared one (`dylib.rs`), and with it
//! the way without cargo (`direct.rs`). Both are made of what a build of cargo's has shown, while the app serves already. Builds go on without,
//! whatever is wrong with it: what others do in the same target folder can spoil it at any time.

use std::{io, os::unix::process::ExitStatusExt, path::Path, pin::Pin, process::ExitStatus};

use super::{
    build::{Built, Order, With},
    direct::{Direct, Prepare},
    dylib::Dylib,
    invocation::Invocation,
};

/// How often processes may fail with it before there is none any more.
const FALLS: u8 = 2;
/// What the dynamic loader ends a process with when a library is missing, or is not what it was linked with.
const NOT_LOADED: i32 = 127;
/// What rustc calls it when a library is not there, not whole, or not of the crates that it compiles with.
const UNFIT: [&str; 6] = ["E0460", "E0463", "E0514", "E0519", "E0786", "xmcp_dylib"];

type Making = Pin<Box<dyn Future<Output = Made>>>;

/// What has been made for the builds to come.
pub(super) struct Made {
    dylib: io::Result<Dylib>,
    direct: Option<io::Result<Direct>>,
}

/// What there is, and what has been seen of it.
#[derive(Default)]
pub(super) struct Acceleration {
    is_wanted: bool,
    dylib: Option<Dylib>,
    direct: Option<Direct>,
    making: Option<Making>,
    /// How cargo compiled the app's library last.
    known: Option<Invocation>,
    /// Whether a program has been linked with the library.
    is_proven: bool,
    /// Whether the build at work uses it.
    is_in_use: bool,
    /// Whether a build failed with it, and is done again without.
    is_suspected: bool,
    /// Where the program that was built last has its libraries from.
    search_path: Option<String>,
    falls: u8,
    /// How often rustc alone has led nowhere.
    detours: u8,
    /// Why there is no way without cargo, as it was said last.
    why: String,
}

impl Acceleration {
    pub(super) fn new(is_wanted: bool) -> Self {
        Self {
            is_wanted,
            ..Self::default()
        }
    }

    /// The order with what there is.
    pub(super) fn of(&mut self, order: Order) -> Order {
        self.is_in_use = self.dylib.is_some();
        order.with(With {
            dylib: self.dylib.clone(),
            direct: self.direct.clone(),
            known: self.known.clone(),
        })
    }

    /// What a build has shown, and whether it has to be done again without the library, or with another one.
    pub(super) fn learn(&mut self, built: &Built) -> bool {
        if let Ok(program) = &built.result {
            self.search_path.clone_from(&program.search_path);
        }
        // Rustc alone has shown nothing new.
        let Some(shown) = &built.shown else {
            return false;
        };
        self.known = shown.invocation.clone().or(self.known.take());
        if shown.is_direct_broken {
            self.direct = None;
            self.detours += 1;
        }
        if !self.is_in_use {
            // It went without what it was suspected of.
            self.is_wanted &= !(self.is_suspected && built.result.is_ok());
            self.is_suspected = false;
            return false;
        }
        if shown.is_new_framework {
            self.forget();
            return true;
        }
        match (&built.result, &shown.parts) {
            (Ok(_), _) => {
                self.is_proven = true;
                false
            }
            // The compiler has not looked at it yet.
            (Err(_), None) => false,
            (Err(problems), Some(_)) => {
                self.is_suspected = !self.is_proven;
                let is_to_blame = !self.is_proven || is_unfit(problems);
                if is_to_blame {
                    self.forget();
                }
                is_to_blame
            }
        }
    }

    /// Makes what can be made of what a build has shown, unless it is there or is being made. Answers why there is no way without cargo, when
    /// that is news.
    pub(super) fn begin(&mut self, built: &Built, order: &Order, target: &Path) -> Option<String> {
        let shown = built.shown.as_ref()?;
        if !self.is_wanted || built.result.is_err() {
            return None;
        }
        let ground = match &shown.ground {
            Ok(ground) => Some(ground).filter(|_| self.detours < FALLS),
            Err(_) => None,
        };
        let why = shown.ground.as_ref().err().cloned().unwrap_or_default();
        let is_news = why != self.why && !why.is_empty();
        self.why.clone_from(&why);
        let news = is_news.then_some(why);
        let parts = match ground {
            Some((ground, _)) => Some(ground.parts()),
            None => shown.parts.clone(),
        };
        let Some(parts) = parts.filter(|_| self.making.is_none()) else {
            return news;
        };
        let dylib = self.dylib.clone().filter(|dylib| match ground {
            Some(_) => dylib.is_of(&parts),
            // It has the framework as well, if that was not built anew.
            None => dylib.is_as_before(),
        });
        if let (Some(dylib), Some((ground, _)), Some(direct)) = (&dylib, ground, &self.direct)
            && direct.is_of(ground, dylib)
        {
            self.direct = Some(direct.clone().after(ground.clone()));
            return news;
        }
        if dylib.is_some() && ground.is_none() {
            return news;
        }
        // Its folder is free for another one.
        self.direct = None;
        let prepare = ground.map(|(ground, text)| Prepare {
            ground: ground.clone(),
            text: text.clone(),
            target: target.to_owned(),
            workspace: order.workspace.clone(),
            binary: order.binary.clone(),
        });
        let (root, target) = (order.root.clone(), target.to_owned());
        self.making = Some(Box::pin(async move {
            let dylib = match dylib {
                Some(dylib) => Ok(dylib),
                None => Dylib::make(&root, &target, parts).await,
            };
            let direct = match (&dylib, prepare) {
                (Ok(dylib), Some(prepare)) => Some(Direct::prepare(prepare, dylib.clone()).await),
                _ => None,
            };
            Made { dylib, direct }
        }));
        news
    }

    /// Waits until what is made is there. Cancel safe.
    pub(super) async fn made(&mut self) -> Made {
        match &mut self.making {
            Some(making) => {
                let made = making.await;
                self.making = None;
                made
            }
            None => std::future::pending().await,
        }
    }

    /// Takes what was made, and answers what that means for people. What cannot be made is not tried again.
    pub(super) fn take(&mut self, made: Made) -> String {
        match made.dylib {
            Ok(dylib) => {
                let is_other = |before: &Dylib| before.folder() != dylib.folder();
                self.is_proven &= !self.dylib.as_ref().is_none_or(is_other);
                self.dylib = Some(dylib);
            }
            Err(error) => {
                self.is_wanted = false;
                self.forget();
                return format!("no shared library of the framework: {error}");
            }
        }
        match made.direct {
            Some(Ok(direct)) => {
                self.direct = Some(direct);
                "edits are built by rustc alone from now on".to_owned()
            }
            Some(Err(error)) => {
                self.detours = FALLS;
                format!("edits are built by cargo: {error}")
            }
            None => "edits are linked with a shared library from now on".to_owned(),
        }
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
        (self.dylib, self.direct, self.is_proven) = (None, None, false);
    }
}

fn is_of_loader(status: &ExitStatus) -> bool {
    // Code that is gone, or is cut off, ends a process with a signal.
    status.code() == Some(NOT_LOADED) || status.signal().is_some()
}

/// Whether it is the library that a compiler does not like.
pub(super) fn is_unfit(problems: &[String]) -> bool {
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
