//! What a client wants to be told of.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::server::{changes::Interest, jsonrpc::RpcError};

/// Resources that one subscription or one session may name.
pub(super) const RESOURCES: usize = 256;
/// Bytes of all URIs of one subscription or one session: there are many of these, and each keeps them.
pub(super) const BYTES: usize = 64 * 1024;
/// The longest URI of one.
const LONGEST: usize = 4096;

/// `SubscriptionFilter` of the schema, as it is asked for and as it is acknowledged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Filter {
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) tools_list_changed: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) prompts_list_changed: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) resources_list_changed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) resource_subscriptions: Vec<String>,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl Filter {
    /// The filter of `params.notifications`.
    pub(crate) fn parse(text: Option<&RawValue>) -> Result<Self, RpcError> {
        let text = text.ok_or_else(|| RpcError::invalid_params("`notifications` is missing"))?;
        // serde would take an array for a struct.
        let filter: Self = text
            .get()
            .starts_with('{')
            .then(|| serde_json::from_str(text.get()).ok())
            .flatten()
            .ok_or_else(|| {
                RpcError::invalid_params(
                    "`notifications` must be an object of `toolsListChanged`, `promptsListChanged`, `resourcesListChanged` (booleans) \
                     and `resourceSubscriptions` (an array of URIs)",
                )
            })?;
        let uris = &filter.resource_subscriptions;
        if uris.len() > RESOURCES {
            return Err(RpcError::invalid_params(format!(
                "`resourceSubscriptions` may name {RESOURCES} URIs"
            )));
        }
        for uri in uris {
            check_uri(uri)?;
        }
        if uris.iter().map(String::len).sum::<usize>() > BYTES {
            return Err(RpcError::invalid_params(format!(
                "the URIs of `resourceSubscriptions` may have {BYTES} bytes together"
            )));
        }
        Ok(filter)
    }

    pub(super) fn interest(&self) -> Interest {
        Interest {
            tools: self.tools_list_changed,
            prompts: self.prompts_list_changed,
            resources: self.resources_list_changed,
            uris: self
                .resource_subscriptions
                .iter()
                .map(|uri| uri.as_str().into())
                .collect(),
        }
    }
}

/// Whether this is short enough to be remembered. There need not be such a resource: it may come later.
pub(super) fn check_uri(uri: &str) -> Result<(), RpcError> {
    if uri.len() <= LONGEST {
        return Ok(());
    }
    Err(RpcError::invalid_params(format!(
        "a URI may have {LONGEST} bytes"
    )))
}

#[cfg(test)]
mod tests {
    use serde_json::value::to_raw_value;
    use serde_json::{Value, json};

    use super::*;

    fn parse(filter: &Value) -> Result<Filter, i32> {
        Filter::parse(Some(&to_raw_value(filter).unwrap())).map_err(|error| error.code)
    }

    #[test]
    fn a_filter_says_what_is_wanted_and_repeats_no_more_than_that() {
        let asked = json!({ "promptsListChanged": true, "toolsListChanged": false, "resourceSubscriptions": ["a://1"], "later": 1 });
        let filter = parse(&asked).unwrap();
        let expected = json!({ "promptsListChanged": true, "resourceSubscriptions": ["a://1"] });
        assert_eq!(serde_json::to_value(&filter).unwrap(), expected);
        assert_eq!(parse(&json!({})), Ok(Filter::default()));
    }

    #[test]
    fn what_is_no_filter_or_asks_for_too_much_is_refused() {
        let many = vec!["a://1"; RESOURCES + 1];
        for wrong in [
            json!([]),
            json!(null),
            json!([true]),
            json!({ "toolsListChanged": 1 }),
            json!({ "resourceSubscriptions": [1] }),
            json!({ "resourceSubscriptions": many }),
            json!({ "resourceSubscriptions": ["a".repeat(LONGEST + 1)] }),
            json!({ "resourceSubscriptions": vec!["a".repeat(LONGEST); BYTES / LONGEST + 1] }),
        ] {
            assert_eq!(parse(&wrong), Err(-32602), "{wrong}");
        }
        assert!(Filter::parse(None).is_err());
    }
}
