//! How far a handler's work is.

use serde_json::{Map, Value};

use super::Notification;

/// How far the work is: `Progress::new(3.0).total(10.0).message("3 of 10 files")`.
///
/// `progress` must grow from one report to the next; `total` is in the same unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    progress: f64,
    total: Option<f64>,
    message: Option<String>,
}

impl Progress {
    /// This much is done, in a unit of your own.
    pub fn new(progress: f64) -> Self {
        Self {
            progress,
            total: None,
            message: None,
        }
    }

    /// This much there is to do.
    #[must_use]
    pub fn total(mut self, total: f64) -> Self {
        self.total = Some(total);
        self
    }

    /// What is being done, for people.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    pub(super) fn value(&self) -> f64 {
        self.progress
    }

    pub(super) fn notification(self, token: &Value) -> Notification {
        let mut params = Map::new();
        params.insert("progressToken".to_owned(), token.clone());
        params.insert("progress".to_owned(), number(self.progress));
        if let Some(total) = self.total {
            params.insert("total".to_owned(), number(total));
        }
        if let Some(message) = self.message {
            params.insert("message".to_owned(), Value::String(message));
        }
        Notification {
            method: "notifications/progress",
            params: Value::Object(params),
        }
    }
}

/// Whole numbers without a fraction, as people write them; what is no number in JSON is 0.
fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        return Value::from(value as i64);
    }
    serde_json::Number::from_f64(value).map_or(Value::from(0), Value::Number)
}
