//! Which connector definition somebody means (dossier 3.8).

use std::collections::{BTreeMap, BTreeSet};

use model::kind::Side;
use model::live::{Definition, DefinitionAnswer, DefinitionQuery, Facts, Scope};
use model::spec::Spec;
use serde_json::Value as Json;

use crate::client::Client;
use crate::delivery::Message;
use crate::error::Error;
use crate::refresh::concurrently;
use crate::route::Route;
use crate::wire;
use crate::wire::definition as listed;

/// How many names a message can offer and still be read.
const MOST_SIMILAR: usize = 5;

type Answers = BTreeMap<DefinitionQuery, DefinitionAnswer>;

/// What `scope` wants to know of definitions.
pub(crate) async fn facts(client: &Client, scope: &Scope) -> Result<Facts, Error> {
    let definitions = look_up(client, &scope.definitions).await?;
    let wanted: BTreeSet<(Side, String)> = scope
        .specs
        .iter()
        .filter_map(|query| match definitions.get(query)? {
            DefinitionAnswer::Found(definition) => Some((query.side, definition.id.clone())),
            DefinitionAnswer::Unknown { .. } | DefinitionAnswer::Ambiguous(_) => None,
        })
        .collect();
    let read = concurrently(client, wanted, |client, (side, id)| async move {
        let spec = spec(&client, side, &id).await?;
        Ok(spec.map(|spec| (id, spec)))
    });
    Ok(Facts { definitions, specs: read.await?.into_iter().flatten().collect() })
}

/// The specification of a definition. None where the service does not tell it: a plan can do
/// without, and a definition that does not exist is refused where it is used.
async fn spec(client: &Client, side: Side, id: &str) -> Result<Option<Spec>, Error> {
    let route = match side {
        Side::Source => Route::GetSourceDefinition,
        Side::Destination => Route::GetDestinationDefinition,
    };
    match client.call(Message::new(route).at(id)).await {
        Ok(answer) => Ok(listed::specification(answer).map(Spec::new)),
        Err(error) if matches!(error.status(), Some(400 | 403..=405 | 422)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Answers every query, with at most one list per side; one more where nothing like the only name
/// was found, to have something to suggest.
async fn look_up(client: &Client, queries: &BTreeSet<DefinitionQuery>) -> Result<Answers, Error> {
    let mut answers = Answers::new();
    let (mut sources, mut destinations) = (Vec::new(), Vec::new());
    for query in queries {
        if is_uuid(&query.text) {
            // It needs no look-up, and a wrong one is refused where it is used.
            let id = query.text.to_ascii_lowercase();
            let found = DefinitionAnswer::Found(Definition { name: id.clone(), id });
            answers.insert(query.clone(), found);
        } else {
            match query.side {
                Side::Source => sources.push(query),
                Side::Destination => destinations.push(query),
            }
        }
    }
    let (sources, destinations) =
        tokio::try_join!(sources_of(client, &sources), destinations_of(client, &destinations))?;
    answers.extend(sources);
    answers.extend(destinations);
    Ok(answers)
}

impl Client {
    /// Every connector definition there is, by side: two requests, and long answers.
    ///
    /// # Errors
    /// A list cannot be had.
    pub async fn definitions(&self) -> Result<BTreeMap<Side, BTreeSet<Definition>>, Error> {
        let whole = async |side, route, read| -> Result<_, Error> {
            let all = list(self, Message::new(route), read).await?;
            let all = all
                .into_iter()
                .map(|listed::Definition { id, name, repository: _ }| Definition { id, name });
            Ok((side, all.collect()))
        };
        let (sources, destinations) = tokio::try_join!(
            whole(Side::Source, Route::ListSourceDefinitions, listed::source),
            whole(Side::Destination, Route::ListDestinationDefinitions, listed::destination),
        )?;
        Ok([sources, destinations].into())
    }
}

async fn sources_of(client: &Client, queries: &[&DefinitionQuery]) -> Result<Answers, Error> {
    // The service can look for one part of a name. A repository is no name.
    if let [only] = queries
        && !only.text.contains('/')
    {
        let message = Message::new(Route::ListSourceDefinitions).query("name", &only.text);
        let like_it = list(client, message, listed::source).await?;
        let answer = answer(&only.text, &like_it);
        if !matches!(answer, DefinitionAnswer::Unknown { .. }) {
            return Ok(Answers::from([((*only).clone(), answer)]));
        }
    }
    if queries.is_empty() {
        return Ok(Answers::new());
    }
    let all = list(client, Message::new(Route::ListSourceDefinitions), listed::source).await?;
    Ok(queries.iter().map(|&query| (query.clone(), answer(&query.text, &all))).collect())
}

async fn destinations_of(client: &Client, queries: &[&DefinitionQuery]) -> Result<Answers, Error> {
    if queries.is_empty() {
        return Ok(Answers::new());
    }
    let message = Message::new(Route::ListDestinationDefinitions);
    let all = list(client, message, listed::destination).await?;
    Ok(queries.iter().map(|&query| (query.clone(), answer(&query.text, &all))).collect())
}

async fn list(
    client: &Client,
    message: Message,
    read: fn(Json) -> Option<listed::Definition>,
) -> Result<Vec<listed::Definition>, Error> {
    let request = message.request();
    let answer = client.call(message).await?;
    // One without an id or name could not be meant, so it is no reason to fail.
    let found = wire::items(answer).map(|items| items.into_iter().filter_map(read).collect());
    found.ok_or(Error::Unreadable {
        request,
        cause: "it is no list of definitions".to_owned(),
        unclear: false,
    })
}

/// What `text` stands for among `definitions`: a display name in any case, or a repository.
fn answer(text: &str, definitions: &[listed::Definition]) -> DefinitionAnswer {
    let lower = text.to_lowercase();
    let named = |definition: &&listed::Definition| definition.name.to_lowercase() == lower;
    let kept = |definition: &&listed::Definition| {
        definition.repository.as_deref().map(untagged) == Some(untagged(text))
    };
    let mut found: Vec<_> = definitions.iter().filter(named).collect();
    if found.is_empty() {
        found = definitions.iter().filter(kept).collect();
    }
    // A list that names one definition twice does not make it two.
    let found: BTreeSet<Definition> = found
        .into_iter()
        .map(|found| Definition { id: found.id.clone(), name: found.name.clone() })
        .collect();
    let ids: BTreeSet<&str> = found.iter().map(|definition| definition.id.as_str()).collect();
    match (found.first(), ids.len()) {
        (None, _) => DefinitionAnswer::Unknown { similar: similar(&lower, definitions) },
        (Some(found), 1) => DefinitionAnswer::Found(found.clone()),
        (Some(_), _) => DefinitionAnswer::Ambiguous(found.into_iter().collect()),
    }
}

/// A repository without the tag of an image in it.
fn untagged(repository: &str) -> &str {
    repository.split(':').next().unwrap_or_default()
}

/// Names that hold the text, that the text holds, or that begin alike; nearest in length first.
fn similar(text: &str, definitions: &[listed::Definition]) -> Vec<String> {
    let text = text.rsplit_once('/').map_or(text, |(_, name)| name);
    let text = text.trim_start_matches("source-").trim_start_matches("destination-");
    let start: String = text.chars().take(3).collect();
    let mut found: Vec<&str> = definitions
        .iter()
        .map(|definition| definition.name.as_str())
        .filter(|name| {
            let name = name.to_lowercase();
            let one_holds_the_other = name.contains(text) || text.contains(&name);
            !text.is_empty() && (one_holds_the_other || name.starts_with(&start))
        })
        .collect();
    found.sort_by_key(|name| (name.len().abs_diff(text.len()), *name));
    found.dedup();
    found.into_iter().take(MOST_SIMILAR).map(str::to_owned).collect()
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFINITIONS: &[(&str, &str, &str)] = &[
        ("1", "GitHub", "airbyte/source-github"),
        ("2", "GitLab", "airbyte/source-gitlab"),
        ("3", "Gitea", "acme/source-gitea:1.2"),
        ("4", "Twin", "a/twin"),
        ("5", "twin", "b/twin"),
        ("1", "GitHub", "airbyte/source-github"),
    ];

    #[track_caller]
    fn check(text: &str, expected: Result<&str, &[&str]>) {
        let definitions: Vec<_> = DEFINITIONS
            .iter()
            .map(|&(id, name, repository)| listed::Definition {
                id: id.to_owned(),
                name: name.to_owned(),
                repository: Some(repository.to_owned()),
            })
            .collect();
        match (answer(text, &definitions), expected) {
            (DefinitionAnswer::Found(found), Ok(id)) => assert_eq!(found.id, id),
            (DefinitionAnswer::Unknown { similar }, Err(names)) => assert_eq!(similar, names),
            (DefinitionAnswer::Ambiguous(found), Err(ids)) => {
                let found: Vec<_> = found.iter().map(|found| found.id.as_str()).collect();
                assert_eq!(found, ids);
            }
            (other, _) => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_definition_is_called_by_name_or_repository() {
        check("GitHub", Ok("1"));
        check("github", Ok("1"));
        check("airbyte/source-github", Ok("1"));
        check("airbyte/source-github:3.1.4", Ok("1"));
        check("acme/source-gitea", Ok("3"));
        check("TWIN", Err(&["4", "5"]));
        check("b/twin", Ok("5"));
        check("git", Err(&["Gitea", "GitHub", "GitLab"]));
        check("GitHub Enterprise", Err(&["GitHub", "GitLab", "Gitea"]));
        check("airbyte/source-githab", Err(&["GitHub", "GitLab", "Gitea"]));
        check("Snowflake", Err(&[]));
        check("", Err(&[]));
    }

    #[test]
    fn uuids_are_recognized() {
        for (text, is) in [
            ("ef69ef6e-aa7f-4af1-a01d-ef775033524e", true),
            ("EF69EF6E-AA7F-4AF1-A01D-EF775033524E", true),
            ("ef69ef6e-aa7f-4af1-a01d-ef775033524", false),
            ("ef69ef6eaa7f4af1a01def775033524e0000", false),
            ("gf69ef6e-aa7f-4af1-a01d-ef775033524e", false),
        ] {
            assert_eq!(is_uuid(text), is, "{text}");
        }
    }
}
