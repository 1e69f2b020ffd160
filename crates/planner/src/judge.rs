//! One leaf: is it as declared?
//!
//! | declared | live | remembered | verdict |
//! |---|---|---|---|
//! | value | the same | | same |
//! | value | another | this value was sent and the service then showed that other | settled |
//! | value | another | anything else | changed |
//! | value | hidden, or absent as when last written | this value was sent | same |
//! | value | hidden, or absent as when last written | another value was sent | changed |
//! | secret of the same version | hidden, or as when last written | anything | same |
//! | value | hidden | nothing, of an object that is only now taken over | assumed |
//! | value | hidden | that it was taken over without the secret at hand | assumed |
//! | secret not at hand | in clear | nothing, of an object that is only now taken over | same |
//! | secret not at hand | hidden, or as when last written | anything | same |
//! | value | hidden or absent | nothing | changed |
//! | secret | another | this secret was sent, and the service has not shown its text | same |
//! | secret | another | nothing, of an object that is only now taken over | assumed |
//! | nothing | what its template presets | no value was sent | same |
//! | nothing | a value at a secret place | nothing | lost, or changed where it is its origin's |
//! | nothing | a value | a removal was sent and the service then showed that value | settled |
//! | nothing | a value | anything else | changed |
//! | nothing | hidden | nothing | lost, or changed where it is its origin's |
//! | nothing | hidden | a removal was sent | settled |
//! | nothing | hidden, or absent as when last written | a value was sent | changed |
//! | nothing | absent | anything else | same |
//!
//! What a write was about to change of which nobody knows whether it arrived counts as another value
//! that was sent (see [`Remembered::doubtful`]).

use model::Value;
use model::plan::MovedSide;
use model::secret::Fingerprint;
use model::state::{Origin, Remembered, Seen};

use crate::sides::LiveLeaf;

/// A leaf and its witnesses.
pub(crate) struct Judge<'j> {
    /// What is declared.
    pub(crate) declared: Option<&'j Value>,
    /// What is live.
    pub(crate) live: LiveLeaf<'j>,
    /// What is remembered of it.
    pub(crate) known: Option<&'j Remembered>,
    /// Whether what is live is what the template presets.
    pub(crate) preset: Preset,
    /// Whether it is known to be a secret: what is live there may be a mask that looks like any
    /// text (dossier 5.2).
    pub(crate) is_secret: bool,
    /// Whether anything is remembered of its attribute. All that was declared then is.
    pub(crate) attribute_known: bool,
    /// The object is only now taken over, and its hidden values with it.
    pub(crate) take_its_word: bool,
    /// What is declared is no secret, or one whose text is at hand. A secret that is not is taken to
    /// be what it was.
    pub(crate) at_hand: bool,
    /// What is declared is a secret of the version that was sent last, or was taken over. Which value
    /// it has does not matter then.
    pub(crate) pinned: bool,
    /// The attribute was never sent to this object, which was made as a clone: what is hidden
    /// there is a copy of its origin's.
    pub(crate) never_sent: bool,
    /// Fingerprints of values at this leaf. Asked only where there is no other way: an
    /// organization has many leaves, and most are equal in clear.
    pub(crate) fingerprint: &'j dyn Fn(&Value) -> Fingerprint,
}

/// What the template of a connector has to do with what is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Preset {
    /// Nothing, as far as anybody knows.
    None,
    /// It presets just that.
    Stays,
    /// It presets just that, and no more when this plan has been carried out. Then what was preset
    /// may still be there, where only memory tells whose it is.
    Moves,
}

/// What a leaf is found to be.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    /// As declared. This is what to remember of it.
    Same(Option<Remembered>),
    /// It cannot be compared and is taken as declared.
    Assumed(Remembered),
    /// The service did not take what was sent, and nothing has moved since.
    Settled,
    /// It differs.
    Changed(MovedSide),
    /// It is hidden and not declared, and would be lost in a write.
    Lost,
}

impl Judge<'_> {
    pub(crate) fn verdict(&self) -> Verdict {
        match self.compared() {
            // Which side has moved is what nobody knows.
            Verdict::Changed(_) if self.known.is_some_and(Remembered::is_doubtful) => {
                Verdict::Changed(MovedSide::Unknown)
            }
            verdict => verdict,
        }
    }

    fn compared(&self) -> Verdict {
        if let Some(remembered) = self.of_its_template() {
            return Verdict::Same(remembered);
        }
        match (self.declared, self.live) {
            (Some(declared), LiveLeaf::Clear(live)) => self.both(declared, live),
            (Some(declared), LiveLeaf::Filled) => match self.known {
                Some(known) => Verdict::Same(Some(known.clone())),
                None => self.equal(declared),
            },
            // Where nobody looks it stays what it was, an ignored removal too.
            (Some(Value::Null), LiveLeaf::Hidden) if self.was_removed() => {
                Verdict::Same(self.known.cloned())
            }
            // Nothing shows no differently from not being told.
            (Some(Value::Null), LiveLeaf::Hidden | LiveLeaf::Absent) => self.equal(&Value::Null),
            (Some(declared), LiveLeaf::Hidden) => self.hidden(declared),
            (Some(declared), LiveLeaf::Absent) if self.was_hidden() => self.hidden(declared),
            (Some(declared), LiveLeaf::Absent) => self.both(declared, &Value::Null),
            (None, LiveLeaf::Clear(live)) if !(self.is_secret && self.known.is_none()) => {
                self.extra(live)
            }
            (None, LiveLeaf::Clear(_) | LiveLeaf::Hidden) => match self.known {
                None if self.never_sent => Verdict::Changed(MovedSide::Unknown),
                None => Verdict::Lost,
                Some(_) if self.was_removed() => Verdict::Settled,
                Some(_) => Verdict::Changed(MovedSide::Declared),
            },
            (None, LiveLeaf::Absent | LiveLeaf::Filled)
                if self.was_hidden() && !self.was_removed() =>
            {
                Verdict::Changed(MovedSide::Declared)
            }
            // That a removal was not taken once is no reason to write to state again.
            (None, LiveLeaf::Absent | LiveLeaf::Filled) => {
                Verdict::Same(self.known.filter(|_| self.was_removed()).cloned())
            }
        }
    }

    /// What to remember of a leaf that is there because the template presets it. None where it is
    /// not, or somebody has sent it all the same. Behind a mask there may be anything, but customers
    /// are not asked for what is preset (dossier 3.3), so it is taken for that, too.
    fn of_its_template(&self) -> Option<Option<Remembered>> {
        if self.preset == Preset::None || self.declared.is_some() {
            return None;
        }
        if self.known.is_some() && !self.was_removed() {
            return None;
        }
        let seen = match (self.preset, self.live) {
            (Preset::Moves, LiveLeaf::Clear(live)) => Seen::Other((self.fingerprint)(live)),
            (Preset::Moves, LiveLeaf::Hidden) => Seen::Hidden,
            _ => return Some(self.known.cloned()),
        };
        let sent = (self.fingerprint)(&Value::Null);
        Some(Some(Remembered { sent, origin: Origin::Written, seen }))
    }

    /// What to remember of a leaf that differs and is left as it is, in an object that is only now
    /// taken over: where it is not told, nothing tells whether it is hidden, and it counts as that.
    pub(crate) fn left_untold(&self) -> Option<Remembered> {
        let declared = self.declared.filter(|_| self.take_its_word)?;
        (self.live == LiveLeaf::Absent).then(|| Remembered {
            sent: (self.fingerprint)(declared),
            origin: Origin::Assumed,
            seen: Seen::Hidden,
        })
    }

    fn both(&self, declared: &Value, live: &Value) -> Verdict {
        let text_only = matches!(declared, Value::Secret(_));
        if !text_only && declared == live {
            return self.equal(declared);
        }
        if !self.at_hand {
            return self.not_at_hand(live);
        }
        let wanted = (self.fingerprint)(declared);
        let shown = (self.fingerprint)(live);
        if self.pinned {
            return match wanted == shown {
                true => Verdict::Same(Some(Remembered {
                    sent: wanted,
                    origin: Origin::Written,
                    seen: Seen::Same,
                })),
                false => self.not_at_hand(live),
            };
        }
        let sent = self.known.is_some_and(|known| known.sent == wanted);
        if text_only && wanted == shown {
            self.equal(declared)
        } else if self.is_secret && *live != Value::Null && self.is_unseen(&wanted) {
            match self.known {
                Some(known) => Verdict::Same(Some(known.clone())),
                None => Verdict::Assumed(Remembered {
                    sent: wanted,
                    origin: Origin::Assumed,
                    seen: Seen::Other(shown),
                }),
            }
        } else if sent && self.known.is_some_and(|known| known.seen == Seen::Other(shown)) {
            Verdict::Settled
        } else {
            Verdict::Changed(match self.known {
                Some(_) if sent => MovedSide::Live,
                Some(_) => MovedSide::Declared,
                None if self.attribute_known => MovedSide::Declared,
                None => MovedSide::Unknown,
            })
        }
    }

    /// `live` is shown where a secret is declared that is not at hand. That it is the secret can only
    /// be believed, and only of an object that is taken over; from then on it is known by its digest.
    fn not_at_hand(&self, live: &Value) -> Verdict {
        let shown = (self.fingerprint)(live);
        match self.known {
            Some(known) if known.seen == Seen::Same && known.sent != shown => {
                Verdict::Changed(MovedSide::Live)
            }
            Some(known) => Verdict::Same(Some(known.clone())),
            None if self.take_its_word && *live != Value::Null => Verdict::Same(Some(Remembered {
                sent: shown,
                origin: Origin::Assumed,
                seen: Seen::Same,
            })),
            None if self.attribute_known => Verdict::Changed(MovedSide::Declared),
            None => Verdict::Changed(MovedSide::Unknown),
        }
    }

    /// Both sides are `declared`. What was sent long ago no longer matters then, and is not asked.
    fn equal(&self, declared: &Value) -> Verdict {
        match self.known {
            Some(known) if known.seen == Seen::Same => Verdict::Same(Some(known.clone())),
            _ => Verdict::Same(Some(Remembered {
                sent: (self.fingerprint)(declared),
                origin: Origin::Written,
                seen: Seen::Same,
            })),
        }
    }

    fn hidden(&self, declared: &Value) -> Verdict {
        let wanted = (self.fingerprint)(declared);
        match self.known {
            Some(known) if known.sent == wanted || !self.at_hand || self.pinned => {
                Verdict::Same(Some(known.clone()))
            }
            Some(known) if known.origin == Origin::Unknown => Verdict::Assumed(Remembered {
                sent: wanted,
                origin: Origin::Assumed,
                seen: Seen::Hidden,
            }),
            Some(_) => Verdict::Changed(MovedSide::Declared),
            None if self.take_its_word => Verdict::Assumed(Remembered {
                sent: wanted,
                origin: if self.at_hand { Origin::Assumed } else { Origin::Unknown },
                seen: Seen::Hidden,
            }),
            // It is declared for the first time, or was never sent: nothing says that what is
            // hidden there is it.
            None if self.attribute_known => Verdict::Changed(MovedSide::Declared),
            None => Verdict::Changed(MovedSide::Unknown),
        }
    }

    fn extra(&self, live: &Value) -> Verdict {
        match self.known {
            Some(known) if self.was_removed() => {
                if known.seen == Seen::Other((self.fingerprint)(live)) {
                    Verdict::Settled
                } else {
                    Verdict::Changed(MovedSide::Live)
                }
            }
            Some(_) => Verdict::Changed(MovedSide::Declared),
            None if self.attribute_known => Verdict::Changed(MovedSide::Live),
            None => Verdict::Changed(MovedSide::Unknown),
        }
    }

    /// Whether a live value that differs says nothing of the secret whose fingerprint is `wanted`: it
    /// is what was sent, and never came back as it is; or nobody knows, and the object is taken at
    /// its word.
    fn is_unseen(&self, wanted: &Fingerprint) -> bool {
        match self.known {
            Some(known) => known.sent == *wanted && known.seen != Seen::Same,
            None => self.take_its_word,
        }
    }

    /// Whether what was sent last is another value than what is declared, as far as that is known.
    pub(crate) fn has_another_value(&self) -> bool {
        let declared = self.declared.filter(|_| self.at_hand);
        match (self.known, declared) {
            (Some(known), Some(declared)) => known.sent != (self.fingerprint)(declared),
            _ => false,
        }
    }

    fn was_hidden(&self) -> bool {
        self.known.is_some_and(|known| known.seen == Seen::Hidden)
    }

    /// Whether what was sent last was that there is nothing here.
    fn was_removed(&self) -> bool {
        self.known.is_some_and(|known| known.sent == (self.fingerprint)(&Value::Null))
    }
}
