//! Cargo at work: how it is started, and that it is listened to.

use std::{
    env, io,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    time::sleep,
};

use super::{build::Order, cargo_output::CargoOutput, dylib, work::Work};
use crate::{Failure, Output, Result};

/// A build that takes longer than this shows what cargo does.
const PATIENCE: Duration = Duration::from_millis(1500);

/// One build of cargo's. When this is dropped, it is ended.
pub(super) struct Cargo(Work);

impl Cargo {
    /// Starts what is ordered.
    ///
    /// # Errors
    ///
    /// When cargo cannot be started.
    pub(super) fn start(order: &Order) -> Result<Self> {
        let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(program);
        command
            // It says how the app is compiled.
            .args([
                "build",
                "-vv",
                "--message-format=json-diagnostic-rendered-ansi",
            ])
            .arg("--manifest-path")
            .arg(order.root.join("Cargo.toml"))
            .args(["--package", &order.package, "--bin", &order.binary])
            .current_dir(&order.root);
        match &order.with.dylib {
            Some(dylib) => command.env(dylib::VARIABLE, dylib.folder()),
            None => command.env_remove(dylib::VARIABLE),
        };
        // What is relative there is so to where the person is, and not to where cargo is started.
        for name in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"] {
            if env::var_os(name).is_some() {
                command.env(name, &order.target);
            }
        }
        for features in &order.features {
            command.args(["--features", features]);
        }
        let work = Work::start(&mut command).map_err(|error| {
            Failure::new("cargo cannot be started")
                .because(&error)
                .hint("install Rust, or put cargo into your PATH")
        })?;
        Ok(Self(work))
    }

    /// Listens until it ends. Answers what it said, and whether it succeeded.
    pub(super) async fn attend(
        &mut self,
        mut said: CargoOutput,
        output: &Output,
    ) -> io::Result<(CargoOutput, bool)> {
        let started = Instant::now();
        let missing = || io::Error::from(io::ErrorKind::BrokenPipe);
        let mut stdout = BufReader::new(self.0.child.stdout.take().ok_or_else(missing)?).lines();
        let mut stderr = BufReader::new(self.0.child.stderr.take().ok_or_else(missing)?).lines();
        let (mut has_stdout, mut has_stderr) = (true, true);
        let mut held_back = Vec::new();
        while has_stdout || has_stderr {
            tokio::select! {
                line = stdout.next_line(), if has_stdout => match line? {
                    Some(line) => said.message(&line),
                    None => has_stdout = false,
                },
                line = stderr.next_line(), if has_stderr => match line? {
                    Some(line) if said.line(&line) => held_back.push(line),
                    Some(_) => {}
                    None => has_stderr = false,
                },
                () = sleep(PATIENCE.saturating_sub(started.elapsed())), if started.elapsed() < PATIENCE => {}
            }
            if started.elapsed() >= PATIENCE {
                for line in held_back
                    .drain(..)
                    .filter(|line| !line.contains("Finished"))
                {
                    output.say(&line);
                }
            }
        }
        let is_good = self.0.succeeded().await?;
        Ok((said, is_good))
    }
}
