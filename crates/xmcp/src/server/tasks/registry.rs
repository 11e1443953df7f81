//! The tasks of a server: what is kept of them, and what runs.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use serde_json::{Map, Value};
use tokio::{sync::oneshot, time::sleep_until};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use xmcp_config::Settings;

use super::{
    store::{Full, InMemory, Limits, TaskStore},
    task::{End, Task},
};
use crate::{
    AskError,
    ask::Question,
    http::{BodyBudget, BodyRoom},
    server::{audit::Why, caller::Caller, jsonrpc::RpcError, owner::Owner, random_id::RandomId},
};

/// Questions that one task may ask, answered ones included.
const QUESTIONS: usize = 256;

/// The acknowledgement of `tasks/update` and `tasks/cancel`.
const ACKNOWLEDGED: &[u8] = br#"{"resultType":"complete"}"#;

/// The tasks of a server. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Tasks(Arc<Inner>);

struct Inner {
    store: Box<dyn TaskStore>,
    ttl: Duration,
    /// The memory that is left for the requests of those that run and the results of those that have ended. It is not that of other
    /// requests, for tasks take long.
    memory: BodyBudget,
    live: Mutex<Live>,
    ends: Ends,
}

/// Who owns what runs, and what ends it.
pub(crate) struct Ends {
    pub(crate) tracker: TaskTracker,
    /// Set when the server begins to stop: no client can ask for a task any more.
    pub(crate) closing: CancellationToken,
    /// Set when the server stops: work ends then.
    pub(crate) stopping: CancellationToken,
}

#[derive(Default)]
struct Live {
    running: HashMap<RandomId, Running>,
    /// Whether somebody waits for the next task to expire.
    is_swept: bool,
}

/// A task that this process runs.
struct Running {
    /// Ends the work.
    cancellation: CancellationToken,
    /// Who waits for answers.
    waiting: HashMap<String, oneshot::Sender<Value>>,
    /// Keys are never used again, so that an answer is to one question ("Task Update Requests").
    used: HashSet<String>,
}

impl Tasks {
    pub(crate) fn new(settings: &Settings, ends: Ends) -> Self {
        let limits = Limits {
            all: settings.tasks.limit,
            of_a_caller: settings.tasks.limit_per_caller,
        };
        Self(Arc::new(Inner {
            store: Box::new(InMemory::new(limits)),
            ttl: settings.tasks.ttl,
            memory: BodyBudget::for_bodies_of(settings.http.body_limit),
            live: Mutex::default(),
            ends,
        }))
    }

    /// How long a task is kept.
    pub(crate) fn ttl(&self) -> Duration {
        self.0.ttl
    }

    /// How many tasks this process runs.
    pub(crate) fn at_work(&self) -> usize {
        self.0.live().running.len()
    }

    /// Room for so many bytes of a request or a result.
    pub(super) fn room(&self, size: usize) -> Result<BodyRoom, Full> {
        let mut room = BodyRoom::default();
        match self.0.memory.make_room(&mut room, size) {
            true => Ok(room),
            false => Err(Full),
        }
    }

    pub(super) fn tracker(&self) -> &TaskTracker {
        &self.0.ends.tracker
    }

    pub(super) fn stopping(&self) -> &CancellationToken {
        &self.0.ends.stopping
    }

    pub(super) fn closing(&self) -> &CancellationToken {
        &self.0.ends.closing
    }

    /// Keeps a new task whose work this token ends, and answers what its maker is told of it. Called inside of a runtime.
    pub(super) fn create(
        &self,
        id: RandomId,
        maker: (Owner, Option<Caller>),
        cancellation: CancellationToken,
    ) -> Result<String, Full> {
        let task = Task::new(id.clone(), maker, self.0.ttl);
        let created = task.created();
        self.0.store.insert(task)?;
        let mut live = self.0.live();
        let running = Running {
            cancellation,
            waiting: HashMap::new(),
            used: HashSet::new(),
        };
        live.running.insert(id, running);
        if !std::mem::replace(&mut live.is_swept, true) {
            let tasks = self.clone();
            self.0
                .ends
                .tracker
                .spawn(async move { tasks.sweep().await });
        }
        Ok(created)
    }

    /// Forgets tasks as they expire, until there are none or the server begins to stop.
    async fn sweep(self) {
        loop {
            let next = {
                let mut live = self.0.live();
                let (expired, next) = self.0.store.sweep();
                for id in expired {
                    live.forget(&id);
                }
                live.is_swept = next.is_some();
                next
            };
            let Some(next) = next else { return };
            let waited = self.closing().run_until_cancelled(sleep_until(next));
            if waited.await.is_none() {
                return;
            }
        }
    }

    /// Puts a question to the client of a task: the key that it has there, and where its answer will be.
    pub(super) fn ask(
        &self,
        id: &RandomId,
        question: &Question,
    ) -> Result<(String, oneshot::Receiver<Value>), AskError> {
        let mut live = self.0.live();
        let running = live.running.get_mut(id).ok_or(AskError::Gone)?;
        if running.used.len() >= QUESTIONS {
            return Err(AskError::Busy);
        }
        let numbered = (2..).map(|number| format!("{}-{number}", question.key));
        let mut keys = std::iter::once(question.key.clone()).chain(numbered);
        let key = keys
            .find(|key| !running.used.contains(key))
            .ok_or(AskError::Busy)?;
        let asked = self.0.store.change(id.as_str(), &mut |task| {
            task.questions.insert(key.clone(), question.to_json());
        });
        if !asked {
            return Err(AskError::Gone);
        }
        let (sender, receiver) = oneshot::channel();
        running.used.insert(key.clone());
        running.waiting.insert(key.clone(), sender);
        Ok((key, receiver))
    }

    /// Gives a question up.
    pub(super) fn give_up(&self, id: &RandomId, key: &str) {
        let mut live = self.0.live();
        if let Some(running) = live.running.get_mut(id)
            && running.waiting.remove(key).is_some()
        {
            self.0.store.change(id.as_str(), &mut |task| {
                task.questions.remove(key);
            });
        }
    }

    /// Says what a task came to, unless it has ended before.
    pub(super) fn end(&self, id: &RandomId, end: End) {
        let mut live = self.0.live();
        let mut end = Some(end);
        self.0.store.change(id.as_str(), &mut |task| {
            task.questions = Map::new();
            task.end = end.take();
        });
        live.forget(id);
    }

    /// The result of `tasks/get`.
    pub(crate) fn get(&self, id: &str, owner: &Owner) -> Result<Bytes, RpcError> {
        let mut text = None;
        self.0
            .store
            .read(id, owner, &mut |task| text = Some(task.detailed()));
        text.map(Bytes::from).ok_or_else(unknown)
    }

    /// The result of `tasks/update`. Answers to what is not asked are ignored, and what is not answered stays asked.
    pub(crate) fn update(
        &self,
        id: &str,
        owner: &Owner,
        answers: Map<String, Value>,
    ) -> Result<Bytes, RpcError> {
        if !self.0.store.read(id, owner, &mut |_| {}) {
            return Err(unknown());
        }
        let mut live = self.0.live();
        if let Some(running) = live.running.get_mut(id) {
            for (key, answer) in answers {
                if let Some(waiting) = running.waiting.remove(&key) {
                    self.0.store.change(id, &mut |task| {
                        task.questions.remove(&key);
                    });
                    // Nobody is there any more when the asker gives up at the same moment.
                    drop(waiting.send(answer));
                }
            }
        }
        Ok(Bytes::from_static(ACKNOWLEDGED))
    }

    /// The result of `tasks/cancel`: the handler is dropped.
    pub(crate) fn cancel(&self, id: &str, owner: &Owner) -> Result<Bytes, RpcError> {
        let mut found = None;
        self.0
            .store
            .read(id, owner, &mut |task| found = Some(task.id.clone()));
        self.end(&found.ok_or_else(unknown)?, End::Cancelled);
        Ok(Bytes::from_static(ACKNOWLEDGED))
    }
}

impl Inner {
    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    /// Ends the work of a task, if it is not over.
    fn forget(&mut self, id: &RandomId) {
        if let Some(running) = self.running.remove(id) {
            running.cancellation.cancel();
        }
    }
}

/// Whose task it is, and whether there was one, is nobody's business.
fn unknown() -> RpcError {
    RpcError::invalid_params("there is no such task, or it has expired").because(Why::UnknownTask)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Capability, ask::Kind, context::Asker, server::tasks::asker::TaskAsker};

    fn tasks() -> (Tasks, Ends) {
        let ends = || Ends {
            tracker: TaskTracker::new(),
            closing: CancellationToken::new(),
            stopping: CancellationToken::new(),
        };
        let (settings, ends) = (Settings::default(), ends());
        let kept = Ends {
            tracker: ends.tracker.clone(),
            closing: ends.closing.clone(),
            stopping: ends.stopping.clone(),
        };
        (Tasks::new(&settings, kept), ends)
    }

    fn begin(tasks: &Tasks) -> RandomId {
        let id = RandomId::new().unwrap();
        let token = CancellationToken::new();
        tasks
            .create(id.clone(), (Owner::of(None), None), token)
            .unwrap();
        id
    }

    fn question(key: &str) -> Question {
        Question {
            key: key.to_owned(),
            kind: Kind::Roots,
            params: json!({}),
            requires: Capability::Roots,
        }
    }

    #[tokio::test]
    async fn when_the_server_begins_to_stop_no_question_waits_and_nothing_runs_on() {
        let (tasks, ends) = tasks();
        let id = begin(&tasks);
        let asker = TaskAsker {
            tasks: tasks.clone(),
            id: id.clone(),
        };
        let asking = tokio::spawn(async move { asker.ask(question("a")).await });
        ends.closing.cancel();
        assert_eq!(asking.await.unwrap(), Err(AskError::Gone));
        ends.tracker.close();
        ends.tracker.wait().await;
        let task = tasks.get(id.as_str(), &Owner::of(None)).unwrap();
        assert!(
            !String::from_utf8_lossy(&task).contains("inputRequests"),
            "it was given up"
        );
    }

    #[tokio::test]
    async fn a_task_asks_only_so_much_and_nothing_after_its_end() {
        let (tasks, _ends) = tasks();
        let id = begin(&tasks);
        for number in 0..QUESTIONS {
            let (key, _) = tasks.ask(&id, &question("a")).unwrap();
            assert_eq!(key == "a", number == 0, "{key}");
            tasks.give_up(&id, &key);
        }
        assert_eq!(tasks.ask(&id, &question("a")).unwrap_err(), AskError::Busy);
        tasks.end(&id, End::Cancelled);
        assert_eq!(tasks.ask(&id, &question("b")).unwrap_err(), AskError::Gone);
        tasks.end(
            &id,
            End::Completed {
                result: Bytes::from_static(b"{}"),
                _room: Arc::default(),
            },
        );
        let task = tasks.get(id.as_str(), &Owner::of(None)).unwrap();
        assert!(
            String::from_utf8_lossy(&task).contains("cancelled"),
            "what has ended stays so"
        );
    }

    #[test]
    fn requests_and_results_take_so_much_memory_together() {
        let (tasks, _ends) = tasks();
        let large = 200 * 1024 * 1024;
        let room = tasks.room(large).ok().unwrap();
        assert!(tasks.room(large).is_err());
        assert!(tasks.room(1024).is_ok(), "most requests are small");
        drop(room);
        assert!(tasks.room(large).is_ok());
    }
}
