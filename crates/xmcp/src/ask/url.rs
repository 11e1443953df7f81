//! Questions that are answered elsewhere: the person is sent to a page.

use http::Uri;
use serde_json::{Value, json};

use crate::{AskError, excerpt::excerpt};

/// The params of an elicitation in URL mode (2026-07-28 client/elicitation, "URL Mode Elicitation Requests").
pub(crate) fn params(message: String, url: String) -> Result<Value, AskError> {
    let is_web = url.parse::<Uri>().is_ok_and(|uri| {
        uri.host().is_some() && matches!(uri.scheme_str(), Some("https" | "http"))
    });
    if !is_web {
        return Err(AskError::Misused(format!(
            "{} is no URL of a web page: write one like `https://example.com/connect`",
            excerpt(&url)
        )));
    }
    Ok(json!({ "mode": "url", "message": message, "url": url }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_sent_to_web_pages_only() {
        for url in ["https://example.com/a?b=c", "http://localhost:3000/"] {
            let expected = json!({ "mode": "url", "message": "Go", "url": url });
            assert_eq!(params("Go".to_owned(), url.to_owned()), Ok(expected));
        }
        for url in [
            "",
            "/connect",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://",
            "https://a b",
        ] {
            assert!(params("Go".to_owned(), url.to_owned()).is_err(), "{url}");
        }
    }
}
