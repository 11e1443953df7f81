//! What members of Scalekit's answers look like: a text that is empty stands for one that is not there, and so does `null`.

use std::time::SystemTime;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de};

/// The value, or what it is without one.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A text that is not empty.
pub(super) fn filled<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()))
}

/// A time of RFC 3339.
pub(super) fn time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SystemTime>, D::Error> {
    let Some(text) = filled(deserializer)? else {
        return Ok(None);
    };
    let time: Timestamp = text.parse().map_err(|_| de::Error::custom("not a time"))?;
    let since = time.as_duration();
    let time = if since.is_negative() {
        SystemTime::UNIX_EPOCH.checked_sub(since.unsigned_abs())
    } else {
        SystemTime::UNIX_EPOCH.checked_add(since.unsigned_abs())
    };
    time.map(Some)
        .ok_or_else(|| de::Error::custom("not a time of this system"))
}

/// A count, as a number or, as JSON has numbers of 64 bits in the manner of gRPC, a text.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Count {
        Number(u64),
        Text(String),
    }
    match Option::deserialize(deserializer)? {
        None => Ok(None),
        Some(Count::Number(number)) => Ok(Some(number)),
        Some(Count::Text(text)) => text
            .parse()
            .map(Some)
            .map_err(|_| de::Error::custom("not a count")),
    }
}
