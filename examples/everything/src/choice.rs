//! Choices in a form, the three ways in which clients are told what to show.

use xmcp::prelude::*;

/// Shown as they are sent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Plain {
    Option1,
    Option2,
    Option3,
}

/// Shown by their doc comments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Titled {
    /// First Option
    Value1,
    /// Second Option
    Value2,
    /// Third Option
    Value3,
}

/// Shown by names beside them, for clients that know no titles yet.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(extend("enumNames" = ["Option One", "Option Two", "Option Three"]))]
pub enum Named {
    Opt1,
    Opt2,
    Opt3,
}
