//! Where tasks are kept until they expire.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::time::Instant;

use super::task::Task;
use crate::server::{owner::Owner, random_id::RandomId};

/// Where tasks are kept. One that replicas share keeps the same promises.
pub(crate) trait TaskStore: Send + Sync {
    /// Keeps a task. Refuses it when there are too many, of this caller's or in all.
    fn insert(&self, task: Task) -> Result<(), Full>;

    /// Lets `look` see the task of this id and owner, if there is one that has not expired.
    fn read(&self, id: &str, owner: &Owner, look: &mut dyn FnMut(&Task)) -> bool;

    /// Lets `change` change the task of this id, if there is one that has not ended, all at once.
    fn change(&self, id: &str, change: &mut dyn FnMut(&mut Task)) -> bool;

    /// Forgets what has expired, and answers the ids of that, and when the next task expires.
    fn sweep(&self) -> (Vec<RandomId>, Option<Instant>);
}

/// There is no room for one more task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// How many tasks there may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(super) all: usize,
    /// Of one verified caller. A stranger's address gets half of all.
    pub(super) of_a_caller: usize,
}

/// The tasks of one process.
pub(crate) struct InMemory {
    limits: Limits,
    tasks: Mutex<HashMap<RandomId, Task>>,
}

impl InMemory {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            tasks: Mutex::default(),
        }
    }

    fn tasks(&self) -> MutexGuard<'_, HashMap<RandomId, Task>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TaskStore for InMemory {
    fn insert(&self, task: Task) -> Result<(), Full> {
        let mut tasks = self.tasks();
        if tasks.len() >= self.limits.all {
            return Err(Full);
        }
        if task.caller.is_some() {
            let most = match task.owner.is_verified() {
                true => self.limits.of_a_caller,
                false => self.limits.all.div_ceil(2),
            };
            let same = tasks.values().filter(|other| other.caller == task.caller);
            if same.count() >= most {
                return Err(Full);
            }
        }
        tasks.insert(task.id.clone(), task);
        Ok(())
    }

    fn read(&self, id: &str, owner: &Owner, look: &mut dyn FnMut(&Task)) -> bool {
        let tasks = self.tasks();
        let is_theirs = |task: &&Task| task.owner == *owner && task.expires > Instant::now();
        match tasks.get(id).filter(is_theirs) {
            Some(task) => {
                look(task);
                true
            }
            None => false,
        }
    }

    fn change(&self, id: &str, change: &mut dyn FnMut(&mut Task)) -> bool {
        let mut tasks = self.tasks();
        match tasks.get_mut(id).filter(|task| task.end.is_none()) {
            Some(task) => {
                change(task);
                task.touch();
                true
            }
            None => false,
        }
    }

    fn sweep(&self) -> (Vec<RandomId>, Option<Instant>) {
        let (mut tasks, now) = (self.tasks(), Instant::now());
        let expired = tasks.extract_if(|_, task| task.expires <= now);
        let expired = expired.map(|(id, _)| id).collect();
        (expired, tasks.values().map(|task| task.expires).min())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;
    use xmcp_auth::Session;

    use super::*;
    use crate::server::caller::Caller;

    const LIMITS: Limits = Limits {
        all: 3,
        of_a_caller: 1,
    };

    fn insert(store: &InMemory, owner: &Owner, seconds: u64) -> Result<RandomId, Full> {
        insert_of(store, (owner.clone(), None), seconds)
    }

    fn insert_of(
        store: &InMemory,
        maker: (Owner, Option<Caller>),
        seconds: u64,
    ) -> Result<RandomId, Full> {
        let id = RandomId::new().unwrap();
        let task = Task::new(id.clone(), maker, Duration::from_secs(seconds));
        store.insert(task).map(|()| id)
    }

    #[test]
    fn tasks_are_bounded_for_a_caller_and_in_all() {
        let store = InMemory::new(LIMITS);
        let [ada, bob] = [(1, "ada"), (2, "bob")].map(|(number, user)| {
            let owner = Owner::of(Some(&Session::for_test(user).build()));
            (owner, Some(Caller::number(number)))
        });
        let insert = |maker: &(Owner, Option<Caller>)| insert_of(&store, maker.clone(), 60);
        insert(&ada).unwrap();
        assert_eq!(insert(&ada), Err(Full));
        insert(&bob).unwrap();
        let nobody = (Owner::of(None), None);
        insert(&nobody).unwrap();
        assert_eq!(insert(&nobody), Err(Full));
    }

    #[test]
    fn an_address_of_strangers_has_half_of_all_tasks() {
        let store = InMemory::new(Limits {
            all: 4,
            of_a_caller: 1,
        });
        let at = |number| (Owner::of(None), Some(Caller::number(number)));
        let insert = |maker| insert_of(&store, maker, 60);
        insert(at(1)).unwrap();
        insert(at(1)).unwrap();
        assert_eq!(insert(at(1)), Err(Full));
        insert(at(2)).unwrap();
        // Who cannot be told apart from others takes what is left.
        insert((Owner::of(None), None)).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_is_its_owners_until_it_expires() {
        let store = InMemory::new(LIMITS);
        let (nobody, ada) = (
            Owner::of(None),
            Owner::of(Some(&Session::for_test("ada").build())),
        );
        let id = insert(&store, &ada, 60).unwrap();
        insert(&store, &nobody, 90).unwrap();
        let is_read = |owner: &Owner| store.read(id.as_str(), owner, &mut |_| {});
        assert!(is_read(&ada));
        assert!(!is_read(&nobody));
        assert!(!store.read("another", &ada, &mut |_| {}));
        advance(Duration::from_secs(60)).await;
        assert!(!is_read(&ada));
        let (expired, next) = store.sweep();
        assert_eq!(expired, [id]);
        assert_eq!(next, Some(Instant::now() + Duration::from_secs(30)));
        assert_eq!(store.sweep().0, []);
    }
}
