//! `variables:`.

use schemars::JsonSchema;

use super::{Choice, Field, Fields, Flag, Literal, Record, Scalar, Words};
use crate::context::Context;

/// Something to be filled in from outside, and used as `${var:name}`. Its value comes from `--var
/// name=value`, from a `--var-file`, from the environment (`AIRFORM_VAR_name`), or is the default.
/// What stands here is taken as written.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "variable")]
pub(crate) struct Declaration {
    /// What it holds. Default: `string`.
    #[schemars(rename = "type")]
    pub(crate) kind: Field<Choice<Type>>,
    /// What it holds where nobody gives a value.
    pub(crate) default: Field<Scalar>,
    /// What it is for.
    pub(crate) description: Field<Literal>,
    /// Its value is a secret: it is shown nowhere and kept nowhere. It has no default and is a
    /// `string`.
    pub(crate) sensitive: Field<Flag>,
}

#[derive(Debug)]
pub(crate) enum Type {}

pub(crate) const STRING: &str = "string";
pub(crate) const NUMBER: &str = "number";
pub(crate) const BOOL: &str = "bool";

impl Words for Type {
    const WORDS: &'static [&'static str] = &[STRING, NUMBER, BOOL];
}

impl Record for Declaration {
    const NOUN: &'static str = "a variable";

    const FOREIGN: &'static [(&'static str, &'static str)] =
        &[("value", "say `default:`"), ("secret", "say `sensitive:`")];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Declaration {
        Declaration {
            kind: fields.take("type", cx),
            default: fields.take("default", cx),
            description: fields.take("description", cx),
            sensitive: fields.take("sensitive", cx),
        }
    }
}
