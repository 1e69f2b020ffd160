//! What waits for what, drawn: for Graphviz, for mermaid, or as a picture.

mod layout;
mod svg;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use model::desired::Desired;
use model::plan::{Action, Plan};
use model::{Address, Kind};

use super::plan::symbol;
use super::style::{number, plain};

pub(crate) use self::svg::svg;

/// A drawing of more nodes than this is of declarations, or of kinds: nobody can read more.
const NODES: usize = 60;

/// What is drawn: nodes, and for each which ones wait for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Drawing {
    /// In an order in which they can be done.
    pub(crate) nodes: Vec<Node>,
    /// From one to another that waits for it, by position.
    pub(crate) edges: BTreeSet<(usize, usize)>,
}

/// Something that is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// What it says; safe to show.
    pub(crate) label: String,
    /// What is done about it. `None` in a drawing of what is declared.
    pub(crate) action: Option<Action>,
}

/// What a node stands for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Resource(Address),
    Declaration(Address, Option<Action>),
    Kind(Kind, Option<Action>),
}

/// The changes of a plan, in the order of its steps.
pub(crate) fn of_plan(plan: &Plan, full: bool) -> Drawing {
    let mut order: Vec<&Address> = Vec::new();
    let mut seen = BTreeSet::new();
    for step in &plan.steps {
        if seen.insert(&step.address) {
            order.push(&step.address);
        }
    }
    let mut edges = BTreeSet::new();
    for step in &plan.steps {
        for before in &step.after {
            if let Some(before) = plan.steps.get(before.0) {
                edges.insert((&before.address, &step.address));
            }
        }
    }
    let action = |address: &Address| plan.changes.get(address).map(|change| change.action);
    draw(&order, &edges, &action, full)
}

/// What is declared, what is referred to first.
pub(crate) fn of_desired(desired: &Desired, full: bool) -> Drawing {
    let mut edges = BTreeSet::new();
    for (address, resource) in &desired.resources {
        edges.extend(resource.references().into_iter().map(|reference| (reference, address)));
    }
    let order = desired.graph().order();
    let order: Vec<&Address> = order.iter().collect();
    draw(&order, &edges, &|_| None, full)
}

fn draw(
    order: &[&Address],
    edges: &BTreeSet<(&Address, &Address)>,
    action: &dyn Fn(&Address) -> Option<Action>,
    full: bool,
) -> Drawing {
    let levels: [&dyn Fn(&Address) -> Key; 3] = [
        &|address| Key::Resource(address.clone()),
        &|address| Key::Declaration(address.declaration(), action(address)),
        &|address| Key::Kind(address.kind(), action(address)),
    ];
    for (level, key_of) in levels.iter().enumerate() {
        let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
        let mut keys: Vec<Key> = Vec::new();
        for address in order {
            let key = key_of(address);
            let count = counts.entry(key.clone()).or_default();
            *count += 1;
            if *count == 1 {
                keys.push(key);
            }
        }
        if !full && keys.len() > NODES && level + 1 < levels.len() {
            continue;
        }
        let at: BTreeMap<&Key, usize> = keys.iter().enumerate().map(|(i, key)| (key, i)).collect();
        let place = |address: &Address| at.get(&key_of(address)).copied();
        let pairs = edges.iter().filter_map(|(from, to)| Some((place(from)?, place(to)?)));
        let nodes = keys.iter().map(|key| {
            let (name, action) = match key {
                Key::Resource(address) => (address.to_string(), action(address)),
                Key::Declaration(address, action) => (address.to_string(), *action),
                Key::Kind(kind, action) => (kind.section().to_owned(), *action),
            };
            let count = counts.get(key).copied().unwrap_or(1);
            let many = if count > 1 { format!(" ×{}", number(count)) } else { String::new() };
            Node { label: format!("{}{many}", plain(&name)), action }
        });
        let edges = pairs.filter(|(from, to)| from != to).collect();
        return Drawing { nodes: nodes.collect(), edges: without_detours(edges) };
    }
    Drawing::default()
}

/// The edges without those that others say already: what waits for something that waits for a third
/// is not drawn as waiting for the third.
fn without_detours(edges: BTreeSet<(usize, usize)>) -> BTreeSet<(usize, usize)> {
    // It takes as many walks as there are edges, and nobody looks that closely at so many.
    if edges.len() > 2_000 {
        return edges;
    }
    let is_said = |&(from, to): &(usize, usize)| {
        let mut seen = BTreeSet::from([from]);
        let mut next: Vec<usize> = vec![from];
        while let Some(at) = next.pop() {
            for &(_, then) in edges.range((at, 0)..(at + 1, 0)) {
                let is_itself = (at, then) == (from, to);
                if !is_itself && then == to {
                    return true;
                }
                if !is_itself && seen.insert(then) {
                    next.push(then);
                }
            }
        }
        false
    };
    // In a circle everything is said by something else.
    let is_circle = edges.iter().any(|&(from, to)| edges.contains(&(to, from)));
    let kept = edges.iter().filter(|edge| is_circle || !is_said(edge));
    kept.copied().collect()
}

/// For Graphviz.
pub(crate) fn dot(drawing: &Drawing) -> String {
    let mut out = String::from("digraph airform {\n  rankdir=LR;\n  node [shape=box];\n");
    for (at, node) in drawing.nodes.iter().enumerate() {
        let label = with_symbol(node).replace('\\', "\\\\").replace('"', "\\\"");
        let _ = writeln!(out, "  n{at} [label=\"{label}\"];");
    }
    for (from, to) in &drawing.edges {
        let _ = writeln!(out, "  n{from} -> n{to};");
    }
    out.push('}');
    out
}

/// For mermaid, which GitHub draws.
pub(crate) fn mermaid(drawing: &Drawing) -> String {
    let mut out = String::from("graph LR\n");
    for (at, node) in drawing.nodes.iter().enumerate() {
        let class = node.action.map(|action| format!(":::{}", class(action))).unwrap_or_default();
        let _ = writeln!(out, "  n{at}[\"{}\"]{class}", mermaid_text(&with_symbol(node)));
    }
    for (from, to) in &drawing.edges {
        let _ = writeln!(out, "  n{from} --> n{to}");
    }
    let colours = [
        (Action::Create, "#1a7f37"),
        (Action::Update, "#9a6700"),
        (Action::Delete, "#cf222e"),
        (Action::Replace, "#cf222e"),
        (Action::Adopt, "#0969da"),
        (Action::Record, "#0969da"),
    ];
    for (action, colour) in colours {
        if drawing.nodes.iter().any(|node| node.action.map(class) == Some(class(action))) {
            let _ = writeln!(out, "  classDef {} stroke:{colour}", class(action));
        }
    }
    out
}

/// What an action is called where it has to be one plain word.
pub(crate) fn class(action: Action) -> &'static str {
    match action {
        Action::NoOp => "same",
        Action::Create => "create",
        Action::Update => "update",
        Action::Replace => "replace",
        Action::Delete => "delete",
        Action::Adopt => "adopt",
        Action::Record | Action::Forget => "record",
    }
}

fn with_symbol(node: &Node) -> String {
    match node.action.map(symbol) {
        None | Some("") => node.label.clone(),
        Some(symbol) => format!("{symbol} {}", node.label),
    }
}

/// Text in a label of mermaid: whatever could end the label, begin a tag or be markup stands as the
/// number of its character.
fn mermaid_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '.' | '_') {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}
