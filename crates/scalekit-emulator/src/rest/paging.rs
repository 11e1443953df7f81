//! Lists in pages.

use axum::response::Response;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::{Value, json};

use super::invalid;
use crate::{parameters::Parameters, reply};

const DEFAULT: usize = 10;
const LARGEST: usize = 100;

/// The page of `items` that `query` asks for, under the name `name`.
pub(super) fn page(name: &str, items: Vec<Value>, query: &Parameters) -> Response {
    let size = match query.get("page_size").map(str::parse::<usize>) {
        None => DEFAULT,
        Some(Ok(size)) if (1..=LARGEST).contains(&size) => size,
        Some(_) => return invalid("page_size is between 1 and 100"),
    };
    let start = match query.get("page_token").map(read) {
        None => 0,
        Some(Some(start)) if start < items.len().max(1) => start,
        Some(_) => return invalid("page_token is none of ours"),
    };
    let total = items.len();
    let token = |start: Option<usize>| start.map(write).unwrap_or_default();
    let next = token(Some(start.saturating_add(size)).filter(|&next| next < total));
    let previous = token((start > 0).then(|| start.saturating_sub(size)));
    let items: Vec<Value> = items.into_iter().skip(start).take(size).collect();
    let mut body = json!({
        "next_page_token": next,
        "prev_page_token": previous,
        "total_size": total,
    });
    body[name] = Value::Array(items);
    reply::json(StatusCode::OK, &body)
}

fn write(start: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("from:{start}"))
}

fn read(token: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix("from:")?.parse().ok()
}
