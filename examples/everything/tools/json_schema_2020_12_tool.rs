//! Describe a contact; the schema is written by hand and served as it is
use serde_json::{Value, json};
use xmcp::prelude::*;

#[derive(Deserialize)]
pub struct Schema {
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
}

pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": { "address": {
            "$anchor": "addressDef", "type": "object",
            "properties": { "street": { "type": "string" }, "city": { "type": "string" } }
        } },
        "properties": {
            "name": { "type": "string" }, "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" }, "email": { "type": "string" }
        },
        "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
        "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
        "then": { "required": ["phone"] },
        "else": { "required": ["email"] },
        "additionalProperties": false
    })
}

pub async fn handler(Schema { name, phone, email }: Schema) -> String {
    let known = [name, phone, email].into_iter().flatten();
    known.collect::<Vec<_>>().join(", ")
}
