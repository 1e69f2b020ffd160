//! Connector configurations held against the specifications of their connectors.

mod planned;

use std::borrow::Cow;
use std::collections::BTreeSet;

use manifest::{Diagnostic, Severity};
use model::desired::{Desired, Resource};
use model::kind::Side;
use model::kinds::connection_template::HOSTING_AIRBYTE;
use model::live::Facts;
use model::{Address, Kind, Path, Value, spec};
use schema_check::{Complaint, Extent, Problem};

pub(super) use planned::enforce_planned;

use super::Context;
use super::declared::Declared;
use crate::exit::Exit;
use crate::report::{self, Failure};
use crate::views::config::{self, Subject};

/// Where specifications come from.
pub(crate) trait Specs {
    /// The connector of this side that a manifest calls `text`. None where nothing is known of it.
    fn of(&self, side: Side, text: &str) -> Option<Known<'_>>;
}

/// What is known of a connector.
pub(crate) struct Known<'a> {
    /// Its display name.
    pub(crate) name: String,
    /// Its `connectionSpecification`.
    pub(crate) spec: Cow<'a, Value>,
    /// The connector may know more fields than that.
    pub(crate) is_abridged: bool,
}

impl Known<'_> {
    fn complaints(&self, config: &Value, at: &Path, extent: Extent) -> Vec<Complaint> {
        let mut complaints = schema_check::check(&self.spec, config, at, extent);
        if self.is_abridged {
            complaints.retain(|found| !matches!(found.problem, Problem::Unknown { .. }));
        }
        complaints
    }
}

/// Shows what specifications have against what is declared, and fails where it is an error.
pub(crate) fn enforce(
    declared: &Declared,
    specs: &dyn Specs,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    let found = check(&declared.desired, specs);
    declared.cover(&Facts::default());
    if found.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return Err(Failure::complaints(Exit::Error, found, declared.shown().to_vec()));
    }
    report::warn(&found, declared.shown(), context.streams);
    Ok(())
}

/// Everything that specifications have against what is declared, in the order of the files.
pub(crate) fn check(desired: &Desired, specs: &dyn Specs) -> Vec<Diagnostic> {
    weighed(desired, specs, &|_| Weight::Full)
}

/// How much it weighs what specifications have against a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// As they say.
    Full,
    /// Nothing of it is an error.
    Warning,
    /// It is not looked at.
    Nothing,
}

/// The same, with a weight for each resource.
pub(super) fn weighed(
    desired: &Desired,
    specs: &dyn Specs,
    weigh: &dyn Fn(&Address) -> Weight,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let has_config = |(_, resource): &(&Address, &Resource)| {
        !resource.external && resource.attributes.keys().any(|name| spec::describes(name))
    };
    for (address, resource) in desired.resources.iter().filter(has_config) {
        let weight = weigh(address);
        if weight == Weight::Nothing {
            continue;
        }
        let mut of_it = Vec::new();
        match address.kind() {
            Kind::SourceTemplate => source_template(desired, address, resource, specs, &mut of_it),
            Kind::ConnectionTemplate => destination(resource, specs, &mut of_it),
            Kind::Connector => connector(desired, resource, specs, &mut of_it),
            Kind::Tag | Kind::Workspace | Kind::OAuthCredential => {}
        }
        if weight == Weight::Warning {
            of_it.iter_mut().for_each(|(_, diagnostic)| diagnostic.severity = Severity::Warning);
        }
        found.extend(of_it);
    }
    // What is declared once for many is wrong once, and as much as where it is most.
    let key = |(place, found): &(Option<model::Span>, Diagnostic)| {
        (*place, found.message.clone(), found.severity)
    };
    found.sort_by_cached_key(key);
    found.dedup_by(|(a, b), (c, d)| a == c && b.message == d.message);
    found.into_iter().map(|(_, diagnostic)| diagnostic).collect()
}

type Found = Vec<(Option<model::Span>, Diagnostic)>;

const PRESETS: &str = "partial_default_config";

fn source_template(
    desired: &Desired,
    address: &Address,
    resource: &Resource,
    specs: &dyn Specs,
    found: &mut Found,
) {
    let Some(presets) = resource.attributes.get(PRESETS) else { return };
    let definition = template_definition(desired, address);
    let Some(known) = definition.and_then(|text| specs.of(Side::Source, text)) else { return };
    let at = Path::attribute(PRESETS);
    let complaints = known.complaints(presets, &at, Extent::Partial);
    add(resource, &Subject { connector: &known.name, left_by: None }, complaints, found);
}

fn destination(resource: &Resource, specs: &dyn Specs, found: &mut Found) {
    let attributes = &resource.attributes;
    let text = |name: &str| attributes.get(name).and_then(Value::as_text);
    let (Some(definition), Some(config)) =
        (text("destination"), attributes.get("destination_config"))
    else {
        return;
    };
    if text("hosting") == Some(HOSTING_AIRBYTE) {
        return;
    }
    let Some(known) = specs.of(Side::Destination, definition) else { return };
    let at = Path::attribute("destination_config");
    let complaints = known.complaints(config, &at, Extent::Whole);
    add(resource, &Subject { connector: &known.name, left_by: None }, complaints, found);
}

fn connector(desired: &Desired, resource: &Resource, specs: &dyn Specs, found: &mut Found) {
    let attributes = &resource.attributes;
    let template = match attributes.get("source_template") {
        Some(Value::Reference(template)) => Some(template),
        _ => None,
    };
    let own = attributes.get("definition").and_then(Value::as_text);
    let definition = own.or(template.and_then(|template| template_definition(desired, template)));
    let Some(known) = definition.and_then(|text| specs.of(Side::Source, text)) else { return };
    let Some(given) = attributes.get("replication_config") else { return };
    let at = Path::attribute("replication_config");
    let presets = template.map(|template| template_presets(desired, template));
    let (whole, extent) = match &presets {
        Some(Presets::Known(presets)) if attributes.contains_key("credentials") => {
            (schema_check::merged(presets, given), Extent::WithoutSecrets)
        }
        Some(Presets::Known(presets)) => (schema_check::merged(presets, given), Extent::Whole),
        // What is preset elsewhere is not known here.
        Some(Presets::Elsewhere) | None => (given.clone(), Extent::Partial),
    };
    let mut complaints = known.complaints(&whole, &at, extent);
    // What is wrong with the presets is said of the template.
    if let Some(Presets::Known(presets)) = &presets {
        let of_template: BTreeSet<Complaint> =
            known.complaints(presets, &at, Extent::Partial).into_iter().collect();
        complaints.retain(|complaint| !of_template.contains(complaint));
        complaints.extend(schema_check::preset_again(presets, given, &at));
    }
    add(resource, &Subject { connector: &known.name, left_by: template }, complaints, found);
}

fn add(resource: &Resource, subject: &Subject<'_>, complaints: Vec<Complaint>, found: &mut Found) {
    found.extend(complaints.into_iter().map(|complaint| {
        let place = resource.place(&complaint.path);
        (Some(place), config::diagnostic(subject, &complaint, place))
    }));
}

/// The definition of a template, through the templates that it is cloned from.
fn template_definition<'a>(desired: &'a Desired, template: &'a Address) -> Option<&'a str> {
    origins(desired, template).find_map(|origin| origin.attributes.get("definition")?.as_text())
}

enum Presets {
    Known(Value),
    Elsewhere,
}

/// What a template presets: its own configuration, or that of what it is cloned from.
fn template_presets(desired: &Desired, template: &Address) -> Presets {
    for origin in origins(desired, template) {
        if origin.external {
            return Presets::Elsewhere;
        }
        if let Some(presets) = origin.attributes.get(PRESETS) {
            return Presets::Known(presets.clone());
        }
        if !origin.attributes.contains_key("clone_of") {
            // Not declared is not managed: whatever stands there stays.
            return Presets::Elsewhere;
        }
    }
    Presets::Elsewhere
}

/// A template, what it is cloned from, and so on. Clones make no circle.
fn origins<'a>(desired: &'a Desired, template: &'a Address) -> impl Iterator<Item = &'a Resource> {
    let mut next = Some(template);
    std::iter::from_fn(move || {
        let resource = desired.resources.get(next.take()?)?;
        if let Some(Value::Reference(origin)) = resource.attributes.get("clone_of") {
            next = Some(origin);
        }
        Some(resource)
    })
}
