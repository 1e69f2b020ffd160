//! What only shows once everything is read of `moved:`, `removed:` and `import:`: whether the
//! addresses in them are declared, and whether two entries contradict one another.

use std::collections::{BTreeMap, BTreeSet};

use model::desired::{Import, ImportBy, Move, Removal};
use model::live::Id;
use model::{Address, Kind, Span};

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::lower::Declared;
use crate::syntax::identity::{self, Addressed};
use crate::syntax::{Field, Flag, List, Spanned, Text, Uuid};

/// An address and where it stands.
type Place = (Address, Span);

/// All entries of all files, in their order.
#[derive(Default)]
pub(crate) struct Entries {
    moved: Vec<(Place, Place)>,
    removed: Vec<(Place, bool)>,
    imports: Vec<(Place, ImportBy, Span)>,
}

fn place(field: Field<Addressed>) -> Option<Place> {
    match field {
        Field::Given(Spanned { value: Addressed(address), span }) => Some((address, span)),
        Field::Absent | Field::Bad => None,
    }
}

fn items<T>(field: Field<List<T>>) -> impl Iterator<Item = T> {
    let list = match field {
        Field::Given(Spanned { value: List(items), span: _ }) => items,
        Field::Absent | Field::Bad => Vec::new(),
    };
    list.into_iter().map(|item| item.value)
}

impl Entries {
    /// Adds those of a file. What could not be read has been complained about.
    pub(crate) fn add(
        &mut self,
        moved: Field<List<identity::Moved>>,
        removed: Field<List<identity::Removed>>,
        imports: Field<List<identity::Import>>,
    ) {
        for identity::Moved { from, to } in items(moved) {
            self.moved.extend(place(from).zip(place(to)));
        }
        for identity::Removed { from, destroy } in items(removed) {
            let destroy = matches!(destroy.value(), Some(Flag(true)));
            self.removed.extend(place(from).map(|from| (from, destroy)));
        }
        for identity::Import { to, id, name } in items(imports) {
            let by = match (id, name) {
                (Field::Given(Spanned { value: Uuid(id), span }), Field::Absent) => {
                    Some((ImportBy::Id(Id(id)), span))
                }
                (Field::Absent, Field::Given(Spanned { value: Text(name), span })) => {
                    Some((ImportBy::Name(name), span))
                }
                _ => None,
            };
            self.imports.extend(place(to).zip(by).map(|(to, (by, span))| (to, by, span)));
        }
    }
}

/// Checks all entries against what is declared and takes them over.
pub(crate) fn resolve(declared: &mut Declared, cx: &mut Context<'_>) {
    let Entries { moved, removed, imports } = std::mem::take(&mut declared.identity);
    resolve_moved(moved, declared, cx);
    for (from, destroy) in removed {
        let moved = declared.desired.moved.get(&from.0).map(|moved| moved.span);
        let again = declared.desired.removed.get(&from.0).map(|removal| removal.span);
        if let Some(first) = moved.or(again) {
            cx.complain(twice(&from, first));
        } else if is_gone(&from, "removed", declared, cx) {
            let (from, span) = from;
            declared.desired.removed.insert(from, Removal { destroy, span });
        }
    }
    let mut objects: Vec<(Address, ImportBy, Span)> = Vec::new();
    for (to, by, span) in imports {
        if let Some(first) = declared.desired.imports.get(&to.0) {
            cx.complain(twice(&to, first.span));
            continue;
        }
        // Connectors of two workspaces may have one name.
        let is_shared = to.0.kind() == Kind::Connector && matches!(by, ImportBy::Name(_));
        let one = |(other, its, _): &&(Address, ImportBy, Span)| {
            other.kind() == to.0.kind() && *its == by && !is_shared
        };
        if let Some((_, _, first)) = objects.iter().find(one) {
            cx.complain(
                Diagnostic::error(
                    "manifest::imported-twice",
                    format!("one {} cannot be two resources", to.0.kind().noun()),
                )
                .at(span, "the same object")
                .at(*first, "is imported here"),
            );
            continue;
        }
        if to.0.kind().schema().write_only {
            cx.complain(
                Diagnostic::error(
                    "manifest::write-only",
                    format!("{} cannot be imported", to.0.kind().one()),
                )
                .at(to.1, "the service never shows it")
                .help("declare it and apply: what is declared is written over what stands"),
            );
            continue;
        }
        objects.push((to.0.clone(), by.clone(), span));
        if is_declared(&to, "import", declared, cx) {
            declared.desired.imports.insert(to.0, Import { by, span: to.1 });
        }
    }
}

fn resolve_moved(moved: Vec<(Place, Place)>, declared: &mut Declared, cx: &mut Context<'_>) {
    let mut next: BTreeMap<Address, (Place, Span)> = BTreeMap::new();
    for (from, to) in moved {
        if from.0.kind() != to.0.kind() {
            cx.complain(
                Diagnostic::error(
                    "manifest::moved-kind",
                    format!("{} cannot become {}", from.0.kind().one(), to.0.kind().one()),
                )
                .at(to.1, format!("not under `{}:`", from.0.kind().section()))
                .at(from.1, "it was this"),
            );
        } else if let Some((_, first)) = next.get(&from.0) {
            cx.complain(twice(&from, *first));
        } else if from.0 == to.0 || is_gone(&from, "moved", declared, cx) {
            next.insert(from.0, (to, from.1));
        }
    }
    let mut told: BTreeSet<Address> = BTreeSet::new();
    for (from, (first, span)) in &next {
        let mut way = vec![from];
        let mut end = first;
        while let Some((further, _)) = next.get(&end.0) {
            if way.contains(&&end.0) {
                break;
            }
            way.push(&end.0);
            end = further;
        }
        if next.contains_key(&end.0) {
            if way.iter().all(|address| told.insert((*address).clone())) {
                cx.complain(circle(&way, &next));
            }
        } else if first.0 != end.0 || is_declared(end, "moved", declared, cx) {
            let moved = Move { to: end.0.clone(), span: *span };
            declared.desired.moved.insert(from.clone(), moved);
        }
    }
}

fn circle(way: &[&Address], next: &BTreeMap<Address, (Place, Span)>) -> Diagnostic {
    let message = match way {
        [one] => format!("`{one}` is moved to itself"),
        _ => "these entries of `moved` lead in a circle".to_owned(),
    };
    let mut diagnostic = Diagnostic::error("manifest::cycle", message);
    for (to, span) in way.iter().filter_map(|address| next.get(*address)) {
        diagnostic = diagnostic.at(*span, format!("goes to `{}`", to.0));
    }
    diagnostic.help("an entry leads from the address that a resource had to the one it has now")
}

fn twice(place: &Place, first: Span) -> Diagnostic {
    Diagnostic::error("manifest::named-twice", format!("there are two entries about `{}`", place.0))
        .at(place.1, "here")
        .at(first, "and here")
        .help("only one of them can be right")
}

/// Whether `place` is no longer declared, as it must be under `section`.
fn is_gone(place: &Place, section: &str, declared: &Declared, cx: &mut Context<'_>) -> bool {
    // A name that stands for several resources now is the address of none.
    let repeated = declared.repeated.contains_key(&place.0);
    let Some(span) = declared.names.get(&place.0).filter(|_| !repeated) else { return true };
    cx.complain(
        Diagnostic::error(
            "manifest::still-declared",
            format!("`{}` is under `{section}:` and declared as well", place.0),
        )
        .at(place.1, "says that it is no longer declared")
        .at(*span, "declared here")
        .help("take one of the two away"),
    );
    false
}

/// Whether `place` is declared to be ours, as it must be under `section`.
pub(crate) fn is_declared(
    place: &Place,
    section: &str,
    declared: &Declared,
    cx: &mut Context<'_>,
) -> bool {
    let (address, span) = place;
    let kind = address.kind();
    if declared.desired.resources.get(address).is_some_and(|resource| resource.external) {
        cx.complain(
            Diagnostic::error(
                "manifest::external-field",
                format!("`{address}` is external, so it cannot be under `{section}:`"),
            )
            .at(*span, "belongs to somebody else")
            .help("take `external: true` away to manage it here"),
        );
        return false;
    }
    let is_one = |address: &Address| !declared.repeated.contains_key(address);
    let is_unknown = declared.repeated.get(&address.declaration()) == Some(&false);
    if declared.names.contains_key(address) && is_one(address)
        || declared.incomplete.contains(&kind)
        || is_unknown && address.key().is_some()
    {
        return true;
    }
    let known: Vec<String> = (declared.names.keys())
        .filter(|known| known.kind() == kind && is_one(known))
        .map(Address::within_section)
        .collect();
    let name = address.within_section();
    let help = match cx.suggester.nearest(&name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{}.{near}`?", kind.section()),
        None if !is_one(address) => {
            format!("it stands for several: name one, `{address}[\"KEY\"]`")
        }
        None => format!("declare it under `{}:`", kind.section()),
    };
    cx.complain(
        Diagnostic::error(
            "manifest::undeclared-reference",
            format!("`{section}` names {} `{}` that is not declared", kind.one(), name),
        )
        .at(*span, format!("not declared under `{}:`", kind.section()))
        .help(help),
    );
    false
}
