//! G
use std::collections::HashMap;

pub fn handler(
    name: String,
    text: &str,
    count: Option<u32>,
    list: Vec<std::string::String>,
    map: HashMap<String, Vec<u8>>,
    pair: [u8; 2],
    fine: Option<Session>,
) {
}
