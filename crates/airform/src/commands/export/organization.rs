//! An organization, read whole and written down.

use std::collections::{BTreeMap, BTreeSet};

use api::Client;
use manifest::{Comments, Diagnostic, GivenVariables, Severity, SourceFile, Written};
use model::desired::{Desired, ImportBy};
use model::live::{Definition, DefinitionAnswer, DefinitionQuery, Id, Live, Scope};
use model::plan::{Action, Call, Memory};
use model::secret::Fingerprints;
use model::span::FileId;
use model::state::{Owner, Record, State};
use model::{Address, Kind};
use planner::{Definitions, Except, Export};

use crate::exit::Exit;
use crate::report::Failure;
use crate::views;

/// The file that says whose the others are.
const HEAD: &str = "airform.yaml";
/// The variables that secrets are looked up in, to be filled in.
pub(super) const VARIABLES: &str = ".env.example";

/// Every file that an export may write.
pub(super) fn file_names() -> impl Iterator<Item = String> {
    let sections = Kind::ALL.into_iter().map(|kind| format!("{}.yaml", kind.section()));
    [HEAD.to_owned(), VARIABLES.to_owned()].into_iter().chain(sections)
}

/// What an organization holds, as files, and as they are read.
pub(crate) struct Exported {
    /// Whose it is.
    pub(crate) owner: Owner,
    /// The files, by their names in the folder.
    pub(crate) files: Vec<SourceFile>,
    /// What was declared, and what could not be.
    pub(crate) export: Export,
    /// What our own reader makes of the files, with the live object that each resource is.
    pub(crate) desired: Desired,
    /// The organization.
    pub(super) live: Live,
}

/// Reads everything of `kinds`, and writes it down in one file or in one for each kind.
pub(crate) async fn read(
    client: &Client,
    kinds: &BTreeSet<Kind>,
    owner: Owner,
    in_parts: bool,
) -> Result<Exported, Failure> {
    let scope = Scope::all(kinds);
    let (mut live, definitions) = tokio::try_join!(client.refresh(&scope), client.definitions())?;
    // Which leaves are secret, each connector's specification says. It is told by its UUID.
    let made_from = planner::definitions_of(&live);
    let specs = Scope { definitions: made_from.clone(), specs: made_from, ..Scope::default() };
    live.facts.specs = client.refresh(&specs).await?.facts.specs;
    let (files, export, desired) = written(&live, &definitions, &owner.organization, in_parts)?;
    live.facts.definitions = looked_up(&desired, &definitions);
    Ok(Exported { owner, files, export, desired, live })
}

/// What each definition that is declared stands for: those that were just read. A name is only
/// declared where it is that of one.
fn looked_up(
    desired: &Desired,
    definitions: &Definitions,
) -> BTreeMap<DefinitionQuery, DefinitionAnswer> {
    let queries = Scope::of(desired, &State::default()).definitions.into_iter();
    let answer = |query: DefinitionQuery| {
        let mut known = definitions.get(&query.side).into_iter().flatten();
        let found = known.find(|known| known.id == query.text || known.name == query.text);
        let unnamed = || Definition { id: query.text.clone(), name: query.text.clone() };
        let answer = DefinitionAnswer::Found(found.cloned().unwrap_or_else(unnamed));
        (query, answer)
    };
    queries.map(answer).collect()
}

impl Exported {
    /// What is to be remembered of each resource, and the resources of which a plan would do more
    /// than remember.
    pub(crate) fn records(
        &self,
        fingerprints: &dyn Fingerprints,
    ) -> (Vec<(Address, Record)>, Vec<Address>) {
        let options = planner::Options::default();
        let state = State::default();
        let plan = planner::plan(&self.desired, &self.live, &state, fingerprints, &options);
        let blocked: BTreeSet<&Address> =
            plan.blockers.iter().filter_map(|blocker| blocker.address.as_ref()).collect();
        let is_settled = |address: &Address| {
            let change = plan.changes.get(address);
            let adopted = change.is_some_and(|c| c.action == Action::Adopt && c.leaves.is_empty());
            adopted && !blocked.contains(address)
        };
        let unsettled = self.desired.resources.keys().filter(|address| !is_settled(address));
        let unsettled = unsettled.cloned().collect();
        let records = plan.steps.iter().filter_map(|step| match (&step.call, &step.memory) {
            (Call::Nothing, Memory::Put { record, moved_from: None }) => {
                is_settled(&step.address).then(|| (step.address.clone(), record.clone()))
            }
            _ => None,
        });
        (records.collect(), unsettled)
    }
}

type Files = (Vec<SourceFile>, Export, Desired);

/// Writes down what is live, reads it, and leaves out what the reader takes exception to, until it
/// takes none. An organization may hold what no manifest can: it was made by hand.
fn written(
    live: &Live,
    definitions: &Definitions,
    organization: &str,
    in_parts: bool,
) -> Result<Files, Failure> {
    let mut except = Except::default();
    loop {
        let export = planner::export(live, definitions, &except);
        let written = write(&export, organization, in_parts);
        let files: Vec<SourceFile> = written
            .iter()
            .map(|(name, written)| SourceFile { name: name.clone(), text: written.text.clone() })
            .collect();
        let reading = manifest::read(&files, &GivenVariables::default(), &Nothing);
        let before = except.clone();
        match reading.desired {
            Some(mut desired) => {
                for (address, declared) in &export.desired.resources {
                    let read = desired.resources.get(address).map(|read| &read.attributes);
                    for (name, value) in &declared.attributes {
                        if read.and_then(|read| read.get(name)) != Some(value) {
                            leave_out(&export, address, Some(name), &mut except);
                        }
                    }
                }
                if except == before {
                    desired.imports.clone_from(&export.desired.imports);
                    let mut files = files;
                    files.extend(variables(&export, in_parts));
                    return Ok((files, export, desired));
                }
            }
            None => {
                for complaint in &reading.diagnostics {
                    if let Some((address, attribute)) = blamed(complaint, &written) {
                        leave_out(&export, address, attribute, &mut except);
                    }
                }
            }
        }
        if except == before {
            // Nobody's fault but ours.
            return Err(Failure::complaints(Exit::Error, reading.diagnostics, files));
        }
    }
}

/// Whose fault a complaint is.
fn blamed<'w>(
    complaint: &Diagnostic,
    written: &'w [(String, Written)],
) -> Option<(&'w Address, Option<&'w str>)> {
    if complaint.severity != Severity::Error {
        return None;
    }
    let (span, _) = complaint.labels.first()?;
    let FileId(file) = span.file;
    let (_, written) = written.get(usize::try_from(file).ok()?)?;
    written.owner(span.start)
}

/// Leaves out an attribute, or the whole object where it cannot be without.
fn leave_out(export: &Export, address: &Address, attribute: Option<&str>, except: &mut Except) {
    let Some(import) = export.desired.imports.get(address) else { return };
    let ImportBy::Id(Id(id)) = &import.by else { return };
    let id = Id(id.clone());
    let kind = address.kind();
    match attribute {
        Some(attribute) if !is_needed(kind, attribute) => {
            except.attributes.insert((kind, id, attribute.to_owned()));
        }
        Some(_) | None => {
            except.objects.insert((kind, id));
        }
    }
}

/// Whether a declaration of `kind` is none without `attribute`.
fn is_needed(kind: Kind, attribute: &str) -> bool {
    attribute == kind.schema().natural_key
        || match kind {
            Kind::Tag | Kind::Workspace | Kind::OAuthCredential => false,
            Kind::SourceTemplate => attribute == "definition",
            Kind::ConnectionTemplate => {
                matches!(attribute, "hosting" | "destination" | "destination_config")
            }
            Kind::Connector => {
                matches!(attribute, "workspace" | "source_template" | "definition")
            }
        }
}

/// The manifest's files, each with its name.
fn write(export: &Export, organization: &str, in_parts: bool) -> Vec<(String, Written)> {
    let comments = views::export::comments(export);
    let head = views::export::head(export, in_parts);
    let desired = &export.desired;
    if !in_parts {
        let comments = Comments { head, ..comments };
        let all = manifest::write(desired, &Kind::ALL, Some(organization), &comments);
        return vec![(HEAD.to_owned(), all)];
    }
    let first = Comments { head, ..Comments::default() };
    let first = manifest::write(desired, &[], Some(organization), &first);
    let mut files = vec![(HEAD.to_owned(), first)];
    for kind in Kind::ALL {
        if desired.of_kind(kind).next().is_some() {
            let written = manifest::write(desired, &[kind], None, &comments);
            files.push((format!("{}.yaml", kind.section()), written));
        }
    }
    files
}

fn variables(export: &Export, in_parts: bool) -> Option<SourceFile> {
    let is_wanted = in_parts && !export.variables.is_empty();
    is_wanted
        .then(|| SourceFile { name: VARIABLES.to_owned(), text: views::export::variables(export) })
}

/// What was written asks for nothing from outside.
pub(super) struct Nothing;

impl manifest::Lookup for Nothing {
    fn env(&self, _: &str) -> Option<String> {
        None
    }

    fn file(&self, _: &str, _: FileId) -> Result<String, String> {
        Err("an export has no files beside it".to_owned())
    }
}
