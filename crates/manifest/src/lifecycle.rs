//! What only shows once everything is read of `lifecycle:`: whether it speaks of what is there.

use model::desired::Resource;
use model::kind::Shape;
use model::state::SECRET_VERSION;
use model::value::Path;
use model::{Address, Kind};

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::identity;
use crate::lower::{Declared, IGNORE, LIFECYCLE, TRIGGERS, lifecycle_path};

/// Checks every lifecycle against its resource.
pub(crate) fn check(declared: &Declared, cx: &mut Context<'_>) {
    for (address, resource) in &declared.desired.resources {
        // Most say nothing of it.
        if !resource.places.keys().any(|path| path.root() == LIFECYCLE) {
            continue;
        }
        for path in &resource.lifecycle.ignore_changes {
            ignored(address, resource, path, cx);
        }
        for trigger in &resource.lifecycle.replace_triggered_by {
            let span = resource.place(&lifecycle_path(TRIGGERS).member(&trigger.to_string()));
            if trigger == address {
                cx.complain(
                    Diagnostic::error(
                        "manifest::cycle",
                        format!("`{address}` cannot be replaced because of itself"),
                    )
                    .at(span, "is this resource"),
                );
            } else {
                identity::is_declared(&(trigger.clone(), span), TRIGGERS, declared, cx);
            }
        }
        customers_only(address, resource, cx);
        never_beside(address, resource, cx);
        version_of_nothing(address, resource, cx);
    }
    triggered_in_circles(declared, cx);
}

/// Resources that are replaced because of one another: none could be made last.
fn triggered_in_circles(declared: &Declared, cx: &mut Context<'_>) {
    let resources = &declared.desired.resources;
    if resources.values().all(|resource| resource.lifecycle.replace_triggered_by.is_empty()) {
        return;
    }
    let mut graph = declared.desired.graph();
    for (address, resource) in resources {
        for trigger in resource.lifecycle.replace_triggered_by.iter().filter(|at| *at != address) {
            graph.before(trigger, address);
        }
    }
    for circle in graph.cycles() {
        let mut places = Vec::new();
        for (address, resource) in circle.iter().filter_map(|at| resources.get_key_value(at)) {
            let triggers = resource.lifecycle.replace_triggered_by.iter();
            for trigger in triggers.filter(|at| *at != address && circle.contains(at)) {
                let span = resource.place(&lifecycle_path(TRIGGERS).member(&trigger.to_string()));
                places.push((span, format!("`{address}` waits for `{trigger}`")));
            }
        }
        // A circle of references alone is complained about where references are.
        if places.is_empty() {
            continue;
        }
        let names: Vec<String> = circle.iter().map(|at| format!("`{at}`")).collect();
        let message = format!("{} wait for one another", names.join(" and "));
        let diagnostic = Diagnostic::error("manifest::cycle", message);
        let diagnostic = places
            .into_iter()
            .fold(diagnostic, |diagnostic, (span, label)| diagnostic.at(span, label));
        cx.complain(diagnostic.help("take one of the triggers away"));
    }
}

fn ignored(address: &Address, resource: &Resource, path: &Path, cx: &mut Context<'_>) {
    let schema = address.kind().schema();
    let span = resource.place(&lifecycle_path(IGNORE).member(&path.to_string()));
    let compared = schema.attributes.iter().filter(|a| a.shape != Shape::Instruction);
    let names: Vec<&str> = compared.map(|attribute| attribute.name).collect();
    if !names.contains(&path.root()) {
        let help = match cx.suggester.nearest(path.root(), names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it can be {}", crate::suggest::one_of(&names)),
        };
        cx.complain(
            Diagnostic::error(
                "manifest::unknown-path",
                format!("{} has nothing at `{path}`", address.kind().one()),
            )
            .at(span, "not known")
            .help(help),
        );
    } else if address.kind() == Kind::Tag {
        cx.complain(
            Diagnostic::error(
                "manifest::unknown-path",
                "a tag has nothing but its name, which cannot be ignored",
            )
            .at(span, "templates carry it by this name"),
        );
    }
}

/// A customer loses something with a workspace and with a connector, and with nothing else.
fn customers_only(address: &Address, resource: &Resource, cx: &mut Context<'_>) {
    let lifecycle = &resource.lifecycle;
    if lifecycle.allow_replace && !matches!(address.kind(), Kind::Workspace | Kind::Connector) {
        cx.complain(
            Diagnostic::error(
                "manifest::lifecycle",
                format!("{} may always be replaced", address.kind().one()),
            )
            .at(resource.place(&lifecycle_path("allow_replace")), "says nothing here")
            .help("leave it out; `prevent_destroy: true` is the way to forbid it"),
        );
    }
}

/// Secrets stand in configuration, which some kinds do not have.
fn version_of_nothing(address: &Address, resource: &Resource, cx: &mut Context<'_>) {
    let has_configuration =
        address.kind().schema().attributes.iter().any(|attribute| attribute.shape == Shape::Tree);
    if resource.lifecycle.secret_version.is_some() && !has_configuration {
        cx.complain(
            Diagnostic::error(
                "manifest::lifecycle",
                format!("{} has no secrets", address.kind().one()),
            )
            .at(resource.place(&lifecycle_path(SECRET_VERSION)), "says nothing here")
            .help("leave it out"),
        );
    }
}

/// Some kinds cannot have the old object and the new one stand at once.
fn never_beside(address: &Address, resource: &Resource, cx: &mut Context<'_>) {
    let help = match address.kind() {
        Kind::Workspace => "the service finds a workspace by its name, so two cannot share one",
        Kind::OAuthCredential => "the service has one for each connector, and the new one is it",
        Kind::Tag | Kind::SourceTemplate | Kind::ConnectionTemplate | Kind::Connector => return,
    };
    let place = lifecycle_path("create_before_destroy");
    let is_said = resource.places.contains_key(&place);
    if is_said && !resource.lifecycle.destroy_before_create {
        let message = format!(
            "{} is always deleted before another one is made in its place",
            address.kind().one()
        );
        cx.complain(
            Diagnostic::error("manifest::lifecycle", message)
                .at(resource.place(&place), "cannot be")
                .help(help),
        );
    }
}
