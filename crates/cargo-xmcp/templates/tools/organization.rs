//! Returns the organization that the user is signed in for
use jiff::Timestamp;
use xmcp::prelude::*;

pub const METADATA: ToolMetadata = ToolMetadata::new().title("My organization").read_only(true);

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    id: String,
    name: String,
    /// When it was made
    created_at: Option<String>,
    /// How many users belong to it
    members: Option<u64>,
}

// `Option`, so that the server starts without credentials too: with a plain `Scalekit` it would not.
pub async fn handler(
    session: Option<Session>,
    scalekit: Option<Scalekit>,
) -> Result<Json<Organization>> {
    let session = session
        .ok_or("nobody is signed in: that takes HTTP, and a provider in src/middleware.rs")?;
    let id = session
        .organization_id()
        .ok_or("you are signed in for no organization")?;
    let scalekit = scalekit.ok_or(
        "Scalekit cannot be asked: that takes SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET",
    )?;
    let organization = scalekit.organizations().get(id).await?;
    let users = scalekit.users().of_organization(id)?;
    let created_at = organization.create_time.map(Timestamp::try_from);
    Ok(Json(Organization {
        id: organization.id,
        name: organization.display_name,
        created_at: created_at.transpose()?.map(|time| time.to_string()),
        members: users.page().await?.total_size,
    }))
}
