//! What holds after every run, whatever the scenario.

use std::sync::LazyLock;

use emulator::{Exchange, Fault, FaultKind};

use crate::bench::{Bench, Moment, Ran, wait_until};
use crate::contract::Contract;
use crate::{Error, organization};

/// How a token minted here begins: `{"alg":` in base64.
pub(crate) const TOKEN_HEAD: &str = "eyJhbGciOi";

static CONTRACT: LazyLock<Result<Contract, String>> =
    LazyLock::new(|| Contract::ours().map_err(|error| error.to_string()));

static PLAN_SCHEMA: LazyLock<Result<jsonschema::Validator, String>> = LazyLock::new(|| {
    let text = include_str!("../../schema/plan.schema.json");
    let schema = serde_json::from_str(text).map_err(|error| error.to_string())?;
    jsonschema::validator_for(&schema).map_err(|error| error.to_string())
});

/// After every run: what is for programs is as its schema says, client and service kept to the contract, no secret is to be seen, what must not
/// write has not written, what was written is what was said, and what is blocked is not called done.
///
/// # Errors
/// A law is broken.
pub fn after_run(bench: &Bench, command: &[String], ran: &Ran) -> Result<(), Error> {
    // A service that drifts by order says what no description has.
    if !bench.emulator.switches().schema_drift {
        contract(&ran.journal)?;
    }
    secrecy(bench, ran)?;
    as_described(command, ran)?;
    let writes = writes(&ran.journal).count();
    let verb = command.get(1).map(String::as_str).unwrap_or_default();
    // 4 is partly applied, and 130 stopped in the middle.
    let may_write = ["apply", "destroy"].contains(&verb);
    if writes > 0 && (!may_write || ![0, 4, 130].contains(&ran.code)) {
        return Err(format!("{writes} writes by {command:?} with exit code {}", ran.code).into());
    }
    let said = match command.iter().any(|word| word == "json") {
        true => ran.stdout.lines().filter(|line| is_done_event(line)).count(),
        false => ran.stderr.lines().filter(|line| is_write(line)).count(),
    };
    // A sandbox inside the program has a journal of its own.
    let vain = ran.journal.iter().filter(|exchange| is_vain(exchange)).count();
    let vain = vain + gone_meanwhile(&ran.journal);
    // What a create made whose answer was lost is written once more, which is the same step.
    let again = lost_and_again(&ran.journal);
    if verb == "apply" && !ran.journal.is_empty() && said + again != writes + vain {
        let told = |one: &Exchange| {
            format!("{} {} {} {}", one.method, one.path, one.status, one.committed)
        };
        let sent: Vec<String> = ran.journal.iter().map(told).collect();
        let sent = sent.join("\n");
        return Err(format!("{writes} writes, but {said} lines about one: {ran}\n{sent}").into());
    }
    if ran.code == BLOCKED && ran.stdout.contains("No changes.") {
        return Err(format!("blocked, but there are no changes? {ran}").into());
    }
    Ok(())
}

/// How many writes follow a create that was carried out and not answered, to the very object.
fn lost_and_again(journal: &[Exchange]) -> usize {
    let all: Vec<&Exchange> = writes(journal).collect();
    let pairs = all.windows(2).filter(|pair| {
        let [create, update] = pair else { return false };
        let collection = update.path.rsplit_once('/').map(|(collection, _)| collection);
        let is_lost = create.method == "POST" && (create.status == 0 || create.status >= 500);
        is_lost && update.method != "POST" && collection == Some(create.path.as_str())
    });
    pairs.count()
}

/// Whether something was deleted that was not there, which only the route of OAuth apps takes for
/// done (dossier 3.7).
fn is_vain(exchange: &Exchange) -> bool {
    exchange.method == "DELETE" && exchange.status == 204 && !exchange.committed
}

/// How many deletes found nothing, and nothing stood where it was looked for, too: a connector goes
/// slowly (202, dossier 1.1), so that what a killed run has deleted may be gone only when the next one has
/// planned to.
fn gone_meanwhile(journal: &[Exchange]) -> usize {
    let is_gone = |(at, delete): &(usize, &Exchange)| {
        let mut later = journal.iter().skip(at + 1);
        delete.method == "DELETE"
            && delete.status == 404
            && later
                .any(|look| look.method == "GET" && look.path == delete.path && look.status == 404)
    };
    journal.iter().enumerate().filter(is_gone).count()
}

/// The exit code of a plan that may not be applied.
const BLOCKED: i32 = 3;

/// Whether a line of progress says that something was written: a symbol in the margin.
fn is_write(line: &str) -> bool {
    ["  + ", "  ~ ", "  - "].iter().any(|symbol| line.starts_with(symbol))
}

/// Whether an event of an apply says that something was written.
fn is_done_event(line: &str) -> bool {
    let event: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
    let message = event["message"].as_str().unwrap_or_default();
    event["event"] == "done" && !["remember ", "forget "].iter().any(|no| message.starts_with(no))
}

fn contract(journal: &[Exchange]) -> Result<(), Error> {
    let contract = CONTRACT.as_ref().map_err(String::as_str)?;
    let problems: Vec<String> = journal.iter().flat_map(|one| contract.check(one)).collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!("not as schema/embedded-api.openapi.yaml has it:\n{}", problems.join("\n")).into())
}

/// Whatever is for programs is as `airform schema plan` says: a plan as one document, an apply as one
/// object a line.
fn as_described(command: &[String], ran: &Ran) -> Result<(), Error> {
    let verb = command.get(1).map(String::as_str).unwrap_or_default();
    let is_json = command.windows(2).any(|pair| pair == ["--format", "json"]);
    let documents: Vec<&str> = match verb {
        "plan" | "show" => vec![ran.stdout.as_str()],
        "apply" => ran.stdout.lines().collect(),
        _ => return Ok(()),
    };
    let schema = PLAN_SCHEMA.as_ref().map_err(String::as_str)?;
    for text in documents.into_iter().filter(|text| is_json && !text.trim().is_empty()) {
        let document = serde_json::from_str(text)?;
        if let Some(complaint) = schema.iter_errors(&document).next() {
            return Err(
                format!("not as schema/plan.schema.json has it: {complaint}\n{text}").into()
            );
        }
    }
    Ok(())
}

fn secrecy(bench: &Bench, ran: &Ran) -> Result<(), Error> {
    let mut places =
        vec![("stdout".to_owned(), ran.stdout.clone()), ("stderr".to_owned(), ran.stderr.clone())];
    for Exchange { number, path, query, .. } in &ran.journal {
        places.push((format!("the URL of request {number}"), format!("{path}{query:?}")));
    }
    for (path, bytes) in bench.outputs()? {
        places.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    let secrets = bench.secrets().iter().map(String::as_str).chain([TOKEN_HEAD]);
    for secret in secrets.filter(|secret| !secret.is_empty()) {
        if let Some((place, _)) = places.iter().find(|(_, text)| text.contains(secret)) {
            return Err(format!("the secret `{secret}` stands in {place}").into());
        }
    }
    Ok(())
}

fn writes(journal: &[Exchange]) -> impl Iterator<Item = &Exchange> {
    journal.iter().filter(|exchange| exchange.committed)
}

/// After an apply that ended well: planning again is empty and takes one line to say so; applying
/// again writes nothing.
///
/// # Errors
/// A law is broken.
pub fn after_apply(bench: &mut Bench, command: &[String]) -> Result<(), Error> {
    let world = bench.emulator.world().to_json();
    settled(bench, command)?;
    let words = again(command, "apply", "--auto-approve");
    let again = bench.run(&words)?;
    after_run(bench, &words, &again)?;
    let written: Vec<&Exchange> = writes(&again.journal).collect();
    if again.code != 0 || !written.is_empty() || bench.emulator.world().to_json() != world {
        return Err(format!("applying again did something: {again}").into());
    }
    Ok(())
}

/// Planning again is empty.
fn settled(bench: &mut Bench, command: &[String]) -> Result<(), Error> {
    let plan = bench.run(&again(command, "plan", "--detailed-exitcode"))?;
    after_run(bench, &[String::new(), "plan".to_owned()], &plan)?;
    if plan.code == 0 && plan.stdout.trim_end().lines().count() == 1 {
        return Ok(());
    }
    Err(format!("planning again is not empty: {plan}").into())
}

/// The command again, as another verb. What it expected to delete is gone, what it was asked to
/// replace is replaced, and the secrets that it was asked to write are written.
fn again(command: &[String], verb: &str, with: &str) -> Vec<String> {
    let mut words = command.iter();
    let mut kept = vec!["airform".to_owned(), verb.to_owned(), with.to_owned()];
    words.by_ref().nth(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--auto-approve" | "--rotate-assumed" => {}
            "--expect-workspace-deletes" | "--out" | "--format" | "--replace" | "--rotate" => {
                let _ = words.next();
            }
            // A saved plan is carried out once only; what it leads to is asked of its manifest.
            plan if plan.ends_with(".plan") => {}
            _ => kept.push(word.clone()),
        }
    }
    kept
}

/// How a run ends early.
#[derive(Clone, Copy, Debug)]
enum Crash {
    /// After the write was carried out and before its answer arrived.
    AnswerLost,
    /// After the answer arrived and before the next request.
    Answered,
}

/// The apply that led from `before` to now, and made the requests in `journal`, is killed after each
/// of its writes. Applying again then leads to the same, with nothing doubled and nothing lost.
///
/// # Errors
/// A law is broken.
pub fn crashes(
    bench: &mut Bench,
    command: &[String],
    before: &Moment,
    journal: &[Exchange],
) -> Result<(), Error> {
    let after = bench.moment()?;
    let expected = organization::holdings(&after.world)?;
    let mut again = again(command, "apply", "--auto-approve");
    // What was to be replaced may not have been, nor the secrets that were to be written.
    let is_asked = |word: &str| ["--replace", "--rotate"].contains(&word);
    for pair in command.windows(2).filter(|pair| is_asked(&pair[0])) {
        again.extend_from_slice(pair);
    }
    again.extend(command.iter().filter(|word| *word == "--rotate-assumed").cloned());
    for (place, exchange) in journal.iter().enumerate().filter(|(_, one)| one.committed) {
        for crash in [Crash::AnswerLost, Crash::Answered] {
            bench.restore(before)?;
            kill(bench, command, place, crash)?;
            // Otherwise nothing is shown by what follows.
            let written = writes(&bench.emulator.journal()).count();
            let expected_writes = writes(journal.get(..=place).unwrap_or_default()).count();
            if written != expected_writes {
                return Err(format!("{written} writes where {expected_writes} were to be").into());
            }
            let failed = |what: &str, ran: &Ran| {
                let (method, path) = (&exchange.method, &exchange.path);
                let Ran { code, stdout, stderr, .. } = ran;
                format!(
                    "{what} after {crash:?} of {method} {path} (exit code {code}):\n{stdout}\n{stderr}"
                )
            };
            // At full speed this time: the order must not matter.
            let ran = bench.run_as_is(&again)?;
            after_run(bench, &again, &ran)?;
            if ran.code != 0 {
                return Err(failed("applying again fails", &ran).into());
            }
            let holds = organization::holdings(&bench.emulator.world())?;
            if holds != expected {
                let what = format!("another organization:\n{holds:#}\ninstead of\n{expected:#}\n");
                return Err(failed(&what, &ran).into());
            }
            settled(bench, &again).map_err(|error| failed(&error.to_string(), &ran))?;
        }
    }
    bench.restore(&after)
}

/// Runs `command` up to its request number `place` and kills it there.
fn kill(bench: &mut Bench, command: &[String], place: usize, crash: Crash) -> Result<(), Error> {
    let nth = u64::try_from(place)?;
    let next = Fault { nth: nth + 1, times: u64::MAX, ..any(FaultKind::ResetBefore) };
    let seen = match crash {
        Crash::AnswerLost => {
            bench.emulator.inject(Fault { nth, ..any(FaultKind::ResetAfterCommit) });
            place + 1
        }
        Crash::Answered => place + 2,
    };
    bench.emulator.inject(next);
    let mut one_by_one = command.to_vec();
    one_by_one.extend(["--parallelism".to_owned(), "1".to_owned()]);
    let mut child = bench.start(&one_by_one)?;
    // A run that makes no further request ends by itself.
    wait_until(|| Ok(bench.emulator.requests() >= seen || child.try_wait()?.is_some()))?;
    child.kill()?;
    child.wait()?;
    bench.heal();
    Ok(())
}

/// A fault for any request.
fn any(kind: FaultKind) -> Fault {
    Fault { method: None, ..Fault::next("", "", kind) }
}
