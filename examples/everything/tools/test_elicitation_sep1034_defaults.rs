//! Asks the person with a form that is filled in already: the defaults are those of the type
use xmcp::prelude::*;

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
struct Profile {
    name: String,
    age: i64,
    score: f64,
    status: Status,
    verified: bool,
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    Active,
    Inactive,
    Pending,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            name: "John Doe".to_owned(),
            age: 30,
            score: 95.5,
            status: Status::Active,
            verified: true,
        }
    }
}

pub async fn handler(context: Context) -> Result<String> {
    let profile = context.elicit::<Profile>("Is this you?").await?;
    Ok(format!("Elicitation completed: {:?}", profile.accepted()))
}
