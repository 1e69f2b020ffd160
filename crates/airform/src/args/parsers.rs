//! What an argument may be.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use model::Kind;

pub(super) fn address(text: &str) -> Result<model::Address, String> {
    model::Address::parse(text).ok_or_else(|| {
        format!(
            "an address is SECTION.NAME or SECTION.NAME[\"KEY\"], for example source_templates.github; sections are {}",
            Kind::ALL.map(Kind::section).join(", ")
        )
    })
}

pub(super) fn kind_parser() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::section)).try_map(|section| {
        Kind::from_section(&section).ok_or_else(|| format!("{section} is not a kind"))
    })
}

/// The kinds of which the service tells what it has.
pub(super) fn told_kind_parser() -> impl TypedValueParser<Value = Kind> {
    let told = Kind::ALL.into_iter().filter(|kind| !kind.schema().write_only);
    PossibleValuesParser::new(told.map(Kind::section)).try_map(|section| {
        Kind::from_section(&section).ok_or_else(|| format!("{section} is not a kind"))
    })
}
