//! The section of a world file about OAuth apps.

use super::read::{Reader, definition_id};
use super::write::sorted;
use crate::catalog::Side;
use crate::clock::Timestamp;
use crate::world::{OAuthCredential, World};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OAuthCredentialFile {
    id: Option<Uuid>,
    organization: Option<String>,
    /// The definition's id, or its name in the built-in catalog.
    connector: String,
    #[serde(default)]
    side: Side,
    configuration: Map<String, Value>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

impl Reader {
    pub(super) fn oauth_credential(&mut self, file: OAuthCredentialFile) -> Result<(), String> {
        let OAuthCredentialFile {
            id,
            organization,
            connector,
            side,
            configuration,
            created_at,
            updated_at,
        } = file;
        let section = "oauth_credentials";
        let (definition, known_name) =
            definition_id(&connector, side).map_err(|problem| format!("{section}: {problem}"))?;
        let connector_name = known_name.unwrap_or(connector);
        let organization = self.organization(section, &connector_name, organization)?;
        if self.world.oauth_credential(organization, definition).is_some() {
            return Err(format!("{section}: `{connector_name}` is there twice"));
        }
        let (created_at, updated_at) = self.times(created_at, updated_at);
        let credential = OAuthCredential {
            id: self.id(section, &connector_name, id)?,
            organization,
            connector_name,
            definition,
            side,
            configuration,
            created_at,
            updated_at,
        };
        self.world.oauth_credentials.insert(credential);
        Ok(())
    }
}

pub(super) fn oauth_credential_files(world: &World) -> Vec<OAuthCredentialFile> {
    let file = |row: &OAuthCredential| {
        let OAuthCredential {
            id,
            organization,
            connector_name: _, // follows from the definition
            definition,
            side,
            configuration,
            created_at,
            updated_at,
        } = row.clone();
        OAuthCredentialFile {
            id: Some(id),
            organization: Some(organization.to_string()),
            connector: definition.to_string(),
            side,
            configuration,
            created_at: Some(created_at),
            updated_at: Some(updated_at),
        }
    };
    sorted(&world.oauth_credentials).into_iter().map(file).collect()
}
