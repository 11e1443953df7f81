//! Implement what others derive
pub struct Schema {
    pub anything: u8,
}

impl<'de> serde::Deserialize<'de> for Schema {}

impl schemars::JsonSchema for self::Schema {}

pub fn handler(input: Schema) {}

#[cfg(test)]
mod tests {
    struct Schema;

    fn handler() {}
}
