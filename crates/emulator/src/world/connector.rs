//! Connectors: the sources that customers have configured (dossier 3.5).

use super::World;
use super::table::Row;
use crate::clock::Timestamp;
use crate::user_config::overlay;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A connector in a workspace.
#[derive(Clone, Debug, PartialEq)]
pub struct Connector {
    /// Its id.
    pub id: Uuid,
    /// Its name, which need not be unique.
    pub name: String,
    /// The organization it belongs to.
    pub organization: Uuid,
    /// The workspace it stands in. Only the organization's own list of connectors tells it.
    pub workspace: Uuid,
    /// The source template it was made from, perhaps deleted since.
    pub source_template: Uuid,
    /// What the template preset when the connector was made, or when a change was propagated last.
    pub preset: Map<String, Value>,
    /// What the user filled in, secrets in clear text.
    pub replication_config: Map<String, Value>,
    /// How an agent's requests are authenticated. Returned nowhere, as the next three.
    pub credentials: Option<Map<String, Value>>,
    /// Further settings of an agent's connector.
    pub environment: Option<Map<String, Value>>,
    /// The secret that a consent in the browser left behind.
    pub oauth_secret_id: Option<String>,
    /// Which connection templates acted when the connector was made.
    pub connection_templates: TagSelection,
    /// The entities that are read or written; none: not constrained.
    pub entities: Option<Vec<RequestedEntity>>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written, propagation included.
    pub updated_at: Timestamp,
}

/// An entity that a connector is to read or write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestedEntity {
    /// The name of the stream.
    pub entity: String,
    /// What is done with it; none: not said.
    pub modes: Option<Vec<EntityMode>>,
}

/// What is done with an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityMode {
    /// It is read.
    Read,
    /// It is written.
    Write,
}

/// Which templates are meant: those that have the tags, or all where no tag is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagSelection {
    /// The tags; there may be no such tag.
    pub tags: BTreeSet<String>,
    /// Whether one of them is enough.
    pub mode: TagMode,
}

/// How many of the selected tags a template has to have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagMode {
    /// At least one.
    #[default]
    Any,
    /// Every one.
    All,
}

impl TagSelection {
    /// Whether a template with these tags is selected.
    #[must_use]
    pub fn takes(&self, tags: &BTreeSet<String>) -> bool {
        let TagSelection { tags: wanted, mode } = self;
        wanted.is_empty()
            || match mode {
                TagMode::Any => !wanted.is_disjoint(tags),
                TagMode::All => wanted.is_subset(tags),
            }
    }
}

impl Connector {
    /// The config that the connector runs with: what is preset, and over it what the user filled in.
    #[must_use]
    pub fn effective_config(&self) -> Map<String, Value> {
        let mut config = self.preset.clone();
        let layers =
            [self.environment.as_ref(), Some(&self.replication_config), self.credentials.as_ref()];
        for layer in layers.into_iter().flatten() {
            overlay(&mut config, layer);
        }
        config
    }
}

impl Row for Connector {
    fn id(&self) -> Uuid {
        self.id
    }
    fn organization(&self) -> Option<Uuid> {
        Some(self.organization)
    }
    fn workspace(&self) -> Option<Uuid> {
        Some(self.workspace)
    }
    fn name(&self) -> &str {
        &self.name
    }
}

impl World {
    /// Creates a connector, filled in by `fill`, with a destination and a connection for each
    /// connection template that it selects, and gives its id; none where there is no such workspace
    /// or template.
    pub fn create_connector(
        &mut self,
        workspace: Uuid,
        source_template: Uuid,
        name: &str,
        fill: impl FnOnce(&mut Connector),
    ) -> Option<Uuid> {
        let organization = self.workspaces.get(workspace)?.organization;
        let preset = self.source_templates.get(source_template)?.partial_default_config.clone();
        let id = self.new_id();
        let now = self.stamp();
        let mut connector = Connector {
            id,
            name: name.to_owned(),
            organization,
            workspace,
            source_template,
            preset,
            replication_config: Map::new(),
            credentials: None,
            environment: None,
            oauth_secret_id: None,
            connection_templates: TagSelection::default(),
            entities: None,
            created_at: now,
            updated_at: now,
        };
        fill(&mut connector);
        self.materialise(&connector);
        self.connectors.insert(connector);
        Some(id)
    }

    /// Takes a connector out, with its connections and their destinations. What becomes of the
    /// destinations is not documented; they were made with the connector, so they go with it.
    pub fn remove_connector(&mut self, id: Uuid) {
        self.deletions.remove(&id);
        if let Some(connector) = self.connectors.remove(id) {
            self.dematerialise(&connector);
        }
    }

    /// Hands what a source template presets now on to the connectors made from it
    /// (dossier 3.3, `propagate`).
    pub(crate) fn propagate(&mut self, template: Uuid) {
        let Some(template) = self.source_templates.get(template) else { return };
        let preset = template.partial_default_config.clone();
        let now = template.updated_at;
        let ids: Vec<Uuid> = self.made_from(template.id).map(|connector| connector.id).collect();
        for id in ids {
            self.connectors.update(id, |connector| {
                connector.preset.clone_from(&preset);
                connector.updated_at = now;
            });
        }
    }

    /// The connectors made from a source template.
    pub fn made_from(&self, template: Uuid) -> impl Iterator<Item = &Connector> {
        self.connectors.iter().filter(move |connector| connector.source_template == template)
    }

    /// Deletes a source template. Its connectors stay, and as long as there are any it is kept for
    /// them under a tombstone: they still show it (dossier 3.3).
    pub fn delete_source_template(&mut self, id: Uuid) {
        let now = self.stamp();
        if self.made_from(id).next().is_none() {
            self.source_templates.remove(id);
        } else {
            self.source_templates.update(id, |template| {
                template.tombstone = true;
                template.updated_at = now;
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tags: &[&str], mode: TagMode, taken: [bool; 4]) {
        let set = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<BTreeSet<_>>();
        let selection = TagSelection { tags: set(tags), mode };
        let got = [&[][..], &["a"], &["a", "b"], &["c"]].map(|tags| selection.takes(&set(tags)));
        assert_eq!(got, taken, "{tags:?} {mode:?}");
    }

    #[test]
    fn templates_are_selected_by_their_tags() {
        for mode in [TagMode::Any, TagMode::All] {
            check(&[], mode, [true; 4]);
            check(&["a"], mode, [false, true, true, false]);
            check(&["nope"], mode, [false; 4]);
        }
        check(&["a", "b"], TagMode::Any, [false, true, true, false]);
        check(&["a", "b"], TagMode::All, [false, false, true, false]);
    }
}
