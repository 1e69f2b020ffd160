//! What a connector has of its template. A service may show it beside what it was sent (dossier 3.5
//! does not say), and hands it on when a change of the template is propagated (dossier 3.3). It is
//! nobody's change of the connector, and no update of the connector could take it away.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use model::kinds::connector::REPLICATION_CONFIG;
use model::kinds::source_template::PARTIAL_DEFAULT_CONFIG;
use model::live::Id;
use model::value::Segment;
use model::{Address, Kind, Path, Value};

use super::Subject;
use crate::judge::Preset;
use crate::pairing::Pairing;
use crate::sides::LiveLeaf;
use crate::world::World;

/// What the template of a connector presets.
pub(super) struct Presets<'a> {
    /// As it is told.
    told: Option<&'a Value>,
    /// The same in canonical form. Most connectors have nothing that it would be asked for.
    config: OnceCell<Value>,
    moves: bool,
    template: Option<&'a Address>,
}

impl<'a> Presets<'a> {
    /// `moving` are the templates that the plan changes or takes away.
    pub(super) fn of(
        world: &World<'a>,
        pairing: &Pairing<'a, '_>,
        subject: &Subject<'a, '_>,
        moving: &BTreeSet<Id>,
    ) -> Presets<'a> {
        // The one that it was made from, which need not be the one that is declared.
        let template = || {
            let told = subject.object.live.attributes.get("source_template")?.as_text()?;
            let templates = world.live.kinds.get(&Kind::SourceTemplate)?;
            templates.objects.get_key_value(&Id(told.to_owned()))
        };
        let template = template().filter(|_| subject.address.kind() == Kind::Connector);
        Presets {
            told: template.and_then(|(_, live)| live.attributes.get(PARTIAL_DEFAULT_CONFIG)),
            config: OnceCell::new(),
            moves: template.is_some_and(|(id, _)| moving.contains(id)),
            template: template
                .and_then(|(id, _)| pairing.holders.get(&(Kind::SourceTemplate, id)).copied()),
        }
    }

    /// Whose template it is, where it is one of ours.
    pub(super) fn template(&self) -> Option<&'a Address> {
        self.template
    }

    /// Whether what is live at `path` is what the template presets there.
    pub(super) fn at(&self, path: &Path, live: LiveLeaf<'_>) -> Preset {
        let is_it = || {
            let (Segment::Key(root), way) = path.segments().split_first()? else { return None };
            let told = self.told.filter(|_| root == REPLICATION_CONFIG)?;
            let canonical = || {
                let schema = Kind::SourceTemplate.schema();
                let attribute = schema.attribute(PARTIAL_DEFAULT_CONFIG);
                attribute.map_or_else(|| told.clone(), |one| (one.canonical)(told.clone()))
            };
            let preset = way.iter().try_fold(self.config.get_or_init(canonical), inner)?;
            Some(match live {
                LiveLeaf::Clear(live) => live == preset,
                LiveLeaf::Hidden => preset.is_opaque(),
                LiveLeaf::Absent | LiveLeaf::Filled => false,
            })
        };
        match is_it() {
            Some(true) if self.moves => Preset::Moves,
            Some(true) => Preset::Stays,
            Some(false) | None => Preset::None,
        }
    }
}

fn inner<'v>(value: &'v Value, step: &Segment) -> Option<&'v Value> {
    match (value, step) {
        (Value::Map(members), Segment::Key(key)) => members.get(key),
        (Value::List(items), Segment::Index(index)) => items.get(*index),
        _ => None,
    }
}
