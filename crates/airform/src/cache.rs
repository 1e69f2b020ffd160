//! What earlier runs were told of connector definitions (dossier 3.8). They change rarely and are long
//! to ask for, so they are kept in the user's own cache folder. Never beside the manifest: there they
//! could come with a pull request, and say that something is no secret, or another connector.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use model::kind::Side;
use model::live::{Definition, DefinitionAnswer, DefinitionQuery, Facts, Scope};
use model::spec::Spec;
use schema_check::{from_json, to_json};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::env::{self, Env};
use crate::sources;

/// What is older is asked for again: a new version of a connector may ask for other things.
const DAYS: u64 = 7;
/// In seconds.
const DAY: u64 = 24 * 60 * 60;
const VERSION: u32 = 1;

/// What is kept of one organization's definitions.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    host: String,
    /// Seconds since 1970.
    now: u64,
    /// Whatever is kept is asked for again.
    is_renewed: bool,
}

/// The file.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    version: u32,
    /// What names stand for.
    definitions: Vec<Named>,
    /// By side and id.
    specs: Vec<Told>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Named {
    side: Ends,
    text: String,
    id: String,
    name: String,
    read: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Told {
    side: Ends,
    id: String,
    read: u64,
    /// None where the service does not tell it.
    schema: Option<Json>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ends {
    Source,
    Destination,
}

impl From<Side> for Ends {
    fn from(side: Side) -> Ends {
        match side {
            Side::Source => Ends::Source,
            Side::Destination => Ends::Destination,
        }
    }
}

impl From<Ends> for Side {
    fn from(side: Ends) -> Side {
        match side {
            Ends::Source => Side::Source,
            Ends::Destination => Side::Destination,
        }
    }
}

/// What did not have to be asked for.
#[derive(Debug, Default)]
pub(crate) struct Known {
    facts: Facts,
    definitions: BTreeSet<DefinitionQuery>,
    specs: BTreeSet<DefinitionQuery>,
    /// In seconds, of the oldest of what is kept here.
    age: u64,
}

impl Known {
    /// How many definitions are known, and how many days ago the first of them was read. None where
    /// none is.
    pub(crate) fn extent(&self) -> Option<(usize, u64)> {
        let known: BTreeSet<_> = self.definitions.union(&self.specs).collect();
        (!known.is_empty()).then_some((known.len(), self.age / DAY))
    }
}

impl Cache {
    /// The cache of the definitions at `host`. None where the user has no cache folder.
    pub(crate) fn of(env: &Env, host: &str, is_renewed: bool) -> Option<Cache> {
        let folder = match env.get(env::XDG_CACHE_HOME).or(env.get(env::LOCAL_APP_DATA)) {
            Some(folder) => PathBuf::from(folder),
            None => Path::new(env.get(env::HOME)?).join(".cache"),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let (folder, host) = (folder.join("airform"), host.to_owned());
        folder.is_absolute().then_some(Cache { folder, host, now, is_renewed })
    }

    /// Takes out of `scope` what is known of `organization`.
    pub(crate) fn narrow(&self, organization: &str, scope: &mut Scope) -> Known {
        let mut known = Known::default();
        if self.is_renewed || (scope.definitions.is_empty() && scope.specs.is_empty()) {
            return known;
        }
        let kept = self.read(organization);
        let read = kept.definitions.iter().map(|named| named.read);
        let oldest = read.chain(kept.specs.iter().map(|told| told.read)).min();
        known.age = self.now - oldest.unwrap_or(self.now);
        for Named { side, text, id, name, .. } in kept.definitions {
            let found = Definition { id, name };
            let query = DefinitionQuery { side: side.into(), text };
            known.facts.definitions.insert(query, DefinitionAnswer::Found(found));
        }
        let mut told: BTreeSet<(Ends, String)> = BTreeSet::new();
        for Told { side, id, schema, .. } in kept.specs {
            if let Some(schema) = schema {
                known.facts.specs.insert(id.clone(), Spec::new(from_json(&schema)));
            }
            told.insert((side, id));
        }
        known.facts.definitions.retain(|query, _| scope.definitions.contains(query));
        let id_of = |query: &DefinitionQuery| match known.facts.definitions.get(query) {
            Some(DefinitionAnswer::Found(found)) => found.id.clone(),
            // One that is called by its id is not looked up.
            _ => query.text.to_ascii_lowercase(),
        };
        let is_told = |query: &DefinitionQuery| told.contains(&(query.side.into(), id_of(query)));
        (known.specs, scope.specs) =
            std::mem::take(&mut scope.specs).into_iter().partition(is_told);
        // What a specification is still wanted of has to be found by the same run.
        let is_known = |query: &DefinitionQuery| {
            known.facts.definitions.contains_key(query) && !scope.specs.contains(query)
        };
        (known.definitions, scope.definitions) =
            std::mem::take(&mut scope.definitions).into_iter().partition(is_known);
        known
    }

    /// Puts what was `known` beside what was asked for, and keeps what was told.
    pub(crate) fn complete(
        &self,
        organization: &str,
        scope: &mut Scope,
        known: Known,
        facts: &mut Facts,
    ) {
        let is_news = !scope.definitions.is_empty() || !scope.specs.is_empty();
        if is_news {
            // A cache that cannot be kept is no reason to fail: the next run asks again.
            let _ = self.write(organization, scope, facts);
        }
        scope.definitions.extend(known.definitions);
        scope.specs.extend(known.specs);
        for (query, answer) in known.facts.definitions {
            facts.definitions.entry(query).or_insert(answer);
        }
        for (id, spec) in known.facts.specs {
            facts.specs.entry(id).or_insert(spec);
        }
    }

    fn path(&self, organization: &str) -> PathBuf {
        let whose = Sha256::digest(format!("{} {}", self.host, organization.to_ascii_lowercase()));
        let whose: String = whose.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(format!("definitions-{whose}.json"))
    }

    /// What is kept and not too old. A file that makes no sense is as good as none.
    fn read(&self, organization: &str) -> Kept {
        let text = sources::read_text(&self.path(organization)).unwrap_or_default();
        let mut kept: Kept = serde_json::from_str(&text).unwrap_or_default();
        if kept.version != VERSION {
            return Kept::default();
        }
        // What was read tomorrow was read by a clock that is wrong.
        let is_fresh = |read: u64| read <= self.now && self.now - read < DAYS * DAY;
        kept.definitions.retain(|named| is_fresh(named.read));
        kept.specs.retain(|told| is_fresh(told.read));
        kept
    }

    fn write(&self, organization: &str, asked: &Scope, facts: &Facts) -> std::io::Result<()> {
        let Kept { definitions, specs, .. } = self.read(organization);
        let mut named: BTreeMap<(Ends, String), Named> =
            definitions.into_iter().map(|one| ((one.side, one.text.clone()), one)).collect();
        let mut told: BTreeMap<(Ends, String), Told> =
            specs.into_iter().map(|one| ((one.side, one.id.clone()), one)).collect();
        let read = self.now;
        for query in &asked.definitions {
            let Some(DefinitionAnswer::Found(found)) = facts.definitions.get(query) else {
                continue;
            };
            let (side, text) = (Ends::from(query.side), query.text.clone());
            if !text.eq_ignore_ascii_case(&found.id) {
                let Definition { id, name } = found.clone();
                named.insert((side, text.clone()), Named { side, text, id, name, read });
            }
            if asked.specs.contains(query) {
                let id = found.id.clone();
                let schema = facts.specs.get(&id).map(|spec| to_json(spec.schema()));
                told.insert((side, id.clone()), Told { side, id, read, schema });
            }
        }
        let definitions = named.into_values().collect();
        let kept = Kept { version: VERSION, definitions, specs: told.into_values().collect() };
        std::fs::create_dir_all(&self.folder)?;
        // Two runs may write at once: each writes a file of its own, and the last one stays.
        let path = self.path(organization);
        let new = path.with_extension(format!("{}.new", std::process::id()));
        std::fs::write(&new, serde_json::to_vec(&kept)?)?;
        std::fs::rename(&new, &path)
    }
}

#[cfg(test)]
mod tests;
