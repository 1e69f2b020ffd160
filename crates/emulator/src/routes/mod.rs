//! The routes: one table, made of one table per kind.

mod connection_template;
mod connector;
mod definition;
mod oauth_credential;
mod organization;
mod page;
mod source_template;
mod tag;
mod token;
mod workspace;

pub(crate) use connector::Checks;

use crate::auth::{Access, Authority, Caller};
use crate::catalog::Catalog;
use crate::ids;
use crate::masking;
use crate::refusal::{Complaint, Refusal};
use crate::switches::Switches;
use crate::user_config::missing;
use crate::world::{TagMode, TagSelection, World};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeSet;
use uuid::Uuid;

/// One route of the service.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// The path, with `{name}` for what varies.
    pub(crate) template: &'static str,
    pub(crate) access: Access,
    pub(crate) family: Family,
    pub(crate) handler: Handler,
}

/// What answers a route.
pub(crate) type Handler = fn(&mut Call<'_>) -> Result<Reply, Refusal>;

/// Which routes come and go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Always there.
    Core,
    /// The token routes under their present names.
    Token,
    /// The tag routes.
    Tag,
    /// The route that tells how a check goes on.
    CheckStatus,
    /// What was seen and is not public: the views of a whole organization, and consent.
    Organization,
}

impl Route {
    /// Whether the route exists under these switches.
    pub(crate) fn exists(&self, switches: &Switches) -> bool {
        match self.family {
            Family::Core => true,
            Family::Token => !switches.legacy_token_routes_only,
            Family::Tag => switches.tag_routes,
            Family::CheckStatus => switches.check_status_route,
            Family::Organization => switches.organization_routes,
        }
    }
}

/// All routes, in order.
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    [
        token::ROUTES,
        workspace::ROUTES,
        tag::ROUTES,
        source_template::ROUTES,
        connection_template::ROUTES,
        connector::ROUTES,
        oauth_credential::ROUTES,
        organization::ROUTES,
        definition::ROUTES,
    ]
    .into_iter()
    .flatten()
}

/// The ways to select by tags.
const TAG_MODES: &[(&str, TagMode)] = &[("all", TagMode::All), ("any", TagMode::Any)];

/// A request on its way through a handler, with everything the handler may read or change.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) authority: &'a mut Authority,
    pub(crate) checks: &'a mut Checks,
    pub(crate) catalog: &'a Catalog,
    pub(crate) switches: &'a Switches,
    pub(crate) caller: Caller,
    /// What the path's `{…}` stand for, decoded.
    pub(crate) parameters: &'a [(String, String)],
    pub(crate) query: &'a [(String, String)],
    pub(crate) body: Option<&'a Value>,
    /// The emulator's own host: `http://127.0.0.1:PORT`.
    pub(crate) host: &'a str,
    /// A number that no other call has, from which orders are shuffled.
    pub(crate) seed: u64,
    /// Whether the workspace to mint for was looked up at arrival and was not there.
    pub(crate) raced: bool,
}

impl Call<'_> {
    /// The caller's organization.
    pub(crate) fn organization(&self) -> Uuid {
        self.caller.organization
    }

    /// What `{name}` of the path stands for.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The id that `{name}` of the path stands for.
    pub(crate) fn id(&self, name: &str) -> Result<Uuid, Refusal> {
        id("path", name, self.parameter(name))
    }

    /// A query parameter that is an id.
    pub(crate) fn query_id(&self, name: &str) -> Result<Option<Uuid>, Refusal> {
        self.query(name).map(|given| id("query", name, given)).transpose()
    }

    /// The last value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a query parameter.
    pub(crate) fn query_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A query parameter that is one of a few words.
    pub(crate) fn query_word<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Refusal> {
        let Some(given) = self.query(name) else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == given) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let known: Vec<String> =
                    words.iter().map(|(word, _)| format!("'{word}'")).collect();
                let message = format!("Input should be {}", known.join(" or "));
                Err(invalid("query", name, message, "enum"))
            }
        }
    }

    /// The tag filter of a list (`tags`, `tags_mode`, default `all`).
    pub(crate) fn tag_filter(&self) -> Result<TagSelection, Refusal> {
        Ok(TagSelection {
            tags: self.query_all("tags").map(str::to_owned).collect(),
            mode: self.query_word("tags_mode", TAG_MODES)?.unwrap_or(TagMode::All),
        })
    }

    /// A config as it is taken: a mask of what is `stored` may stand for the secret itself.
    pub(crate) fn received(
        &self,
        mut sent: Map<String, Value>,
        stored: &Map<String, Value>,
        schema: &Value,
        owner: Uuid,
    ) -> Map<String, Value> {
        if self.switches.masks_keep_secrets {
            let shown = masking::masked(stored, schema, self.switches.masking, owner);
            masking::unmask(&mut sent, stored, &shown);
        }
        sent
    }

    /// Puts what has no order into one that differs from call to call.
    pub(crate) fn shuffle<T>(&self, items: &mut [T]) {
        if self.switches.shuffle {
            ids::shuffle(items, self.seed);
        }
    }

    /// The names of a template's tags as they are answered.
    pub(crate) fn tag_names(&self, tags: &BTreeSet<String>) -> Vec<String> {
        let mut names: Vec<String> = tags.iter().cloned().collect();
        self.shuffle(&mut names);
        names
    }

    /// A list without pages, in its envelope.
    pub(crate) fn list(&self, key: &str, mut items: Vec<Value>) -> Reply {
        self.shuffle(&mut items);
        if self.switches.bare_lists {
            Reply::ok(Value::Array(items))
        } else {
            Reply::ok(json!({key: items}))
        }
    }
}

/// An id that stands in a path or a query.
pub(crate) fn id(part: &str, name: &str, given: &str) -> Result<Uuid, Refusal> {
    Uuid::try_parse(given).map_err(|problem| {
        invalid(part, name, format!("Input should be a valid UUID, {problem}"), "uuid_parsing")
    })
}

/// 422 about one place of a request.
pub(crate) fn invalid(part: &str, name: &str, message: String, kind: &'static str) -> Refusal {
    Refusal::invalid(vec![Complaint { at: vec![part.into(), name.into()], message, kind }])
}

/// Refuses a config, which is the field `name` of the body, that lacks what `schema` requires.
pub(crate) fn refuse_missing(
    name: &str,
    schema: &Value,
    config: &Map<String, Value>,
) -> Result<(), Refusal> {
    let complaint = |mut way: Vec<String>| {
        let missing = way.pop()?;
        let mut at: Vec<Value> = vec!["body".into(), name.into()];
        at.extend(way.into_iter().map(Value::from));
        let message = format!("required property '{missing}' not found");
        Some(Complaint { at, message, kind: "value_error" })
    };
    let complaints: Vec<Complaint> =
        missing(schema, config).into_iter().filter_map(complaint).collect();
    if complaints.is_empty() { Ok(()) } else { Err(Refusal::invalid(complaints)) }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: ReplyBody,
    pub(crate) headers: Vec<(String, String)>,
}

/// The body of an answer.
#[derive(Debug)]
pub(crate) enum ReplyBody {
    Json(Value),
    Text(String),
    /// None, as of a 204.
    Empty,
}

impl ReplyBody {
    /// The body as it goes over the wire.
    pub(crate) fn to_text(&self) -> Cow<'_, str> {
        match self {
            ReplyBody::Json(value) => Cow::Owned(value.to_string()),
            ReplyBody::Text(text) => Cow::Borrowed(text),
            ReplyBody::Empty => Cow::Borrowed(""),
        }
    }
}

impl Reply {
    pub(crate) fn ok(body: Value) -> Reply {
        Reply { status: 200, body: ReplyBody::Json(body), headers: Vec::new() }
    }

    /// An answer that is not the service's own words.
    pub(crate) fn of_text(status: u16, text: String) -> Reply {
        Reply { status, body: ReplyBody::Text(text), headers: Vec::new() }
    }

    /// What a gateway in front of the service answers.
    pub(crate) fn gateway(status: u16) -> Reply {
        let text = format!(
            "<html><head><title>{status}</title></head><body>The gateway gave up.</body></html>"
        );
        Reply::of_text(status, text)
    }
}
