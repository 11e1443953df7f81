//! A JSON number as JSON Schema compares it: by value, so that `1` and `1.0` are the same integer.

use std::cmp::Ordering;

#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Integer(i128),
    Float(f64),
}

impl Number {
    /// `None` for what no 64-bit number holds, which is possible only when some crate turns on serde_json's
    /// `arbitrary_precision`.
    pub(super) fn from_json(number: &serde_json::Number) -> Option<Self> {
        if let Some(integer) = number.as_i64() {
            return Some(Self::Integer(integer.into()));
        }
        if let Some(integer) = number.as_u64() {
            return Some(Self::Integer(integer.into()));
        }
        number
            .as_f64()
            .filter(|float| float.is_finite())
            .map(Self::Float)
    }

    pub(super) fn is_integer(self) -> bool {
        match self {
            Self::Integer(_) => true,
            Self::Float(float) => float.fract() == 0.0,
        }
    }

    /// The integer, also where it is written as a float; else the float.
    pub(super) fn whole(self) -> Result<i128, f64> {
        match self {
            Self::Integer(integer) => Ok(integer),
            Self::Float(float) if float.fract() == 0.0 && float.abs() < 1e38 => Ok(float as i128),
            Self::Float(float) => Err(float),
        }
    }

    pub(super) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(&b),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            (Self::Integer(a), Self::Float(b)) => compare_exactly(a, b),
            (Self::Float(a), Self::Integer(b)) => compare_exactly(b, a).reverse(),
        }
    }

    pub(super) fn is_multiple_of(self, divisor: i64) -> bool {
        match self {
            Self::Integer(integer) => integer % i128::from(divisor) == 0,
            // Exact: the remainder of two floats is itself a float, and divisors end at 2^53.
            Self::Float(float) => float % (divisor as f64) == 0.0,
        }
    }
}

/// Compares without rounding the integer, which a float of its size could not tell from its neighbours.
fn compare_exactly(integer: i128, float: f64) -> Ordering {
    const END: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
    if float >= END {
        return Ordering::Less;
    }
    if float < -END {
        return Ordering::Greater;
    }
    let whole = float.trunc() as i128;
    integer.cmp(&whole).then_with(|| {
        0.0_f64
            .partial_cmp(&float.fract())
            .unwrap_or(Ordering::Equal)
    })
}
