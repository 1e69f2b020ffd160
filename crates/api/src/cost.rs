//! How many requests something takes, before it is begun.

use std::collections::BTreeSet;

use model::Kind;
use model::live::{DefinitionAnswer, Live, LiveKind, Scope, Wanted};
use model::plan::Call;

use crate::kinds::connector::CHECK;

/// How many workspaces stand on a page (dossier 10).
const WORKSPACES_A_PAGE: u64 = 100;
/// How many connectors of an organization do.
const CONNECTORS_A_PAGE: u64 = 200;

/// With how few requests a refresh can know exactly how `scope` stands, where that is `live`: a page
/// per 100 workspaces, or a request per declared one where these are fewer; one list of each other
/// kind that is in use; one request per source template and per connector that is managed, whose
/// lists do not tell all; a page per 200 connectors; one look-up per definition.
///
/// Requests for tokens are not among them, nor is what finds out the organization.
pub fn floor(scope: &Scope, live: &Live) -> u64 {
    let kinds = scope.kinds.iter().map(|(kind, wanted)| {
        let live = live.kinds.get(kind);
        match kind {
            Kind::Tag | Kind::ConnectionTemplate => 1,
            Kind::SourceTemplate => 1 + managed(wanted, live),
            // Nothing tells of them.
            Kind::OAuthCredential => 0,
            Kind::Workspace => {
                let pages = pages(live, WORKSPACES_A_PAGE);
                if wanted.all { pages } else { pages.min(declared(wanted).max(1)) }
            }
            Kind::Connector => pages(live, CONNECTORS_A_PAGE) + managed(wanted, live),
        }
    });
    kinds.sum::<u64>() + definitions(scope, live)
}

fn pages(live: Option<&LiveKind>, a_page: u64) -> u64 {
    live.map_or(1, |live| (live.total as u64).div_ceil(a_page).max(1))
}

/// How many objects somebody wants to know of. Most ids belong to names.
fn declared(wanted: &Wanted) -> u64 {
    wanted.ids.len().max(wanted.names.len()) as u64
}

/// How many of the live objects are wanted in full.
fn managed(wanted: &Wanted, live: Option<&LiveKind>) -> u64 {
    let objects = live.into_iter().flat_map(|live| &live.objects);
    let managed = objects.filter(|(id, object)| {
        object.ours
            && (wanted.detailed_ids.contains(id) || wanted.detailed_names.contains(&object.name))
    });
    managed.count() as u64
}

fn definitions(scope: &Scope, live: &Live) -> u64 {
    let mut distinct = BTreeSet::new();
    for query in scope.definitions.iter().chain(&scope.specs) {
        match live.facts.definitions.get(query) {
            Some(DefinitionAnswer::Found(found)) => distinct.insert((query.side, &found.id)),
            Some(DefinitionAnswer::Unknown { .. } | DefinitionAnswer::Ambiguous(_)) | None => {
                distinct.insert((query.side, &query.text))
            }
        };
    }
    distinct.len() as u64
}

/// With how few requests `call` on a resource of `kind` is carried out, what it has to look up
/// included.
pub fn cost(kind: Kind, call: &Call) -> u64 {
    match (call, kind) {
        (Call::Nothing, _) => 0,
        // A connector is made by the name of its workspace, which has to be looked up and has to be
        // the only one (dossier 7.1).
        (Call::Create { attributes }, Kind::Connector) => {
            3 + u64::from(attributes.contains_key(CHECK))
        }
        (Call::Update { attributes, .. }, Kind::Connector) => {
            1 + u64::from(attributes.contains_key(CHECK))
        }
        // It is accepted, and then it is looked whether it is done (dossier 3.5).
        (Call::Delete { .. }, Kind::Connector) => 2,
        (
            Call::Create { .. }
            | Call::Update { .. }
            | Call::Delete { .. }
            | Call::Attach { .. }
            | Call::Detach { .. },
            _,
        ) => 1,
    }
}
