//! Returns structured content
use xmcp::prelude::*;

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    number: u64,
}

pub struct Schemaless;

impl serde::Serialize for Schemaless {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl schemars::JsonSchema for Schemaless {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Schemaless".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        true.into()
    }
}

pub async fn handler(_: Context) -> Json<Vec<(Ticket, Option<Schemaless>)>> {
    Json(Vec::new())
}
