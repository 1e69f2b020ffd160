//! `airform token`.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Read};

use api::{Minted, Widget};
use model::live::{Id, Scope, Wanted};
use model::state::State;
use model::token::{TagFilter, WidgetProfile};
use model::{Address, Kind};
use secrecy::{ExposeSecret, SecretString};

use super::declared::{self, Declared};
use super::target::Target;
use super::{Context, decide, runtime};
use crate::args::{TokenArgs, TokenCommand, TokenVerb};
use crate::exit::Exit;
use crate::report::Failure;
use crate::views;
use crate::views::style::{plain, quoted};

/// The longest text that is taken for a token, in bytes.
const LONGEST_TOKEN: u64 = 64 * 1024;

/// Mints a token, or reads one.
pub(crate) fn run(command: TokenCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    match command.command {
        TokenVerb::Scoped { token, workspace } => give(&token, context, async |world| {
            let (id, called) = world.workspace(&workspace).await?;
            standing(world.target.client.mint_scoped(&id).await?, &called)
        }),
        TokenVerb::Widget { token, profile, workspace } => give(&token, context, async |world| {
            let (id, called, widget) = world.widget(&profile, workspace.as_deref()).await?;
            standing(world.target.client.mint_widget(&id, &widget).await?, &called)
        }),
        TokenVerb::Operator { token } => give(&token, context, async |world| {
            let token = world.target.client.operator_token().await?;
            Ok(Given { token, workspace_name: None })
        }),
        TokenVerb::Inspect { json } => inspect(json, context),
    }
}

/// A token to give out.
struct Given {
    token: SecretString,
    workspace_name: Option<String>,
}

/// What a token is asked for over.
struct World<'a> {
    declared: &'a Declared,
    target: &'a Target,
    state: State,
}

/// Gets a token and prints it: alone, so that a script can take it.
fn give(
    arguments: &TokenArgs,
    context: &mut Context<'_>,
    get: impl AsyncFnOnce(&World<'_>) -> Result<Given, Failure>,
) -> Result<Exit, Failure> {
    let TokenArgs { manifest, target, json } = arguments;
    let env = decide::seen_env(target.sandbox, &context.env);
    let declared = declared::read(manifest, &env, context)?;
    let target = Target::open(target, &declared, context)?;
    let state = target.store.load()?.document.state;
    let given = runtime()?.block_on(async {
        target.owner(&state).await?;
        get(&World { declared: &declared, target: &target, state }).await
    });
    target.keep()?;
    let Given { token, workspace_name } = given?;
    if context.streams.is_seen {
        context.streams.remark(views::token::WARNING);
    }
    let facts = api::inspect(&token);
    let text = token.expose_secret();
    context.streams.say(match json {
        true => views::token::json(facts.as_ref(), Some(text), workspace_name.as_deref()),
        false => plain(text),
    });
    Ok(Exit::Done)
}

fn standing(minted: Option<Minted>, called: &str) -> Result<Given, Failure> {
    let Some(Minted { token, workspace_name }) = minted else {
        return Err(Failure::error(format!("the workspace {called} is gone"))
            .help("airform plan shows what became of it"));
    };
    Ok(Given { token, workspace_name: Some(workspace_name) })
}

impl World<'_> {
    /// The workspace that `name` stands for, and what to call it: the declared one of that logical
    /// name, or else the live one that is called so. Only one that stands is given a token, as
    /// minting would make it otherwise (dossier 7.1).
    async fn workspace(&self, name: &str) -> Result<(Id, String), Failure> {
        let address = Address::parse_within(Kind::Workspace, name)
            .unwrap_or_else(|| Address::new(Kind::Workspace, name));
        let desired = &self.declared.desired;
        if let Some(record) = self.state.records.get(&address) {
            return Ok((record.id.clone(), format!("{address} ({})", record.id)));
        }
        let declared = desired.natural_name(&address);
        let wanted = declared.unwrap_or(name);
        let names = [wanted.to_owned()].into();
        let kinds = BTreeMap::from([(Kind::Workspace, Wanted { names, ..Wanted::default() })]);
        let live = self.target.client.refresh(&Scope { kinds, ..Scope::default() }).await?;
        let workspaces = live.kinds.get(&Kind::Workspace).into_iter();
        let found: Vec<&Id> = workspaces
            .flat_map(|kind| &kind.objects)
            .filter(|(_, object)| object.ours && object.name == wanted)
            .map(|(id, _)| id)
            .collect();
        match (found.as_slice(), declared) {
            ([id], _) => Ok(((*id).clone(), quoted(wanted))),
            ([], Some(_)) => Err(Failure::error(format!("{address} does not stand yet"))
                .help("airform apply makes it; tokens are for workspaces that stand")),
            ([], None) => Err(Failure::error(format!(
                "no workspace {} is declared, and none that is live is called so",
                quoted(name)
            ))
            .help("a token for it would make it, and a misspelt name a new customer: declare it first")),
            (several, _) => {
                let ids: Vec<String> = several.iter().map(|id| plain(&id.0)).collect();
                Err(Failure::error(format!(
                    "{} workspaces are called {}: {}",
                    several.len(),
                    quoted(wanted),
                    ids.join(", ")
                ))
                .help("rename or delete all but one of them"))
            }
        }
    }

    /// What the profile `name` says, with tags by what they are called in the organization.
    async fn widget(
        &self,
        name: &str,
        workspace: Option<&str>,
    ) -> Result<(Id, String, Widget), Failure> {
        let profiles = &self.declared.desired.widget_tokens;
        let Some(profile) = profiles.get(name) else {
            let known: Vec<&str> = profiles.keys().map(String::as_str).collect();
            let failure =
                Failure::error(format!("no profile {} under `widget_tokens:`", quoted(name)));
            return Err(match known.as_slice() {
                [] => failure.help("declare it: `widget_tokens: {NAME: {origin: https://…}}`"),
                known => failure.help(format!("there are {}", known.join(", "))),
            });
        };
        let WidgetProfile {
            span: _,
            origin,
            workspace: of_profile,
            source_templates,
            connection_templates,
        } = profile;
        let of_profile = of_profile.as_ref().map(Address::within_section);
        let workspace = workspace.or(of_profile.as_deref()).ok_or_else(|| {
            Failure::usage(format!("the profile {} is of no workspace", quoted(name)))
                .help("say which: --workspace NAME")
        })?;
        let widget = Widget {
            origin: origin.clone(),
            source_templates: self.called(source_templates),
            connection_templates: self.called(connection_templates),
        };
        let (id, called) = self.workspace(workspace).await?;
        Ok((id, called, widget))
    }

    /// A tag that is remembered goes by its name there: a new one in the manifest may not be applied.
    fn called(&self, filter: &TagFilter<Address>) -> TagFilter<String> {
        let TagFilter { tags, mode } = filter;
        let name = |tag: &Address| {
            let remembered = self.state.records.get(tag).map(|record| record.name.as_str());
            let declared = self.declared.desired.natural_name(tag);
            remembered.or(declared).unwrap_or(tag.name()).to_owned()
        };
        TagFilter { tags: tags.iter().map(name).collect(), mode: *mode }
    }
}

/// Says what a token says of itself, and never the token.
fn inspect(json: bool, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        context.streams.remark("Paste the token, then Enter and Ctrl-D.");
    }
    let mut text = String::new();
    // An error could quote what was read.
    let failed = || Failure::error("standard input holds no token that can be read");
    stdin.take(LONGEST_TOKEN).read_to_string(&mut text).map_err(|_| failed())?;
    let facts = api::inspect(&SecretString::from(text.trim())).ok_or_else(failed)?;
    context.streams.say(match json {
        true => views::token::json(Some(&facts), None, None),
        false => views::token::facts(&facts),
    });
    Ok(Exit::Done)
}
