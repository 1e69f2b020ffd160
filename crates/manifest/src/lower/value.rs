//! From leaves to values, with their places.

use std::collections::BTreeMap;

use model::value::{Path, Value};
use model::{SmallMap, Span};

use crate::syntax::connector::Entity;
use crate::syntax::customization::{
    Condition, Conditions, Customization, ENCRYPTION, Encryption, FIELD_FILTERING, FIELD_RENAMING,
    FieldFiltering, FieldRenaming, HASHING, Hashing, Mapper, ROW_FILTERING, RowFiltering,
    StreamCustomization,
};
use crate::syntax::workspace::{Cache, Region};
use crate::syntax::{
    AnyText, ByStream, Choice, Cron, Field, Flag, Free, List, Nullable, Spanned, Text, Tree,
};

type Places = SmallMap<Path, Span>;

/// Something that stands for a value.
pub(super) trait Lower {
    fn lower(self, path: &Path, places: &mut Places) -> Value;
}

impl<T: Lower> Lower for Spanned<T> {
    fn lower(self, path: &Path, places: &mut Places) -> Value {
        places.insert(path.clone(), self.span);
        self.value.lower(path, places)
    }
}

macro_rules! leaves {
    ($($leaf:ident($inner:ident) => $value:expr;)*) => {
        $(
            impl Lower for $leaf {
                fn lower(self, _: &Path, _: &mut Places) -> Value {
                    let $leaf($inner) = self;
                    $value
                }
            }
        )*
    };
}

leaves! {
    Text(text) => Value::Text(text);
    AnyText(text) => Value::Text(text);
    Cron(text) => Value::Text(text);
    Region(text) => Value::Text(text);
    Flag(flag) => Value::Bool(flag);
    Cache(value) => value;
}

impl<W> Lower for Choice<W> {
    fn lower(self, _: &Path, _: &mut Places) -> Value {
        Value::text(self.word)
    }
}

impl<T: Lower> Lower for Nullable<T> {
    fn lower(self, path: &Path, places: &mut Places) -> Value {
        match self {
            Nullable::Null => Value::Null,
            Nullable::Value(value) => value.lower(path, places),
        }
    }
}

impl<T: Lower> Lower for List<T> {
    fn lower(self, path: &Path, places: &mut Places) -> Value {
        let items = self.0.into_iter().enumerate();
        Value::List(items.map(|(index, item)| item.lower(&path.index(index), places)).collect())
    }
}

fn members<T: Lower>(
    members: BTreeMap<String, Spanned<T>>,
    path: &Path,
    places: &mut Places,
) -> Value {
    let members = members.into_iter().map(|(key, member)| {
        let value = member.lower(&path.key(&key), places);
        (key, value)
    });
    Value::Map(members.collect())
}

impl<T: Lower> Lower for ByStream<T> {
    fn lower(self, path: &Path, places: &mut Places) -> Value {
        members(self.0, path, places)
    }
}

impl Lower for Tree {
    fn lower(self, path: &Path, places: &mut Places) -> Value {
        members(self.0, path, places)
    }
}

impl Lower for Free {
    fn lower(self, path: &Path, places: &mut Places) -> Value {
        match self {
            Free::Leaf(value) => value,
            Free::List(items) => List(items).lower(path, places),
            Free::Map(map) => members(map, path, places),
        }
    }
}

/// The fields of a record, one by one.
struct Members<'a> {
    path: &'a Path,
    places: &'a mut Places,
    members: SmallMap<String, Value>,
}

impl<'a> Members<'a> {
    fn new(path: &'a Path, places: &'a mut Places) -> Members<'a> {
        Members { path, places, members: SmallMap::new() }
    }

    fn of_type(kind: &str, path: &'a Path, places: &'a mut Places) -> Members<'a> {
        let mut members = Members::new(path, places);
        members.members.insert("type".to_owned(), Value::text(kind));
        members
    }

    fn set<T: Lower>(mut self, name: &str, field: Field<T>) -> Self {
        if let Field::Given(spanned) = field {
            let value = spanned.lower(&self.path.key(name), self.places);
            self.members.insert(name.to_owned(), value);
        }
        self
    }

    fn value(self) -> Value {
        Value::Map(self.members)
    }
}

impl Lower for Entity {
    fn lower(self, path: &Path, places: &mut Places) -> Value {
        let Entity { entity, modes } = self;
        Members::new(path, places).set("entity", entity).set("modes", modes).value()
    }
}

impl Lower for Customization {
    fn lower(self, path: &Path, places: &mut Places) -> Value {
        let Customization {
            stream_selection_mode,
            stream_whitelist,
            stream_customizations,
            stream_mappers,
        } = self;
        Members::new(path, places)
            .set("stream_selection_mode", stream_selection_mode)
            .set("stream_whitelist", stream_whitelist)
            .set("stream_customizations", stream_customizations)
            .set("stream_mappers", stream_mappers)
            .value()
    }
}

impl Lower for StreamCustomization {
    fn lower(self, path: &Path, places: &mut Places) -> Value {
        let StreamCustomization { primary_key_fields, cursor_field } = self;
        Members::new(path, places)
            .set("primary_key_fields", primary_key_fields)
            .set("cursor_field", cursor_field)
            .value()
    }
}

impl Lower for Mapper {
    fn lower(self, path: &Path, places: &mut Places) -> Value {
        match self {
            Mapper::Hashing(Hashing { target_field, method, field_name_suffix }) => {
                Members::of_type(HASHING, path, places)
                    .set("target_field", target_field)
                    .set("method", method)
                    .set("field_name_suffix", field_name_suffix)
                    .value()
            }
            Mapper::FieldRenaming(FieldRenaming { original_field_name, new_field_name }) => {
                Members::of_type(FIELD_RENAMING, path, places)
                    .set("original_field_name", original_field_name)
                    .set("new_field_name", new_field_name)
                    .value()
            }
            Mapper::FieldFiltering(FieldFiltering { target_field }) => {
                Members::of_type(FIELD_FILTERING, path, places)
                    .set("target_field", target_field)
                    .value()
            }
            Mapper::RowFiltering(RowFiltering { conditions }) => {
                Members::of_type(ROW_FILTERING, path, places).set("conditions", conditions).value()
            }
            Mapper::Encryption(Encryption {
                target_field,
                public_key,
                algorithm,
                padding,
                oaep_hash,
                field_name_suffix,
                output_encoding,
            }) => Members::of_type(ENCRYPTION, path, places)
                .set("target_field", target_field)
                .set("public_key", public_key)
                .set("algorithm", algorithm)
                .set("padding", padding)
                .set("oaep_hash", oaep_hash)
                .set("field_name_suffix", field_name_suffix)
                .set("output_encoding", output_encoding)
                .value(),
        }
    }
}

impl Lower for Conditions {
    fn lower(self, path: &Path, places: &mut Places) -> Value {
        let Conditions(Condition { kind, field_name, comparison_value }) = self;
        Members::new(path, places)
            .set("type", kind)
            .set("field_name", field_name)
            .set("comparison_value", comparison_value)
            .value()
    }
}
