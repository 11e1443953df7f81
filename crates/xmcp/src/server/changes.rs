//! What changed on the server, and who wants to know: the bus between those who change lists and resources and those who tell
//! clients.
//!
//! 1. Publishing never waits. A listener that is slow holds nobody up.
//! 2. A listener keeps what it has not told yet as a set: that a list changed twice is told once, since the client fetches the list
//!    as it is then. So nothing that matters is lost, and what a listener takes up is bounded by what it asked for.
//! 3. A listener is told of nothing that it did not ask for.
//!
//! Several replicas will share one [`Bus`]: publishing on one of them reaches the listeners of all.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Change {
    /// The list of tools.
    Tools,
    /// The list of prompts.
    Prompts,
    /// The lists of resources and of templates.
    Resources,
    /// What the resource of this URI holds.
    Resource(Arc<str>),
}

/// What a listener wants to be told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Interest {
    pub(crate) tools: bool,
    pub(crate) prompts: bool,
    pub(crate) resources: bool,
    pub(crate) uris: HashSet<Arc<str>>,
}

impl Interest {
    /// Every list, and no resource.
    pub(crate) fn lists() -> Self {
        Self {
            tools: true,
            prompts: true,
            resources: true,
            uris: HashSet::new(),
        }
    }

    fn covers(&self, change: &Change) -> bool {
        match change {
            Change::Tools => self.tools,
            Change::Prompts => self.prompts,
            Change::Resources => self.resources,
            Change::Resource(uri) => self.uris.contains(uri),
        }
    }
}

/// What carries changes from those who make them to those who listen.
pub(crate) trait Bus: Send + Sync {
    /// Tells every listener that is interested. Never waits.
    fn publish(&self, change: Change);

    /// A listener, which is told of what is published from now on.
    fn listen(&self, interest: Interest) -> Listener;
}

/// The server's handle on its bus. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Changes(Arc<dyn Bus>);

impl Changes {
    /// A bus within this process.
    pub(crate) fn in_memory() -> Self {
        Self(Arc::new(Memory::default()))
    }

    pub(crate) fn publish(&self, change: Change) {
        self.0.publish(change);
    }

    pub(crate) fn listen(&self, interest: Interest) -> Listener {
        self.0.listen(interest)
    }
}

/// The bus of one process.
#[derive(Default)]
struct Memory(Arc<Mutex<Mailboxes>>);

#[derive(Default)]
struct Mailboxes {
    boxes: HashMap<u64, Arc<Mutex<Mailbox>>>,
    next: u64,
}

impl Bus for Memory {
    fn publish(&self, change: Change) {
        for mailbox in locked(&self.0).boxes.values() {
            locked(mailbox).put(&change);
        }
    }

    fn listen(&self, interest: Interest) -> Listener {
        let mailbox = Arc::new(Mutex::new(Mailbox {
            interest,
            ..Mailbox::default()
        }));
        let mut mailboxes = locked(&self.0);
        let number = mailboxes.next;
        mailboxes.next += 1;
        mailboxes.boxes.insert(number, Arc::clone(&mailbox));
        let all = Arc::clone(&self.0);
        Listener {
            mailbox,
            leave: Some(Box::new(move || drop(locked(&all).boxes.remove(&number)))),
        }
    }
}

/// What one listener wants, and what of it has happened.
#[derive(Default)]
struct Mailbox {
    interest: Interest,
    /// In the order in which things changed first, nothing twice.
    news: VecDeque<Change>,
    known: HashSet<Change>,
    waker: Option<Waker>,
}

impl Mailbox {
    fn put(&mut self, change: &Change) {
        if !self.interest.covers(change) || !self.known.insert(change.clone()) {
            return;
        }
        self.news.push_back(change.clone());
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// One who is told of changes, until it is dropped.
pub(crate) struct Listener {
    mailbox: Arc<Mutex<Mailbox>>,
    leave: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl Listener {
    /// The next change. Only the task that polled last is woken.
    pub(crate) fn poll_next(&self, context: &mut Context<'_>) -> Poll<Change> {
        let mut mailbox = locked(&self.mailbox);
        let Some(change) = mailbox.news.pop_front() else {
            mailbox.waker = Some(context.waker().clone());
            return Poll::Pending;
        };
        mailbox.known.remove(&change);
        Poll::Ready(change)
    }

    /// The next change. Cancel safe.
    pub(crate) async fn next(&self) -> Change {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// Tells of lists as well, from now on.
    pub(crate) fn want_lists(&self) {
        let interest = &mut locked(&self.mailbox).interest;
        let uris = std::mem::take(&mut interest.uris);
        *interest = Interest {
            uris,
            ..Interest::lists()
        };
    }

    /// Also tells of this resource, unless as many as `most` are told of already, or their URIs would have more than `bytes`
    /// together. Answers whether it is told of now.
    pub(crate) fn watch(&self, uri: &str, most: usize, bytes: usize) -> bool {
        let uris = &mut locked(&self.mailbox).interest.uris;
        if uris.contains(uri) {
            return true;
        }
        let size = uri.len() + uris.iter().map(|uri| uri.len()).sum::<usize>();
        uris.len() < most && size <= bytes && uris.insert(uri.into())
    }

    /// Tells of this resource no more, not even of what has happened already.
    pub(crate) fn unwatch(&self, uri: &str) {
        let mut mailbox = locked(&self.mailbox);
        let Some(uri) = mailbox.interest.uris.take(uri) else {
            return;
        };
        let change = Change::Resource(uri);
        if mailbox.known.remove(&change) {
            mailbox.news.retain(|other| *other != change);
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(leave) = self.leave.take() {
            leave();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn told(listener: &Listener) -> Vec<Change> {
        std::iter::from_fn(|| listener.next().now_or_never()).collect()
    }

    fn resource(uri: &str) -> Change {
        Change::Resource(uri.into())
    }

    #[test]
    fn a_listener_is_told_of_what_it_asked_for_and_of_nothing_else() {
        let changes = Changes::in_memory();
        let tools = changes.listen(Interest {
            tools: true,
            ..Interest::default()
        });
        let notes = changes.listen(Interest {
            uris: [Arc::from("notes://1")].into(),
            ..Interest::default()
        });
        for change in [
            Change::Tools,
            Change::Prompts,
            Change::Resources,
            resource("notes://1"),
            resource("notes://2"),
        ] {
            changes.publish(change);
        }
        assert_eq!(told(&tools), [Change::Tools]);
        assert_eq!(told(&notes), [resource("notes://1")]);
    }

    #[test]
    fn what_changes_often_before_a_slow_listener_looks_is_told_once_and_again_later() {
        let changes = Changes::in_memory();
        let listener = changes.listen(Interest {
            tools: true,
            prompts: true,
            ..Interest::default()
        });
        for _ in 0..10_000 {
            changes.publish(Change::Prompts);
            changes.publish(Change::Tools);
        }
        assert_eq!(told(&listener), [Change::Prompts, Change::Tools]);
        changes.publish(Change::Tools);
        assert_eq!(told(&listener), [Change::Tools]);
    }

    #[tokio::test]
    async fn a_waiting_listener_is_woken() {
        let changes = Changes::in_memory();
        let listener = changes.listen(Interest {
            resources: true,
            ..Interest::default()
        });
        let waiting = tokio::spawn(async move { listener.next().await });
        tokio::task::yield_now().await;
        changes.publish(Change::Resources);
        assert_eq!(waiting.await.unwrap(), Change::Resources);
    }

    #[test]
    fn resources_are_watched_up_to_a_number_and_no_more_once_they_are_not() {
        let changes = Changes::in_memory();
        let listener = changes.listen(Interest::default());
        let watch = |uri| listener.watch(uri, 2, 12);
        assert!(watch("a://1"));
        assert!(!watch("a://2345"), "it has too many bytes");
        assert!(watch("a://2"));
        assert!(watch("a://1"), "it is watched already");
        assert!(!watch("a://3"));
        changes.publish(resource("a://1"));
        changes.publish(resource("a://2"));
        listener.unwatch("a://1");
        changes.publish(resource("a://1"));
        assert_eq!(told(&listener), [resource("a://2")]);
        assert!(watch("a://3"));
    }

    #[test]
    fn a_listener_that_has_gone_leaves_nothing_behind() {
        let bus = Memory::default();
        drop(bus.listen(Interest::default()));
        assert!(locked(&bus.0).boxes.is_empty());
    }
}
