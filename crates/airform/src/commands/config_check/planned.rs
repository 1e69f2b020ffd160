//! What the service says of the connectors of a plan, held against what the plan would send.

use std::borrow::Cow;

use manifest::{Diagnostic, Severity};
use model::Address;
use model::kind::Side;
use model::live::{DefinitionAnswer, DefinitionQuery, Facts};
use model::plan::{Change, Plan};
use model::{Value, spec};
use planner::Options;

use super::{Known, Specs, Weight, weighed};
use crate::commands::Context;
use crate::commands::decide::Decided;
use crate::commands::declared::Declared;
use crate::exit::Exit;
use crate::report::{self, Failure};

/// What the service has told of connectors.
struct Told<'a> {
    facts: &'a Facts,
    is_abridged: bool,
}

impl Specs for Told<'_> {
    fn of(&self, side: Side, text: &str) -> Option<Known<'_>> {
        let query = DefinitionQuery { side, text: text.to_owned() };
        let spec = self.facts.spec(&query)?.schema();
        let Some(DefinitionAnswer::Found(definition)) = self.facts.definitions.get(&query) else {
            return None;
        };
        // One that was asked for by UUID is called so; its specification says it better.
        let name = match title(spec) {
            Some(title) if definition.name == definition.id => title,
            _ => &definition.name,
        };
        let spec = Cow::Borrowed(spec);
        Some(Known { name: name.to_owned(), spec, is_abridged: self.is_abridged })
    }
}

fn title(spec: &Value) -> Option<&str> {
    match spec {
        Value::Map(members) => members.get("title")?.as_text(),
        _ => None,
    }
}

/// Shows what the connectors' specifications have against what `decided` would send, and fails where
/// it is an error, unless `is_lenient`. A configuration that is not sent was taken once already, and is
/// not looked at.
pub(crate) fn enforce_planned(
    declared: &Declared,
    decided: &Decided,
    options: &Options,
    (is_lenient, is_sandbox): (bool, bool),
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    // What is then sent, if anything, is not what is declared.
    if options.destroy || options.undo || options.refresh_only {
        return Ok(());
    }
    let told = Told { facts: &decided.live.facts, is_abridged: is_sandbox };
    let weigh = |address: &Address| weight(&decided.plan, address, is_lenient);
    let found: Vec<Diagnostic> = weighed(&declared.desired, &told, &weigh);
    if found.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        let failure = Failure::complaints(Exit::Error, found, declared.shown().to_vec());
        // What an earlier run was told may be outdated, so asking again comes before not asking.
        return Err(failure.help(match context.log.has_kept() {
            true => "nothing was written; what connectors ask for was read by an earlier run: --refresh-definitions asks again, --no-config-check does not ask",
            false => "nothing was written; where it is the specification that is wrong, give --no-config-check",
        }));
    }
    report::warn(&found, declared.shown(), context.streams);
    Ok(())
}

fn weight(plan: &Plan, address: &Address, is_lenient: bool) -> Weight {
    let is_sent = |change: &Change| spec::CONFIGS.iter().any(|name| change.sends(name));
    match plan.changes.get(address).is_some_and(is_sent) {
        true if is_lenient => Weight::Warning,
        true => Weight::Full,
        false => Weight::Nothing,
    }
}
