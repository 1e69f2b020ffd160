//! What only shows once everything is read: who refers to whom, and who has whose name.

use std::collections::{BTreeMap, BTreeSet};

use model::value::{Path, Value};
use model::{Address, Kind, Span};

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::lower::Declared;

/// Checks what [`model::desired::Desired`] promises of its references and names.
pub(crate) fn check(declared: &Declared, cx: &mut Context<'_>) {
    undeclared(declared, cx);
    cycles(declared, cx);
    same_names(declared, cx);
    several_airbytes(declared, cx);
}

fn undeclared(declared: &Declared, cx: &mut Context<'_>) {
    for resource in declared.desired.resources.values() {
        for (attribute, value) in &resource.attributes {
            let path = Path::attribute(attribute);
            match value {
                Value::Reference(target) => {
                    check_target(target, attribute, resource.place(&path), declared, cx);
                }
                Value::List(items) => {
                    let mut seen = BTreeSet::new();
                    for item in items {
                        let Value::Reference(target) = item else { continue };
                        let span = resource.place(&path.member(target.name()));
                        if !seen.insert(target) {
                            cx.complain(named_twice(attribute, target, span));
                            continue;
                        }
                        check_target(target, attribute, span, declared, cx);
                    }
                }
                _ => {}
            }
        }
    }
}

fn named_twice(attribute: &str, target: &Address, span: Span) -> Diagnostic {
    Diagnostic::error(
        "manifest::named-twice",
        format!("`{attribute}` names `{}` twice", target.name()),
    )
    .at(span, "once is enough")
}

fn check_target(
    target: &Address,
    attribute: &str,
    span: Span,
    declared: &Declared,
    cx: &mut Context<'_>,
) {
    let kind = target.kind();
    if declared.names.contains_key(target) || declared.incomplete.contains(&kind) {
        return;
    }
    let known = declared
        .names
        .range(Address::new(kind, "")..)
        .map(|(address, _)| address)
        .take_while(|address| address.kind() == kind)
        .map(Address::name);
    let help = match cx.suggester.nearest(target.name(), known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            format!("declare it: `{}: {{{}: {{…}}}}`", kind.section(), target.name())
        }
    };
    let help = match kind {
        Kind::Tag => help.replace("{…}", "{}"),
        Kind::SourceTemplate | Kind::ConnectionTemplate | Kind::Workspace => help,
    };
    cx.complain(
        Diagnostic::error(
            "manifest::undeclared-reference",
            format!(
                "`{attribute}` names a {} `{}` that is not declared",
                kind.noun(),
                target.name()
            ),
        )
        .at(span, format!("not declared under `{}:`", kind.section()))
        .help(help),
    );
}

/// Circles. Only `clone_of` can close one, and it leads from a template to one other.
fn cycles(declared: &Declared, cx: &mut Context<'_>) {
    let original = |address: &Address| match declared
        .desired
        .resources
        .get(address)?
        .attributes
        .get("clone_of")?
    {
        Value::Reference(original) => Some(original),
        _ => None,
    };
    let mut done: BTreeSet<&Address> = BTreeSet::new();
    for (start, _) in declared.desired.of_kind(Kind::SourceTemplate) {
        let mut way: Vec<&Address> = Vec::new();
        let mut places: BTreeMap<&Address, usize> = BTreeMap::new();
        let mut at = Some(start);
        while let Some(address) = at.filter(|address| !done.contains(address)) {
            if let Some(&from) = places.get(address) {
                cx.complain(cycle(way.get(from..).unwrap_or_default(), declared));
                break;
            }
            places.insert(address, way.len());
            way.push(address);
            at = original(address);
        }
        done.extend(way);
    }
}

/// The complaint about a circle, each of which is a clone of the next.
fn cycle(circle: &[&Address], declared: &Declared) -> Diagnostic {
    let message = match circle {
        [one] => format!("`{}` is a clone of itself", one.name()),
        _ => format!("{} source templates are clones of one another", circle.len()),
    };
    let mut diagnostic = Diagnostic::error("manifest::cycle", message);
    for (address, next) in circle.iter().zip(circle.iter().cycle().skip(1)) {
        if let Some(resource) = declared.desired.resources.get(address) {
            let label = format!("`{}` is a clone of `{}`", address.name(), next.name());
            diagnostic = diagnostic.at(resource.place(&Path::attribute("clone_of")), label);
        }
    }
    diagnostic.help("one of them needs a `definition`")
}

/// Two resources of a kind that would be one object (rulings, "Pair by id first, then natural key").
fn same_names(declared: &Declared, cx: &mut Context<'_>) {
    let mut holders: BTreeMap<(Kind, &str), &Address> = BTreeMap::new();
    // In the order of the files, so that the second is the one further down.
    let mut addresses: Vec<(&Address, Span)> = declared
        .desired
        .resources
        .iter()
        .map(|(address, resource)| (address, resource.span))
        .collect();
    addresses.sort_by_key(|(_, span)| *span);
    for (address, _) in addresses {
        let Some(name) = declared.desired.natural_name(address) else { continue };
        let kind = address.kind();
        let Some(first) = holders.get(&(kind, name)) else {
            holders.insert((kind, name), address);
            continue;
        };
        let key = kind.schema().natural_key;
        let place = |address: &Address| {
            declared.desired.resources.get(address).map(|r| r.place(&Path::attribute(key)))
        };
        let mut diagnostic = Diagnostic::error(
            "manifest::same-name",
            format!("two {} are called `{name}`", kind.counted(2)),
        );
        for (address, which) in [(address, "too"), (*first, "already")] {
            if let Some(span) = place(address) {
                diagnostic = diagnostic.at(span, format!("`{}` is {which}", address.name()));
            }
        }
        let help =
            format!("the service's objects are found by their names: give one another `{key}`");
        cx.complain(diagnostic.help(help));
    }
}

/// A template hosted by Airbyte has no name to be told apart by (dossier 3.4).
fn several_airbytes(declared: &Declared, cx: &mut Context<'_>) {
    let mut places: Vec<Span> = declared
        .airbytes
        .iter()
        .filter_map(|address| declared.desired.resources.get(address))
        .map(|resource| resource.place(&Path::attribute("hosting")))
        .collect();
    places.sort();
    let Some((first, others)) = places.split_first() else { return };
    for other in others {
        cx.complain(
            Diagnostic::error(
                "manifest::several-airbyte-hosted",
                "a manifest has at most one connection template that Airbyte hosts",
            )
            .at(*other, "a second one")
            .at(*first, "the first one")
            .help("they have no names, so nothing would tell them apart"),
        );
    }
}
