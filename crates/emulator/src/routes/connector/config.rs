//! The parts of a request that configure a connector, held against what its template asks for.

use crate::fields::{Fields, object, text};
use crate::masking;
use crate::refusal::Refusal;
use crate::routes::refuse_missing;
use crate::user_config::{overlay, without_required_secrets};
use crate::world::Connector;
use serde_json::{Map, Value};

/// What a connector is configured with.
pub(super) struct Given {
    pub(super) replication_config: Option<Map<String, Value>>,
    pub(super) credentials: Option<Map<String, Value>>,
    pub(super) environment: Option<Map<String, Value>>,
    pub(super) oauth_secret_id: Option<String>,
}

impl Given {
    pub(super) fn read(body: &mut Fields<'_>) -> Given {
        Given {
            replication_config: body.optional("replication_config", object),
            credentials: body.optional("credentials", object),
            environment: body.optional("environment", object),
            oauth_secret_id: body.optional("server_side_oauth_secret_id", text),
        }
    }

    /// What a connector has been configured with so far.
    pub(super) fn of(connector: &Connector) -> Given {
        Given {
            replication_config: Some(connector.replication_config.clone()),
            credentials: connector.credentials.clone(),
            environment: connector.environment.clone(),
            oauth_secret_id: connector.oauth_secret_id.clone(),
        }
    }

    /// Whether there is nothing that a connector could run with. `environment` alone is not enough.
    pub(super) fn is_nothing(&self) -> bool {
        self.replication_config.is_none()
            && self.credentials.is_none()
            && self.oauth_secret_id.is_none()
    }

    /// Refuses what lacks a property that `schema` requires and the template does not preset.
    ///
    /// The values themselves are not looked at: that is what checks are for (dossier 3.5).
    pub(super) fn satisfies(
        &self,
        schema: &Value,
        preset: &Map<String, Value>,
    ) -> Result<(), Refusal> {
        let Given { replication_config, credentials, environment, oauth_secret_id } = self;
        let mut schema = masking::without_preset(schema, preset);
        if credentials.is_some() || oauth_secret_id.is_some() {
            schema = without_required_secrets(schema);
        }
        let mut config = Map::new();
        for layer in [environment, replication_config].into_iter().flatten() {
            overlay(&mut config, layer);
        }
        refuse_missing("replication_config", &schema, &config)
    }
}
