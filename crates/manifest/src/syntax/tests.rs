//! Each record is written down twice, as what is read and as what the schema says. Here both are
//! held together.

use std::collections::{BTreeMap, BTreeSet};

use model::Span;
use model::span::FileId;
use schemars::JsonSchema;

use super::backend::{Azure, Gcs, S3};
use super::connection_template::ConnectionTemplate;
use super::connector::{Connector, Entity};
use super::customization::{
    Condition, Customization, Encryption, FieldFiltering, FieldRenaming, Hashing, RowFiltering,
    StreamCustomization,
};
use super::document::Document;
use super::guard::{Freeze, Guard};
use super::identity::{Import, Moved, Removed};
use super::lifecycle::Lifecycle;
use super::oauth_credential::OAuthCredential;
use super::plan_test;
use super::source_template::SourceTemplate;
use super::tag::Tag;
use super::variable::Declaration;
use super::widget_token::WidgetToken;
use super::workspace::Workspace;
use super::{Fields, Record};
use crate::Lookup;
use crate::context::Context;

struct Nowhere;

impl Lookup for Nowhere {
    fn env(&self, _: &str) -> Option<String> {
        None
    }
    fn file(&self, _: &str, _: FileId) -> Result<String, String> {
        Err("there are no files".to_owned())
    }
}

/// Reads a record about which nothing is said, and compares what it asked for and what it missed
/// with the properties of its schema. `elsewhere` are fields that are read by somebody else.
fn check<R: Record + JsonSchema>(elsewhere: &[&str]) {
    let mut cx = Context::new(&Nowhere);
    cx.variables = Some(BTreeMap::new());
    let mut fields = Fields::none(Span { file: FileId(0), start: 0, end: 0 });
    R::read(&mut fields, &mut cx);
    let read: BTreeSet<&str> = fields.known().iter().chain(elsewhere).copied().collect();

    let schema = schemars::schema_for!(R);
    let properties = schema.get("properties").and_then(|value| value.as_object()).unwrap();
    let documented: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
    assert_eq!(read, documented, "{}", R::NOUN);
    assert_eq!(schema.get("additionalProperties"), Some(&false.into()), "{}", R::NOUN);
    for (name, property) in properties {
        assert!(property.get("description").is_some(), "{} `{name}` has no words", R::NOUN);
    }

    let required = schema.get("required").and_then(|value| value.as_array());
    let required: BTreeSet<String> = required
        .into_iter()
        .flatten()
        .map(|name| format!("{} needs `{}`", R::NOUN, name.as_str().unwrap()))
        .collect();
    let missed: BTreeSet<String> = cx
        .diagnostics
        .into_iter()
        .map(|diagnostic| diagnostic.message)
        .filter(|message| !message.contains(" or ") && R::NOUN != ConnectionTemplate::NOUN)
        .collect();
    assert_eq!(missed, required, "{}", R::NOUN);
}

#[test]
fn what_is_read_is_what_the_schema_says() {
    check::<Document>(&["variables"]);
    check::<plan_test::Document>(&[]);
    check::<plan_test::Expect>(&[]);
    check::<S3>(&[]);
    check::<Gcs>(&[]);
    check::<Azure>(&[]);
    check::<Declaration>(&[]);
    check::<Tag>(&[]);
    check::<Moved>(&[]);
    check::<Removed>(&[]);
    check::<Import>(&[]);
    check::<Lifecycle>(&[]);
    check::<SourceTemplate>(&[]);
    check::<ConnectionTemplate>(&[]);
    check::<OAuthCredential>(&[]);
    check::<Workspace>(&[]);
    check::<WidgetToken>(&[]);
    check::<Guard>(&[]);
    check::<Freeze>(&[]);
    check::<Connector>(&[]);
    check::<Entity>(&[]);
    check::<Customization>(&[]);
    check::<StreamCustomization>(&[]);
    check::<Hashing>(&[]);
    check::<FieldRenaming>(&[]);
    check::<FieldFiltering>(&[]);
    check::<RowFiltering>(&[]);
    check::<Condition>(&[]);
    check::<Encryption>(&[]);
}

/// Every attribute that the model knows can be declared, and nothing else lands in a resource.
#[test]
fn every_attribute_of_the_model_can_be_declared() {
    fn fields<R: Record>() -> BTreeSet<&'static str> {
        let mut cx = Context::new(&Nowhere);
        cx.variables = Some(BTreeMap::new());
        let mut fields = Fields::none(Span { file: FileId(0), start: 0, end: 0 });
        R::read(&mut fields, &mut cx);
        fields
            .known()
            .iter()
            .copied()
            .filter(|name| !["external", "lifecycle"].contains(name))
            .collect()
    }
    for (kind, fields) in [
        (model::Kind::Tag, fields::<Tag>()),
        (model::Kind::SourceTemplate, fields::<SourceTemplate>()),
        (model::Kind::ConnectionTemplate, fields::<ConnectionTemplate>()),
        (model::Kind::OAuthCredential, fields::<OAuthCredential>()),
        (model::Kind::Workspace, fields::<Workspace>()),
        (model::Kind::Connector, fields::<Connector>()),
    ] {
        let attributes: BTreeSet<&str> =
            kind.schema().attributes.iter().map(|attribute| attribute.name).collect();
        assert_eq!(fields, attributes, "{}", kind.noun());
    }
}
