//! What a build made: the binary, and what is in it.

use std::{fs, path::PathBuf};

use serde::Serialize;
use xmcp_build::App;
use xmcp_config::{ProjectConfig, Transport};

use super::{binary, elf, target::Target};
use crate::{Failure, Project, Result};

/// The document of `--json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    package: String,
    version: String,
    path: PathBuf,
    bytes: u64,
    target: String,
    /// Whether it needs no shared library, where that can be seen.
    #[serde(rename = "static")]
    pub(super) is_static: Option<bool>,
    /// What it says to `--version`, if it runs here.
    runs: Option<String>,
    /// How it is reached without a flag.
    transport: &'static str,
    tools: Vec<String>,
    prompts: Vec<String>,
    resources: Vec<String>,
    skills: usize,
}

impl Report {
    /// Looks at the binary at `path`.
    pub(super) fn of(project: &Project, app: &App, path: PathBuf, target: &Target) -> Result<Self> {
        let metadata = fs::metadata(&path).map_err(|error| {
            Failure::new(format!("`{}` cannot be looked at", path.display()))
                .because(&error)
                .hint("build again; something removed it meanwhile")
        })?;
        let (config, _) = ProjectConfig::read(project.root());
        let tools = app.tools.iter().map(|tool| tool.name.to_string());
        let prompts = app.prompts.iter();
        let resources = app.resources.iter();
        Ok(Self {
            package: project.name().to_owned(),
            version: project.package().version.to_string(),
            bytes: metadata.len(),
            target: target.triple.clone(),
            is_static: elf::is_static(&path),
            runs: binary::version(&path),
            path,
            transport: match config.settings.server.transport {
                Transport::Http => "http",
                Transport::Stdio => "stdio",
            },
            tools: tools.collect(),
            prompts: prompts
                .map(|prompt| prompt.primitive.name.to_string())
                .collect(),
            resources: resources.map(|resource| resource.uri.to_string()).collect(),
            skills: app.skills.list.len(),
        })
    }

    /// The same for people.
    pub(super) fn lines(&self) -> Vec<String> {
        let other = match self.transport {
            "http" => "stdio with `--stdio`",
            _ => "http with `--http`",
        };
        let linked = match self.is_static {
            Some(true) => ", static",
            Some(false) | None => "",
        };
        let runs = match &self.runs {
            Some(version) => format!("yes, it is {version}"),
            None => "not on this machine".to_owned(),
        };
        let mut lines = vec![
            format!("{} ({})", self.path.display(), size(self.bytes)),
            format!("  target      {}{linked}", self.target),
            format!("  runs        {runs}"),
            format!("  transports  {}, and {other}", self.transport),
            format!("  tools       {}", listed(&self.tools)),
            format!("  prompts     {}", listed(&self.prompts)),
            format!("  resources   {}", listed(&self.resources)),
        ];
        if self.skills > 0 {
            lines.push(format!("  skills      {}", self.skills));
        }
        lines
    }
}

/// How many, and which: all of them where there are few.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 10;
    match names.len() {
        0 => "none".to_owned(),
        count if count <= SHOWN => format!("{count}: {}", names.join(", ")),
        count => format!("{count}: {}, ..", names[..SHOWN].join(", ")),
    }
}

fn size(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    match tenths {
        0 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{}.{} MB", tenths / 10, tenths % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::{listed, size};

    #[test]
    fn sizes_and_lists_are_short() {
        assert_eq!(size(900), "1 kB");
        assert_eq!(size(19_876_543), "19.8 MB");
        let names: Vec<_> = (0..12).map(|at| at.to_string()).collect();
        assert_eq!(listed(&names[..2]), "2: 0, 1");
        assert_eq!(listed(&names), "12: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ..");
        assert_eq!(listed(&[]), "none");
    }
}
