//! The command at work: what `supervisor.rs` decides is done here, and what happens is told to it.

use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    pin::Pin,
    process::{ExitCode, ExitStatus},
    time::{Duration, Instant},
};

use tokio::{runtime, sync::mpsc, time::sleep_until};
use xmcp_build::App;
use xmcp_config::Transport;

use super::{
    Arguments,
    acceleration::Acceleration,
    build::{Built, Order, Program},
    changes::Surface,
    edit::Edit,
    emulator::LocalScalekit,
    in_effect::InEffect,
    pipe::{Pipes, Said},
    ready::{Lists, Ready},
    report,
    server::{Server, Start, Word},
    socket::Socket,
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
        let (session, receivers) = Session::new(arguments, output)?;
        session.run(receivers).await
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
    servers: HashMap<Generation, Running>,
    words: mpsc::UnboundedSender<(Generation, Word)>,
    listener: Listener,
    scalekit: Option<LocalScalekit>,
    building: Option<Building<'a>>,
    acceleration: Acceleration,
    /// What is served, and what was built since.
    served: Option<Surface>,
    /// The lists of what served last.
    lists: Option<Lists>,
    /// Whether the settings want another transport, and that was said.
    is_elsewhere: bool,
    /// Whether the last program could not be started, and was built again.
    is_repeated: bool,
    /// The process that starts, and when it is said that this takes long.
    slow: Option<(Generation, Instant)>,
    /// Until when what runs has time to end.
    deadline: Option<Instant>,
    warned: Vec<String>,
    edit: Edit,
}

/// A process that has not answered for so long is worth a line.
const SLOW: Duration = Duration::from_secs(10);
/// What processes have for their end beside the time for answering what they were asked.
const FAREWELL: Duration = Duration::from_secs(5);

/// Where clients come from.
enum Listener {
    Http(Socket),
    Stdio(Pipes),
}

/// A process, and what it said of itself.
struct Running {
    server: Server,
    ready: Option<Ready>,
}

impl<'a> Session<'a> {
    fn new(arguments: &'a Arguments, output: &'a Output) -> Result<(Self, Receivers)> {
        let project = Project::find(&arguments.project)?;
        let order = Order::new(&project, &arguments.features)?;
        let in_effect = InEffect::read(project.root(), arguments);
        let (listener, said) = match in_effect.settings.server.transport {
            Transport::Http => (Listener::Http(Socket::bind(in_effect.place())?), None),
            Transport::Stdio => {
                let (pipes, said) = Pipes::new();
                (Listener::Stdio(pipes), Some(said))
            }
        };
        let (words, receiver) = mpsc::unbounded_channel();
        let session = Self {
            arguments,
            output,
            order,
            // What is to be watched is known before the first build: an edit while that runs counts.
            app: xmcp_build::plan(project.root()).0,
            project,
            program: None,
            supervisor: Supervisor::default(),
            servers: HashMap::new(),
            words,
            listener,
            scalekit: None,
            building: None,
            acceleration: Acceleration::new(cfg!(target_os = "linux") && !arguments.no_dylib),
            served: None,
            lists: None,
            is_elsewhere: false,
            is_repeated: false,
            slow: None,
            deadline: None,
            warned: Vec::new(),
            edit: Edit::of(Instant::now(), Vec::new()),
        };
        Ok((
            session,
            Receivers {
                words: receiver,
                said,
            },
        ))
    }
}

/// Where events come from.
struct Receivers {
    words: mpsc::UnboundedReceiver<(Generation, Word)>,
    said: Option<mpsc::UnboundedReceiver<Said>>,
}

impl Session<'_> {
    async fn run(mut self, mut receivers: Receivers) -> Result<ExitCode> {
        let mut signals = Signals::new()?;
        self.announce();
        let mut watch = Watch::start(self.watched())?;
        let mut events = vec![Event::Changed];
        loop {
            for event in std::mem::take(&mut events) {
                for effect in self.supervisor.on(event) {
                    match self.carry_out(effect).await {
                        Next::GoOn => {}
                        Next::Tell(event) => events.push(event),
                        Next::Leave => return Ok(ExitCode::SUCCESS),
                    }
                }
            }
            if !events.is_empty() {
                continue;
            }
            tokio::select! {
                () = signals.next() => events.push(Event::Interrupted),
                () = at(self.deadline) => {
                    self.deadline = None;
                    events.push(Event::Interrupted);
                }
                () = at(self.slow.map(|(_, time)| time)) => self.slow(),
                Some((generation, word)) = receivers.words.recv() => events.extend(self.word(generation, word)),
                said = said(&mut receivers.said) => events.extend(self.said(said)),
                built = built(&mut self.building) => {
                    self.building = None;
                    match built {
                        Ok(built) => {
                            events.push(self.built(built));
                            self.turn(&mut watch);
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
                    self.turn(&mut watch);
                }
            }
        }
    }

    fn announce(&self) {
        let name = self.project.name();
        let Listener::Http(socket) = &self.listener else {
            self.output.step("Building", name);
            return;
        };
        if let Some(port) = socket.moved_from() {
            self.output.say(&format!(
                "port {port} is taken, using the next free one; set a port to stay on it"
            ));
        }
        self.output.step(
            "Building",
            &format!("{name}; clients of http://{} wait for it", socket.address()),
        );
    }

    fn watched(&self) -> Watched {
        let (root, target) = (self.project.root(), self.project.target_directory());
        let program = self.program.as_ref();
        let of_program = program.map(|program| program.files.clone());
        // What the build itself writes is no edit. An app may stand in a target folder, as those of tests do.
        let is_written = |path: &PathBuf| path.starts_with(root) || !path.starts_with(target);
        let of_program = of_program.into_iter().flatten().filter(is_written);
        let inputs: Vec<_> = self.app.inputs.iter().cloned().chain(of_program).collect();
        Watched::new(root, target, &inputs, &self.project.local_packages())
    }

    /// Watches what counts now. What cannot be watched is still looked at now and then.
    fn turn(&self, watch: &mut Watch) {
        if let Err(failure) = watch.turn_to(self.watched()) {
            self.output.failure(&failure);
        }
    }

    fn changed(&mut self, batch: &Batch, watched: &Watched) -> Vec<Event> {
        let paths = batch
            .paths
            .iter()
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
        // A build may find nothing new, and what a process reads counts all the same.
        let is_environment = |path: &PathBuf| watched.is_environment(path);
        let is_everything = |path: &PathBuf| path == watched.root();
        let mut paths = batch.paths.iter();
        let is_built = paths.clone().any(|path| !is_environment(path));
        let is_read = paths.any(|path| is_environment(path) || is_everything(path));
        let events = [
            is_built.then_some(Event::Changed),
            is_read.then_some(Event::Reconfigured),
        ];
        events.into_iter().flatten().collect()
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
                self.servers.get_mut(&generation)?.ready = Some(ready);
                Some(Event::Ready(generation))
            }
            Word::Told => Some(Event::Left(generation)),
            Word::Ended(status) => {
                let server = self.servers.remove(&generation)?;
                if let Listener::Stdio(pipes) = &mut self.listener {
                    pipes.ended(generation, self.output);
                }
                self.output
                    .detail(&format!("  process {generation} ended: {}", shown(&status)));
                let is_early = server.ready.is_none() && self.supervisor.is_starting(generation);
                if is_early && self.acceleration.falls(&status) {
                    self.output
                        .detail("  built again without the shared library");
                    return Some(Event::Spoilt(generation));
                }
                Some(Event::Ended(generation))
            }
        }
    }

    fn said(&mut self, said: Said) -> Option<Event> {
        let is_last = matches!(said, Said::Client(None));
        let Listener::Stdio(pipes) = &mut self.listener else {
            return None;
        };
        pipes.take(said, self.output);
        if !is_last {
            return None;
        }
        // What was asked by then is answered.
        pipes.close_all();
        Some(Event::Interrupted)
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
                self.slow = Some((generation, Instant::now() + SLOW));
            }
            Effect::Serve(generation) => self.serve(generation).await,
            Effect::Retire(generation) => self.retire(generation).await,
            Effect::Stop(generation) => self.stop(generation),
            Effect::Kill(generation) => {
                if let Some(running) = self.servers.get(&generation) {
                    running.server.kill();
                }
            }
            Effect::SayFailed { goes_on } => report::did_not_start(goes_on, self.output),
            Effect::SayEnded { again } => report::ended(again, self.output),
            Effect::Finish => {
                self.building = None;
                let in_effect = InEffect::read(self.project.root(), self.arguments);
                let drain = in_effect.settings.http.limits.drain;
                self.deadline = Some(Instant::now() + drain + FAREWELL);
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
        self.compare(&in_effect);
        let mut socket = None;
        if let Listener::Http(listener) = &mut self.listener {
            match listener.moved_to(in_effect.place()) {
                Ok(false) => {}
                Ok(true) => {
                    report::moved(listener.address(), self.output);
                    // It knows the server by its URL.
                    self.scalekit = None;
                }
                Err(failure) => self.output.failure(&failure),
            }
            let address = listener.address();
            socket = Some(listener.for_process().map_err(|error| {
                Failure::new("the socket cannot be handed over").because(&error)
            })?);
            if !LocalScalekit::is_for(&self.app, &in_effect) {
                self.scalekit = None;
            } else if self.scalekit.is_none() {
                let target = self.project.target_directory();
                match LocalScalekit::start(target, &in_effect, address).await {
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
        if let Some(path) = program.search_path {
            variables.push(("LD_LIBRARY_PATH", path));
        }
        let start = Start {
            program: &program.path,
            root: self.project.root(),
            socket,
            variables: &variables,
        };
        let (server, pipe) =
            Server::start(start, generation, self.words.clone()).map_err(|error| {
                Failure::new(format!("`{}` cannot be started", program.path.display()))
                    .because(&error)
            })?;
        if let (Listener::Stdio(pipes), Some(pipe)) = (&mut self.listener, pipe) {
            pipes.add(generation, pipe);
        }
        let ready = None;
        self.servers.insert(generation, Running { server, ready });
        Ok(())
    }

    /// Says once that the settings want a transport which this run does not have.
    fn compare(&mut self, in_effect: &InEffect) {
        let wanted = in_effect.settings.server.transport;
        let is_elsewhere = match &self.listener {
            Listener::Http(_) => wanted != Transport::Http,
            Listener::Stdio(_) => wanted != Transport::Stdio,
        };
        if is_elsewhere && !self.is_elsewhere {
            report::other_transport(wanted, self.output);
        }
        self.is_elsewhere = is_elsewhere;
    }

    async fn serve(&mut self, generation: Generation) {
        let ready = |running: &Running| running.ready.clone();
        let lists = self.servers.get(&generation).and_then(ready);
        let lists = lists.unwrap_or_default().lists;
        if let Listener::Stdio(pipes) = &mut self.listener {
            let before = self.lists.as_ref();
            let differing = before.map(|before| before.differing(&lists));
            pipes.serve(generation, &differing.unwrap_or_default(), self.output);
        }
        self.lists = Some(lists);
        let Some(running) = self.servers.get_mut(&generation) else {
            return;
        };
        running.server.serve().await;
        let Some(ready) = &running.ready else {
            return;
        };
        let surface = Surface::of(&self.app);
        match &self.served {
            None => report::welcome(
                ready,
                &surface.counts(),
                self.scalekit.as_ref(),
                self.output,
            ),
            Some(before) => {
                let since = surface.since(before);
                let what = match since.is_empty() {
                    true => self.edit.paths.join(" "),
                    false => since,
                };
                if let Some(built) = self.edit.built {
                    self.edit.steps.push(("start", built.elapsed()));
                }
                report::served(
                    &what,
                    self.edit.since.elapsed(),
                    &self.edit.steps,
                    self.output,
                );
            }
        }
        self.served = Some(surface);
    }

    async fn retire(&mut self, generation: Generation) {
        let newest = self
            .servers
            .iter()
            .filter(|(other, running)| **other > generation && running.ready.is_some())
            .max_by_key(|(other, _)| **other)
            .and_then(|(_, running)| running.ready.clone())
            .unwrap_or_default();
        if let Listener::Stdio(pipes) = &mut self.listener {
            pipes.retire(generation);
        }
        if let Some(running) = self.servers.get_mut(&generation) {
            let old = running.ready.clone().unwrap_or_default();
            running
                .server
                .retire(&old.lists.differing(&newest.lists))
                .await;
        }
    }

    /// Says that a process takes long to start, if it still does.
    fn slow(&mut self) {
        if let Some((generation, _)) = self.slow.take()
            && self.supervisor.is_starting(generation)
        {
            report::slow(self.supervisor.is_serving(), SLOW, self.output);
        }
    }

    fn stop(&mut self, generation: Generation) {
        match &mut self.listener {
            // It has answered what it was asked when it ends then.
            Listener::Stdio(pipes) => {
                pipes.close(generation);
                let running = self.servers.get(&generation);
                // One that is not ready does not listen to its pipe.
                if let Some(running) = running.filter(|running| running.ready.is_none()) {
                    running.server.stop();
                }
            }
            Listener::Http(_) => {
                if let Some(running) = self.servers.get(&generation) {
                    running.server.stop();
                }
            }
        }
    }
}

/// What an effect leads to.
enum Next {
    GoOn,
    Tell(Event),
    Leave,
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time.into()).await,
        None => std::future::pending().await,
    }
}

async fn built(building: &mut Option<Building<'_>>) -> Result<Built> {
    match building {
        Some(building) => building.await,
        None => std::future::pending().await,
    }
}

async fn said(receiver: &mut Option<mpsc::UnboundedReceiver<Said>>) -> Said {
    match receiver {
        Some(receiver) => match receiver.recv().await {
            Some(said) => said,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

fn shown(status: &io::Result<ExitStatus>) -> String {
    match status {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    }
}
