//! From records to profiles of tokens.

use model::token::{TagFilter, TagMode, WidgetProfile};
use model::{Address, Kind, Span};

use super::Declared;
use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::syntax::widget_token::{Mode, Origin, WidgetToken};
use crate::syntax::{Choice, Field, List, Logical, Section, Spanned};
use crate::variables::declared_twice;

impl Declared {
    pub(super) fn widget_tokens(
        &mut self,
        section: Field<Section<WidgetToken>>,
        cx: &mut Context<'_>,
    ) {
        let Field::Given(section) = section else { return };
        for named in section.value.members {
            if let Some(first) = self.desired.widget_tokens.get(&named.name) {
                let what = format!("the widget token `{}`", named.name);
                cx.complain(declared_twice(&what, first.span, named.span));
                continue;
            }
            if let Some(record) = named.record {
                let profile = self.widget_token(record, named.span, cx);
                self.desired.widget_tokens.insert(named.name, profile);
            }
        }
    }

    fn widget_token(
        &mut self,
        record: WidgetToken,
        span: Span,
        cx: &mut Context<'_>,
    ) -> WidgetProfile {
        let WidgetToken {
            origin,
            workspace,
            source_template_tags,
            source_template_tags_mode,
            connection_template_tags,
            connection_template_tags_mode,
        } = record;
        let workspace = match workspace {
            Field::Given(Spanned { value: Logical(name), span }) => {
                let workspace = Address::parse_within(Kind::Workspace, &name);
                workspace.inspect(|workspace| self.mention("workspace", workspace, span))
            }
            Field::Absent | Field::Bad => None,
        };
        WidgetProfile {
            span,
            origin: match origin {
                Field::Given(Spanned { value: Origin(origin), .. }) => origin,
                // Said already, so that nobody gets to see this.
                Field::Absent | Field::Bad => String::new(),
            },
            workspace,
            source_templates: TagFilter {
                tags: self.tags("source_template_tags", source_template_tags, cx),
                mode: mode(&source_template_tags_mode),
            },
            connection_templates: TagFilter {
                tags: self.tags("connection_template_tags", connection_template_tags, cx),
                mode: mode(&connection_template_tags_mode),
            },
        }
    }

    fn tags(
        &mut self,
        field: &'static str,
        tags: Field<List<Logical>>,
        cx: &mut Context<'_>,
    ) -> Vec<Address> {
        let Field::Given(Spanned { value: List(items), span }) = tags else { return Vec::new() };
        if items.is_empty() {
            cx.complain(
                Diagnostic::error("manifest::empty-filter", format!("`{field}` is empty"))
                    .at(span, "no tag at all")
                    .help("an empty filter lets everything through: leave it out to say so"),
            );
        }
        let mut tags = Vec::with_capacity(items.len());
        for Spanned { value: Logical(name), span } in items {
            let Some(tag) = Address::parse_within(Kind::Tag, &name) else { continue };
            self.mention(field, &tag, span);
            if tags.contains(&tag) {
                cx.complain(crate::reference::named_twice(field, &tag, span));
            } else {
                tags.push(tag);
            }
        }
        tags
    }
}

fn mode(field: &Field<Choice<Mode>>) -> TagMode {
    field.value().and_then(|choice| TagMode::from_word(choice.word)).unwrap_or_default()
}
