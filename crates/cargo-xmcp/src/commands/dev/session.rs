//! The command at work: what `supervisor/` decides is done here, and what happens is told to it.

use std::{
    pin::Pin,
    process::ExitCode,
    time::{Duration, Instant},
};

use tokio::{runtime, time::timeout};
use xmcp_build::App;

use super::{
    Arguments,
    acceleration::Acceleration,
    build::{Built, Order, Program},
    changes::Surface,
    edit::Edit,
    emulator::LocalScalekit,
    in_effect::InEffect,
    patience::{Over, Patience, SLOW},
    processes::{Heard, Processes, Talk},
    report,
    server::Word,
    supervisor::{Effect, Event, Generation, Supervisor},
    watch::{Batch, Watch},
    watched::Watched,
};
use crate::{Failure, Output, Project, Result, signals::Signals};

pub(super) fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::new("the runtime cannot be started").because(&error))?;
    let result = runtime.block_on(async {
        let (session, talk) = Session::new(arguments, output)?;
        session.run(talk).await
    });
    // The thread that waits for a line of the client's does not hold up the end.
    runtime.shutdown_background();
    result
}

type Building<'a> = Pin<Box<dyn Future<Output = Result<Built>> + 'a>>;

struct Session<'a> {
    arguments: &'a Arguments,
    output: &'a Output,
    project: Project,
    order: Order,
    app: App,
    program: Option<Program>,
    supervisor: Supervisor,
    processes: Processes<'a>,
    scalekit: Option<LocalScalekit>,
    building: Option<Building<'a>>,
    acceleration: Acceleration,
    /// What is served, and what was built since.
    served: Option<Surface>,
    /// Whether the last program could not be started, and was built again.
    is_repeated: bool,
    patience: Patience,
    warned: Vec<String>,
    edit: Edit,
}

/// What the system has to take away processes that were killed.
const BURIAL: Duration = Duration::from_secs(1);

impl<'a> Session<'a> {
    fn new(arguments: &'a Arguments, output: &'a Output) -> Result<(Self, Talk)> {
        let project = Project::find(&arguments.project)?;
        let order = Order::new(&project, &arguments.features)?;
        let in_effect = InEffect::read(project.root(), arguments);
        let (processes, talk) = Processes::new(&in_effect, output)?;
        let session = Self {
            arguments,
            output,
            order,
            // What is to be watched is known before the first build: an edit while that runs counts.
            app: xmcp_build::plan(project.root()).0,
            project,
            program: None,
            supervisor: Supervisor::default(),
            processes,
            scalekit: None,
            building: None,
            acceleration: Acceleration::new(cfg!(target_os = "linux") && !arguments.no_dylib),
            served: None,
            is_repeated: false,
            patience: Patience::default(),
            warned: Vec::new(),
            edit: Edit::of(Instant::now(), Vec::new()),
        };
        Ok((session, talk))
    }
}

impl Session<'_> {
    async fn run(mut self, mut talk: Talk) -> Result<ExitCode> {
        let mut signals = Signals::new()?;
        report::building(
            self.project.name(),
            self.processes.address(),
            self.processes.moved_from(),
            self.output,
        );
        let mut watch = Watch::start(self.watched())?;
        let mut events = vec![Event::Changed];
        // What counts may be other files now, which is seen to when nobody waits.
        let mut has_turned = false;
        loop {
            for event in std::mem::take(&mut events) {
                for effect in self.supervisor.on(event) {
                    match self.carry_out(effect).await {
                        Next::GoOn => {}
                        Next::Tell(event) => events.push(event),
                        Next::Leave => {
                            let _ = timeout(BURIAL, self.bury(&mut talk)).await;
                            return Ok(ExitCode::SUCCESS);
                        }
                    }
                }
            }
            if !events.is_empty() {
                continue;
            }
            if std::mem::take(&mut has_turned) {
                self.turn(&mut watch);
            }
            tokio::select! {
                () = signals.next() => {
                    self.patience.hurry();
                    events.push(Event::Interrupted);
                }
                over = self.patience.over() => match over {
                    Over::Silence(deadline) => report::waiting(deadline, self.output),
                    Over::Deadline => events.push(Event::Interrupted),
                    Over::Slow(generation) => {
                        if self.supervisor.is_starting(generation) {
                            report::slow(self.supervisor.is_serving(), SLOW, self.output);
                        }
                    }
                },
                heard = talk.next() => events.extend(match heard {
                    Heard::Word(generation, word) => self.word(generation, word),
                    // What is last ends this.
                    Heard::Said(said) => self.processes.take(said).then_some(Event::Interrupted),
                }),
                built = built(&mut self.building) => {
                    self.building = None;
                    match built {
                        Ok(built) => {
                            events.push(self.built(built));
                            has_turned = true;
                        }
                        Err(failure) => {
                            self.output.failure(&failure);
                            events.push(Event::BuildFailed);
                        }
                    }
                }
                made = self.acceleration.made() => {
                    let said = self.acceleration.take(made);
                    self.output.detail(&format!("  {said}"));
                }
                batch = watch.next() => {
                    events.extend(self.changed(&batch, watch.watched()));
                    has_turned = true;
                }
            }
        }
    }

    /// Waits until no process is left: whoever starts this again at once finds none.
    async fn bury(&mut self, talk: &mut Talk) {
        while !self.processes.is_empty() {
            if let Heard::Word(generation, Word::Ended(status)) = talk.next().await {
                self.processes.ended(generation, &status);
            }
        }
    }

    fn watched(&self) -> Watched {
        let files = self.program.as_ref().map(|program| &*program.files);
        Watched::of(&self.project, &self.app, files.unwrap_or_default())
    }

    /// Watches what counts now. What cannot be watched is still looked at now and then.
    fn turn(&self, watch: &mut Watch) {
        if let Err(failure) = watch.turn_to(self.watched()) {
            self.output.failure(&failure);
        }
    }

    fn changed(&mut self, batch: &Batch, watched: &Watched) -> Vec<Event> {
        // What an editor wrote on its way to the file, and took away, is nothing that a person changed.
        let is_left = batch.paths.iter().any(|path| path.exists());
        let paths = batch
            .paths
            .iter()
            .filter(|path| !is_left || path.exists())
            .map(|path| watched.shown(path).into_owned());
        self.edit = Edit::of(batch.since, paths.collect());
        if batch.paths.iter().any(|path| watched.is_manifest(path)) {
            // What is wrong with it is said by the build.
            if let Ok(project) = Project::find(&self.arguments.project)
                && let Ok(order) = Order::new(&project, &self.arguments.features)
            {
                (self.project, self.order) = (project, order);
            }
        }
        let mut events = Vec::new();
        if batch.paths.iter().any(|path| !watched.is_environment(path)) {
            events.push(Event::Changed);
        }
        // A build may find nothing new, and what a process reads counts all the same.
        if batch.paths.iter().any(|path| watched.is_read(path)) {
            events.push(Event::Reconfigured);
        }
        events
    }

    fn built(&mut self, built: Built) -> Event {
        if self.acceleration.learn(&built) {
            return Event::Changed;
        }
        let target = self.project.target_directory();
        if let Some(why) = self.acceleration.begin(&built, &self.order, target) {
            self.output
                .detail(&format!("  edits are built by cargo: {why}"));
        }
        self.app = built.app;
        self.edit.steps.extend(built.steps);
        self.edit.built = Some(Instant::now());
        let is_news = built.warnings != self.warned;
        if is_news {
            report::problems(&built.warnings, self.output);
            self.warned = built.warnings;
        }
        match built.result {
            Ok(program) => {
                let before = self.program.as_ref().map(|before| before.made);
                let is_new = before != Some(program.made);
                self.program = Some(program);
                Event::Built { is_new }
            }
            Err(problems) => {
                report::problems(&problems, self.output);
                report::failed(self.supervisor.is_serving(), self.output);
                Event::BuildFailed
            }
        }
    }

    fn word(&mut self, generation: Generation, word: Word) -> Option<Event> {
        match word {
            Word::Ready(ready) => {
                let is_there = self.processes.ready(generation, ready);
                is_there.then_some(Event::Ready(generation))
            }
            Word::Told => Some(Event::Left(generation)),
            Word::Ended(status) => {
                let was_ready = self.processes.ended(generation, &status)?;
                let is_early = !was_ready && self.supervisor.is_starting(generation);
                if is_early && self.acceleration.falls(&status) {
                    self.output
                        .detail("  built again without the shared library");
                    return Some(Event::Spoilt(generation));
                }
                Some(Event::Ended(generation))
            }
        }
    }

    async fn carry_out(&mut self, effect: Effect) -> Next {
        match effect {
            Effect::Build => {
                // The one that runs ends when it is dropped.
                let order = self.acceleration.of(self.order.clone());
                self.building = Some(Box::pin(order.carry_out(self.output)));
            }
            Effect::Start(generation) => {
                if let Err(failure) = self.start(generation).await {
                    // Somebody may have taken the program away, or be about to make another one.
                    if !std::mem::replace(&mut self.is_repeated, true) {
                        return Next::Tell(Event::Spoilt(generation));
                    }
                    self.output.failure(&failure);
                    return Next::Tell(Event::Ended(generation));
                }
                self.is_repeated = false;
                self.patience.starts(generation);
            }
            Effect::Serve(generation) => self.serve(generation).await,
            Effect::Retire(generation) => self.processes.retire(generation).await,
            Effect::Stop(generation) => self.processes.stop(generation),
            Effect::Kill(generation) => self.processes.kill(generation),
            Effect::SayFailed { goes_on } => report::did_not_start(goes_on, self.output),
            Effect::SayEnded { again } => report::ended(again, self.output),
            Effect::Finish => {
                self.building = None;
                let in_effect = InEffect::read(self.project.root(), self.arguments);
                self.patience.ends(in_effect.settings.http.limits.drain);
            }
            Effect::Quit => return Next::Leave,
        }
        Next::GoOn
    }

    async fn start(&mut self, generation: Generation) -> Result<()> {
        let program = self
            .program
            .clone()
            .ok_or_else(|| Failure::new("there is no program to start"))?;
        let in_effect = InEffect::read(self.project.root(), self.arguments);
        if self.processes.follow(&in_effect) {
            // It knows the server by its URL.
            self.scalekit = None;
        }
        let address = self.processes.address();
        let is_needed = LocalScalekit::is_for(&self.app, &in_effect);
        match address.filter(|_| is_needed) {
            None => self.scalekit = None,
            Some(_) if self.scalekit.is_some() => {}
            Some(address) => {
                match LocalScalekit::start(&self.project, &in_effect, address, self.output).await {
                    Ok(scalekit) => self.scalekit = Some(scalekit),
                    Err(failure) => self.output.failure(&failure),
                }
            }
        }
        let mut variables = self
            .scalekit
            .as_ref()
            .map(LocalScalekit::variables)
            .unwrap_or_default();
        if let Some(path) = program.search_path.clone() {
            variables.push(("LD_LIBRARY_PATH", path));
        }
        self.processes
            .start(generation, &program, &self.project, &variables)
    }

    async fn serve(&mut self, generation: Generation) {
        let Some(ready) = self.processes.serve(generation).await else {
            return;
        };
        let surface = Surface::of(&self.app);
        match &self.served {
            None => {
                report::welcome(
                    &ready,
                    &surface.counts(),
                    self.scalekit.as_ref(),
                    self.output,
                );
            }
            Some(before) => {
                self.edit.served(&surface.since(before), self.output);
            }
        }
        self.served = Some(surface);
    }
}

/// What an effect leads to.
enum Next {
    GoOn,
    Tell(Event),
    Leave,
}

async fn built(building: &mut Option<Building<'_>>) -> Result<Built> {
    match building {
        Some(building) => building.await,
        None => std::future::pending().await,
    }
}
