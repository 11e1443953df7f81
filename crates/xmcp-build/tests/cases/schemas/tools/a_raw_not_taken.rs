//! A
pub fn schema() -> serde_json::Value {
    todo!()
}

pub fn handler() {}
