//! Why a plan may not be applied, in words, and what to do about it.

use model::desired::ImportBy;
use model::plan::{Blocker, BlockerCause};

use super::guard as guard_words;
use super::plan::{counted, list};
use super::style::{ERROR, STRONG, paint, plain, quoted};

/// What is in the way, and a way around it.
pub(crate) struct Words {
    /// What is in the way.
    pub(crate) message: String,
    /// What can be done.
    pub(crate) help: String,
}

/// `blocker` where no manifest is at hand to show the place in.
pub(crate) fn line(blocker: &Blocker) -> String {
    let Words { message, help } = words(blocker);
    format!("{} {message}\n {} {help}", paint(ERROR, "error:"), paint(STRONG, "help:"))
}

/// `blocker` in words.
pub(crate) fn words(blocker: &Blocker) -> Words {
    let subject = match &blocker.address {
        Some(address) => format!("{address}: "),
        None => String::new(),
    };
    let noun = blocker.address.as_ref().map_or("object", |address| address.kind().noun());
    let (message, help) = match &blocker.cause {
        BlockerCause::Ambiguous { name, ids } => (
            format!(
                "{} {} are called {}: {}",
                ids.len(),
                blocker.address.as_ref().map_or("objects", |address| address.kind().counted(2)),
                quoted(name),
                list(&ids.iter().map(|id| plain(&id.0)).collect::<Vec<_>>())
            ),
            "rename or delete all but one of them, then plan again".to_owned(),
        ),
        BlockerCause::AdoptionRefused { id } => (
            format!("a {noun} of this name exists already ({id}), and --no-adopt was given"),
            "leave --no-adopt out to take it over, or declare another name".to_owned(),
        ),
        BlockerCause::AdoptionWouldReplace { id, attributes } => (
            format!(
                "a {noun} of this name exists already ({id}) and differs in {}, which cannot be changed in place",
                list(&attributes.iter().cloned().collect::<Vec<_>>())
            ),
            "taking over never replaces: declare what is there, or another name, or delete it yourself"
                .to_owned(),
        ),
        BlockerCause::NameTaken { name, id, holder } => (
            match holder {
                Some(holder) => format!("the name {} belongs to {holder} ({id})", quoted(name)),
                None => format!(
                    "the name {} belongs to a {noun} that is not managed here ({id})",
                    quoted(name)
                ),
            },
            "declare another name, or free this one first".to_owned(),
        ),
        BlockerCause::MoveTaken { from, id } => (
            format!("it was {from}, and another {noun} is remembered for it as well ({id})"),
            "take the entry out of `moved:`, or forget the other one with `airform state rm`"
                .to_owned(),
        ),
        BlockerCause::ImportMissing { by } => (
            match by {
                ImportBy::Id(id) => format!("no {noun} of this organization has the id {id}"),
                ImportBy::Name(name) => {
                    format!("no {noun} of this organization is called {}", quoted(name))
                }
            },
            "correct its entry under `import:`, or take it away to have the resource made"
                .to_owned(),
        ),
        BlockerCause::ImportTaken { id, holder } => (
            format!("the {noun} {id} that is imported belongs to {holder}"),
            format!("import another one, or say under `moved:` that {holder} has become this"),
        ),
        BlockerCause::RenameCycle { addresses } => (
            format!(
                "{} take one another's names in a circle",
                list(&addresses.iter().map(ToString::to_string).collect::<Vec<_>>())
            ),
            "rename one of them to something else first, apply, then give it its final name"
                .to_owned(),
        ),
        BlockerCause::WorkspaceReplaced { attributes } => (
            match attributes.is_empty() {
                true => "replacing a workspace would destroy its customer's data".to_owned(),
                false => format!(
                    "{} cannot be changed in place, and replacing a workspace would destroy its customer's data",
                    list(&attributes.iter().cloned().collect::<Vec<_>>())
                ),
            },
            "declare what it has, or declare a new workspace beside it and move the customer; if the data may go, say `lifecycle: {allow_replace: true}`"
                .to_owned(),
        ),
        BlockerCause::WorkspaceReplaceUnconfirmed { name } => (
            format!(
                "the workspace {} would be deleted, with its connectors and all data of its customer, and made anew",
                quoted(name)
            ),
            format!("if that is right, say its name: --replace-workspace {}", quoted(name)),
        ),
        BlockerCause::DestroyPrevented => (
            format!("the {noun} would be deleted or replaced, and `prevent_destroy` forbids it"),
            "declare it with `prevent_destroy: false` and apply that first; or name it under `removed:` to let it go as it is"
                .to_owned(),
        ),
        BlockerCause::ConnectorReplaced { attributes } => (
            match attributes.is_empty() {
                true => "replacing a connector would lose how far it has read".to_owned(),
                false => format!(
                    "{} cannot be changed in place, and replacing a connector would lose how far it has read",
                    list(&attributes.iter().cloned().collect::<Vec<_>>())
                ),
            },
            "declare what it has; if its history may go, say `lifecycle: {allow_replace: true}`"
                .to_owned(),
        ),
        BlockerCause::TemplateInUse { count } => (
            format!(
                "{} made from it would stay without it",
                counted(*count, "connector", "connectors"),
            ),
            "declare it again; or let the connectors go too (--prune=connectors), or be made from another template, which `lifecycle: {allow_replace: true}` on each allows"
                .to_owned(),
        ),
        BlockerCause::UnknownDefinition { text, similar } => (
            format!("no connector is called {}", quoted(text)),
            match similar.as_slice() {
                [] => "write the connector's display name, its UUID or its repository".to_owned(),
                similar => format!(
                    "did you mean {}?",
                    similar.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(" or ")
                ),
            },
        ),
        BlockerCause::AmbiguousDefinition { text, ids } => (
            format!(
                "{} connectors are called {}: {}",
                ids.len(),
                quoted(text),
                list(&ids.iter().map(|id| plain(id)).collect::<Vec<_>>())
            ),
            "write the UUID of the one you mean".to_owned(),
        ),
        BlockerCause::ExternalMissing { name } => (
            format!("it is declared `external`, and no {noun} called {} exists", quoted(name)),
            "take `external: true` away to have it made here".to_owned(),
        ),
        BlockerCause::HiddenValueLost => (
            format!(
                "{} holds a value that the service hides and the manifest does not declare; sending this configuration would lose it",
                blocker.path.as_ref().map_or_else(|| "it".to_owned(), |path| plain(&path.to_string()))
            ),
            "declare the value, as ${secret:env:NAME} for example".to_owned(),
        ),
        BlockerCause::KindUnavailable { kind } => (
            format!("the service has no routes for {}", kind.counted(2)),
            format!("this service does not offer {}: take them out of the manifest", kind.counted(2)),
        ),
        BlockerCause::KindVanished { kind, count } => (
            format!(
                "all {} {} that were here before are gone; a wrong token or host looks just so",
                count,
                kind.counted(*count)
            ),
            format!(
                "check the credentials; if they are really gone, --accept-vanished {} makes them anew",
                kind.section()
            ),
        ),
        BlockerCause::Guarded { guard, rule, breach } => (
            format!("{} ({})", guard_words::breach(*rule, breach), guard_words::name(guard)),
            guard_words::help(guard, breach),
        ),
        BlockerCause::OwnedByAnother { id, tag } => (
            format!("the {noun} {id} carries the tag {}: another owner manages it", quoted(tag)),
            "take that tag off where it is managed, or declare the template with `external: true`; one that is only remembered is let go under `removed:`"
                .to_owned(),
        ),
        BlockerCause::NothingToRotate { stands: true } => (
            format!("the {noun} has no secret that could be written again in place"),
            "leave `--rotate` out, or declare the secret; one that is ignored, or that only a new object can be given, is not written again"
                .to_owned(),
        ),
        BlockerCause::NothingToRotate { stands: false } => (
            format!("the {noun} does not stand yet, and is made with the secrets that it has by then"),
            "leave `--rotate` out, and apply".to_owned(),
        ),
        BlockerCause::Unsettled { addresses } => (
            format!(
                "an interrupted run began to make {}, and nothing tells whether it did",
                list(&addresses.iter().map(ToString::to_string).collect::<Vec<_>>())
            ),
            "run airform apply first: it finds out, and what stands can then be destroyed".to_owned(),
        ),
        BlockerCause::WorkspaceDeletesUnconfirmed { count, expected } => (
            match expected {
                Some(expected) => format!(
                    "{} would be deleted with all data of {}, but {expected} were expected",
                    counted(*count, "workspace", "workspaces"),
                    if *count == 1 { "its customer" } else { "their customers" },
                ),
                None => format!(
                    "{} would be deleted with all data of {}",
                    counted(*count, "workspace", "workspaces"),
                    if *count == 1 { "its customer" } else { "their customers" },
                ),
            },
            format!("if that is right, say so: --expect-workspace-deletes {count}"),
        ),
    };
    Words { message: format!("{subject}{message}"), help }
}
