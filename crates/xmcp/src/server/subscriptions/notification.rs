//! A change as a client is told of it.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::server::{changes::Change, jsonrpc::Id};

/// The member of `_meta` that names a subscription (2026-07-28 basic/patterns/subscriptions).
const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// The notification of a change, for the subscription of this id if it belongs to one.
pub(crate) fn changed(change: &Change, subscription: Option<Id<'_>>) -> Bytes {
    let mut params = String::new();
    if let Some(id) = subscription {
        params = format!(r#""_meta":{}"#, meta(id));
    }
    let method = match change {
        Change::Tools => "notifications/tools/list_changed",
        Change::Prompts => "notifications/prompts/list_changed",
        Change::Resources => "notifications/resources/list_changed",
        Change::Resource(uri) => {
            if !params.is_empty() {
                params.push(',');
            }
            params += &format!(r#""uri":{}"#, Value::from(&**uri));
            "notifications/resources/updated"
        }
    };
    notification(method, &params)
}

/// What a subscription says first: what it will tell.
pub(super) fn acknowledged(filter: &super::Filter, subscription: Id<'_>) -> Bytes {
    let params = format!(
        r#""_meta":{},"notifications":{}"#,
        meta(subscription),
        json!(filter)
    );
    notification("notifications/subscriptions/acknowledged", &params)
}

/// The result of `subscriptions/listen`, once the server has no more to tell.
pub(super) fn closed(subscription: Id<'_>) -> Bytes {
    format!(
        r#"{{"resultType":"complete","_meta":{}}}"#,
        meta(subscription)
    )
    .into()
}

/// The id goes back as it came, so no number loses digits.
fn meta(subscription: Id<'_>) -> String {
    format!(r#"{{"{SUBSCRIPTION}":{}}}"#, subscription.as_str())
}

fn notification(method: &str, params: &str) -> Bytes {
    if params.is_empty() {
        return format!(r#"{{"jsonrpc":"2.0","method":"{method}"}}"#).into();
    }
    format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{{{params}}}}}"#).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::subscriptions::Filter;

    fn json(message: Bytes) -> Value {
        serde_json::from_slice(&message).unwrap()
    }

    #[test]
    fn changes_are_told_in_the_words_of_the_protocol() {
        let updated = Change::Resource("a://\"1\"".into());
        assert_eq!(
            json(changed(&updated, None)),
            json!({ "jsonrpc": "2.0", "method": "notifications/resources/updated", "params": { "uri": "a://\"1\"" } })
        );
        assert_eq!(
            json(changed(&Change::Tools, None)),
            json!({ "jsonrpc": "2.0", "method": "notifications/tools/list_changed" })
        );
        let id = Id::parse("\"listen:0\"");
        let meta = json!({ "io.modelcontextprotocol/subscriptionId": "listen:0" });
        assert_eq!(
            json(changed(&updated, id)),
            json!({ "jsonrpc": "2.0", "method": "notifications/resources/updated", "params": { "_meta": meta, "uri": "a://\"1\"" } })
        );
        assert_eq!(
            json(changed(&Change::Prompts, id)),
            json!({ "jsonrpc": "2.0", "method": "notifications/prompts/list_changed", "params": { "_meta": meta } })
        );
        assert_eq!(
            json(acknowledged(&Filter::default(), id.unwrap())),
            json!({ "jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": { "_meta": meta, "notifications": {} } })
        );
        assert_eq!(
            json(closed(id.unwrap())),
            json!({ "resultType": "complete", "_meta": meta })
        );
    }
}
