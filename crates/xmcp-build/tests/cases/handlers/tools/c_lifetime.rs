//! C
pub async fn handler<'a>(context: &'a Context) {}
