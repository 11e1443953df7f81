//! The lists of the protocol, page by page: the same bytes for everybody, or, under `hide_unauthorized`, what the caller may use.

mod cursor;
mod kind;
mod page;

use std::sync::OnceLock;

use bytes::Bytes;
use xmcp_auth::Session;
use xmcp_config::Settings;

pub(super) use self::cursor::Cursor;
pub(crate) use self::kind::ListKind;
use self::page::Pages;
use super::{
    gate::Gate,
    jsonrpc::RpcError,
    registry::{Listed, Primitives},
};
use crate::Era;

/// How lists are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lists {
    /// How many entries a page has; 0 puts all on one.
    page_size: usize,
    ttl_ms: u64,
    hides_unauthorized: bool,
    gate: Gate,
}

/// What was written of the primitives of one time, for everybody.
#[derive(Default)]
pub(crate) struct Written([[OnceLock<Pages>; 2]; 5]);

impl Lists {
    pub(crate) fn new(settings: &Settings, gate: Gate) -> Self {
        Self {
            page_size: settings.server.page_size,
            ttl_ms: u64::try_from(settings.server.list_ttl.as_millis()).unwrap_or(u64::MAX),
            hides_unauthorized: settings.server.hide_unauthorized,
            gate,
        }
    }

    /// How long clients may keep a list, in milliseconds.
    pub(crate) fn ttl_ms(&self) -> u64 {
        self.ttl_ms
    }

    /// One page of the list of skills: the same for everybody, unless it hides them from who is not signed in.
    pub(crate) fn skills(
        &self,
        written: &Written,
        listed: &[&Listed],
        cursor: Option<&str>,
        session: Option<&Session>,
    ) -> Result<Bytes, RpcError> {
        let (kind, era) = (ListKind::Skills, Era::Modern);
        let cursor = cursor.map(|cursor| Cursor::read(cursor, kind));
        if self.hides_unauthorized && self.gate.admits_strangers() {
            let pages = self.write(kind, era, listed.iter().copied(), session);
            return pages.at(cursor.transpose()?);
        }
        let everybodys = Self {
            hides_unauthorized: false,
            ..*self
        };
        let pages = written.get(kind, era, || Pages::write(&everybodys, kind, era, listed));
        pages.at(cursor.transpose()?)
    }

    /// One page of a list, as the JSON text of its result: the first without a cursor.
    pub(crate) fn page(
        &self,
        registry: &Primitives,
        kind: ListKind,
        era: Era,
        cursor: Option<&str>,
        session: Option<&Session>,
    ) -> Result<Bytes, RpcError> {
        let cursor = cursor
            .map(|cursor| Cursor::read(cursor, kind))
            .transpose()?;
        if !self.hides_unauthorized {
            let pages = registry.written.get(kind, era, || {
                Pages::write(self, kind, era, &registry.list(kind).collect::<Vec<_>>())
            });
            return pages.at(cursor);
        }
        self.write(kind, era, registry.list(kind), session)
            .at(cursor)
    }

    /// A list that depends on the caller: what the gate would refuse is not in it.
    fn write<'a>(
        &self,
        kind: ListKind,
        era: Era,
        listed: impl Iterator<Item = &'a Listed>,
        session: Option<&Session>,
    ) -> Pages {
        let listed = listed.filter(|listed| self.gate.check(listed, session).is_ok());
        Pages::write(self, kind, era, &listed.collect::<Vec<_>>())
    }
}

impl Written {
    fn get(&self, kind: ListKind, era: Era, write: impl FnOnce() -> Pages) -> &Pages {
        let era = match era {
            Era::Legacy => 0,
            Era::Modern => 1,
        };
        self.0[kind as usize][era].get_or_init(write)
    }
}
