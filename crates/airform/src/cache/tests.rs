use model::Value;

use super::*;

const US: &str = "11111111-1111-4111-8111-111111111111";
const GITHUB: &str = "ef69ef6e-aa7f-4af1-a01d-ef775033524e";

fn query(side: Side, text: &str) -> DefinitionQuery {
    DefinitionQuery { side, text: text.to_owned() }
}

fn scope(definitions: &[DefinitionQuery], specs: &[DefinitionQuery]) -> Scope {
    Scope {
        definitions: definitions.iter().cloned().collect(),
        specs: specs.iter().cloned().collect(),
        ..Scope::default()
    }
}

fn cache(folder: &Path, now: u64) -> Cache {
    let (folder, host) = (folder.to_owned(), "https://api.example".to_owned());
    Cache { folder, host, now, is_renewed: false }
}

fn told(by: &[(DefinitionQuery, &str)], specs: &[&str]) -> Facts {
    let found = |id: &str| {
        DefinitionAnswer::Found(Definition { id: id.to_owned(), name: format!("{id}!") })
    };
    Facts {
        definitions: by.iter().map(|(query, id)| (query.clone(), found(id))).collect(),
        specs: specs.iter().map(|id| ((*id).to_owned(), Spec::new(Value::text(*id)))).collect(),
    }
}

/// Asks for the same again: how many definitions and specifications have to be asked of the service.
#[track_caller]
fn check(cache: &Cache, organization: &str, wanted: &Scope, expected: (usize, usize)) -> Facts {
    let mut scope = wanted.clone();
    let known = cache.narrow(organization, &mut scope);
    assert_eq!((scope.definitions.len(), scope.specs.len()), expected);
    let mut facts = Facts::default();
    // Nothing new is told, so nothing is to be kept.
    (scope.definitions, scope.specs) = Default::default();
    cache.complete(organization, &mut scope, known, &mut facts);
    facts
}

#[test]
fn what_was_told_is_not_asked_again_for_a_week() {
    let folder = tempfile::tempdir().unwrap();
    let now = 400 * DAY;
    let (github, s3) = (query(Side::Source, "GitHub"), query(Side::Destination, "S3"));
    let by_id = query(Side::Source, &GITHUB.to_ascii_uppercase());
    let wanted =
        scope(&[github.clone(), s3.clone(), by_id.clone()], &[github.clone(), by_id.clone()]);
    let facts = told(
        &[(github.clone(), GITHUB), (s3.clone(), "s3-id"), (by_id.clone(), GITHUB)],
        &[GITHUB],
    );
    let first = cache(folder.path(), now);
    check(&first, US, &wanted, (3, 2));
    let (mut asked, mut all) = (wanted.clone(), facts.clone());
    let known = first.narrow(US, &mut asked);
    first.complete(US, &mut asked, known, &mut all);
    assert_eq!((&asked, &all), (&wanted, &facts));

    // One that is called by its id takes no request, but is still to be answered.
    let found = check(&cache(folder.path(), now + 7 * DAY - 1), US, &wanted, (1, 0));
    assert_eq!(found.definitions[&github], facts.definitions[&github]);
    assert_eq!(found.specs, facts.specs);
    check(&cache(folder.path(), now + 7 * DAY), US, &wanted, (3, 2));
    check(&cache(folder.path(), now - 1), US, &wanted, (3, 2));
    check(&first, "22222222-2222-4222-8222-222222222222", &wanted, (3, 2));
    check(
        &Cache { host: "https://other.example".to_owned(), ..cache(folder.path(), now) },
        US,
        &wanted,
        (3, 2),
    );
    check(&Cache { is_renewed: true, ..cache(folder.path(), now) }, US, &wanted, (3, 2));
    // A specification that was not wanted then has to be asked for, and its definition with it.
    check(&first, US, &scope(std::slice::from_ref(&s3), std::slice::from_ref(&s3)), (1, 1));
}

#[test]
fn what_the_service_does_not_tell_is_not_asked_again_either() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(folder.path(), DAY);
    let (odd, unknown) = (query(Side::Source, "Odd"), query(Side::Source, "Unknown"));
    let wanted = scope(&[odd.clone(), unknown.clone()], &[odd.clone(), unknown.clone()]);
    let mut facts = told(&[(odd, "odd-id")], &[]);
    facts.definitions.insert(unknown, DefinitionAnswer::Unknown { similar: Vec::new() });
    let mut asked = wanted.clone();
    let known = cache.narrow(US, &mut asked);
    cache.complete(US, &mut asked, known, &mut facts);
    // A name that stands for nothing may stand for something tomorrow.
    let found = check(&cache, US, &wanted, (1, 1));
    assert_eq!((found.definitions.len(), found.specs.len()), (1, 0));
}

#[test]
fn a_file_that_makes_no_sense_is_as_good_as_none() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(folder.path(), DAY);
    let wanted = scope(&[query(Side::Source, "GitHub")], &[]);
    for text in ["", "{", "[]", r#"{"version": 2, "definitions": [], "specs": []}"#, "\u{0}"] {
        std::fs::write(cache.path(US), text).unwrap();
        check(&cache, US, &wanted, (1, 0));
    }
}

#[test]
fn the_users_own_folder_is_used() {
    let unix = |name, value| Env::default().with(name, value);
    let folder = |env: Env| Cache::of(&env, "host", false).map(|cache| cache.folder);
    assert_eq!(folder(Env::default()), None);
    assert_eq!(folder(unix(env::HOME, "/home/x")), Some("/home/x/.cache/airform".into()));
    assert_eq!(folder(unix(env::HOME, "x")), None);
    let both = unix(env::HOME, "/home/x").with(env::XDG_CACHE_HOME, "/var/cache");
    assert_eq!(folder(both), Some("/var/cache/airform".into()));
}
