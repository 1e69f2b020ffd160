//! Creates whose answer was lost: made once, whatever happens.
//!
//! No create has an idempotency key, and names are not unique (dossier 11). What helps is that
//! whoever asks knows that nothing of ours stands under the name: an object that stands there after
//! a create of unknown end is what it made.

use std::pin::Pin;

use model::Kind;
use model::live::Id;

use crate::client::Client;
use crate::error::Error;
use crate::step::Outcome;

/// How often it is looked for. A gateway may give up on a create that the service is still busy
/// with, so one look right after is not enough to say that it came to nothing.
const LOOKS: u32 = 2;

/// A try at something, to be waited for by any thread. It is boxed because that cannot be said yet
/// of the future of an async closure.
pub(crate) type Attempt<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

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
pub(crate) async fn settle<'a>(
    client: &Client,
    kind: Kind,
    name: &str,
    create: impl Fn() -> Attempt<'a, Outcome>,
    find: impl Fn() -> Attempt<'a, Vec<Id>>,
) -> Result<Settled, Error> {
    let lost = match create().await {
        Ok(outcome) => return Ok(Settled::Made(outcome)),
        Err(error) if !error.is_unclear() => return Err(error),
        Err(error) => error,
    };
    if let Some(id) = look(client, kind, name, &find, &lost).await? {
        return Ok(Settled::Found(id));
    }
    let lost = match create().await {
        Ok(outcome) => {
            // The first one may have been on its way still. Where nobody can tell now, the next
            // plan will.
            let ids = find().await.unwrap_or_default();
            one_of(kind, name, ids)?;
            return Ok(Settled::Made(outcome));
        }
        // The first one made it after all, and only now does it show.
        Err(error) if error.says_already() => lost,
        Err(error) if !error.is_unclear() => return Err(error),
        Err(error) => error,
    };
    look(client, kind, name, &find, &lost).await?.map(Settled::Found).ok_or(lost)
}

/// Looks for what a create has made whose answer was `lost`.
///
/// # Errors
/// Several stand there, or even looking fails: then the loss is what there is to say.
async fn look<'a>(
    client: &Client,
    kind: Kind,
    name: &str,
    find: &impl Fn() -> Attempt<'a, Vec<Id>>,
    lost: &Error,
) -> Result<Option<Id>, Error> {
    for look in 1..=LOOKS {
        client.wait_after(look).await;
        let ids = find().await.map_err(|_| lost.clone())?;
        if let Some(id) = one_of(kind, name, ids)? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn one_of(kind: Kind, name: &str, mut ids: Vec<Id>) -> Result<Option<Id>, Error> {
    if ids.len() > 1 {
        return Err(Error::Several { kind, name: name.to_owned(), ids });
    }
    Ok(ids.pop())
}
