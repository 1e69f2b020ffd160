//! Guards by argument.

use clap::Args;
use model::guard::{Guard, Guards, Limit, Pattern, Rule, RuleName};
use model::moment::Moment;

/// What the plan may not do, beside what the guards of the manifest say.
#[derive(Debug, Args)]
#[command(next_help_heading = "Guards")]
pub(crate) struct GuardArgs {
    /// Block a plan that deletes more than N, or N%, of the managed resources of a kind
    #[arg(long, value_name = "N[%]", value_parser = limit)]
    pub(crate) max_deletes: Option<Limit>,

    /// Block a plan that replaces more than N, or N%, of a kind
    #[arg(long, value_name = "N[%]", value_parser = limit)]
    pub(crate) max_replaces: Option<Limit>,

    /// Block a plan that makes, changes, replaces or deletes more than N, or N%, of a kind
    #[arg(long, value_name = "N[%]", value_parser = limit)]
    pub(crate) max_changes: Option<Limit>,

    /// Block a plan that changes what has such an address; `*` stands for any text
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) protect: Vec<String>,

    /// Block a plan that makes or changes a template without this tag, by its logical name
    #[arg(long, value_name = "TAG", value_parser = tag)]
    pub(crate) require_tag: Vec<model::Address>,

    /// Block a plan that makes or changes what is not called so; `*` stands for any text
    #[arg(long, value_name = "PATTERN")]
    pub(crate) require_name: Option<String>,

    /// Block every change from one moment until another, such as 2026-12-18/2027-01-05
    #[arg(long, value_name = "FROM/UNTIL", value_parser = freeze)]
    pub(crate) freeze: Option<(Moment, Moment)>,

    /// Plan although this guard is against it; the plan says so
    ///
    /// The guard that always stands is called too-many-gone.
    #[arg(long, value_name = "NAME")]
    pub(crate) override_guard: Vec<String>,

    /// What time it is to the guards [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) guard_time: Option<Moment>,
}

impl GuardArgs {
    /// What of them has to be asked again when a saved plan is carried out, from the words that it was
    /// asked for with: freezes, and what was overridden. A time that was given was for that plan.
    pub(crate) fn again(words: &[String]) -> Option<GuardArgs> {
        #[derive(clap::Parser)]
        struct Words {
            #[command(flatten)]
            guards: GuardArgs,
        }
        let asked = words.iter().filter(|word| {
            ["--freeze=", "--override-guard="].iter().any(|option| word.starts_with(option))
        });
        let words = std::iter::once("airform").chain(asked.map(String::as_str));
        Some(<Words as clap::Parser>::try_parse_from(words).ok()?.guards)
    }

    /// The options as they would be written, without those that were not given.
    pub(crate) fn words(&self) -> Vec<String> {
        let GuardArgs {
            max_deletes,
            max_replaces,
            max_changes,
            protect,
            require_tag,
            require_name,
            freeze,
            override_guard,
            guard_time,
        } = self;
        let limit = |flag: &str, limit: &Option<Limit>| {
            limit.map(|limit| match limit {
                Limit::Count(most) => format!("{flag}={most}"),
                Limit::Percent(percent) => format!("{flag}={percent}%"),
            })
        };
        let mut words: Vec<String> = [
            limit("--max-deletes", max_deletes),
            limit("--max-replaces", max_replaces),
            limit("--max-changes", max_changes),
        ]
        .into_iter()
        .flatten()
        .collect();
        words.extend(protect.iter().map(|pattern| format!("--protect={pattern}")));
        words.extend(
            require_tag.iter().map(|tag| format!("--require-tag={}", tag.within_section())),
        );
        words.extend(require_name.iter().map(|pattern| format!("--require-name={pattern}")));
        words.extend(
            freeze.map(|(from, until)| format!("--freeze={}/{}", from.written(), until.written())),
        );
        words.extend(override_guard.iter().map(|name| format!("--override-guard={name}")));
        words.extend(guard_time.map(|moment| format!("--guard-time={}", moment.written())));
        words
    }

    /// The guards that are asked for, each by the argument that asks for it.
    pub(crate) fn guards(&self) -> Guards {
        let GuardArgs {
            max_deletes,
            max_replaces,
            max_changes,
            protect,
            require_tag,
            require_name,
            freeze,
            override_guard: _,
            guard_time: _,
        } = self;
        let most = |limit: &Option<Limit>| limit.map(|limit| Rule::Most { limit, from: 0 });
        let patterns = protect.iter().cloned().map(Pattern).collect();
        let tags = require_tag.iter().cloned().collect();
        [
            ("--max-deletes", RuleName::MaxDeletes, most(max_deletes)),
            ("--max-replaces", RuleName::MaxReplaces, most(max_replaces)),
            ("--max-changes", RuleName::MaxChanges, most(max_changes)),
            (
                "--protect",
                RuleName::Protect,
                (!protect.is_empty()).then_some(Rule::Protect(patterns)),
            ),
            (
                "--require-tag",
                RuleName::RequireTags,
                (!require_tag.is_empty()).then_some(Rule::Tags(tags)),
            ),
            (
                "--require-name",
                RuleName::RequireName,
                require_name.clone().map(|pattern| Rule::Name(Pattern(pattern))),
            ),
            (
                "--freeze",
                RuleName::Freeze,
                freeze.map(|(from, until)| Rule::Freeze { from, until }),
            ),
        ]
        .into_iter()
        .filter_map(|(flag, name, rule)| Some((flag.to_owned(), Guard::of(name, rule?))))
        .collect()
    }
}

fn limit(text: &str) -> Result<Limit, String> {
    Limit::parse(text).ok_or_else(|| "a number, or a share such as 30%".to_owned())
}

fn tag(text: &str) -> Result<model::Address, String> {
    model::Address::parse_within(model::Kind::Tag, text)
        .ok_or_else(|| "the logical name of a tag".to_owned())
}

fn moment(text: &str) -> Result<Moment, String> {
    Moment::parse(text).ok_or_else(|| {
        "a date such as 2026-12-18, or a moment such as 2026-12-18T16:00Z".to_owned()
    })
}

fn freeze(text: &str) -> Result<(Moment, Moment), String> {
    let (from, until) = text.split_once('/').ok_or("two moments, with a / between them")?;
    let (from, until) = (moment(from)?, moment(until)?);
    if from < until { Ok((from, until)) } else { Err("it ends before it begins".to_owned()) }
}
