//! What a manifest may say: one record per kind, with a place at every leaf.
//!
//! Each record is written down once, as a struct. Its documentation is what the JSON schema shows
//! to editors; its `read` is what the reader asks for; a test holds the two together.

pub(crate) mod backend;
pub(crate) mod connection_template;
pub(crate) mod connector;
pub(crate) mod customization;
pub(crate) mod document;
pub(crate) mod external;
pub(crate) mod guard;
pub(crate) mod identity;
pub(crate) mod lifecycle;
pub(crate) mod oauth_credential;
pub(crate) mod output;
pub(crate) mod ownership;
pub(crate) mod plan_test;
pub(crate) mod source_template;
pub(crate) mod tag;
pub(crate) mod variable;
pub(crate) mod widget_token;
pub(crate) mod workspace;

mod collections;
mod fields;
mod leaves;
mod resources;

pub(crate) use collections::{ByStream, List, Section, check_name};
pub(crate) use fields::{Field, Fields, Nullable, Read, Record, Spanned, missing};
pub(crate) use leaves::{
    AnyText, Choice, Cron, Flag, Free, Literal, Logical, Organization, Scalar, Text, Tree, Uuid,
    Words, expression, is_uuid, scalar, uuid, word,
};
pub(crate) use resources::{Instance, Made, Resources};

#[cfg(test)]
mod tests;
