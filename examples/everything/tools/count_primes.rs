//! Count the prime numbers up to a limit, on a thread where waiting and computing hold nobody up
use xmcp::prelude::*;

pub const METADATA: ToolMetadata = ToolMetadata::new()
    .title("Count primes")
    .read_only(true)
    .blocking();

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The largest number to look at
    #[schemars(range(max = 10_000_000))]
    limit: usize,
}

// Not `async`: with `.blocking()` it runs on the pool for such work, otherwise it would run in place.
pub fn handler(Schema { limit }: Schema) -> usize {
    let mut is_prime = vec![true; limit + 1];
    let mut count = 0;
    for number in 2..=limit {
        if is_prime[number] {
            count += 1;
            (number * number..=limit)
                .step_by(number)
                .for_each(|multiple| is_prime[multiple] = false);
        }
    }
    count
}
