//! What was done to a file, or is left to be done.

use crate::Output;

/// A file of the crate, and what came of it.
#[derive(Debug)]
pub(super) struct Step {
    path: String,
    what: What,
}

#[derive(Debug)]
enum What {
    Created,
    Changed(String),
    Kept,
    Left(String),
}

impl Step {
    pub(super) fn created(path: &str) -> Self {
        Self::new(path, What::Created)
    }

    pub(super) fn changed(path: &str, how: &str) -> Self {
        Self::new(path, What::Changed(how.to_owned()))
    }

    pub(super) fn kept(path: &str) -> Self {
        Self::new(path, What::Kept)
    }

    /// Something that the person has to write.
    pub(super) fn left(path: &str, what: &str) -> Self {
        Self::new(path, What::Left(what.to_owned()))
    }

    fn new(path: &str, what: What) -> Self {
        let path = path.to_owned();
        Self { path, what }
    }

    pub(super) fn is_left(&self) -> bool {
        matches!(self.what, What::Left(_))
    }

    pub(super) fn say(&self, output: &Output) {
        let path = &self.path;
        match &self.what {
            What::Created => output.done("Created", path),
            What::Changed(how) => output.done("Changed", &format!("{path}: {how}")),
            What::Kept => output.say(&format!("Kept    {path}")),
            What::Left(what) => output.step("Left", &format!("   {path}: {what}")),
        }
    }
}
