//! What only shows once everything is read of `ownership_tag:`: whether anything else is declared in
//! its place.

use model::desired::{Lifecycle, Resource};
use model::kinds::tag::OWNER_PREFIX;
use model::value::{Path, Value};
use model::{Address, Kind, Span};

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::lower::Declared;

/// Declares the tag that `ownership_tag` names, and complains about tags that speak of owners too.
pub(crate) fn resolve(declared: &mut Declared, cx: &mut Context<'_>) {
    let Some((name, span)) = declared.ownership_tag.clone() else { return };
    let mut is_alone = true;
    for (address, resource) in declared.desired.of_kind(Kind::Tag) {
        let Some(text) = declared.desired.natural_name(address) else { continue };
        if text.starts_with(OWNER_PREFIX) {
            is_alone = false;
            cx.complain(beside(text, resource.place(&Path::attribute("name")), span));
        }
    }
    let address = Address::new(Kind::Tag, &name);
    if let Some(place) = declared.names.get(&address).filter(|_| is_alone) {
        cx.complain(beside(&name, *place, span));
        is_alone = false;
    }
    if is_alone {
        declared.names.insert(address.clone(), span);
        declared.desired.resources.insert(address, tag(&name, span));
        declared.desired.ownership_tag = Some(name);
    }
}

fn beside(name: &str, place: Span, ownership: Span) -> Diagnostic {
    Diagnostic::error(
        "manifest::ownership-tag",
        format!("the tag `{name}` speaks of an owner, and `ownership_tag` does so already"),
    )
    .at(place, "declared here")
    .at(ownership, "templates get this one")
    .help(format!(
        "take it away: the ownership tag needs no declaration, and no other may begin with `{OWNER_PREFIX}`"
    ))
}

fn tag(name: &str, span: Span) -> Resource {
    Resource {
        span,
        external: false,
        lifecycle: Lifecycle::default(),
        attributes: [("name".to_owned(), Value::text(name))].into(),
        places: [(Path::attribute("name"), span)].into(),
    }
}
