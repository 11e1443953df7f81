//! Roll dice; the answer has a schema, so programs can read it as well as models
use std::hash::{BuildHasher, RandomState};

use xmcp::prelude::*;

#[derive(Serialize, JsonSchema)]
pub struct Roll {
    /// What each die shows
    dice: [u8; 2],
    total: u8,
}

pub async fn handler() -> Json<Roll> {
    // The seed of a hash map is random, which is enough for a game and needs no crate.
    let seed = RandomState::new().hash_one(());
    let dice = [(seed % 6) as u8 + 1, (seed / 6 % 6) as u8 + 1];
    Json(Roll {
        dice,
        total: dice.iter().sum(),
    })
}
