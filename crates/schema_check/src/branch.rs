//! Which of several forms is meant.

use model::{Path, SmallMap, Value};

use crate::Extent;
use crate::complaint::{About, Complaint, Problem};
use crate::json::spelled;
use crate::schema::Schema;
use crate::walk::walk;

/// What came of looking at the branches of a `oneOf` or `anyOf`.
pub(crate) enum Choice<'a> {
    /// This one is meant.
    Meant(Schema<'a>),
    /// None is, and this is why.
    None(Complaint),
    /// There is nothing to choose from.
    Nothing,
}

/// The branch of `branches` that `value` means. A branch is told by its constants; where these do
/// not tell, by which has the least against the value.
pub(crate) fn choose<'a>(
    branches: &[Schema<'a>],
    value: &Value,
    at: &Path,
    extent: Extent,
) -> Choice<'a> {
    let Value::Map(members) = value else { return least(branches, value, at, extent) };
    let fitting: Vec<Schema<'a>> =
        branches.iter().copied().filter(|branch| fits(*branch, members)).collect();
    match (fitting.as_slice(), teller(branches)) {
        ([], Some(field)) => {
            let about = About { allowed: words(branches, field), ..About::default() };
            let found = members.get(field).map(spelled);
            let problem = Problem::NotAllowed { found };
            Choice::None(Complaint { path: at.key(field), problem, about })
        }
        ([], None) => least(branches, value, at, extent),
        ([only], _) => Choice::Meant(*only),
        (several, Some(field)) if extent != Extent::Partial && !members.contains_key(field) => {
            // Connectors take the first form that has all it needs.
            if several.iter().any(|branch| walk(branch, value, at, extent).is_empty()) {
                return least(several, value, at, extent);
            }
            let about = About { allowed: words(several, field), ..About::default() };
            let problem = Problem::Undecided { field: field.to_owned() };
            Choice::None(Complaint { path: at.clone(), problem, about })
        }
        (several, _) => least(several, value, at, extent),
    }
}

/// Whether every constant of a branch that is given in `members` has its value.
fn fits(branch: Schema<'_>, members: &SmallMap<String, Value>) -> bool {
    branch.properties().all(|(name, field)| match (field.constant(), members.get(name)) {
        (Some(constant), Some(given)) => constant == given,
        (Some(_) | None, _) => true,
    })
}

/// The field whose constants tell the branches apart.
fn teller<'a>(branches: &[Schema<'a>]) -> Option<&'a str> {
    let (first, rest) = branches.split_first()?;
    let is_constant = |branch: &Schema<'_>, name: &str| {
        branch.property(name).is_some_and(|field| field.constant().is_some())
    };
    let mut names = first.properties().map(|(name, _)| name.as_str());
    names.find(|name| is_constant(first, name) && rest.iter().all(|b| is_constant(b, name)))
}

/// The constants of `field`.
fn words(branches: &[Schema<'_>], field: &str) -> Vec<String> {
    let constants = branches.iter().filter_map(|branch| branch.property(field)?.constant());
    constants.map(spelled).collect()
}

fn least<'a>(branches: &[Schema<'a>], value: &Value, at: &Path, extent: Extent) -> Choice<'a> {
    let complaints = |branch: &&Schema<'a>| walk(branch, value, at, extent).len();
    branches.iter().min_by_key(complaints).map_or(Choice::Nothing, |branch| Choice::Meant(*branch))
}
