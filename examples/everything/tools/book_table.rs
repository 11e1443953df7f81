//! Book a table; what the schema says of the arguments is enforced before the handler runs
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// Whom the table is for
    #[schemars(length(min = 1, max = 80))]
    name: String,
    /// How many will come
    #[schemars(range(min = 1, max = 12))]
    guests: u8,
    /// Where to sit; anywhere when left out
    seating: Option<Seating>,
    /// What the kitchen should know
    #[serde(default)]
    #[schemars(length(max = 3))]
    wishes: Vec<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Seating {
    Bar,
    Window,
    Garden,
}

pub async fn handler(input: Schema) -> String {
    let seat = match input.seating {
        Some(Seating::Bar) => "at the bar",
        Some(Seating::Window) => "at a window",
        Some(Seating::Garden) => "in the garden",
        None => "anywhere",
    };
    let (name, guests, wishes) = (input.name, input.guests, input.wishes.len());
    format!("A table for {guests} {seat}, for {name}, with {wishes} wishes")
}
