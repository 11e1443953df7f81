//! What is asked for on the command line.

use std::path::PathBuf;

use super::case::{CASES, Case};

pub struct Options {
    /// Those that are named, or all of them.
    pub cases: Vec<&'static Case>,
    /// Where the profiles of our server are to stay, for `callgrind_annotate`.
    pub keep: Option<PathBuf>,
    /// Whether what is measured becomes the budgets.
    pub is_update: bool,
    /// Whether calls among more and more tools are counted, and nothing else.
    pub is_growth: bool,
}

impl Options {
    /// `[--update] [--keep FOLDER] [CASE..]`, or `--growth`
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            cases: Vec::new(),
            keep: None,
            is_update: false,
            is_growth: false,
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--update" => options.is_update = true,
                "--growth" => options.is_growth = true,
                "--keep" => {
                    let folder = arguments.next().ok_or("--keep needs a folder")?;
                    options.keep = Some(folder.into());
                }
                name => {
                    let case = CASES.iter().find(|case| case.name == name);
                    options
                        .cases
                        .push(case.ok_or_else(|| format!("there is no case `{name}`"))?);
                }
            }
        }
        if options.is_update && !options.cases.is_empty() {
            return Err("--update writes the budgets of all cases: name none".to_owned());
        }
        if options.cases.is_empty() {
            options.cases = CASES.iter().collect();
        }
        Ok(options)
    }
}
