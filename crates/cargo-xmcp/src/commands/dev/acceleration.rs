//! What makes builds faster, and when it can be had: the libraries of the app as a shared one (`dylib.rs`), and with it the way without
//! cargo (`direct.rs`). Both are made of what a build of cargo's has shown, while the app serves already.

use std::{io, path::Path, pin::Pin};

use super::{
    build::{Built, Order, Shown, With},
    direct::{Direct, Prepare},
    dylib::Dylib,
    invocation::Invocation,
};
use crate::Output;

type Making = Pin<Box<dyn Future<Output = Made>>>;

/// What has been made for the builds to come.
pub(super) struct Made {
    dylib: io::Result<Dylib>,
    direct: Option<io::Result<Direct>>,
}

/// What there is of it.
#[derive(Default)]
pub(super) struct Acceleration {
    is_wanted: bool,
    dylib: Option<Dylib>,
    direct: Option<Direct>,
    known: Option<Invocation>,
    making: Option<Making>,
    /// Whether cargo has linked a program with the library.
    is_proven: bool,
    /// Whether the build at work uses it.
    is_in_use: bool,
    /// Whether a build failed with it, and is done again without.
    is_suspected: bool,
    /// Whether the way without cargo led nowhere.
    is_direct_broken: bool,
    /// Why there is no such way, as it was said last.
    why_not: String,
}

impl Acceleration {
    pub(super) fn new(is_wanted: bool) -> Self {
        Self {
            is_wanted,
            ..Self::default()
        }
    }

    /// What the next build has of it.
    pub(super) fn with(&mut self) -> With {
        self.is_in_use = self.dylib.is_some();
        With {
            dylib: self.dylib.clone(),
            direct: self.direct.clone(),
            known: self.known.clone(),
        }
    }

    /// Learns of a build that has ended, and begins to make what is wanted now. Answers whether the build has to be done again, without the
    /// library or with another one.
    pub(super) fn learn(
        &mut self,
        built: &Built,
        order: &Order,
        target: &Path,
        output: &Output,
    ) -> bool {
        let Some(shown) = built.shown.as_ref().filter(|_| self.is_wanted) else {
            return false;
        };
        self.known = shown.invocation.clone().or(self.known.take());
        if shown.is_direct_broken {
            self.direct = None;
            self.is_direct_broken = true;
        }
        if self.is_in_use && shown.is_new_framework {
            self.forget();
            return true;
        }
        if built.result.is_err() {
            // The compiler had a look, and what it does not like may be the library.
            self.is_suspected = self.is_in_use && !self.is_proven && shown.parts.is_some();
            if self.is_suspected {
                self.forget();
            }
            return self.is_suspected;
        }
        if self.is_suspected {
            output.detail("  no shared library of the framework: the app cannot be linked with it");
            self.is_wanted = false;
            return false;
        }
        self.is_proven |= self.is_in_use;
        self.make(shown, order, target, output);
        false
    }

    fn forget(&mut self) {
        self.dylib = None;
        self.direct = None;
        self.is_proven = false;
    }

    fn make(&mut self, shown: &Shown, order: &Order, target: &Path, output: &Output) {
        let ground = match &shown.ground {
            Ok((ground, text)) if !self.is_direct_broken => Some((ground, text)),
            Ok(_) => None,
            Err(why) => {
                if *why != self.why_not {
                    output.detail(&format!("  edits are built by cargo: {why}"));
                    self.why_not.clone_from(why);
                }
                None
            }
        };
        let parts = match ground {
            Some((ground, _)) => Some(ground.parts()),
            None => shown.parts.clone(),
        };
        let Some(parts) = parts.filter(|_| self.making.is_none()) else {
            return;
        };
        let dylib = self.dylib.clone().filter(|dylib| match ground {
            Some(_) => dylib.is_of(&parts),
            // It has these as well, if nothing was built anew.
            None => dylib.is_as_before(),
        });
        if let (Some(dylib), Some((ground, _)), Some(direct)) = (&dylib, ground, &self.direct)
            && direct.is_of(ground, dylib)
        {
            self.direct = Some(direct.clone().after(ground.clone()));
            return;
        }
        if dylib.is_some() && ground.is_none() {
            return;
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
    }

    /// Waits for what is being made. Cancel safe.
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

    /// Takes what was made.
    pub(super) fn take(&mut self, made: Made, output: &Output) {
        match made.dylib {
            Ok(dylib) => self.dylib = Some(dylib),
            Err(error) => {
                output.detail(&format!("  no shared library of the framework: {error}"));
                self.is_wanted = false;
                self.forget();
                return;
            }
        }
        match made.direct {
            Some(Ok(direct)) => {
                self.direct = Some(direct);
                output.detail("  edits are built by rustc alone from now on");
            }
            Some(Err(error)) => {
                self.is_direct_broken = true;
                output.detail(&format!("  edits are built by cargo: {error}"));
            }
            None => output.detail("  edits are linked with a shared library from now on"),
        }
    }
}
