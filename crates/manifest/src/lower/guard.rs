//! From records to guards.

use std::collections::BTreeMap;

use model::guard::{Guard, Pattern, Rule, RuleName};
use model::{Address, Kind, Span};

use super::Declared;
use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::syntax::guard::{Addresses, Freeze, Limit, Moment};
use crate::syntax::{self, Field, List, Logical, Section, Spanned, Text};
use crate::variables::declared_twice;

impl Declared {
    pub(super) fn guards(
        &mut self,
        section: Field<Section<syntax::guard::Guard>>,
        cx: &mut Context<'_>,
    ) {
        let Field::Given(section) = section else { return };
        for named in section.value.members {
            if let Some(Guard { span: Some(first), .. }) = self.desired.guards.get(&named.name) {
                let what = format!("the guard `{}`", named.name);
                cx.complain(declared_twice(&what, *first, named.span));
                continue;
            }
            if let Some(record) = named.record {
                let guard = self.guard(record, named.span, cx);
                self.desired.guards.insert(named.name, guard);
            }
        }
    }

    fn guard(&mut self, record: syntax::guard::Guard, span: Span, cx: &mut Context<'_>) -> Guard {
        let syntax::guard::Guard {
            kinds,
            max_deletes,
            max_replaces,
            max_gone,
            max_changes,
            protect,
            require_tags,
            require_name,
            freeze,
        } = record;
        let has_rule = [
            max_deletes.is_mentioned(),
            max_replaces.is_mentioned(),
            max_gone.is_mentioned(),
            max_changes.is_mentioned(),
            protect.is_mentioned(),
            require_tags.is_mentioned(),
            require_name.is_mentioned(),
            freeze.is_mentioned(),
        ]
        .contains(&true);
        let kinds = match kinds {
            Field::Given(Spanned { value: List(kinds), .. }) => {
                kinds.into_iter().map(|kind| kind.value.0).collect()
            }
            Field::Absent | Field::Bad => [].into(),
        };
        let mut guard =
            Guard { span: Some(span), kinds, rules: BTreeMap::new(), places: BTreeMap::new() };
        let mut add = |name: RuleName, rule: Rule, span: Span| {
            guard.rules.insert(name, rule);
            guard.places.insert(name, span);
        };
        for (name, field) in [
            (RuleName::MaxDeletes, max_deletes),
            (RuleName::MaxReplaces, max_replaces),
            (RuleName::MaxGone, max_gone),
            (RuleName::MaxChanges, max_changes),
        ] {
            if let Field::Given(Spanned { value: Limit(limit), span }) = field {
                add(name, Rule::Most { limit, from: 0 }, span);
            }
        }
        if let Field::Given(Spanned { value: List(patterns), span }) = protect {
            let patterns = patterns.into_iter().map(|spanned| {
                let Addresses(text) = spanned.value;
                Pattern(text)
            });
            add(RuleName::Protect, Rule::Protect(patterns.collect()), span);
        }
        if let Field::Given(Spanned { value: List(tags), span }) = require_tags {
            let tags = tags.into_iter().filter_map(|Spanned { value: Logical(name), span }| {
                let tag = Address::parse_within(Kind::Tag, &name)?;
                self.mention("require_tags", &tag, span);
                Some(tag)
            });
            add(RuleName::RequireTags, Rule::Tags(tags.collect()), span);
        }
        if let Field::Given(Spanned { value: Text(pattern), span }) = require_name {
            add(RuleName::RequireName, Rule::Name(Pattern(pattern)), span);
        }
        if let Field::Given(Spanned { value: Freeze { from, until }, span }) = freeze
            && let (Some(&Moment(from)), Some(&Moment(until))) = (from.value(), until.value())
        {
            if until <= from {
                cx.complain(
                    Diagnostic::error("manifest::bad-moment", "the freeze ends before it begins")
                        .at(span, format!("from {from} until {until}")),
                );
            }
            add(RuleName::Freeze, Rule::Freeze { from, until }, span);
        }
        if !has_rule {
            cx.complain(
                Diagnostic::warning("manifest::empty-guard", "the guard has no rule")
                    .at(span, "allows everything"),
            );
        }
        guard
    }
}
