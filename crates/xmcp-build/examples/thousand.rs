//! How long a thousand tool files take: `cargo run --release -p xmcp-build --example thousand`, and without `--release` what
//! a build script costs, which cargo compiles without optimisation.

use std::fs;
use std::io::{self, Write};
use std::time::Instant;

use xmcp_build::{Diagnostics, Profile};

const FILES: usize = 1000;

fn main() -> io::Result<()> {
    let root = tempfile::tempdir()?;
    for number in 0..FILES {
        let folder = root.path().join(format!("tools/group{}", number % 20));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("tool-{number}.rs")), tool(number))?;
    }

    let start = Instant::now();
    let (app, diagnostics) = xmcp_build::plan(root.path());
    let planned = start.elapsed();
    let text = xmcp_build::generate(&app, Profile::Debug, &Diagnostics::default());
    let total = start.elapsed();

    let mut output = io::stderr();
    write!(output, "{diagnostics}")?;
    writeln!(
        output,
        "{} tools: scanned, parsed and checked in {planned:?}",
        app.tools.len()
    )?;
    writeln!(
        output,
        "{} lines: generated in {:?}",
        text.lines().count(),
        total - planned
    )?;
    writeln!(output, "together {total:?}")
}

/// A tool of the size that people write.
fn tool(number: usize) -> String {
    format!(
        r#"//! Find ticket {number} and tell what happened to it
use xmcp::prelude::*;

pub const METADATA: ToolMetadata = ToolMetadata::new().title("Find a ticket").read_only(true).scopes(&["tickets:read"]);

#[derive(Deserialize, JsonSchema)]
pub struct Schema {{
    /// The ticket's number
    pub number: u64,
    /// Whether to include what was closed
    #[serde(default)]
    pub closed: bool,
    /// The person who opened it
    #[schemars(length(min = 1, max = 64))]
    pub owner: Option<String>,
}}

#[derive(Serialize, JsonSchema)]
pub struct Ticket {{
    pub title: String,
    pub events: Vec<String>,
}}

pub async fn handler(input: Schema, session: Session, tickets: State<Tickets>) -> Result<Json<Ticket>> {{
    let owner = input.owner.as_deref().unwrap_or(session.user_id());
    let ticket = tickets.find(input.number, owner).await?;
    if ticket.closed && !input.closed {{
        return Err(anyhow!("ticket {{}} is closed", input.number));
    }}
    let mut events = Vec::new();
    for event in &ticket.events {{
        match event {{
            Event::Opened(by) => events.push(format!("opened by {{by}}")),
            Event::Closed(by) => events.push(format!("closed by {{by}}")),
        }}
    }}
    Ok(Json(Ticket {{ title: ticket.title, events }}))
}}
"#
    )
}
