//! Returns a map
use std::collections::BTreeMap;

pub async fn handler() -> Result<BTreeMap<String, u8>, std::fmt::Error> {
    Ok(BTreeMap::new())
}
