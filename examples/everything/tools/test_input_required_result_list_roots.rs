//! Asks the client for the folders that the person works in
use xmcp::prelude::*;

pub async fn handler(context: Context) -> Result<String> {
    let roots = context.roots().key("client_roots").await?;
    let uris: Vec<_> = roots.iter().map(|root| root.uri.as_str()).collect();
    Ok(format!("Roots: {}", uris.join(", ")))
}
