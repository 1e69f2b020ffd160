//! A stateful stand-in for the Embedded API, in memory, as strict and as odd as the service.
//!
//! It is written from the dossier alone and shares nothing with the client: a second, independent
//! reading, so that a field misread by one of the two shows.
//!
//! ```
//! use emulator::{Config, Emulator, Fault, FaultKind, Masking, Switches, World};
//!
//! let world = World::from_json(r#"{"workspaces": [{"name": "acme"}]}"#).unwrap();
//! let switches = Switches { masking: Masking::Dropped, ..Switches::default() };
//! let emulator = Emulator::start_blocking(Config { world, switches, ..Config::default() })?;
//! emulator.inject(Fault::next("POST", "/tags", FaultKind::ResetAfterCommit));
//!
//! // … point a client at it, with the token `sandbox-operator-token` …
//! assert!(emulator.url().starts_with("http://127.0.0.1:"));
//!
//! // Change something by hand, as a person at the web app would, then see what was asked.
//! emulator.edit(|world| {
//!     let acme = world.workspaces.named(Some(world.home()), "acme").next().map(|acme| acme.id);
//!     world.workspaces.update(acme.unwrap(), |acme| acme.name = "acme-prod".to_owned());
//! });
//! assert!(emulator.journal().is_empty());
//! # std::io::Result::Ok(())
//! ```
//!
//! What a route takes and gives is in `routes`, one file per kind. What no document settles is a
//! switch ([`Switches`]); what goes wrong on the way is a fault ([`Fault`]); what was asked and
//! answered is in the journal ([`Exchange`]). Ids and times follow from counters, so that a run can
//! be repeated to the byte.

mod answer;
mod asked;
mod auth;
mod catalog;
mod clock;
mod cron;
mod customization;
mod drift;
mod faults;
mod fields;
mod ids;
mod journal;
mod masking;
mod rate;
mod refusal;
mod routes;
mod server;
mod service;
mod switches;
mod user_config;
mod wire;
mod world;

pub use auth::Credentials;
pub use catalog::{Catalog, Definition, Side};
pub use clock::Timestamp;
pub use customization::{
    Customization, HashMethod, Mapper, OutputEncoding, RowCondition, SelectionMode,
    StreamCustomization,
};
pub use faults::{Fault, FaultKind};
pub use journal::{Exchange, TokenKind};
pub use rate::RateLimit;
pub use server::{Config, Emulator};
pub use switches::{CheckStatus, ErrorShape, Masking, NextStyle, Switches};
pub use uuid::Uuid;
pub use world::{
    ChangesPreference, CloudWorkspace, Connection, ConnectionStatus, ConnectionTemplate, Connector,
    DEFAULT_WORKSPACE, DeletionDelay, Destination, EntityMode, Hosting, OAuthCredential,
    Organization, REGION_EU, REGION_US, RequestedEntity, Row, SANDBOX_ORGANIZATION, SourceMode,
    SourceTemplate, Table, Tag, TagMode, TagSelection, Workspace, WorkspaceStatus, World,
};
