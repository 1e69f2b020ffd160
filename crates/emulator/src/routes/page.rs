//! Lists that come in pages, with a cursor that hides an offset (dossier 3.1).

use super::{Call, Reply, invalid};
use crate::refusal::Refusal;
use crate::switches::NextStyle;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    pub(super) offset: usize,
    pub(super) limit: usize,
}

impl Page {
    /// The page that `limit` (1 to 100, default 20) and `cursor` ask for.
    pub(super) fn asked(call: &Call<'_>) -> Result<Page, Refusal> {
        let limit = number(call, "limit", 1..=100)?.unwrap_or(20);
        let offset = call.query("cursor").map(read_cursor).transpose()?.unwrap_or(0);
        Ok(Page { offset, limit })
    }

    /// The page with these items, and `next` where there are more of them behind it.
    pub(super) fn reply(
        self,
        call: &Call<'_>,
        path: &str,
        mut items: Vec<Value>,
        more: bool,
    ) -> Reply {
        // Only inside the page: an order that changed between the pages would hide rows, which no
        // client could make up for.
        call.shuffle(&mut items);
        let next = next(call, path, more.then_some(self.offset.saturating_add(self.limit)));
        Reply::ok(json!({"data": items, "next": next}))
    }
}

/// A query parameter that is a number in a range, which has no negative numbers in it.
pub(super) fn number(
    call: &Call<'_>,
    name: &str,
    range: RangeInclusive<i64>,
) -> Result<Option<usize>, Refusal> {
    let Some(given) = call.query(name) else { return Ok(None) };
    let (least, most) = range.into_inner();
    let problem = match given.parse::<i64>() {
        Err(_) => (
            "Input should be a valid integer, unable to parse string as an integer".to_owned(),
            "int_parsing",
        ),
        Ok(number) if number < least => {
            (format!("Input should be greater than or equal to {least}"), "greater_than_equal")
        }
        Ok(number) if number > most => {
            (format!("Input should be less than or equal to {most}"), "less_than_equal")
        }
        Ok(number) => return Ok(usize::try_from(number).ok()),
    };
    Err(invalid("query", name, problem.0, problem.1))
}

fn read_cursor(cursor: &str) -> Result<usize, Refusal> {
    STANDARD
        .decode(cursor)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
        .and_then(|value| value.get("offset")?.as_u64())
        .and_then(|offset| usize::try_from(offset).ok())
        .ok_or_else(|| invalid("query", "cursor", "Invalid cursor".to_owned(), "value_error"))
}

fn next(call: &Call<'_>, path: &str, offset: Option<usize>) -> Value {
    let style = call.switches.next_style;
    let Some(offset) = offset else {
        return if style == NextStyle::Cursor { "".into() } else { Value::Null };
    };
    let cursor = STANDARD.encode(json!({"offset": offset}).to_string());
    let host = match style {
        NextStyle::Cursor => return cursor.into(),
        NextStyle::Absolute => call.host,
        NextStyle::Relative => "",
        NextStyle::Hostile => "https://api.airbyte.ai.example.net",
    };
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut url = format!("{host}{path}?cursor={}", encode(&cursor));
    for (key, value) in call.query.iter().filter(|(key, _)| key != "cursor") {
        url.push_str(&format!("&{}={}", encode(key), encode(value)));
    }
    url.into()
}
