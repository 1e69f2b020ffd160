//! Secrets that cannot be looked up, because they are numbers: what is looked up is text. They stand in
//! clear in a manifest, and nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use api::Client;
use manifest::{Diagnostic, Severity};
use model::desired::Desired;
use model::live::Facts;
use model::plan::{Call, Plan, Step, StepId};
use model::value::Segment;
use model::{Address, Path, Value};
use secrecy::SecretString;

use super::declared::Declared;
use crate::exit::Exit;
use crate::report::Failure;

/// What a plan leaves out, by step.
type Withheld = BTreeMap<usize, BTreeSet<Path>>;

/// A shorter number is no secret, and hiding it would hide every other number.
const SHORTEST: usize = 3;

/// Lets no error of `client` say one of them again. What a request holds and is called like a secret is
/// hidden in any case; this is about what only a specification marks.
pub(crate) fn keep(declared: &Declared, facts: &Facts, client: &Client) {
    let found = planner::withheld(&declared.desired, facts);
    let numbers =
        found.iter().filter_map(|(address, path)| match leaf(&declared.desired, address, path)? {
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
    client.keep_secret(numbers.filter(|text| text.len() >= SHORTEST).map(SecretString::from));
}

/// `plan` without them, and where they were. The manifest is read again when the plan is carried out, and
/// must be what it was.
///
/// # Errors
/// A secret is in the plan that the manifest does not hold at the same place: one that somebody else has
/// set, and that is kept by `ignore_changes`. A plan file holds none.
pub(crate) fn taken_out(
    plan: &Plan,
    declared: &Declared,
    facts: &Facts,
) -> Result<(Plan, Withheld), Failure> {
    let mut plan = plan.clone();
    let mut withheld = Withheld::new();
    let mut complaints = Vec::new();
    for (StepId(at), path) in planner::sent_in_clear(&plan, &declared.desired, facts) {
        let Some(step) = plan.steps.get_mut(at) else { continue };
        let address = step.address.clone();
        let declares = leaf(&declared.desired, &address, &path);
        match sent(step, &path) {
            Some(value) if matches!(value, Value::Number(_)) && declares == Some(value) => {
                *value = Value::Null;
                withheld.entry(at).or_default().insert(path);
            }
            _ => complaints.push(Diagnostic {
                code: "secret::not-saved",
                severity: Severity::Error,
                message: format!("the plan is not saved: {address}: {path} is a secret, and a plan file holds none"),
                labels: Vec::new(),
                help: Some(
                    "it is in clear where it comes from: declare it as ${secret:env:NAME} or ${secret:file:PATH}, or plan and apply in one go"
                        .to_owned(),
                ),
            }),
        }
    }
    match complaints.is_empty() {
        true => Ok((plan, withheld)),
        false => Err(Failure::complaints(Exit::Error, complaints, declared.shown().to_vec())),
    }
}

/// `plan` with them, as `desired` has them. `None` where it does not have one.
pub(crate) fn put_back(mut plan: Plan, withheld: &Withheld, desired: &Desired) -> Option<Plan> {
    for (at, paths) in withheld {
        let step = plan.steps.get_mut(*at)?;
        let address = step.address.clone();
        for path in paths {
            let number = leaf(desired, &address, path)?;
            matches!(number, Value::Number(_)).then_some(())?;
            *sent(step, path)? = number.clone();
        }
    }
    Some(plan)
}

/// What is declared at `path` of the resource at `address`.
fn leaf<'a>(desired: &'a Desired, address: &Address, path: &Path) -> Option<&'a Value> {
    let mut value = desired.resources.get(address)?.attributes.get(path.root())?;
    for segment in path.segments().iter().skip(1) {
        value = match (segment, value) {
            (Segment::Key(key), Value::Map(members)) => members.get(key)?,
            (Segment::Index(at), Value::List(items)) => items.get(*at)?,
            _ => return None,
        };
    }
    Some(value)
}

/// What `step` sends at `path`.
fn sent<'a>(step: &'a mut Step, path: &Path) -> Option<&'a mut Value> {
    let (Call::Create { attributes } | Call::Update { attributes, .. }) = &mut step.call else {
        return None;
    };
    let mut value = attributes.get_mut(path.root())?;
    for segment in path.segments().iter().skip(1) {
        value = match (segment, value) {
            (Segment::Key(key), Value::Map(members)) => members.get_mut(key)?,
            (Segment::Index(at), Value::List(items)) => items.get_mut(*at)?,
            _ => return None,
        };
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use api::{Credentials, Filled, ReadyCall, ReadyStep, Settings};
    use emulator::{Config, Emulator, Fault};
    use model::live::{Definition, DefinitionAnswer, Id};
    use model::plan::{Memory, Target};
    use model::spec::Spec;
    use model::{Kind, SmallMap};

    use super::*;

    const NUMBER: i64 = 48_151_623;

    fn tree(members: impl IntoIterator<Item = (&'static str, Value)>) -> SmallMap<String, Value> {
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn number(number: i64) -> Value {
        Value::Number(number.into())
    }

    /// A template of a connector whose specification marks `code`, with a `code` and a `limit`.
    fn template(code: Value) -> (Address, SmallMap<String, Value>) {
        let config = Value::Map(tree([("code", code), ("limit", number(NUMBER + 1))]));
        let config = Value::List(vec![config]);
        let config = Value::Map(tree([("accounts", config), ("a_token", number(NUMBER + 2))]));
        let address = Address::new(Kind::SourceTemplate, "bank");
        let attributes =
            tree([("definition", Value::text("Bank")), ("partial_default_config", config)]);
        (address, attributes)
    }

    fn declared() -> Declared {
        let mut declared = Declared::nothing(PathBuf::new());
        let (address, attributes) = template(number(NUMBER));
        let resource = model::desired::Resource {
            span: model::Span { file: model::span::FileId(0), start: 0, end: 0 },
            external: false,
            lifecycle: model::desired::Lifecycle::default(),
            attributes,
            places: SmallMap::new(),
        };
        declared.desired.resources.insert(address, resource);
        declared
    }

    fn facts(declared: &Declared) -> Facts {
        let flag = |name, value| (name, Value::Bool(value));
        let code =
            Value::Map(tree([("type", Value::text("integer")), flag("airbyte_secret", true)]));
        let limit = Value::Map(tree([("type", Value::text("integer"))]));
        let items = Value::Map(tree([(
            "properties",
            Value::Map(tree([("code", code), ("limit", limit)])),
        )]));
        let list = Value::Map(tree([("type", Value::text("array")), ("items", items)]));
        let schema = Value::Map(tree([("properties", Value::Map(tree([("accounts", list)])))]));
        let query = declared.desired.definition(&template(Value::Null).0).unwrap();
        let bank = Definition { id: "b".to_owned(), name: "Bank".to_owned() };
        Facts {
            definitions: [(query, DefinitionAnswer::Found(bank))].into(),
            specs: [("b".to_owned(), Spec::new(schema))].into(),
        }
    }

    fn plan(code: Value) -> Plan {
        let (address, attributes) = template(code);
        let target = Target::Id(Id("t".to_owned()));
        let call = Call::Update { target, name: "Bank".to_owned(), attributes };
        let step = Step { address, call, after: BTreeSet::new(), memory: Memory::Unchanged };
        Plan { steps: vec![step], ..Plan::default() }
    }

    #[test]
    fn what_is_taken_out_is_put_back() {
        let declared = declared();
        let whole = plan(number(NUMBER));
        let Ok((kept, withheld)) = taken_out(&whole, &declared, &facts(&declared)) else {
            panic!("not saved")
        };
        let text = format!("{kept:?}");
        assert!(!text.contains(&NUMBER.to_string()) && text.contains(&(NUMBER + 1).to_string()));
        let paths: Vec<String> = withheld[&0].iter().map(ToString::to_string).collect();
        assert_eq!(
            paths,
            ["partial_default_config.a_token", "partial_default_config.accounts[0].code"]
        );
        assert_eq!(put_back(kept.clone(), &withheld, &declared.desired), Some(whole));
        assert_eq!(put_back(kept, &withheld, &Desired::default()), None);
    }

    #[test]
    fn what_the_manifest_does_not_hold_is_not_saved() {
        let declared = declared();
        assert!(taken_out(&plan(number(7_777)), &declared, &facts(&declared)).is_err());
    }

    /// A service that quotes what it was sent is not quoted.
    #[test]
    fn a_refusal_does_not_say_a_number_that_a_specification_marks() {
        let config = Config::default();
        let token = SecretString::from(config.credentials.operator_token.clone());
        let emulator = Emulator::start_blocking(config).unwrap();
        let client = Client::new(Settings::new(emulator.url(), Credentials::Token(token))).unwrap();
        let body = format!("{{\"detail\": \"{NUMBER} and {} are no good\"}}", NUMBER + 1);
        let fault = serde_json::json!({"method": "POST", "times": 9, "kind": {"status": {"code": 422, "body": body}}});
        let fault: Fault = serde_json::from_value(fault).unwrap();
        emulator.inject(fault);
        let attributes = [("name".to_owned(), Filled::Text("a".to_owned()))].into();
        let call = ReadyCall::Create { name: Some("a".to_owned()), attributes };
        let step = ReadyStep { kind: Kind::Tag, call };
        let runtime = super::super::runtime().unwrap_or_else(|_| panic!("no runtime"));
        let refusal = || runtime.block_on(client.perform(&step)).unwrap_err().to_string();
        assert!(refusal().contains(&NUMBER.to_string()));
        let declared = declared();
        keep(&declared, &facts(&declared), &client);
        let said = refusal();
        assert!(!said.contains(&NUMBER.to_string()), "{said}");
        assert!(said.contains(&(NUMBER + 1).to_string()), "{said}");
    }
}
