//! An organization's own OAuth apps (dossier 3.7).

use super::World;
use super::table::Row;
use crate::catalog::Side;
use crate::clock::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

/// An organization's own OAuth app for one connector definition; there is at most one of each.
#[derive(Clone, Debug, PartialEq)]
pub struct OAuthCredential {
    /// Its id, which no route takes.
    pub id: Uuid,
    /// The organization it belongs to.
    pub organization: Uuid,
    /// The display name of the connector that it is for.
    pub connector_name: String,
    /// That connector's definition.
    pub definition: Uuid,
    /// Whether that is a source or a destination.
    pub side: Side,
    /// The client id and secret and the like, in clear text. No route returns it.
    pub configuration: Map<String, Value>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

impl Row for OAuthCredential {
    fn id(&self) -> Uuid {
        self.id
    }
    fn organization(&self) -> Option<Uuid> {
        Some(self.organization)
    }
    fn name(&self) -> &str {
        &self.connector_name
    }
}

impl World {
    /// An organization's OAuth app for a connector definition.
    #[must_use]
    pub fn oauth_credential(
        &self,
        organization: Uuid,
        definition: Uuid,
    ) -> Option<&OAuthCredential> {
        self.oauth_credentials
            .listed(Some(organization))
            .find(|credential| credential.definition == definition)
    }
}
