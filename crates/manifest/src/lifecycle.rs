//! What only shows once everything is read of `lifecycle:`: whether it speaks of what is there.

use model::desired::Resource;
use model::kind::Shape;
use model::value::Path;
use model::{Address, Kind};

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::identity;
use crate::lower::{Declared, IGNORE, TRIGGERS, lifecycle_path};

/// Checks every lifecycle against its resource.
pub(crate) fn check(declared: &Declared, cx: &mut Context<'_>) {
    for (address, resource) in &declared.desired.resources {
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
        workspaces_only(address, resource, cx);
        never_beside(address, resource, cx);
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

/// A customer's data is in a workspace and in nothing else.
fn workspaces_only(address: &Address, resource: &Resource, cx: &mut Context<'_>) {
    let lifecycle = &resource.lifecycle;
    let is_workspace = address.kind() == Kind::Workspace;
    if lifecycle.allow_replace && !is_workspace {
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
