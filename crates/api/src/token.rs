//! Tokens to hand on (dossier 2): minting them, and reading what they say of themselves.
//!
//! Minting is get-or-create by name, so a name that is misspelt or out of date would make a new
//! customer (dossier 7.1). Here a token is asked for by the id of a workspace that stands: its name
//! is read a moment before, and what comes back is checked to be for that id.

use model::live::Id;
use model::token::TagFilter;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};

use crate::client::Client;
use crate::delivery::Message;
use crate::error::Error;
use crate::kinds::workspace;
use crate::route::Route;
use crate::scoped_token::{self, claims, decoded, workspace_in};
use crate::wire;

/// A token that was just minted.
#[derive(Debug)]
pub struct Minted {
    /// The token.
    pub token: SecretString,
    /// The name by which it was minted: what the workspace is called now.
    pub workspace_name: String,
}

/// What a token for the widget is to allow. Tags go by their names in the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Widget {
    /// The one page that may show the widget: scheme, host and perhaps a port.
    pub origin: String,
    /// Which source templates are offered.
    pub source_templates: TagFilter<String>,
    /// Which connection templates are used.
    pub connection_templates: TagFilter<String>,
}

impl Client {
    /// The token that this client's own requests go with, once the organization is known to be the
    /// right one. It lasts 15 minutes at most (dossier 2.1).
    ///
    /// # Errors
    /// As [`Client::identify`].
    pub async fn operator_token(&self) -> Result<SecretString, Error> {
        self.identify().await?;
        self.token().await
    }

    /// A token for all that one customer may do in `workspace`. None where it does not stand. It
    /// lasts 20 minutes (dossier 2.2).
    ///
    /// # Errors
    /// [`Error::OtherWorkspace`] where the token is for another one, and whatever a call can meet.
    pub async fn mint_scoped(&self, workspace: &Id) -> Result<Option<Minted>, Error> {
        self.mint(workspace, Route::MintScopedToken, json!({})).await
    }

    /// A token for the widget in the browser of the customer of `workspace`. None where that does
    /// not stand. Makes no more of a workspace than [`Client::mint_scoped`] does.
    ///
    /// # Errors
    /// As [`Client::mint_scoped`].
    pub async fn mint_widget(
        &self,
        workspace: &Id,
        widget: &Widget,
    ) -> Result<Option<Minted>, Error> {
        let Widget { origin, source_templates, connection_templates } = widget;
        let mut body = json!({"allowed_origin": origin});
        for (field, mode_field, filter) in [
            (
                "selected_source_template_tags",
                "selected_source_template_tags_mode",
                source_templates,
            ),
            (
                "selected_connection_template_tags",
                "selected_connection_template_tags_mode",
                connection_templates,
            ),
        ] {
            let TagFilter { tags, mode } = filter;
            if !tags.is_empty() {
                body[field] = json!(tags);
                body[mode_field] = json!(mode.word());
            }
        }
        self.mint(workspace, Route::MintWidgetToken, body).await
    }

    async fn mint(&self, id: &Id, route: Route, mut body: Json) -> Result<Option<Minted>, Error> {
        let Some(name) = workspace::name(self, id).await? else { return Ok(None) };
        let lock = self.minting(&name);
        let _turn = lock.lock().await;
        body["workspace_name"] = json!(name);
        let message = Message::new(route).body(body);
        let request = message.request();
        let answer = self.call(message).await?;
        let token = wire::token::minted(&answer).ok_or(Error::Unreadable {
            request,
            cause: "it has no token".to_owned(),
            unclear: false,
        })?;
        let minted = match Envelope::read(token.expose_secret()) {
            Some(envelope) => match envelope.workspace() {
                Some(id) => Some(id),
                None => workspace_of(self, &envelope.token).await,
            },
            None => workspace_of(self, &token).await,
        };
        if minted.as_ref() != Some(id) {
            return Err(Error::OtherWorkspace { asked: id.clone(), minted });
        }
        Ok(Some(Minted { token, workspace_name: name }))
    }
}

/// The workspace that a scoped token is for: as it says itself, or else as the service says.
pub(crate) async fn workspace_of(client: &Client, token: &SecretString) -> Option<Id> {
    if let Some(id) = scoped_token::workspace(token) {
        return Some(id);
    }
    let info = Message::new(Route::ScopedTokenInfo).secret(token);
    let info = client.send_as(&info, token).await.ok()?;
    info.get("workspace_id")?.as_str().map(wire::id)
}

/// What a token says of itself. Its signature is not checked: only the service can (dossier 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFacts {
    /// What it is.
    pub kind: TokenKind,
    /// The workspace that it is for.
    pub workspace: Option<Id>,
    /// When it expires, in seconds since 1970.
    pub expires: Option<u64>,
    /// What a token for the widget says besides.
    pub widget: Option<WidgetFacts>,
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// All that an application may do; or something else that names no workspace: no document shows
    /// what stands in it.
    Operator,
    /// All that one customer may do.
    Scoped,
    /// The widget in one customer's browser.
    Widget,
}

/// What a token for the widget says besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WidgetFacts {
    /// The widget's address, without what follows its path.
    pub url: String,
    /// The page that may show it.
    pub origin: Option<String>,
    /// What else the address says, in its own words and order: the filters by tags.
    pub filters: Vec<(String, String)>,
}

/// What `token` says of itself. None where it is none that says anything.
pub fn inspect(token: &SecretString) -> Option<TokenFacts> {
    let text = token.expose_secret();
    if let Some(envelope) = Envelope::read(text) {
        return Some(TokenFacts {
            kind: TokenKind::Widget,
            workspace: envelope.workspace(),
            expires: expires(&claims(envelope.token.expose_secret()).unwrap_or(Json::Null)),
            widget: envelope.facts(),
        });
    }
    let claims = claims(text)?;
    claims.as_object()?;
    let workspace = workspace_in(&claims);
    let kind = if workspace.is_some() { TokenKind::Scoped } else { TokenKind::Operator };
    Some(TokenFacts { kind, workspace, expires: expires(&claims), widget: None })
}

fn expires(claims: &Json) -> Option<u64> {
    claims.get("exp")?.as_u64()
}

/// A token for the widget: base64 of a scoped token and the widget's address (dossier 2.3).
struct Envelope {
    token: SecretString,
    url: Option<Url>,
}

impl Envelope {
    fn read(text: &str) -> Option<Envelope> {
        let envelope = decoded(text)?;
        let token = SecretString::from(envelope.get("token")?.as_str()?);
        let url = envelope.get("widgetUrl").and_then(Json::as_str);
        Some(Envelope { token, url: url.and_then(|url| Url::parse(url).ok()) })
    }

    /// As the token in it says, or else its address.
    fn workspace(&self) -> Option<Id> {
        scoped_token::workspace(&self.token).or_else(|| {
            let (_, id) = self.url.as_ref()?.query_pairs().find(|(key, _)| key == "workspaceId")?;
            Some(wire::id(&id))
        })
    }

    fn facts(&self) -> Option<WidgetFacts> {
        let url = self.url.as_ref()?;
        let mut origin = None;
        let mut filters = Vec::new();
        for (key, value) in url.query_pairs() {
            match &*key {
                "workspaceId" => {}
                "allowedOrigin" => origin = Some(value.into_owned()),
                // Whatever else it holds, a token is not shown.
                _ if claims(&value).is_some() => {}
                _ => filters.push((key.into_owned(), value.into_owned())),
            }
        }
        let host = url.origin().ascii_serialization();
        Some(WidgetFacts { url: format!("{host}{}", url.path()), origin, filters })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

    const ID: &str = "0d9c9ae1-6a6b-4c0a-8c6c-5b5a3c1d2e3f";

    fn jwt(claims: &Json) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn scoped() -> String {
        jwt(&json!({"io.airbyte.auth.workspace_scope": {"workspaceId": ID}, "exp": 1_700_000_000}))
    }

    fn facts(kind: TokenKind, workspace: Option<&str>, expires: Option<u64>) -> TokenFacts {
        TokenFacts { kind, workspace: workspace.map(wire::id), expires, widget: None }
    }

    #[track_caller]
    fn check(token: &str, expected: Option<TokenFacts>) {
        assert_eq!(inspect(&token.into()), expected);
    }

    #[test]
    fn a_token_says_what_it_is() {
        check(&scoped(), Some(facts(TokenKind::Scoped, Some(ID), Some(1_700_000_000))));
        check(&jwt(&json!({"exp": 7})), Some(facts(TokenKind::Operator, None, Some(7))));
        check(&jwt(&json!({"exp": "soon"})), Some(facts(TokenKind::Operator, None, None)));
        for none in ["", "opaque", "a.b.c", &jwt(&json!([])), &STANDARD.encode("{}")] {
            check(none, None);
        }
    }

    #[test]
    fn a_widget_token_is_read_in_every_alphabet_and_shows_no_token() {
        let url = format!(
            "https://app.airbyte.ai/widget?workspaceId={ID}&allowedOrigin=https%3A%2F%2Fa.example\
             &selectedSourceTemplateTags=pro%20%C3%BC&jwt={}",
            scoped()
        );
        let envelope = json!({"token": scoped(), "widgetUrl": url}).to_string();
        let expected = TokenFacts {
            widget: Some(WidgetFacts {
                url: "https://app.airbyte.ai/widget".to_owned(),
                origin: Some("https://a.example".to_owned()),
                filters: vec![("selectedSourceTemplateTags".to_owned(), "pro ü".to_owned())],
            }),
            ..facts(TokenKind::Widget, Some(ID), Some(1_700_000_000))
        };
        for text in [
            STANDARD.encode(&envelope),
            STANDARD_NO_PAD.encode(&envelope),
            URL_SAFE_NO_PAD.encode(&envelope),
        ] {
            check(&text, Some(expected.clone()));
        }
        let opaque = json!({"token": "opaque", "widgetUrl": 7}).to_string();
        check(&STANDARD.encode(opaque), Some(facts(TokenKind::Widget, None, None)));
    }
}
