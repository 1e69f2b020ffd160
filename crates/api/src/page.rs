//! Lists that come in pages (dossier 3.1).

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::Value as Json;

use crate::client::Client;
use crate::delivery::Message;
use crate::error::Error;
use crate::route::Route;
use crate::wire;

/// The largest page that the service gives (dossier 10).
pub(crate) const LIMIT: &str = "100";
/// What a list of workspaces is asked by, where it is for a name.
pub(crate) const NAME_CONTAINS: &str = "name_contains";

/// A page of workspaces.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) items: Vec<Json>,
    /// The cursor of the next page.
    pub(crate) next: Option<String>,
}

/// Reads one page of workspaces.
pub(crate) async fn page(
    client: &Client,
    name_contains: Option<&str>,
    cursor: Option<&str>,
) -> Result<Page, Error> {
    let mut message = Message::new(Route::ListWorkspaces).query("limit", LIMIT);
    if let Some(name) = name_contains {
        message = message.query(NAME_CONTAINS, name);
    }
    if let Some(cursor) = cursor {
        message = message.query("cursor", cursor);
    }
    let answer = client.call(message).await?;
    let next = cursor_of(answer.get("next")).map_err(unreadable)?;
    let items = wire::items(answer).ok_or_else(|| unreadable("it is no list"))?;
    Ok(Page { items, next })
}

/// Reads the pages from `cursor` to the end, and gives each to `take` as it comes: as they are sent, all
/// workspaces of a large organization would take more room than all else that is known of them.
pub(crate) async fn rest(
    client: &Client,
    name_contains: Option<&str>,
    mut cursor: Option<String>,
    mut take: impl FnMut(Vec<Json>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    while let Some(here) = cursor {
        let page = page(client, name_contains, Some(&here)).await?;
        seen.insert(here);
        if page.next.as_ref().is_some_and(|next| seen.contains(next)) {
            return Err(unreadable("its pages lead back to an earlier one"));
        }
        // The first page is none of those here.
        let most = client.most_pages();
        if seen.len() + 1 >= most && page.next.is_some() {
            return Err(unreadable(&format!("its pages do not end: there are more than {most}")));
        }
        take(page.items)?;
        cursor = page.next;
    }
    Ok(())
}

/// Reads every page.
pub(crate) async fn all(client: &Client, name_contains: Option<&str>) -> Result<Vec<Json>, Error> {
    let Page { mut items, next } = page(client, name_contains, None).await?;
    rest(client, name_contains, next, |more| {
        items.extend(more);
        Ok(())
    })
    .await?;
    Ok(items)
}

fn unreadable(cause: &str) -> Error {
    Error::Unreadable {
        request: "GET /workspaces".to_owned(),
        cause: cause.to_owned(),
        unclear: false,
    }
}

/// The cursor in `next`: an absolute URL, a relative one, or the cursor itself. Only the cursor is
/// taken from it. Host, path and filters stay ours, because a `next` that could choose them could
/// send our token to anybody (dossier 3.1).
pub(crate) fn cursor_of(next: Option<&Json>) -> Result<Option<String>, &'static str> {
    let text = match next {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::String(text)) => text,
        Some(_) => return Err("its next page is no text"),
    };
    if text.is_empty() {
        return Ok(None);
    }
    let query = match text.split_once('?') {
        Some((_, query)) => query,
        None if text.contains("://") => return Err("its next page has no cursor"),
        None => return Ok(Some(text.clone())),
    };
    let query = query.split('#').next().unwrap_or_default();
    let cursor = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, value)| *key == "cursor" && !value.is_empty())
        .ok_or("its next page has no cursor")?;
    // `+` stays: cursors are base64 and hold no spaces.
    let cursor = percent_decode_str(cursor.1).decode_utf8();
    cursor.map(|cursor| Some(cursor.into_owned())).map_err(|_| "its next page's cursor is no text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(next: Json, cursor: Result<Option<&str>, ()>) {
        let got = cursor_of(Some(&next)).map_err(|_| ());
        assert_eq!(got, cursor.map(|cursor| cursor.map(str::to_owned)), "{next}");
    }

    #[test]
    fn only_the_cursor_is_taken_from_next() {
        check(json!(null), Ok(None));
        check(json!(""), Ok(None));
        check(json!("eyJvIjo1MH0="), Ok(Some("eyJvIjo1MH0=")));
        check(json!("a/b+c=="), Ok(Some("a/b+c==")));
        check(
            json!("https://api.airbyte.ai/api/v1/workspaces?limit=20&cursor=eyJ%3D"),
            Ok(Some("eyJ=")),
        );
        check(json!("https://evil.example/?cursor=eyJ%3D#x"), Ok(Some("eyJ=")));
        check(json!("/api/v1/workspaces?cursor=a+b&x"), Ok(Some("a+b")));
        check(json!("?cursor=x"), Ok(Some("x")));
        for bad in [
            json!("https://a.example/next"),
            json!("/workspaces?page=2"),
            json!("?cursor="),
            json!(7),
            json!("?cursor=%ff"),
        ] {
            check(bad, Err(()));
        }
    }
}
