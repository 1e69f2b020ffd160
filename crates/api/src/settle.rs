//! Creates whose answer was lost: made once, whatever happens.
//!
//! No create has an idempotency key, and names are not unique (dossier 11). What helps is that
//! whoever asks knows that nothing of ours stands under the name: an object that stands there after
//! a create of unknown end is what it made.

use model::Kind;
use model::live::Id;

use crate::client::Client;
use crate::error::Error;
use crate::step::Outcome;

/// How often it is looked for. A gateway may give up on a create that the service is still busy
/// with, so one look right after is not enough to say that it came to nothing.
const LOOKS: u32 = 2;
/// How often it is created at most.
const CREATES: u32 = 2;

/// How a create ended.
pub(crate) enum Settled {
    /// It was answered.
    Made(Outcome),
    /// Its answer was lost, and this is what it made.
    Found(Id),
}

/// Creates something by `create`. Where nobody knows what came of it, `find` lists what stands under
/// the name and could be it: one is it; where there is none, it is created once more.
///
/// # Errors
/// The create was refused; nobody knows what came of it, and it cannot be found out; or several
/// stand there.
pub(crate) async fn settle(
    client: &Client,
    kind: Kind,
    name: &str,
    create: impl AsyncFn() -> Result<Outcome, Error>,
    find: impl AsyncFn() -> Result<Vec<Id>, Error>,
) -> Result<Settled, Error> {
    let mut creates = 1;
    loop {
        let error = match create().await {
            Ok(outcome) => return Ok(Settled::Made(outcome)),
            // The first one may have made it after all, and only now does it show.
            Err(error) if creates > 1 && error.says_already() => error,
            Err(error) if !error.is_unclear() => return Err(error),
            Err(error) => error,
        };
        for look in 1..=LOOKS {
            client.wait_after(look).await;
            // Where even looking fails, what came of the create is what there is to say.
            let Ok(mut ids) = find().await else { return Err(error) };
            match (ids.pop(), ids.is_empty()) {
                (None, _) => {}
                (Some(id), true) => return Ok(Settled::Found(id)),
                (Some(id), false) => {
                    ids.push(id);
                    return Err(Error::Several { kind, name: name.to_owned(), ids });
                }
            }
        }
        if creates == CREATES {
            return Err(error);
        }
        creates += 1;
    }
}
