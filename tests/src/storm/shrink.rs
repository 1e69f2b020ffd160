//! A failing case without what its failure does not need.

use serde_json::Value;

use super::Case;

/// Takes out of `case` part after part for which it `fails` still, with `tries` tries at most. A
/// part whose absence makes the case none is kept, and so are the texts of secrets: a manifest that
/// names one which is not there fails before anything else does.
#[must_use]
pub fn shrink(case: &Case, tries: usize, fails: &dyn Fn(&Case) -> bool) -> Case {
    let mut best = case.to_json();
    let mut left = tries;
    let mut progress = true;
    while progress && left > 0 {
        progress = false;
        let mut ways = Vec::new();
        collect(&best, &mut Vec::new(), &mut ways);
        ways.retain(|way| !is_secret(way));
        // The whole of something before its parts; the last first, so that ways stay right.
        ways.sort_by_key(|way| way.len());
        for way in ways {
            if left == 0 {
                break;
            }
            let mut smaller = best.clone();
            if !remove(&mut smaller, &way) {
                continue;
            }
            let Ok(candidate) = Case::from_json(&smaller) else { continue };
            left -= 1;
            if fails(&candidate) {
                best = smaller;
                progress = true;
            }
        }
    }
    Case::from_json(&best).unwrap_or_else(|_| case.clone())
}

type Way = Vec<Step>;

#[derive(Clone)]
enum Step {
    Key(String),
    Index(usize),
}

/// Whether it leads to the secrets of a round, or into them.
fn is_secret(way: &Way) -> bool {
    matches!(&way[..], [Step::Key(_), Step::Index(_), Step::Key(key), ..] if key == "secrets")
}

fn collect(value: &Value, way: &mut Way, ways: &mut Vec<Way>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                way.push(Step::Key(key.clone()));
                ways.push(way.clone());
                collect(member, way, ways);
                way.pop();
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate().rev() {
                way.push(Step::Index(index));
                ways.push(way.clone());
                collect(item, way, ways);
                way.pop();
            }
        }
        _ => {}
    }
}

/// Whether there was something to take away.
fn remove(value: &mut Value, way: &[Step]) -> bool {
    let Some((last, before)) = way.split_last() else { return false };
    let mut place = value;
    for step in before {
        let next = match step {
            Step::Key(key) => place.get_mut(key),
            Step::Index(index) => place.get_mut(*index),
        };
        let Some(next) = next else { return false };
        place = next;
    }
    match (last, place) {
        (Step::Key(key), Value::Object(members)) => members.remove(key).is_some(),
        (Step::Index(index), Value::Array(items)) if *index < items.len() => {
            items.remove(*index);
            true
        }
        _ => false,
    }
}
