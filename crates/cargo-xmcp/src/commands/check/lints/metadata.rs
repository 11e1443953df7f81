//! What `METADATA` should say.

use super::{Found, Lint, Subject};

/// One without a name for people.
pub(super) fn title(subject: &Subject<'_>) -> Option<Found> {
    subject.outline().call("title").is_none().then(|| {
        let message = format!(
            "the {} has no title, the name that people read: add `.title(\"..\")` to its `METADATA`",
            subject.kind
        );
        subject.found(Lint::NoTitle, subject.metadata_place(), message)
    })
}

/// A tool that leaves open what it may do. Clients take the worst for granted then, and ask people before each call.
pub(super) fn hints(tool: &Subject<'_>) -> Option<Found> {
    let says = |method| tool.outline().call(method).is_some();
    (!says("read_only") && !says("destructive")).then(|| {
        let message = "the tool does not say whether it changes anything, so clients take it for destructive: add `.read_only(true)`, or \
                       `.destructive(..)`, to its `METADATA`";
        tool.found(Lint::NoHints, tool.metadata_place(), message.to_owned())
    })
}

/// A destructive tool that everybody may call who may call anything.
pub(super) fn destructive(tool: &Subject<'_>) -> Option<Found> {
    let outline = tool.outline();
    let call = outline.call("destructive")?;
    let is_open = tool.primitive.scopes.is_empty() && !tool.primitive.public;
    (outline.boolean("destructive") == Some(true) && is_open).then(|| {
        let message = "the tool is destructive, and every caller may call it: add `.scopes(&[\"..\"])` to its `METADATA`, or \
                       `.public(true)` if that is meant";
        tool.found(Lint::UnscopedDestructive, call.place, message.to_owned())
    })
}
