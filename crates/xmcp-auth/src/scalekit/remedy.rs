//! What to do about a token that is good for something else. A token of the environment's own API client verifies like every other
//! and is for no MCP server, which is the mistake that costs people an afternoon.

use crate::Reason;

const REMEDY: &str =
    "create a client under MCP Servers > your server > Clients and use a token of that one";

/// The remedy in words for the log, if the reason is one that people run into.
pub(super) fn remedy(reason: &Reason, resource_id: Option<&str>) -> Option<String> {
    match reason {
        Reason::Audience { found } if found.iter().any(|audience| audience.starts_with("skc_")) => {
            let wanted = resource_id.unwrap_or("the resource's URL");
            Some(format!(
                "token audience {found:?} does not contain {wanted}: this looks like an environment token; {REMEDY}"
            ))
        }
        Reason::Claim("aud") => Some(format!(
            "the token has no audience: this looks like a token of an organization's API client; {REMEDY}"
        )),
        _ => None,
    }
}
