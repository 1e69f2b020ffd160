//! What only shows once everything is read: who refers to whom, and who has whose name.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::desired::Resource;
use model::kinds::connector::WORKSPACE;
use model::value::{Path, Value};
use model::{Address, Kind, Span};

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::for_each;
use crate::limits::WRONG_ROWS;
use crate::lower::{Declared, Mention};

/// Checks what [`model::desired::Desired`] promises of its references and names.
pub(crate) fn check(declared: &Declared, cx: &mut Context<'_>) {
    undeclared(declared, cx);
    cycles(declared, cx);
    same_names(declared, cx);
    several_airbytes(declared, cx);
}

fn undeclared(declared: &Declared, cx: &mut Context<'_>) {
    let mut told = Told::default();
    for (address, resource) in &declared.desired.resources {
        let row = address.key().map(|_| resource.span);
        for (attribute, value) in &resource.attributes {
            let path = Path::attribute(attribute);
            match value {
                Value::Reference(target) => {
                    let span = resource.place(&path);
                    told.tell((span, target, false), row, || {
                        undeclared_target(target, attribute, span, declared, cx)
                    });
                }
                Value::List(items) => {
                    let mut seen = BTreeSet::new();
                    for item in items {
                        let Value::Reference(target) = item else { continue };
                        let span = resource.place(&path.member(&target.within_section()));
                        let again = !seen.insert(target);
                        told.tell((span, target, again), row, || match again {
                            true => Some(named_twice(attribute, target, span)),
                            false => undeclared_target(target, attribute, span, declared, cx),
                        });
                    }
                }
                _ => {}
            }
        }
    }
    cx.diagnostics.extend(told.complaints());
    for Mention { field, target, span } in &declared.mentions {
        if let Some(diagnostic) = undeclared_target(target, field, *span, declared, cx) {
            cx.complain(diagnostic);
        }
    }
}

/// What a complaint is about: where, whom it names, and whether for the second time.
type About<'a> = (Span, &'a Address, bool);

/// Complaints about references, each made once for all rows that give rise to it.
#[derive(Default)]
struct Told<'a> {
    /// The complaint, the row that gave rise to it first, and how many others did.
    complaints: BTreeMap<About<'a>, Option<(Diagnostic, Option<Span>, usize)>>,
}

impl<'a> Told<'a> {
    fn tell(
        &mut self,
        about: About<'a>,
        row: Option<Span>,
        complaint: impl FnOnce() -> Option<Diagnostic>,
    ) {
        match self.complaints.entry(about) {
            Entry::Vacant(place) => {
                place.insert(complaint().map(|complaint| (complaint, row, 0)));
            }
            Entry::Occupied(mut told) => {
                if let Some((_, first, more)) = told.get_mut() {
                    // Resources come in the order of their keys, and rows are read from the top.
                    *first = (*first).min(row);
                    *more += 1;
                }
            }
        }
    }

    fn complaints(self) -> impl Iterator<Item = Diagnostic> {
        self.complaints.into_values().flatten().map(|(complaint, row, more)| match (row, more) {
            (None, _) => complaint,
            (Some(row), 0) => complaint.at(row, "from this row"),
            (Some(row), more) => complaint.at(row, format!("from this row, and {more} more")),
        })
    }
}

pub(crate) fn named_twice(attribute: &str, target: &Address, span: Span) -> Diagnostic {
    Diagnostic::error(
        "manifest::named-twice",
        format!("`{attribute}` names `{}` twice", target.within_section()),
    )
    .at(span, "once is enough")
}

/// The complaint that `target` is not declared, where it is not.
fn undeclared_target(
    target: &Address,
    attribute: &str,
    span: Span,
    declared: &Declared,
    cx: &mut Context<'_>,
) -> Option<Diagnostic> {
    let kind = target.kind();
    if declared.repeated.contains_key(target) {
        return Some(several(target, attribute, span, declared));
    }
    let rows_known = declared.repeated.get(&target.declaration()).copied().unwrap_or(true);
    if declared.names.contains_key(target) || declared.incomplete.contains(&kind) || !rows_known {
        return None;
    }
    let name = target.within_section();
    let near = nearest(target, declared, cx);
    let help = match near {
        Some(near) => format!("did you mean `{}`?", near.within_section()),
        None if target.key().is_some() => format!(
            "`{}:` is to have a `{}` with a `for_each` that has this key",
            kind.section(),
            target.name()
        ),
        None => format!("declare it: `{}: {{{name}: {{…}}}}`", kind.section()),
    };
    let help = match kind {
        Kind::Tag => help.replace("{…}", "{}"),
        Kind::SourceTemplate
        | Kind::ConnectionTemplate
        | Kind::OAuthCredential
        | Kind::Workspace
        | Kind::Connector => help,
    };
    let message = format!("`{attribute}` names {} `{name}` that is not declared", kind.one());
    Some(
        Diagnostic::error("manifest::undeclared-reference", message)
            .at(span, format!("not declared under `{}:`", kind.section()))
            .help(help),
    )
}

/// What `target` was probably meant to be: another key of the same `for_each`, or another name.
fn nearest(target: &Address, declared: &Declared, cx: &mut Context<'_>) -> Option<Address> {
    let kind = target.kind();
    let names = declared
        .names
        .range(Address::new(kind, "")..)
        .map(|(address, _)| address)
        .take_while(|address| address.kind() == kind);
    let Some(key) = target.key() else {
        let names = names.filter(|address| address.key().is_none()).map(Address::name);
        let near = cx.suggester.nearest(target.name(), names)?;
        return Some(Address::new(kind, near));
    };
    let same = names.filter(|address| address.name() == target.name());
    match cx.suggester.nearest(key, same.filter_map(Address::key)) {
        Some(near) => Some(Address::instance(kind, target.name(), near)),
        // Some have no key.
        None => Some(target.declaration()).filter(|name| {
            declared.names.contains_key(name) && !declared.repeated.contains_key(name)
        }),
    }
}

/// A name that stands for several resources, where one is wanted.
fn several(target: &Address, attribute: &str, span: Span, declared: &Declared) -> Diagnostic {
    let kind = target.kind();
    let message =
        format!("`{attribute}` names {} `{}`, which are several", kind.counted(2), target.name());
    let first = declared
        .names
        .range(target..)
        .map(|(address, _)| address)
        .find(|address| address.key().is_some())
        .filter(|address| address.declaration() == *target)
        .map(Address::within_section)
        .unwrap_or_else(|| format!("{}[\"KEY\"]", target.name()));
    let diagnostic =
        Diagnostic::error("manifest::several", message).at(span, "which one is not said");
    let diagnostic = match declared.names.get(target) {
        Some(declared) => diagnostic.at(*declared, "made by a `for_each`"),
        None => diagnostic,
    };
    diagnostic.help(format!("name one by its key: `{first}`"))
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
        [one] => format!("`{}` is a clone of itself", one.within_section()),
        _ => format!("{} source templates are clones of one another", circle.len()),
    };
    let mut diagnostic = Diagnostic::error("manifest::cycle", message);
    for (address, next) in circle.iter().zip(circle.iter().cycle().skip(1)) {
        if let Some(resource) = declared.desired.resources.get(address) {
            let (address, next) = (address.within_section(), next.within_section());
            let label = format!("`{address}` is a clone of `{next}`");
            diagnostic = diagnostic.at(resource.place(&Path::attribute("clone_of")), label);
        }
    }
    diagnostic.help("one of them needs a `definition`")
}

/// Two resources of a kind that would be one object (rulings, "Pair by id first, then natural key").
fn same_names(declared: &Declared, cx: &mut Context<'_>) {
    // A connector only has its name in its workspace.
    fn place(resource: &Resource) -> Option<&Address> {
        match resource.attributes.get(WORKSPACE)? {
            Value::Reference(workspace) => Some(workspace),
            _ => None,
        }
    }
    let mut holders: HashMap<(Kind, Option<&Address>, &str), &Address> =
        HashMap::with_capacity(declared.desired.resources.len());
    // In the order of the files, so that the second is the one further down.
    let mut resources: Vec<(&Address, &Resource)> = declared.desired.resources.iter().collect();
    resources.sort_by_key(|(_, resource)| resource.span);
    let mut wrong_rows: BTreeMap<Address, usize> = BTreeMap::new();
    for (address, resource) in resources {
        let kind = address.kind();
        let Some(name) = resource.natural_name(kind) else { continue };
        let key = (kind, place(resource), name);
        let Some(first) = holders.get(&key) else {
            holders.insert(key, address);
            continue;
        };
        if address.key().is_some() {
            let declaration = address.declaration();
            let place = declared.names.get(&declaration).copied();
            let wrong = wrong_rows.entry(declaration).or_default();
            *wrong += 1;
            if *wrong > WRONG_ROWS {
                if *wrong == WRONG_ROWS + 1 {
                    cx.diagnostics.extend(place.map(for_each::and_more));
                }
                continue;
            }
        }
        let key = kind.schema().natural_key;
        // One of a `for_each` has its name from its row, and from the one place that all share.
        let span = |address: &Address| {
            let resource = declared.desired.resources.get(address)?;
            Some(match address.key() {
                Some(_) => resource.span,
                None => resource.place(&Path::attribute(key)),
            })
        };
        let mut diagnostic = Diagnostic::error(
            "manifest::same-name",
            format!("two {} are called `{name}`", kind.counted(2)),
        );
        for (address, which) in [(address, "too"), (*first, "already")] {
            if let Some(span) = span(address) {
                let name = address.within_section();
                diagnostic = diagnostic.at(span, format!("`{name}` is {which}"));
            }
        }
        if let (Some(_), Some(resource)) = (address.key(), declared.desired.resources.get(address))
        {
            let shared = resource.place(&Path::attribute(key));
            if shared != resource.span {
                diagnostic = diagnostic.at(shared, "named here");
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
        .filter_map(|address| Some((address, declared.desired.resources.get(address)?)))
        .map(|(address, resource)| match address.key() {
            Some(_) => resource.span,
            None => resource.place(&Path::attribute("hosting")),
        })
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
