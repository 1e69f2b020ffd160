//! A run that holds the state.

use std::collections::BTreeMap;

use model::Address;
use model::history::{Image, Run};
use model::plan::StepId;
use model::state::{Owner, State, StateChange};
use uuid::Uuid;

use crate::document::{Document, Key};
use crate::error::Error;
use crate::format::Stored;
use crate::journal::{Begin, Entry, Intent, Outcome};
use crate::lock::Holder;
use crate::place::Held;
use crate::planfile::Seed;
use crate::progress::Progress;
use crate::store::{Loaded, Recovered, Store};

/// A run that holds the state's lock, and through which alone the state changes.
///
/// If it is dropped and not [finished](Session::finish), it leaves what it has recorded in the
/// journal, where the next run finds it; [edits](Session::edit) are lost then.
#[derive(Debug)]
#[must_use]
pub struct Session {
    store: Store,
    holder: Holder,
    progress: Progress,
    /// The run that the state file has in it.
    folded: Option<String>,
    /// Whether it is stored yet.
    stored: bool,
    recovered: Option<Recovered>,
    /// From the first entry on: the run that the journal is of.
    run: Option<String>,
    /// Where it is stored. Last, so that its lock is let go of last.
    held: Box<dyn Held>,
}

impl Session {
    pub(crate) fn new(
        store: Store,
        held: Box<dyn Held>,
        holder: Holder,
        loaded: Loaded,
        folded: Option<String>,
    ) -> Session {
        let Loaded { document, existed, recovered } = loaded;
        Session {
            store,
            holder,
            progress: Progress::new(document),
            folded,
            stored: existed,
            recovered,
            run: None,
            held,
        }
    }

    /// The state as it is by now. Its serial is that of the file until [`Session::finish`].
    pub fn document(&self) -> &Document {
        &self.progress.document
    }

    /// What is remembered by now.
    pub fn state(&self) -> &State {
        &self.progress.document.state
    }

    /// What a run that was killed had left in its journal; it is in the state now.
    pub fn recovered(&self) -> Option<Recovered> {
        self.recovered
    }

    /// Whether there is a state file.
    pub fn exists(&self) -> bool {
        self.stored
    }

    /// Begins the state as a plan wants it that was made when there was none. Where there is one by
    /// now, it stays as it is.
    pub fn begin_as(&mut self, seed: &Seed) {
        if !self.stored {
            let Seed { lineage, key } = seed.clone();
            self.progress.document.lineage = lineage;
            self.progress.document.key = key;
        }
    }

    /// Records that the plan file `id` is carried out, before its first call: it is not again.
    ///
    /// # Errors
    ///
    /// [`Error::PlanApplied`] if it was before; or it cannot be written.
    pub fn apply_plan(&mut self, id: &str) -> Result<(), Error> {
        if self.document().applied_plans.iter().any(|applied| applied == id) {
            return Err(Error::PlanApplied);
        }
        self.record(Entry::Applies(id.to_owned()))
    }

    /// Says whom the state belongs to, where it does not say so yet.
    ///
    /// # Errors
    ///
    /// [`Error::OtherOwner`] if it belongs to somebody else; or it cannot be written.
    pub fn claim(&mut self, owner: Owner) -> Result<(), Error> {
        match &self.state().owner {
            None => self.record(Entry::Claim(owner)),
            Some(stands) if *stands == owner => Ok(()),
            Some(stands) => Err(Error::OtherOwner {
                path: self.store.path().to_owned(),
                owner: stands.clone(),
                claimed: owner,
            }),
        }
    }

    /// Records what this run is to change, so that it can be taken back. Once, and before anything else
    /// but [`Session::claim`].
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn begin_run(&mut self, images: BTreeMap<Address, Image>) -> Result<(), Error> {
        if images.is_empty() {
            return Ok(());
        }
        // The serial that the state has when the run is over.
        let number = self.document().serial + 1;
        self.record(Entry::Run(Run { number, command: self.holder.command.clone(), images }))
    }

    /// Records that these calls are about to be sent. All are on disk when this returns, at the
    /// cost of one `fsync`; no call may go out before.
    ///
    /// # Errors
    ///
    /// It cannot be written, or the lock was lost; then none of them is recorded, and none may be
    /// sent.
    pub fn intents(&mut self, intents: &[Intent]) -> Result<(), Error> {
        if intents.is_empty() {
            return Ok(());
        }
        // What was done is still recorded then, if that can be; but nothing more is to be done.
        self.held.check()?;
        self.record(Entry::Intents(intents.to_vec()))
    }

    /// Records that these steps have succeeded, and changes the state accordingly. All are on disk
    /// when this returns, at the cost of one `fsync`.
    ///
    /// # Errors
    ///
    /// It cannot be written. The state in memory is changed even so, because that is how the world
    /// is: [`Session::finish`] may yet bring it to disk.
    pub fn outcomes(&mut self, outcomes: &[Outcome]) -> Result<(), Error> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let entry = Entry::Outcomes(outcomes.to_vec());
        let written = self.append(&entry);
        self.progress.enter(entry);
        written
    }

    /// Records that a step has failed. After a certain failure its intent is settled; if it is
    /// `unclear` whether the call had an effect, a create stays open, and the next plan looks for
    /// what it was to make.
    ///
    /// # Errors
    ///
    /// It cannot be written. A create then stays open on disk, which costs the next plan a look.
    pub fn failed(&mut self, step: StepId, unclear: bool) -> Result<(), Error> {
        let entry = Entry::Failed { step, unclear };
        let written = self.append(&entry);
        self.progress.enter(entry);
        written
    }

    /// Changes the state by hand. It is written by [`Session::finish`].
    pub fn edit(&mut self, change: StateChange) {
        self.progress.change(change);
    }

    /// Gives the state a new key, and tells which. Every fingerprint in it has to be made anew by
    /// [`Session::edit`]; both are written together by [`Session::finish`], or neither. What creates of
    /// whose end nothing is known have sent is known no longer.
    pub fn replace_key(&mut self) -> Key {
        self.progress.document.key = Key::random();
        for open in &mut self.progress.document.state.open {
            open.sent = None;
        }
        self.progress.changed = true;
        self.document().key.clone()
    }

    /// Ends the run: the state file is written if anything has changed, with what it was as its
    /// backup and the serial one higher, the journal is removed, and the lock is let go of.
    ///
    /// # Errors
    ///
    /// The files cannot be written. What is in the journal by then is found there by the next run.
    pub fn finish(mut self) -> Result<Document, Error> {
        self.progress.close();
        let journaled = self.run.is_some();
        let folded = self.run.take().or(self.folded);
        let mut stored = Stored { document: self.progress.document, folded };
        if self.progress.changed {
            stored.document.serial += 1;
            self.held.write(&self.store.text(&stored)?)?;
        }
        if journaled {
            self.held.remove_begun()?;
        }
        Ok(stored.document)
    }

    /// Ends a run that has recorded nothing with `document` in place of the state.
    pub(crate) fn replace(mut self, document: Document) -> Result<(), Error> {
        self.held.write(&self.store.text(&Stored { document, folded: self.folded })?)
    }

    /// Writes `entry` down and takes it in, or does neither.
    fn record(&mut self, entry: Entry) -> Result<(), Error> {
        self.append(&entry)?;
        self.progress.enter(entry);
        Ok(())
    }

    fn append(&mut self, entry: &Entry) -> Result<(), Error> {
        if self.run.is_none() {
            self.run = Some(self.begin()?);
        }
        self.held.append(entry)
    }

    /// Begins the journal, and names the run that it is of. A state that is only in memory is written
    /// before: a journal continues a stored one, and the key under which its fingerprints are made
    /// stands only there.
    fn begin(&mut self) -> Result<String, Error> {
        let document = self.document().clone();
        let run = Uuid::new_v4().to_string();
        let begin = Begin {
            lineage: document.lineage.clone(),
            serial: document.serial,
            run: run.clone(),
            holder: self.holder.clone(),
        };
        if !self.stored {
            self.held.write(&self.store.text(&Stored { document, folded: None })?)?;
            self.stored = true;
        }
        self.held.begin(begin)?;
        Ok(run)
    }
}
