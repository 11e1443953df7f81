//! Which request a sealed state belongs to.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value};

/// What makes a request the same as an earlier one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding<'a> {
    pub(crate) method: &'a str,
    /// The name of the tool or prompt, the URI of the resource.
    pub(crate) name: &'a str,
    /// JSON text; none is an empty object.
    pub(crate) arguments: Option<&'a [u8]>,
    /// The verified caller's issuer and subject.
    pub(crate) caller: Option<(&'a str, &'a str)>,
}

impl Binding<'_> {
    /// The same bytes for the same request, and for no other.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let arguments = canonical(self.arguments);
        let (issuer, subject) = self.caller.unwrap_or_default();
        let is_known: &[u8] = if self.caller.is_some() {
            b"caller"
        } else {
            b"nobody"
        };
        let parts = [
            self.method.as_bytes(),
            self.name.as_bytes(),
            digest(&SHA256, &arguments).as_ref(),
            is_known,
            issuer.as_bytes(),
            subject.as_bytes(),
        ]
        .map(<[u8]>::to_vec);
        let mut bytes = Vec::new();
        for part in parts {
            // With its length, so that no part can end in another's beginning.
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(&part);
        }
        bytes
    }
}

/// Arguments as one text, however a client writes them. What no value can hold (a number out of range, a hundred levels of lists)
/// is the same only where it is written the same.
fn canonical(arguments: Option<&[u8]>) -> Vec<u8> {
    let arguments = arguments.unwrap_or(b"{}");
    match serde_json::from_slice(arguments) {
        Ok(value) => sorted(value).to_string().into_bytes(),
        Err(_) => arguments.to_vec(),
    }
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members.into_iter().collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            let members = members
                .into_iter()
                .map(|(name, value)| (name, sorted(value)));
            Value::Object(Map::from_iter(members))
        }
        value => value,
    }
}
