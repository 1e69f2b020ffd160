//! One step: at most one change, whatever it takes.

use std::collections::BTreeMap;

use model::kinds::connection_template::HOSTING_AIRBYTE;
use model::live::{Id, LiveObject};
use model::{Kind, Value};
use secrecy::SecretString;
use serde_json::{Value as Json, json};

use crate::client::Client;
use crate::delivery::Message;
use crate::error::Error;
use crate::kinds::{
    self, Template, Verb, connection_template, connector, oauth_credential, source_template, tag,
    workspace,
};
use crate::refresh::{get, list};
use crate::settle::{Attempt, Settled, settle};
use crate::step::{Filled, Outcome, ReadyCall, ReadyStep};

impl Client {
    /// Carries out `step`. The organization is identified first, where it is not yet, so that no
    /// write goes to a wrong one.
    ///
    /// What is already as the step would have it counts as done: a tag that stands, a tagging that
    /// is there, an object that is gone.
    ///
    /// # Errors
    /// Where [`Error::is_unclear`], the change may have been made all the same.
    pub async fn perform(&self, step: &ReadyStep) -> Result<Outcome, Error> {
        let us = self.identify().await?;
        let us = us.as_deref();
        let ReadyStep { kind, call } = step;
        match call {
            ReadyCall::Create { name, attributes } => {
                self.create(*kind, name.as_deref(), attributes, us).await
            }
            ReadyCall::Update { id, name, attributes } => {
                self.update(*kind, id, name, attributes, us).await
            }
            ReadyCall::Delete { id, name } => {
                match kind {
                    Kind::Tag => tag::delete(self, id, name, us).await?,
                    Kind::SourceTemplate => self.delete(&source_template::TEMPLATE, id, us).await?,
                    Kind::ConnectionTemplate => {
                        self.delete(&connection_template::TEMPLATE, id, us).await?;
                    }
                    Kind::OAuthCredential => oauth_credential::delete(self, name).await?,
                    Kind::Workspace => workspace::delete(self, id, us).await?,
                    Kind::Connector => connector::delete(self, id).await?,
                }
                Ok(Outcome { id: id.clone(), attributes: None, updated_at: None })
            }
            ReadyCall::Attach { id, tag } => {
                let template = taggable(*kind)?;
                let message = Message::new(template.tag).at(&id.0).body(json!({"tag": tag}));
                self.set_tag(template, id, tag, message, true).await
            }
            ReadyCall::Detach { id, tag } => {
                let template = taggable(*kind)?;
                let message = Message::new(template.untag).at(&id.0).at(tag);
                self.set_tag(template, id, tag, message, false).await
            }
        }
    }

    async fn create(
        &self,
        kind: Kind,
        name: Option<&str>,
        attributes: &BTreeMap<String, Filled>,
        us: Option<&str>,
    ) -> Result<Outcome, Error> {
        let hosting = attributes.get("hosting").and_then(Filled::as_text);
        if name.is_none() && !is_nameless(hosting) {
            return Err(Error::Unsupported(format!("make a {} without a name", kind.noun())));
        }
        let natural_name = name.unwrap_or_default();
        let template = match kind {
            Kind::Tag => return tag::create(self, natural_name, attributes, us).await,
            Kind::OAuthCredential => {
                return oauth_credential::put(self, Verb::Create, natural_name, attributes).await;
            }
            Kind::Workspace => return workspace::create(self, natural_name, attributes, us).await,
            Kind::Connector => return connector::create(self, natural_name, attributes, us).await,
            Kind::SourceTemplate => &source_template::TEMPLATE,
            Kind::ConnectionTemplate => &connection_template::TEMPLATE,
        };
        let body = (template.create_body)(attributes)?;
        let body = &body;
        let create = || -> Attempt<'_, Outcome> {
            let message = Message::new(template.create)
                .body(body.clone())
                .about(kind, secrets(attributes))
                .only_if_undone();
            Box::pin(self.shown(template, message, us))
        };
        let find = || -> Attempt<'_, Vec<Id>> {
            Box::pin(async move {
                let all = list(self, Message::new(template.list), |item| (template.read)(item, us));
                let mut all = all.await?;
                all.retain(|_, object| could_be(template, object, name, attributes));
                Ok(all.into_keys().collect())
            })
        };
        match settle(self, kind, natural_name, create, find).await? {
            Settled::Made(outcome) => Ok(outcome),
            Settled::Found(id) => {
                let again = kinds::again(kind, attributes);
                let shown = if again.is_empty() {
                    // The list need not tell all that the answer would have told (dossier 5.1).
                    self.shown(template, Message::new(template.get).at(&id.0), us).await
                } else {
                    self.update(kind, &id, natural_name, &again, us).await
                };
                shown.map_err(|error| error.or_unclear(true))
            }
        }
    }

    async fn update(
        &self,
        kind: Kind,
        id: &Id,
        name: &str,
        attributes: &BTreeMap<String, Filled>,
        us: Option<&str>,
    ) -> Result<Outcome, Error> {
        let template = match kind {
            Kind::Tag => return tag::update(self, id, name, attributes, us).await,
            Kind::OAuthCredential => {
                return oauth_credential::put(self, Verb::Update, name, attributes).await;
            }
            Kind::Workspace => return workspace::update(self, id, attributes, us).await,
            Kind::Connector => return connector::update(self, id, attributes).await,
            Kind::SourceTemplate => &source_template::TEMPLATE,
            Kind::ConnectionTemplate => &connection_template::TEMPLATE,
        };
        let body = Json::Object(kinds::body(kind, Verb::Update, attributes)?);
        let message =
            Message::new(template.update).at(&id.0).body(body).about(kind, secrets(attributes));
        self.shown(template, message, us).await
    }

    /// The object that the answer to `message` shows.
    async fn shown(
        &self,
        template: &Template,
        message: Message,
        us: Option<&str>,
    ) -> Result<Outcome, Error> {
        let (request, unclear) = (message.request(), message.writes());
        let answer = self.call(message).await?;
        let (id, object) = (template.read)(answer, us).ok_or_else(|| Error::Unreadable {
            request,
            cause: format!("it is no {}", template.kind.noun()),
            unclear,
        })?;
        let updated_at = object.updated_at.filter(|_| template.kind == Kind::SourceTemplate);
        Ok(Outcome { id, attributes: Some(object.attributes), updated_at })
    }

    /// Deletes a template. A 404 is believed when the list does not have it either.
    async fn delete(&self, template: &Template, id: &Id, us: Option<&str>) -> Result<(), Error> {
        let message = Message::new(template.delete).at(&id.0);
        let request = message.request();
        match self.call(message).await {
            Err(error) if error.status() == Some(404) => {
                let read = |item| (template.read)(item, us);
                let all = list(self, Message::new(template.list), read).await?;
                match all.contains_key(id) {
                    true => Err(Error::Contradicted { request, id: id.clone() }),
                    false => Ok(()),
                }
            }
            answer => answer.map(drop),
        }
    }

    /// Puts a tag on a template or takes it off. What the service says where there is nothing to do
    /// is not documented (dossier 3.2), so after a refusal that may mean this, the template itself
    /// is asked.
    async fn set_tag(
        &self,
        template: &Template,
        id: &Id,
        tag: &str,
        message: Message,
        on: bool,
    ) -> Result<Outcome, Error> {
        let outcome = Outcome { id: id.clone(), attributes: None, updated_at: None };
        match self.call(message).await {
            Ok(answer) => {
                let shown = (template.read)(answer, None).map(|(_, object)| object);
                let updated_at = shown.and_then(|object| object.updated_at);
                let updated_at = updated_at.filter(|_| template.kind == Kind::SourceTemplate);
                Ok(Outcome { updated_at, ..outcome })
            }
            Err(error) if matches!(error.status(), Some(400 | 404 | 409 | 422)) => {
                let shown = get(self, template.get, id).await?;
                let is_on = shown.is_some_and(|shown| has_tag(&shown, tag));
                if is_on == on { Ok(outcome) } else { Err(error) }
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether `object` can be what a create of `attributes` under `name` has made.
fn could_be(
    template: &Template,
    object: &LiveObject,
    name: Option<&str>,
    attributes: &BTreeMap<String, Filled>,
) -> bool {
    let is_named = match name {
        Some(name) => name == object.name,
        None => is_nameless(object.attributes.get("hosting").and_then(Value::as_text)),
    };
    let is_alike = template.immutable.iter().all(|&attribute| {
        let wanted = attributes.get(attribute).and_then(Filled::as_text);
        let shown = object.attributes.get(attribute).and_then(Value::as_text);
        match (wanted, shown) {
            (Some(wanted), Some(shown)) => wanted.eq_ignore_ascii_case(shown),
            // A clone does not say its definition, and not every answer shows all.
            _ => true,
        }
    });
    object.ours && is_named && is_alike
}

/// Whether a template so hosted has no name that could be chosen: there is one at most.
fn is_nameless(hosting: Option<&str>) -> bool {
    hosting == Some(HOSTING_AIRBYTE)
}

fn has_tag(shown: &Json, tag: &str) -> bool {
    let tags = shown.get("tags").and_then(Json::as_array);
    tags.is_some_and(|tags| tags.iter().any(|name| name == tag))
}

fn taggable(kind: Kind) -> Result<&'static Template, Error> {
    match kind {
        Kind::SourceTemplate => Ok(&source_template::TEMPLATE),
        Kind::ConnectionTemplate => Ok(&connection_template::TEMPLATE),
        Kind::Tag | Kind::OAuthCredential | Kind::Workspace | Kind::Connector => {
            Err(Error::Unsupported(format!("tag a {}", kind.noun())))
        }
    }
}

/// Every secret in a request, which nothing that is said of it may show.
pub(crate) fn secrets(attributes: &BTreeMap<String, Filled>) -> Vec<SecretString> {
    let mut secrets = Vec::new();
    attributes.iter().for_each(|(name, value)| value.collect_secrets(name, &mut secrets));
    secrets
}
