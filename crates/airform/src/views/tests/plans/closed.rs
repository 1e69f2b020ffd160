//! Every blocker and every note that there is.

use std::collections::BTreeSet;

use model::desired::ImportBy;
use model::guard::{Breach, Limit, RuleName};
use model::live::{Definition, Id};
use model::moment::Moment;
use model::plan::{Blocker, BlockerCause, Note, Shown};
use model::{Address, Kind, Path};

use super::{blocker, text};

fn id(number: u64) -> Id {
    Id(format!("00000000-0000-4000-8000-{number:012}"))
}

fn at(address: &str) -> Address {
    Address::parse(address).unwrap()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A guard of each rule, and what breaks it.
fn guards() -> Vec<Blocker> {
    let too_many = |limit| Breach::TooMany { kind: Kind::Workspace, count: 7, of: 30, limit };
    let unlike = Breach::NameUnlike { name: "acme".to_owned(), pattern: "*-prod".to_owned() };
    [
        (None, RuleName::MaxDeletes, too_many(Limit::Count(5))),
        (None, RuleName::MaxReplaces, too_many(Limit::Percent(10))),
        (None, RuleName::MaxChanges, too_many(Limit::Count(0))),
        (Some("workspaces.acme"), RuleName::Protect, Breach::Protected),
        (
            Some("source_templates.github"),
            RuleName::RequireTags,
            Breach::TagsMissing { tags: [at("tags.owned"), at("tags.tier")].into() },
        ),
        (Some("workspaces.acme"), RuleName::RequireName, unlike),
        (None, RuleName::Freeze, Breach::Frozen { until: Moment(1_798_761_600) }),
    ]
    .map(|(address, rule, breach)| {
        blocker(address, BlockerCause::Guarded { guard: "careful".to_owned(), rule, breach })
    })
    .into()
}

/// Every blocker.
pub(super) fn blockers() -> Vec<Blocker> {
    let acme = Some("workspaces.acme");
    let github = Some("source_templates.github");
    let mine = Some("connectors.acme-github");
    let mut all = vec![
        blocker(
            acme,
            BlockerCause::Ambiguous { name: "acme".to_owned(), ids: [id(1), id(2)].into() },
        ),
        blocker(acme, BlockerCause::AdoptionRefused { id: id(3) }),
        blocker(
            github,
            BlockerCause::AdoptionWouldReplace { id: id(4), attributes: names(&["definition"]) },
        ),
        blocker(
            acme,
            BlockerCause::NameTaken {
                name: "acme".to_owned(),
                id: id(5),
                holder: Some(at("workspaces.other")),
            },
        ),
        blocker(acme, BlockerCause::MoveTaken { from: at("workspaces.old"), id: id(6) }),
        blocker(acme, BlockerCause::ImportMissing { by: ImportBy::Name("Acme Inc.".to_owned()) }),
        blocker(acme, BlockerCause::ImportTaken { id: id(7), holder: at("workspaces.other") }),
        blocker(None, BlockerCause::RenameCycle { addresses: [at("tags.a"), at("tags.b")].into() }),
        blocker(acme, BlockerCause::WorkspaceReplaced { attributes: names(&["region"]) }),
        blocker(acme, BlockerCause::WorkspaceReplaceUnconfirmed { name: "acme".to_owned() }),
        blocker(Some("tags.kept"), BlockerCause::DestroyPrevented),
        blocker(mine, BlockerCause::ConnectorReplaced { attributes: names(&["definition"]) }),
        blocker(github, BlockerCause::TemplateInUse { count: 12 }),
        blocker(
            github,
            BlockerCause::UnknownDefinition {
                text: "Github".to_owned(),
                similar: vec!["GitHub".to_owned()],
            },
        ),
        blocker(
            github,
            BlockerCause::AmbiguousDefinition {
                text: "GitHub".to_owned(),
                ids: names(&["ef69ef6e", "36c891d9"]),
            },
        ),
        blocker(Some("tags.theirs"), BlockerCause::ExternalMissing { name: "theirs".to_owned() }),
        blocker(
            Some("tags.crm"),
            BlockerCause::OwnedByAnother { id: id(8), tag: "managed-by-x".to_owned() },
        ),
        blocker(Some("tags.crm"), BlockerCause::KindUnavailable { kind: Kind::Tag }),
        blocker(None, BlockerCause::KindVanished { kind: Kind::Workspace, count: 40 }),
        blocker(Some("oauth_credentials.hubspot"), BlockerCause::NothingToRotate { stands: true }),
        blocker(mine, BlockerCause::NothingToRotate { stands: false }),
        blocker(None, BlockerCause::Unsettled { addresses: [at("workspaces.acme")].into() }),
        blocker(None, BlockerCause::WorkspaceDeletesUnconfirmed { count: 12, expected: Some(2) }),
    ];
    let path = Some(Path::parse("destination_config.kept_by_the_service").unwrap());
    all.push(Blocker {
        address: Some(at("connection_templates.lake")),
        path,
        cause: BlockerCause::HiddenValueLost,
    });
    all.extend(guards());
    all
}

/// Every note.
pub(super) fn notes() -> Vec<Note> {
    let acme = || at("workspaces.acme");
    let github = || at("source_templates.github");
    vec![
        Note::NotRefreshed,
        Note::Assumed { leaves: 3, resources: 1 },
        Note::Settled {
            address: at("connection_templates.lake"),
            path: Path::attribute("cron_expression"),
            live: text("0 0 3 * * ?"),
            declared: Shown::Absent,
        },
        Note::NoLongerDeclared { address: acme(), attribute: "status".to_owned() },
        Note::PerhapsMoved { from: at("tags.old"), to: at("tags.new") },
        Note::Overridden {
            guard: "careful".to_owned(),
            rule: RuleName::Protect,
            address: Some(acme()),
            breach: Breach::Protected,
        },
        Note::Orphans { kind: Kind::Tag, count: 2 },
        Note::Unseen { kind: Kind::OAuthCredential, resources: 1 },
        Note::Unchecked {
            definition: Definition { id: "ef69ef6e".to_owned(), name: "Ours".to_owned() },
            resources: 4,
        },
        Note::Overwrites { address: at("oauth_credentials.hubspot"), name: "HubSpot".to_owned() },
        Note::Kept { address: at("connectors.kept") },
        Note::Deactivates { address: acme(), connectors: 3 },
        Note::ConnectorsGo { address: acme(), again: 1, lost: 2 },
        Note::ConnectorsStay { address: github(), count: 12 },
    ]
}
