//! Takes a type of its own
pub struct Tenant(String);

pub async fn handler(tenant: Tenant) -> String {
    tenant.0
}
