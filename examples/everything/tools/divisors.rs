//! List the divisors of a number; structured content need not be an object
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The number to divide
    #[schemars(range(min = 1, max = 100_000))]
    number: u32,
}

// Clients before 2026-07-28 take objects only; they get `{"result": [..]}`.
pub async fn handler(Schema { number }: Schema) -> Json<Vec<u32>> {
    Json(
        (1..=number)
            .filter(|divisor| number % divisor == 0)
            .collect(),
    )
}
