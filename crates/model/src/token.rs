//! Tokens for customers. They are no resources: what one allows stands in the token itself, and the
//! service neither stores nor tells it (dossier 2.3), so a profile is configuration of whoever mints.

use crate::address::Address;
use crate::span::Span;

/// What a token for the widget in a customer's browser is to allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WidgetProfile {
    /// Where its name stands.
    pub span: Span,
    /// The one page that may show the widget: scheme, host and perhaps a port.
    pub origin: String,
    /// The customer, where it is always the same one.
    pub workspace: Option<Address>,
    /// Which source templates are offered.
    pub source_templates: TagFilter<Address>,
    /// Which connection templates are used.
    pub connection_templates: TagFilter<Address>,
}

/// Which templates a token lets through, by tags: as they are declared, or by their names in the
/// organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagFilter<T> {
    /// The tags. Where there are none, every template is let through.
    pub tags: Vec<T>,
    /// How many of them a template must carry.
    pub mode: TagMode,
}

/// How many tags of a filter a template must carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TagMode {
    /// One is enough.
    #[default]
    Any,
    /// Every one.
    All,
}

impl TagMode {
    /// Its word, in a manifest and in the service's own terms (dossier 2.3).
    pub const fn word(self) -> &'static str {
        match self {
            TagMode::Any => "any",
            TagMode::All => "all",
        }
    }

    /// The mode whose word is `word`.
    pub fn from_word(word: &str) -> Option<TagMode> {
        [TagMode::Any, TagMode::All].into_iter().find(|mode| mode.word() == word)
    }
}
