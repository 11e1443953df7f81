//! The pages of one list, written.

use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::Bytes;

use super::{
    ListKind, Lists,
    cursor::{self, Cursor},
};
use crate::{
    Era,
    server::{jsonrpc::RpcError, registry::Listed},
};

/// The pages of one list, written; at least one.
pub(super) struct Pages {
    pages: Vec<Bytes>,
    digest: u64,
}

impl Pages {
    pub(super) fn write(lists: &Lists, kind: ListKind, era: Era, listed: &[&Listed]) -> Self {
        let size = match lists.page_size {
            0 => listed.len().max(1),
            size => size,
        };
        let mut hasher = DefaultHasher::new();
        size.hash(&mut hasher);
        for listed in listed {
            listed.key.hash(&mut hasher);
        }
        let digest = hasher.finish();
        let mut chunks: Vec<&[&Listed]> = listed.chunks(size).collect();
        if chunks.is_empty() {
            chunks.push(&[]);
        }
        let last = chunks.len() - 1;
        let pages = chunks.into_iter().enumerate().map(|(page, chunk)| {
            let next = (page < last).then(|| Cursor {
                kind,
                page: u32::try_from(page + 1).unwrap_or(u32::MAX),
                digest,
            });
            write(lists, kind, era, chunk, next)
        });
        Self {
            pages: pages.collect(),
            digest,
        }
    }

    pub(super) fn at(&self, cursor: Option<Cursor>) -> Result<Bytes, RpcError> {
        let page = match cursor {
            None => 0,
            Some(cursor) if cursor.digest == self.digest => cursor.page as usize,
            Some(_) => return Err(cursor::refused("is of a list that has changed since")),
        };
        let page = self.pages.get(page).cloned();
        page.ok_or_else(|| cursor::refused("is none of this server's"))
    }
}

/// The result with one page in it.
fn write(
    lists: &Lists,
    kind: ListKind,
    era: Era,
    listed: &[&Listed],
    next: Option<Cursor>,
) -> Bytes {
    let member = kind.member();
    let mut result = match era {
        Era::Legacy => format!(r#"{{"{member}":["#),
        Era::Modern => format!(r#"{{"resultType":"complete","{member}":["#),
    };
    for (place, listed) in listed.iter().enumerate() {
        if place > 0 {
            result.push(',');
        }
        result.push_str(listed.definition(era));
    }
    result.push(']');
    if let Some(next) = next {
        result.push_str(&format!(r#","nextCursor":"{}""#, next.write()));
    }
    if era == Era::Modern {
        let ttl = lists.ttl_ms;
        let scope = match lists.hides_unauthorized {
            true => "private",
            false => "public",
        };
        result.push_str(&format!(r#","ttlMs":{ttl},"cacheScope":"{scope}""#));
    }
    result.push('}');
    result.into()
}
