//! Types of a file that look just like nouns of the model.
//!
//! The model knows no file, so what stands in one has types of its own. Where both say the same,
//! [`mirror!`] makes the type and both ways between it and the noun from one list of fields. A field
//! or variant that the model gains does not compile until it stands in the list too.

use std::collections::{BTreeMap, BTreeSet};

use model::SmallMap;
use serde::{Deserialize, Serialize};

use super::text::{Noun, Text};

/// A type of a file that stands for one of the model.
pub(super) trait Mirror {
    /// The one of the model.
    type Model;
    fn of(model: &Self::Model) -> Self;
    fn model(self) -> Self::Model;
}

macro_rules! itself {
    ($($name:ty),*) => {
        $(impl Mirror for $name {
            type Model = $name;
            fn of(model: &$name) -> $name {
                model.clone()
            }
            fn model(self) -> $name {
                self
            }
        })*
    };
}

itself!(String, bool, usize, u64, u8);

impl<T: Noun + Clone> Mirror for Text<T> {
    type Model = T;
    fn of(model: &T) -> Text<T> {
        Text(model.clone())
    }
    fn model(self) -> T {
        self.0
    }
}

impl<T: Mirror> Mirror for Option<T> {
    type Model = Option<T::Model>;
    fn of(model: &Option<T::Model>) -> Option<T> {
        model.as_ref().map(T::of)
    }
    fn model(self) -> Option<T::Model> {
        self.map(T::model)
    }
}

impl<T: Mirror> Mirror for Vec<T> {
    type Model = Vec<T::Model>;
    fn of(model: &Vec<T::Model>) -> Vec<T> {
        model.iter().map(T::of).collect()
    }
    fn model(self) -> Vec<T::Model> {
        self.into_iter().map(T::model).collect()
    }
}

/// A set.
#[derive(Serialize, Deserialize)]
pub(super) struct Set<T>(Vec<T>);

impl<T: Mirror<Model: Ord>> Mirror for Set<T> {
    type Model = BTreeSet<T::Model>;
    fn of(model: &BTreeSet<T::Model>) -> Set<T> {
        Set(model.iter().map(T::of).collect())
    }
    fn model(self) -> BTreeSet<T::Model> {
        self.0.into_iter().map(T::model).collect()
    }
}

/// A map, as a list of pairs: its keys need not be text.
#[derive(Serialize, Deserialize)]
pub(super) struct Pairs<K, V>(Vec<(K, V)>);

impl<K, V> Default for Pairs<K, V> {
    fn default() -> Pairs<K, V> {
        Pairs(Vec::new())
    }
}

impl<K, V> Pairs<K, V> {
    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Mirror<Model: Ord>, V: Mirror> Mirror for Pairs<K, V> {
    type Model = BTreeMap<K::Model, V::Model>;
    fn of(model: &BTreeMap<K::Model, V::Model>) -> Pairs<K, V> {
        Pairs(model.iter().map(|(key, value)| (K::of(key), V::of(value))).collect())
    }
    fn model(self) -> BTreeMap<K::Model, V::Model> {
        self.0.into_iter().map(|(key, value)| (key.model(), value.model())).collect()
    }
}

/// The same for a map of few members.
#[derive(Serialize, Deserialize)]
pub(super) struct Few<K, V>(Vec<(K, V)>);

impl<K: Mirror<Model: Ord>, V: Mirror> Mirror for Few<K, V> {
    type Model = SmallMap<K::Model, V::Model>;
    fn of(model: &SmallMap<K::Model, V::Model>) -> Few<K, V> {
        Few(model.iter().map(|(key, value)| (K::of(key), V::of(value))).collect())
    }
    fn model(self) -> SmallMap<K::Model, V::Model> {
        self.0.into_iter().map(|(key, value)| (key.model(), value.model())).collect()
    }
}

impl<A: Mirror, B: Mirror> Mirror for (A, B) {
    type Model = (A::Model, B::Model);
    fn of((a, b): &(A::Model, B::Model)) -> (A, B) {
        (A::of(a), B::of(b))
    }
    fn model(self) -> (A::Model, B::Model) {
        (self.0.model(), self.1.model())
    }
}

/// `mirror! { struct Step in plan { address: Text<Address>, … } }` makes `Step`, which stands for
/// `plan::Step`. In an enum a variant has named fields, or one that is named here only.
macro_rules! mirror {
    (struct $name:ident in $home:ident { $($field:ident: $type:ty),* $(,)? }) => {
        #[derive(::serde::Serialize, ::serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name { $($field: $type),* }

        impl $crate::format::mirror::Mirror for $name {
            type Model = $home::$name;
            fn of(model: &$home::$name) -> $name {
                let $home::$name { $($field),* } = model;
                $name { $($field: $crate::format::mirror::Mirror::of($field)),* }
            }
            fn model(self) -> $home::$name {
                let $name { $($field),* } = self;
                $home::$name { $($field: $crate::format::mirror::Mirror::model($field)),* }
            }
        }
    };
    (enum $name:ident in $home:ident {
        $($variant:ident $({ $($field:ident: $type:ty),* $(,)? })? $(($inner:ident: $held:ty))?),* $(,)?
    }) => {
        #[derive(::serde::Serialize, ::serde::Deserialize)]
        #[serde(rename_all = "snake_case", deny_unknown_fields)]
        enum $name { $($variant $({ $($field: $type),* })? $(($held))?),* }

        impl $crate::format::mirror::Mirror for $name {
            type Model = $home::$name;
            fn of(model: &$home::$name) -> $name {
                match model {
                    $($home::$name::$variant $({ $($field),* })? $(($inner))? => {
                        $name::$variant
                            $({ $($field: $crate::format::mirror::Mirror::of($field)),* })?
                            $(($crate::format::mirror::Mirror::of($inner)))?
                    })*
                }
            }
            fn model(self) -> $home::$name {
                match self {
                    $($name::$variant $({ $($field),* })? $(($inner))? => {
                        $home::$name::$variant
                            $({ $($field: $crate::format::mirror::Mirror::model($field)),* })?
                            $(($crate::format::mirror::Mirror::model($inner)))?
                    })*
                }
            }
        }
    };
}

pub(super) use mirror;
