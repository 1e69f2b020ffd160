//! Tokens: how they are made, what they are good for, when they end (dossier 2).

use crate::clock::Timestamp;
use crate::ids;
use crate::journal::TokenKind;
use crate::refusal::Refusal;
use crate::switches::Switches;
use crate::world::World;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashMap;
use std::fmt;
use uuid::Uuid;

const SCOPE_CLAIM: &str = "io.airbyte.auth.workspace_scope";
const SCOPED_TYPE: &str = "io.airbyte.auth.embedded_v1";
const OPERATOR_TYPE: &str = "io.airbyte.auth.application_v1";

/// What proves an operator.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// A token that is taken as it is and does not expire by itself.
    pub operator_token: String,
    /// The client id that the token exchange takes.
    pub client_id: String,
    /// The client secret that the token exchange takes.
    pub client_secret: String,
}

impl Default for Credentials {
    fn default() -> Self {
        Credentials {
            operator_token: "sandbox-operator-token".to_owned(),
            client_id: "sandbox-client".to_owned(),
            client_secret: "sandbox-secret".to_owned(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Credentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anyone: the token exchange.
    Open,
    /// An operator who need not say for which organization: the list of organizations.
    AnyOrganization,
    /// An operator of one organization.
    Operator,
    /// The bearer of a scoped token.
    Scoped,
    /// Either; a scoped token for its own workspace only.
    Either,
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) organization: Uuid,
    /// The workspace of a scoped token.
    pub(crate) workspace: Option<Uuid>,
}

/// A bearer token as read, before it is known whether it is still good.
#[derive(Debug)]
pub(crate) enum Bearer {
    None,
    Fixed,
    Operator { serial: u64, organization: Uuid, expires: i64 },
    Scoped { organization: Uuid, workspace: Uuid, expires: i64 },
    Unknown,
}

impl Bearer {
    pub(crate) fn kind(&self) -> TokenKind {
        match self {
            Bearer::None => TokenKind::None,
            Bearer::Fixed | Bearer::Operator { .. } => TokenKind::Operator,
            Bearer::Scoped { .. } => TokenKind::Scoped,
            Bearer::Unknown => TokenKind::Unknown,
        }
    }
}

/// Makes tokens and knows those it made.
#[derive(Debug)]
pub(crate) struct Authority {
    credentials: Credentials,
    /// How many operator tokens were exchanged: the next one's serial.
    exchanged: u64,
    /// Tokens with a lower serial are revoked.
    revoked_below: u64,
    /// How many requests came with the operator token of a serial.
    uses: HashMap<u64, u64>,
}

impl Authority {
    pub(crate) fn new(credentials: Credentials) -> Authority {
        Authority { credentials, exchanged: 0, revoked_below: 0, uses: HashMap::new() }
    }

    /// Ends every operator token exchanged so far.
    pub(crate) fn revoke_operator_tokens(&mut self) {
        self.revoked_below = self.exchanged;
    }

    pub(crate) fn knows(&self, client_id: &str, client_secret: &str) -> bool {
        client_id == self.credentials.client_id && client_secret == self.credentials.client_secret
    }

    /// A new operator token. Its claims are our own: no document shows those of the service.
    pub(crate) fn operator_token(
        &mut self,
        organization: Uuid,
        now: Timestamp,
        life: u32,
    ) -> String {
        let serial = self.exchanged;
        self.exchanged += 1;
        self.sign(&json!({
            "iss": "https://api.airbyte.ai",
            "sub": self.credentials.client_id,
            "typ": OPERATOR_TYPE,
            "organizationId": organization,
            "jti": serial,
            "iat": now.unix_seconds(),
            "exp": now.unix_seconds() + i64::from(life),
        }))
    }

    /// A new scoped token, with the claims of the published sample (dossier 2.2), and the
    /// organization, which the sample does not show.
    pub(crate) fn scoped_token(
        &self,
        organization: Uuid,
        workspace: Uuid,
        now: Timestamp,
        life: u32,
    ) -> String {
        self.sign(&json!({
            "aud": "airbyte-server",
            "sub": ids::derived(&format!("end user of {workspace}")),
            SCOPE_CLAIM: {"workspaceId": workspace},
            "act": {"sub": ids::derived(&format!("application of {organization}"))},
            "roles": ["EMBEDDED_END_USER"],
            "iss": "https://cloud.airbyte.com",
            "typ": SCOPED_TYPE,
            "organizationId": organization,
            "exp": now.unix_seconds() + i64::from(life),
        }))
    }

    fn mac(&self) -> Hmac<Sha256> {
        // The key is the client secret, so that a token of one emulator is none of another's with
        // other credentials. HMAC takes a block of 64 bytes; a longer secret is cut.
        let mut block = [0; 64];
        for (at, byte) in block.iter_mut().zip(self.credentials.client_secret.bytes()) {
            *at = byte;
        }
        Hmac::new(&block.into())
    }

    fn sign(&self, claims: &Value) -> String {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#);
        let text = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.mac().chain_update(text.as_bytes()).finalize().into_bytes();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Reads the `Authorization` header.
    pub(crate) fn bearer(&self, header: Option<&str>) -> Bearer {
        let Some(header) = header else { return Bearer::None };
        let Some((scheme, token)) = header.split_once(' ') else { return Bearer::Unknown };
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Bearer::Unknown;
        }
        if token == self.credentials.operator_token {
            return Bearer::Fixed;
        }
        self.read_jwt(token).unwrap_or(Bearer::Unknown)
    }

    fn read_jwt(&self, token: &str) -> Option<Bearer> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.mac().chain_update(signed.as_bytes()).verify_slice(&signature).ok()?;
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?;
        let claims: Value = serde_json::from_slice(&claims).ok()?;
        let id = |value: &Value| Uuid::try_parse(value.as_str()?).ok();
        let organization = id(claims.get("organizationId")?)?;
        let expires = claims.get("exp")?.as_i64()?;
        match claims.get("typ")?.as_str()? {
            OPERATOR_TYPE => {
                let serial = claims.get("jti")?.as_u64()?;
                Some(Bearer::Operator { serial, organization, expires })
            }
            SCOPED_TYPE => {
                let workspace = id(claims.get(SCOPE_CLAIM)?.get("workspaceId")?)?;
                Some(Bearer::Scoped { organization, workspace, expires })
            }
            _ => None,
        }
    }

    /// Lets a caller in or says why not. `header` is `X-Organization-Id`.
    pub(crate) fn admit(
        &mut self,
        access: Access,
        bearer: &Bearer,
        header: Option<&str>,
        world: &World,
        switches: &Switches,
    ) -> Result<Caller, Refusal> {
        if access == Access::Open {
            return Ok(Caller {
                organization: chosen(header, None, world, switches)?,
                workspace: None,
            });
        }
        match bearer {
            Bearer::None => Err(Refusal::new(401, "Not authenticated")),
            Bearer::Unknown => Err(Refusal::new(401, "Invalid authentication credentials")),
            Bearer::Fixed | Bearer::Operator { .. } => {
                if !self.is_alive(bearer, world, switches) {
                    return Err(expired());
                }
                if access == Access::Scoped {
                    return Err(Refusal::new(401, "This route takes a scoped token"));
                }
                let bound = match bearer {
                    Bearer::Operator { organization, .. } => Some(*organization),
                    _ => None,
                };
                let organization = if access == Access::AnyOrganization {
                    world.home()
                } else {
                    chosen(header, bound, world, switches)?
                };
                Ok(Caller { organization, workspace: None })
            }
            Bearer::Scoped { organization, workspace, .. } => {
                if !self.is_alive(bearer, world, switches) {
                    return Err(expired());
                }
                if !matches!(access, Access::Scoped | Access::Either) {
                    return Err(Refusal::new(401, "This route takes an application token"));
                }
                match header.map(organization_id).transpose()? {
                    Some(other) if other != *organization => Err(foreign()),
                    _ => Ok(Caller { organization: *organization, workspace: Some(*workspace) }),
                }
            }
        }
    }

    fn is_alive(&mut self, bearer: &Bearer, world: &World, switches: &Switches) -> bool {
        let now = world.now().unix_seconds();
        match bearer {
            Bearer::Fixed => !switches.fixed_token_expired,
            Bearer::Operator { serial, expires, .. } => {
                let uses = self.uses.entry(*serial).or_default();
                *uses += 1;
                now < *expires
                    && *serial >= self.revoked_below
                    && switches.operator_token_requests.is_none_or(|most| *uses <= most)
            }
            Bearer::Scoped { expires, .. } => now < *expires,
            Bearer::None | Bearer::Unknown => false,
        }
    }
}

/// 401 for a token whose time is over.
pub(crate) fn expired() -> Refusal {
    Refusal::new(401, "Token has expired")
}

/// 403 for an organization that is another one's.
pub(crate) fn foreign() -> Refusal {
    Refusal::new(403, "You do not have access to this organization")
}

/// The organizations that the credentials map to.
pub(crate) fn organizations_of<'a>(
    world: &'a World,
    switches: &Switches,
) -> &'a [crate::world::Organization] {
    let count = if switches.credentials_span_organizations { world.organizations.len() } else { 1 };
    world.organizations.get(..count).unwrap_or(&world.organizations)
}

/// The organization of a call (dossier 2.5): the header's, else the token's, else the only one.
fn chosen(
    header: Option<&str>,
    bound: Option<Uuid>,
    world: &World,
    switches: &Switches,
) -> Result<Uuid, Refusal> {
    let ours = organizations_of(world, switches);
    let has = |id: Uuid| ours.iter().any(|organization| organization.id == id);
    if let Some(header) = header {
        let id = organization_id(header)?;
        return if has(id) { Ok(id) } else { Err(foreign()) };
    }
    match (bound, ours) {
        (Some(id), _) if has(id) => Ok(id),
        (Some(_), _) => Err(foreign()),
        (None, [only]) => Ok(only.id),
        (None, _) => Err(Refusal::new(
            400,
            "These credentials belong to several organizations: specify target organization \
             with the X-Organization-Id header",
        )),
    }
}

fn organization_id(header: &str) -> Result<Uuid, Refusal> {
    Uuid::try_parse(header).map_err(|problem| {
        Refusal::invalid(vec![crate::refusal::Complaint {
            at: vec!["header".into(), "X-Organization-Id".into()],
            message: format!("Input should be a valid UUID, {problem}"),
            kind: "uuid_parsing",
        }])
    })
}
