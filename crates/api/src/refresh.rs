//! What is live, as far as somebody asked.

use std::collections::{BTreeMap, BTreeSet};

use model::Kind;
use model::live::{Id, Live, LiveKind, LiveObject, Scope};
use serde_json::Value as Json;
use tokio::task::JoinSet;

use crate::client::Client;
use crate::definitions;
use crate::delivery::Message;
use crate::error::Error;
use crate::kinds::{
    connection_template, connector, oauth_credential, source_template, tag, workspace,
};
use crate::route::Route;
use crate::wire;

impl Client {
    /// Reads what `scope` asks for, with as few requests as that takes (dossier 5.1), all kinds at
    /// once. The organization is identified first, where it is not yet.
    ///
    /// Every object that a request happens to bring is in the answer, wanted or not.
    ///
    /// # Errors
    /// The first of what goes wrong. A part of the organization is never given as the whole.
    pub async fn refresh(&self, scope: &Scope) -> Result<Live, Error> {
        let us = self.identify().await?;
        let us = us.as_deref();
        let read = async |kind: Kind| -> Result<Option<(Kind, LiveKind)>, Error> {
            let Some(wanted) = scope.kinds.get(&kind) else { return Ok(None) };
            let live = match kind {
                Kind::Tag => tag::live(self, us).await?,
                Kind::SourceTemplate => source_template::live(self, wanted, us).await?,
                Kind::ConnectionTemplate => connection_template::live(self, us).await?,
                Kind::OAuthCredential => oauth_credential::live(wanted),
                Kind::Workspace => workspace::live(self, wanted, us).await?,
                // They are read with their workspaces.
                Kind::Connector => return Ok(None),
            };
            Ok(Some((kind, live)))
        };
        let placed = async || match scope.kinds.get(&Kind::Connector) {
            Some(_) => connector::placed(self, us).await,
            None => Ok(None),
        };
        let customers = async || -> Result<_, Error> {
            let (workspaces, placed) = tokio::try_join!(read(Kind::Workspace), placed())?;
            let Some(wanted) = scope.kinds.get(&Kind::Connector) else {
                return Ok((workspaces, None));
            };
            let near = workspaces.as_ref().map(|(_, live)| near(scope, live)).unwrap_or_default();
            let connectors = connector::live(self, wanted, placed, &near).await?;
            Ok((workspaces, Some((Kind::Connector, connectors))))
        };
        let (tags, sources, connections, apps, (workspaces, connectors), facts) = tokio::try_join!(
            read(Kind::Tag),
            read(Kind::SourceTemplate),
            read(Kind::ConnectionTemplate),
            read(Kind::OAuthCredential),
            customers(),
            definitions::facts(self, scope),
        )?;
        let kinds = [tags, sources, connections, apps, workspaces, connectors];
        Ok(Live { kinds: kinds.into_iter().flatten().collect(), facts })
    }
}

/// The live workspaces that are wanted, and not only happened to be read.
fn near(scope: &Scope, live: &LiveKind) -> BTreeSet<Id> {
    let Some(wanted) = scope.kinds.get(&Kind::Workspace) else { return BTreeSet::new() };
    let wanted = live.objects.iter().filter(|(id, workspace)| {
        let is_named = wanted.ids.contains(id) || wanted.names.contains(&workspace.name);
        workspace.ours && (wanted.all || is_named)
    });
    wanted.map(|(id, _)| id.clone()).collect()
}

/// Reads a list without pages; `read` reads an item.
pub(crate) async fn list(
    client: &Client,
    message: Message,
    read: impl Fn(Json) -> Option<(Id, LiveObject)>,
) -> Result<BTreeMap<Id, LiveObject>, Error> {
    let request = message.request();
    let answer = client.call(message).await?;
    // An item that cannot be read would be taken for one that does not stand.
    let objects = wire::items(answer).and_then(|items| items.into_iter().map(read).collect());
    objects.ok_or(Error::Unreadable {
        request,
        cause: "it is no list of objects with ids".to_owned(),
        unclear: false,
    })
}

/// Reads one object by id; none where it is not there.
pub(crate) async fn get(client: &Client, route: Route, id: &Id) -> Result<Option<Json>, Error> {
    match client.call(Message::new(route).at(&id.0)).await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.status() == Some(404) => Ok(None),
        Err(error) => Err(error),
    }
}

/// How many tasks there are at once for each request that the client may have under way: enough that one
/// is always ready, and few enough that those that wait take no room.
const AHEAD: usize = 4;

/// Does something for each item, all at once as far as the client's limit lets it, in no order.
pub(crate) async fn concurrently<I, T, F>(
    client: &Client,
    items: impl IntoIterator<Item = I>,
    ask: impl Fn(Client, I) -> F,
) -> Result<Vec<T>, Error>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    let mut tasks: JoinSet<Result<T, Error>> = JoinSet::new();
    let mut items = items.into_iter();
    let most = client.concurrency().saturating_mul(AHEAD);
    for item in items.by_ref().take(most) {
        tasks.spawn(ask(client.clone(), item));
    }
    let mut answers = Vec::with_capacity(items.size_hint().0 + tasks.len());
    while let Some(task) = tasks.join_next().await {
        if let Some(item) = items.next() {
            tasks.spawn(ask(client.clone(), item));
        }
        match task {
            Ok(answer) => answers.push(answer?),
            Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
            // Nobody cancels one of these; where it happens, the runtime is going down.
            Err(cancelled) => {
                return Err(Error::Unanswered {
                    request: "GET".to_owned(),
                    cause: cancelled.to_string(),
                    unclear: false,
                });
            }
        }
    }
    Ok(answers)
}
