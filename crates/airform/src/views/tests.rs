//! Every view over one set of plans.

mod plans;

use std::collections::BTreeSet;

use model::Path;
use model::plan::{Action, Plan, StepId};

use self::plans::plans;
use super::plan::Look;
use super::style::{bare, is_invisible};
use super::{code, graph, html, json, markdown, plan};

/// A long text by its beginning and its end.
fn abridged(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    match (lines.get(..60), lines.get(lines.len().saturating_sub(30)..)) {
        (Some(head), Some(tail)) if lines.len() > 120 => {
            let left = lines.len() - head.len() - tail.len();
            format!("{}\n[… {left} lines]\n{}", head.join("\n"), tail.join("\n"))
        }
        _ => text.to_owned(),
    }
}

/// A page without what is the same in every page.
fn page(plan: &Plan) -> String {
    let page = html::render(plan);
    let (_, page) = page.split_once("</style>").unwrap();
    let (page, _) = page.split_once("<script>").unwrap();
    page.to_owned()
}

/// What each view makes of a plan. Of the terminal's both widths that people have, and what a pipe gets.
fn views(plan: &Plan) -> Vec<(&'static str, String)> {
    let narrow = plan::render(plan, Look { full: false, width: Some(80) });
    let (narrow, remarks) = (bare(&narrow), bare(&plan::remarks(plan).join("\n")));
    let drawing = graph::of_plan(plan, false);
    vec![
        ("terminal", format!("{remarks}\n---\n{narrow}")),
        ("json", json::text(&json::document(plan, None), true)),
        ("markdown", markdown::render(plan)),
        ("html", page(plan)),
        (
            "graph",
            format!(
                "{}\n\n{}\n{}",
                graph::dot(&drawing),
                graph::mermaid(&drawing),
                graph::svg(&drawing)
            ),
        ),
    ]
}

#[test]
fn every_view_of_every_plan() {
    for (name, plan) in plans() {
        for (view, text) in views(&plan) {
            insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
                insta::assert_snapshot!(format!("{name}.{view}"), abridged(&text));
            });
        }
    }
}

#[test]
fn a_plan_is_what_its_schema_says() {
    let schema = jsonschema::validator_for(&json::schema()).unwrap();
    for (name, plan) in plans() {
        let events = events(&plan);
        let texts = events.iter().map(|event| json::text(event, false));
        for text in texts.chain([json::text(&json::document(&plan, None), true)]) {
            let value = serde_json::from_str(&text).unwrap();
            let complaints: Vec<String> =
                schema.iter_errors(&value).map(|error| error.to_string()).collect();
            assert_eq!(complaints, [""; 0], "{name}");
        }
    }
    let wrong = [
        serde_json::json!({"format_version": 1, "changes": "many"}),
        serde_json::json!({"event": "done", "step": 1}),
        serde_json::json!({"event": "throttled", "seconds": "a few", "progress": null}),
        serde_json::json!({"event": "unheard-of"}),
    ];
    for wrong in wrong {
        assert!(!schema.is_valid(&wrong), "{wrong}");
    }
}

/// Every event that there is. Those about a step are about the first one of `plan`, where it has one.
fn events(plan: &Plan) -> Vec<json::Event> {
    use model::event::Event;
    let step = StepId(0);
    let standing = json::Standing { running: 1, ended: 2, left: 3 };
    let walk = [
        Event::Started { step },
        Event::Done { step },
        Event::Differs { step, paths: vec![Path::attribute("name")] },
        Event::Failed { step, message: "no".to_owned() },
        Event::Skipped { step, because: step },
        Event::Cancelled { step },
    ];
    let of_steps = walk.iter().filter_map(|event| json::Event::of(event, plan, standing));
    let mut events: Vec<json::Event> = of_steps.collect();
    assert_eq!(events.len(), if plan.steps.is_empty() { 0 } else { walk.len() });
    events.push(json::Event::planned(plan));
    events.push(json::Event::Throttled { seconds: 3, progress: Some(standing) });
    events.push(json::Event::Throttled { seconds: 3, progress: None });
    events.push(json::Event::ended(plan, 0, false));
    events
}

/// The plans are all that a plan can be: no action, no reason for one and nothing that stands in its way
/// goes without being looked at in every view.
#[test]
fn the_plans_have_every_action_reason_and_blocker() {
    let plans = plans();
    assert_eq!(plans.len(), 12);
    let changes = || plans.iter().flat_map(|(_, plan)| plan.changes.values());
    let actions: BTreeSet<Action> = changes().map(|change| change.action).collect();
    assert_eq!(actions.len(), 8, "{actions:?}");
    let explained = |family: &str| -> BTreeSet<&str> {
        crate::explain::all()
            .map(|(code, _)| code)
            .filter(|code| code.starts_with(family))
            .collect()
    };
    let reasons: BTreeSet<&str> = changes().map(|change| code::of_reason(&change.reason)).collect();
    assert_eq!(reasons, explained("reason:"));
    let blockers = plans.iter().flat_map(|(_, plan)| &plan.blockers);
    let causes: BTreeSet<&str> = blockers.map(|blocker| code::of_blocker(&blocker.cause)).collect();
    assert_eq!(causes, explained("plan:"));
}

#[test]
fn the_schema_is_up_to_date() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/plan.schema.json");
    let generated = format!("{:#}\n", json::schema());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, generated, "run the test with UPDATE=1 and look at the difference");
}

#[test]
fn a_comment_is_never_too_long() {
    for (name, plan) in plans() {
        let text = markdown::render(&plan);
        assert!(text.len() <= 60_000, "{name}: {} bytes", text.len());
        assert!(text.starts_with(markdown::MARKER), "{name}");
    }
}

#[test]
fn what_destroys_something_is_never_folded_in_a_comment() {
    let plan = plans::deleting(300);
    let text = markdown::render(&plan);
    for address in plan.changes.keys() {
        let key = address.key().unwrap();
        assert!(text.contains(key), "{address}");
    }
    // Not even that fits, and it says so.
    let text = markdown::render(&plans::deleting(5_000));
    assert!(text.len() <= 60_000);
    assert!(text.contains("workspaces that are deleted or replaced**, too many for a comment"));
}

/// What may stand in a page between `<` and `>`: ours, and nothing that a name has brought along.
fn tags(html: &str) -> BTreeSet<String> {
    let parts = html.split('<').skip(1);
    parts
        .map(|part| {
            part.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect()
        })
        .collect()
}

#[test]
fn a_hostile_name_harms_nobody() {
    let all = plans();
    let of = |wanted: &str| &all.iter().find(|(name, _)| *name == wanted).unwrap().1;
    let (hostile, harmless) = (of("11-hostile"), of("02-create"));
    let page = html::render(hostile);
    let ours = [harmless, of("03-update"), of("08-blocked")];
    let known: BTreeSet<String> = ours.iter().flat_map(|plan| tags(&html::render(plan))).collect();
    assert!(tags(&page).is_subset(&known), "{:?}", &tags(&page) - &known);
    let comment = markdown::render(hostile);
    let outside: String = outside_of_fences(&comment);
    for part in ["<img", "onerror=", "| x |", "](http", "@octocat", "</details><"] {
        assert!(!outside.contains(part), "{part} in\n{outside}");
    }
    // No fence is ended by what stands in it.
    assert_eq!(outside.matches("<details>").count(), outside.matches("</details>").count());
    let text = plan::render(hostile, Look::default());
    assert!(!bare(&text).contains('\u{1b}') && !text.contains('\u{202e}'));
    let graph = graph::mermaid(&graph::of_plan(hostile, true));
    let labels = graph.lines().filter(|line| line.contains("[\""));
    for line in labels {
        assert_eq!(line.matches('"').count(), 2, "{line}");
        assert!(!line.contains('<') && !line.contains('`'), "{line}");
    }
}

/// Whatever a name holds, no view of it steers a terminal, turns the reading direction or hides anything.
#[test]
fn every_view_shows_what_there_is() {
    let all = plans();
    let (_, hostile) = all.iter().find(|(name, _)| *name == "11-hostile").unwrap();
    for (view, text) in views(hostile) {
        let steering = text.chars().find(|&c| (c.is_control() && c != '\n') || is_invisible(c));
        assert_eq!(steering, None, "{view}");
        // What JSON escapes, a reader of JSON has back.
        if view == "json" {
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert!(read.to_string().contains('\u{202e}'));
        }
    }
}

/// The lines of Markdown that are not in a block of code.
fn outside_of_fences(markdown: &str) -> String {
    let mut fence: Option<String> = None;
    let mut out = String::new();
    for line in markdown.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if ticks.len() >= open.len() && line == ticks => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    assert_eq!(fence, None, "a fence stays open");
    out
}

#[test]
fn a_page_asks_nobody_for_anything() {
    for (name, plan) in plans() {
        let page = html::render(&plan);
        for part in ["src=", "@import", "url(", "fetch(", "XMLHttpRequest", "<iframe", "<object"] {
            // In text such a thing is harmless, and there it is escaped or has no tag around it.
            let ours: String = page.split("<main>").next().unwrap().to_owned() + html::SCRIPT;
            assert!(!ours.contains(part), "{name}: {part}");
        }
    }
}

#[test]
fn many_alike_are_folded_and_can_be_unfolded() {
    let all = plans();
    let plan = &all.iter().find(|(name, _)| *name == "10-many").unwrap().1;
    let folded = plan::render(plan, Look::default());
    assert!(folded.lines().count() < 60, "{folded}");
    let full = plan::render(plan, Look { full: true, width: None });
    assert!(full.lines().count() > 5_000);
}
