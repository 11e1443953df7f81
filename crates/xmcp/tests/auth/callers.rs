//! Tools that know their caller in every way there is, and tools that wait for each other.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::BoxFuture;
use tokio::sync::Barrier;
use xmcp::{
    AppState,
    codegen::{self, Input, Tool},
    prelude::*,
};

use crate::tools::{maybe_who, who, write};

/// How many meet in `meeting`.
pub const CROWD: usize = 200;

pub static CALLERS: &[Tool] = &[
    tool!(sync write, of_0, None, []),
    tool!(async who, of_async_1, None, [session]),
    tool!(sync maybe_who, of_1, None, [session]),
    tool!(async deep_who, of_async_0, None, []),
    tool!(sync sync_who, of_1, None, [session]),
    tool!(sync blocking_who, of_1, None, [session]),
    tool!(async waiting_who, of_async_1, None, [session]),
    tool!(async meeting, of_async_2, None, [session, place]),
    tool!(async spawned_who, of_async_0, None, []),
    tool!(async authorization, of_async_1, None, [headers]),
    tool!(sync counted, of_1, None, [calls]),
    tool!(sync admin, of_1, None, [calls]),
    tool!(sync calls, of_1, None, [calls]),
    tool!(sync scopes, of_1, None, [session]),
    tool!(sync organization, of_1, None, [session]),
];

/// How often handlers ran that a stranger must not reach.
#[derive(Default)]
pub struct Calls(AtomicUsize);

/// Where callers meet: nobody leaves before all are there.
pub struct Place(Barrier);

pub fn state() -> BoxFuture<'static, xmcp::Result<AppState>> {
    Box::pin(async {
        Ok(AppState::new()
            .with(Place(Barrier::new(CROWD)))
            .with(Calls::default()))
    })
}

/// The caller as the argument says and as `session()` says, one after the other.
fn both(session: &Session) -> Result<String> {
    let deep = xmcp::session()?;
    Ok(format!("{} {}", session.user_id(), deep.user_id()))
}

pub mod deep_who {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler() -> Result<String> {
        tokio::task::yield_now().await;
        Ok(xmcp::session()?.user_id().to_owned())
    }
}

pub mod sync_who {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler(session: Session) -> Result<String> {
        both(&session)
    }
}

pub mod blocking_who {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().blocking();
    pub fn handler(session: Session) -> Result<String> {
        both(&session)
    }
}

pub mod waiting_who {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler(session: Session) -> Result<String> {
        // Not the same number for everybody, so that callers overtake each other.
        let times = 1 + session.user_id().bytes().map(usize::from).sum::<usize>() % 7;
        for _ in 0..times {
            both(&session)?;
            tokio::task::yield_now().await;
        }
        both(&session)
    }
}

pub mod meeting {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler(session: Session, place: State<Place>) -> Result<String> {
        place.0.wait().await;
        both(&session)
    }
}

pub mod spawned_who {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler() -> Result<String> {
        let seen = || match xmcp::session() {
            Ok(session) => session.user_id().to_owned(),
            Err(error) => error.to_string(),
        };
        let task = tokio::spawn(async move {
            tokio::task::yield_now().await;
            seen()
        });
        let thread = tokio::task::spawn_blocking(seen);
        Ok(format!("{}\n{}", task.await?, thread.await?))
    }
}

pub mod authorization {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler(headers: Headers) -> String {
        headers.get("authorization").unwrap_or("none").to_owned()
    }
}

pub mod counted {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler(calls: State<Calls>) -> &'static str {
        calls.0.fetch_add(1, Ordering::Relaxed);
        "counted"
    }
}

pub mod admin {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().scopes(&["todo:write"]);
    pub fn handler(calls: State<Calls>) -> &'static str {
        calls.0.fetch_add(1, Ordering::Relaxed);
        "administered"
    }
}

pub mod calls {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler(calls: State<Calls>) -> String {
        calls.0.load(Ordering::Relaxed).to_string()
    }
}

pub mod scopes {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler(session: Session) -> String {
        session.scopes().to_string()
    }
}

pub mod organization {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler(session: Session) -> String {
        session.organization_id().unwrap_or("none").to_owned()
    }
}
