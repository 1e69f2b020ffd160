//! Connectors: dossier 3.5.

use crate::harness::{Bench, GITHUB, NOWHERE, POSTGRES, S3, items, two_organizations};
use emulator::{DeletionDelay, Masking, Switches, TagSelection, Uuid, World};
use serde_json::{Value, json};
use std::time::Instant;

const PATH: &str = "/integrations/connectors";
const POST: &str = "POST /integrations/connectors";
const TEMPLATES: &str = "POST /integrations/templates/sources";
const SECRET: &str = "s3cret";
const STRIPE: &str = "e094cb9a-26de-4645-8761-65c0c425d1de";

/// A complete config of a GitHub connector.
fn config() -> Value {
    json!({"repositories": ["acme/app"],
        "credentials": {"option_title": "PAT Credentials", "personal_access_token": SECRET}})
}

/// What makes a GitHub connector in the workspace `acme` from the global template.
fn github() -> Value {
    json!({"workspace_name": "acme", "connector_type": "GitHub", "replication_config": config()})
}

fn with(mut body: Value, changes: Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

/// A sandbox with the workspace `acme`.
async fn bench(switches: Switches) -> (Bench, String) {
    let bench = Bench::with(switches).await;
    let workspace = bench.mint("acme").await;
    (bench, workspace)
}

/// An own source template; its id.
async fn template(bench: &Bench, definition: &str, preset: Value) -> String {
    let body = json!({"actor_definition_id": definition, "partial_default_config": preset});
    bench.create(TEMPLATES, body).await
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_connector_has_two_shapes_and_tells_little() {
    let (bench, workspace) = bench(Switches::default()).await;
    let body = with(
        github(),
        json!({"credentials": {"token": "hidden-1"}, "environment": {"url": "hidden-2"},
            "server_side_oauth_secret_id": "hidden-3",
            "selected_connection_template_tags": ["hidden-4"],
            "entities": [{"entity": "issues", "modes": ["read"]}, {"entity": "users"}]}),
    );
    let part = json!({"source_template": {"name": "GitHub", "source_definition_id": GITHUB},
        "entities": [{"entity": "issues", "modes": ["read"]}, {"entity": "users", "modes": null}]});
    let created = bench.check(POST, body, 200, part).await;
    assert_eq!(
        keys(&created),
        [
            "created_at",
            "entities",
            "id",
            "name",
            "replication_config",
            "source_template",
            "updated_at"
        ]
    );
    let path = format!("GET {PATH}/{}", created["id"].as_str().unwrap());
    assert_eq!(bench.send(&path, Value::Null).await.body["id"], created["id"]);
    let list = format!("GET {PATH}?workspace_id={workspace}");
    let list = bench.send(&list, Value::Null).await.body;
    assert_eq!(
        keys(&items(&list)[0]),
        ["created_at", "id", "name", "summarized_source_template", "updated_at"]
    );
    assert_eq!(items(&list)[0]["summarized_source_template"]["actor_definition_id"], GITHUB);
    for hidden in ["hidden", &workspace, "acme\""] {
        assert!(!created.to_string().contains(hidden), "{hidden}");
        assert!(!list.to_string().contains(hidden), "{hidden}");
    }
    let world = bench.emulator.world();
    let row = world.connectors.iter().next().unwrap();
    assert_eq!(row.workspace, id(&workspace));
    assert_eq!(json!(row.credentials), json!({"token": "hidden-1"}));
    let mut effective = config();
    effective["token"] = json!("hidden-1");
    effective["url"] = json!("hidden-2");
    assert_eq!(json!(row.effective_config()), effective);
}

#[tokio::test]
async fn what_it_is_has_to_be_said_in_at_least_one_way() {
    let (bench, _) = bench(Switches::default()).await;
    let untyped = json!({"workspace_name": "acme", "replication_config": config()});
    let message = "One of connector_type, definition_id, or source_template_id must be provided";
    let part = json!({"message": message, "errors": [{"field": "body",
        "error_code": "value_error", "message": "Value error, "}]});
    bench.check(POST, untyped.clone(), 422, part).await;
    let own = template(&bench, GITHUB, json!({})).await;
    for (kind, status) in [
        (json!({"connector_type": "gitHUB"}), 200),
        (json!({"connector_type": "git_hub"}), 404),
        (json!({"connector_type": null, "definition_id": GITHUB}), 200),
        (json!({"definition_id": NOWHERE}), 404),
        (json!({"definition_id": S3}), 404),
        (json!({"definition_id": "GitHub"}), 422),
        (json!({"source_template_id": own}), 200),
        (json!({"source_template_id": NOWHERE}), 404),
        (
            json!({"source_template_id": own, "connector_type": "GitHub", "definition_id": GITHUB}),
            200,
        ),
        (json!({"source_template_id": own, "connector_type": "Stripe"}), 400),
        (json!({"definition_id": STRIPE, "connector_type": "GitHub"}), 400),
    ] {
        let body = with(untyped.clone(), kind.clone());
        let answer = bench.send(POST, body).await;
        assert_eq!(answer.status, status, "{kind}: {}", answer.body);
    }
}

#[tokio::test]
async fn what_it_runs_with_has_to_be_given_in_at_least_one_way() {
    let (bench, _) = bench(Switches::default()).await;
    let bare = json!({"workspace_name": "acme", "connector_type": "GitHub"});
    let message = "At least one of replication_config, credentials, or server_side_oauth_secret_id";
    for nothing in [json!({}), json!({"environment": {}}), json!({"credentials": null})] {
        let part = json!({"message": message});
        bench.check(POST, with(bare.clone(), nothing), 422, part).await;
    }
    bench.check(POST, json!({}), 422, json!({"errors": [{"field": "body.workspace_name"}]})).await;
    bench.check(POST, with(github(), json!({"replication_config": []})), 422, json!({})).await;
    let part = json!({"errors": [{"field": "body.entities.1.entity"},
        {"field": "body.entities.2.modes"}]});
    let entities = json!([{"entity": "a"}, {}, {"entity": "b", "modes": ["delete"]}]);
    bench.check(POST, with(github(), json!({"entities": entities})), 422, part).await;
    let mode = json!({"selected_connection_template_tags_mode": "some"});
    bench.check(POST, with(github(), mode), 422, json!({"message": "'all' or 'any'"})).await;
    assert!(bench.emulator.world().connectors.is_empty());
}

#[tokio::test]
async fn the_workspace_has_to_be_there_unless_the_switch_makes_it() {
    let bench = Bench::new().await;
    let message = json!({"message": "Workspace 'acme' not found"});
    bench.check(POST, github(), 404, message.clone()).await;
    bench.switch(|switches| switches.connector_creates_workspaces = true);
    bench.check(&format!("{POST}/check"), github(), 200, json!({})).await;
    assert_eq!(bench.names("GET /workspaces").await, ["default"]);
    bench.check(POST, github(), 200, json!({})).await;
    assert_eq!(bench.names("GET /workspaces").await, ["acme", "default"]);
    bench.switch(|switches| switches.connector_creates_workspaces = false);
    for alias in ["customer_name", "external_user_id"] {
        let mut body = github();
        body.as_object_mut().unwrap().remove("workspace_name");
        body[alias] = json!("acme");
        bench.check(POST, body, 200, json!({})).await;
    }
    let other_case = with(github(), json!({"workspace_name": "Acme"}));
    bench.check(POST, other_case, 404, json!({})).await;
}

#[tokio::test]
async fn the_only_own_template_is_taken_then_the_global_one() {
    let (bench, _) = bench(Switches::default()).await;
    let made_from = async |body: Value| {
        let part = json!({"source_template": {}});
        bench.check(POST, body, 200, part).await["source_template"]["id"].clone()
    };
    let global = bench.send("GET /integrations/templates/sources/global", Value::Null).await.body;
    let github_template = items(&global).iter().find(|item| item["name"] == "GitHub").unwrap();
    assert_eq!(made_from(github()).await, github_template["id"]);
    let own = template(&bench, GITHUB, json!({})).await;
    assert_eq!(made_from(github()).await, own);
    let second = template(&bench, GITHUB, json!({})).await;
    bench.check(POST, github(), 400, json!({"message": "source_template_id is required"})).await;
    assert_eq!(made_from(with(github(), json!({"source_template_id": second}))).await, second);
    let postgres = with(github(), json!({"connector_type": "postgres"}));
    bench.check(POST, postgres, 404, json!({"message": "No source template"})).await;
}

#[tokio::test]
async fn the_config_has_to_hold_what_the_template_leaves_open() {
    let (bench, _) = bench(Switches::default()).await;
    let check = async |changes: Value, missing: &[(&str, &str)]| {
        let errors: Vec<Value> = missing
            .iter()
            .map(|(name, field)| {
                json!({"message": format!("required property '{name}' not found"), "field": field})
            })
            .collect();
        let (status, part) =
            if errors.is_empty() { (200, json!({})) } else { (422, json!({"errors": errors})) };
        bench.check(POST, with(github(), changes), status, part).await;
    };
    let top = "body.replication_config";
    check(json!({}), &[]).await;
    check(json!({"replication_config": {}}), &[("credentials", top), ("repositories", top)]).await;
    // Beside the config, not in it, as in the first drafts of the documents.
    let astray = json!({"replication_config": {"credentials": {"access_token": "t"}},
        "repositories": ["a/b"]});
    check(astray, &[("repositories", top)]).await;
    let empty = json!({"replication_config": {"repositories": [], "credentials": {
        "option_title": "PAT Credentials"}}});
    check(empty, &[("personal_access_token", "body.replication_config.credentials")]).await;
    // Credentials and a consent stand in for secrets, and for nothing else.
    for key in ["credentials", "server_side_oauth_secret_id"] {
        let value = if key == "credentials" { json!({"token": "t"}) } else { json!("consent") };
        let mut changes = json!({"replication_config": null});
        changes[key] = value;
        check(changes.clone(), &[("repositories", top)]).await;
        changes["environment"] = json!({"repositories": ["a/b"]});
        check(changes.clone(), &[]).await;
    }
    template(&bench, GITHUB, json!({"repositories": ["a/b"]})).await;
    check(json!({"replication_config": {"credentials": {"access_token": "t"}}}), &[]).await;
}

#[tokio::test]
async fn lists_are_of_one_workspace() {
    let (bench, workspace) = bench(Switches::default()).await;
    bench.mint("other").await;
    bench.create(POST, with(github(), json!({"name": "a"}))).await;
    bench.create(POST, with(github(), json!({"name": "b", "workspace_name": "other"}))).await;
    let stripe = json!({"workspace_name": "acme", "definition_id": STRIPE, "name": "c",
        "replication_config": {"account_id": "x", "client_secret": SECRET}});
    bench.create(POST, stripe).await;
    for (query, names) in [
        (format!("workspace_id={workspace}"), vec!["a", "c"]),
        ("workspace_name=acme".to_owned(), vec!["a", "c"]),
        ("customer_name=other".to_owned(), vec!["b"]),
        ("external_user_id=other".to_owned(), vec!["b"]),
        (format!("workspace_name=acme&definition_id={STRIPE}"), vec!["c"]),
        ("workspace_name=default".to_owned(), vec![]),
    ] {
        assert_eq!(bench.names(&format!("GET {PATH}?{query}")).await, names, "{query}");
    }
    for (query, status, message) in [
        ("", 400, "workspace_id or workspace_name"),
        ("?workspace_name=Acme", 404, "Workspace 'Acme' not found"),
        (&format!("?workspace_id={NOWHERE}"), 404, "not found"),
        ("?workspace_id=acme", 422, "valid UUID"),
        ("?workspace_name=acme&definition_id=x", 422, "valid UUID"),
    ] {
        let part = json!({"message": message});
        bench.check(&format!("GET {PATH}{query}"), Value::Null, status, part).await;
    }
    bench.switch(|switches| switches.unknown_workspace_is_empty = true);
    assert!(bench.names(&format!("GET {PATH}?workspace_name=Acme")).await.is_empty());
}

#[tokio::test]
async fn secrets_come_back_masked() {
    for (masking, token) in [
        (Masking::Cleartext, json!(SECRET)),
        (Masking::Asterisks, json!("**********")),
        (Masking::Dropped, Value::Null),
    ] {
        let (bench, _) = bench(Switches { masking, ..Switches::default() }).await;
        let created = bench.send(POST, github()).await.body;
        let config = &created["replication_config"];
        assert_eq!(config["credentials"]["personal_access_token"], token);
        assert_eq!(config["repositories"], json!(["acme/app"]));
        let world = bench.emulator.world();
        let row = world.connectors.iter().next().unwrap();
        assert_eq!(row.replication_config["credentials"]["personal_access_token"], SECRET);
    }
}

#[tokio::test]
async fn a_name_is_made_and_need_not_be_the_only_one() {
    let names = async || {
        let (bench, _) = bench(Switches::default()).await;
        for body in [github(), github(), with(github(), json!({"name": "mine"}))] {
            bench.create(POST, body).await;
        }
        bench.create(POST, with(github(), json!({"name": "mine"}))).await;
        bench.names(&format!("GET {PATH}?workspace_name=acme")).await
    };
    let made = names().await;
    let [first, second, third, fourth] = made.as_slice() else { panic!("{made:?}") };
    for name in [first, second] {
        assert!(name.strip_prefix("GitHub - ").unwrap().parse::<Uuid>().is_ok(), "{name}");
    }
    assert_ne!(first, second);
    assert_eq!([third, fourth], ["mine", "mine"]);
    assert_eq!(names().await, made);
}

#[tokio::test]
async fn put_writes_only_what_it_names() {
    let (bench, _) = bench(Switches::default()).await;
    let entities = json!([{"entity": "issues", "modes": null}]);
    let created = bench.send(POST, with(github(), json!({"entities": entities}))).await.body;
    let path = format!("PUT {PATH}/{}", created["id"].as_str().unwrap());
    let stored = |bench: &Bench| {
        let world = bench.emulator.world();
        let row = world.connectors.iter().next().unwrap();
        Value::Object(row.replication_config.clone())
    };
    let ignored = json!({"name": "new", "credentials": {"a": 1}, "workspace_name": "default",
        "source_template_id": NOWHERE});
    let part = json!({"name": "new", "entities": entities});
    let changed = bench.check(&path, ignored, 200, part).await;
    assert!(changed["updated_at"].as_str() > created["updated_at"].as_str());
    assert_eq!(changed["created_at"], created["created_at"]);
    assert_eq!(stored(&bench), config());
    let other = with(config(), json!({"repositories": ["acme/web"]}));
    let put = json!({"replication_config": other, "entities": null});
    bench.check(&path, put, 200, json!({"entities": entities, "name": "new"})).await;
    assert_eq!(stored(&bench), other);
    bench.check(&path, json!({"entities": []}), 200, json!({"entities": null})).await;
    let part = json!({"message": "required property 'credentials' not found"});
    bench.check(&path, json!({"replication_config": {"repositories": []}}), 422, part).await;
    bench.check(&path, json!({"name": ""}), 422, json!({})).await;
    assert_eq!(stored(&bench), other);
    bench.check(&format!("PUT {PATH}/{NOWHERE}"), json!({}), 404, json!({})).await;
}

#[tokio::test]
async fn null_clears_or_does_nothing() {
    for null_clears in [false, true] {
        let (bench, _) = bench(Switches { null_clears, ..Switches::default() }).await;
        let preset = template(&bench, GITHUB, config()).await;
        let entities = json!([{"entity": "issues", "modes": null}]);
        let body = json!({"workspace_name": "acme", "source_template_id": preset, "name": "N",
            "replication_config": {"start_date": "x"}, "entities": entities});
        let path = format!("PUT {PATH}/{}", bench.create(POST, body).await);
        let nulls = json!({"name": null, "replication_config": null, "entities": null});
        let answer = bench.check(&path, nulls, 200, json!({"name": "N"})).await;
        let (config, entities) = if null_clears {
            (json!({}), Value::Null)
        } else {
            (json!({"start_date": "x"}), entities)
        };
        assert_eq!((&answer["replication_config"], &answer["entities"]), (&config, &entities));
    }
}

/// The stored config after a PUT of what the service showed, with one more key and without another.
async fn after_put_back(masks_keep_secrets: bool, connector_config_merges: bool) -> Value {
    let switches = Switches { masks_keep_secrets, connector_config_merges, ..Switches::default() };
    let (bench, _) = bench(switches).await;
    let body = with(config(), json!({"start_date": "x"}));
    let body = with(github(), json!({"replication_config": body}));
    let created = bench.send(POST, body).await.body;
    let mut shown = created["replication_config"].clone();
    shown.as_object_mut().unwrap().remove("start_date");
    shown["branches"] = json!(["main"]);
    let path = format!("PUT {PATH}/{}", created["id"].as_str().unwrap());
    bench.check(&path, json!({"replication_config": shown}), 200, json!({})).await;
    let world = bench.emulator.world();
    Value::Object(world.connectors.iter().next().unwrap().replication_config.clone())
}

#[tokio::test]
async fn put_replaces_or_merges_and_a_mask_is_a_text_or_a_secret() {
    for masks_keep_secrets in [false, true] {
        for merges in [false, true] {
            let mut expected = with(config(), json!({"branches": ["main"]}));
            if !masks_keep_secrets {
                expected["credentials"]["personal_access_token"] = json!("**********");
            }
            if merges {
                expected["start_date"] = json!("x");
            }
            assert_eq!(after_put_back(masks_keep_secrets, merges).await, expected);
        }
    }
}

#[tokio::test]
async fn a_template_keeps_a_secret_behind_its_mask_too() {
    let (bench, _) = bench(Switches { masks_keep_secrets: true, ..Switches::default() }).await;
    let source = template(&bench, GITHUB, config()).await;
    let lake = json!({"destination_name": "lake", "destination_definition_id": S3,
        "destination_config": {"secret_access_key": SECRET}});
    let lake = bench.create("POST /integrations/templates/connections", lake).await;
    for (path, key) in [
        (format!("/integrations/templates/sources/{source}"), "partial_default_config"),
        (format!("/integrations/templates/connections/{lake}"), "destination_config"),
    ] {
        let shown = bench.send(&format!("GET {path}"), Value::Null).await.body[key].clone();
        assert!(shown.to_string().contains("**********"), "{shown}");
        bench.check(&format!("PATCH {path}"), json!({key: shown}), 200, json!({})).await;
    }
    let written = bench.emulator.world().to_json();
    assert!(!written.contains("**********"));
    assert_eq!(written.matches(SECRET).count(), 2);
}

#[tokio::test]
async fn a_deletion_is_accepted_and_done_later() {
    let (bench, _) = bench(Switches::default()).await;
    let connector = bench.create(POST, github()).await;
    let path = format!("{PATH}/{connector}");
    let delete = format!("DELETE {path}");
    let accepted = bench.check(&delete, Value::Null, 202, json!({})).await;
    assert_eq!(keys(&accepted), ["job_id"]);
    assert!(bench.emulator.world().is_being_deleted(id(&connector)));
    // One more request for the same keeps the job, and is one of the two.
    bench.check(&delete, Value::Null, 202, accepted).await;
    assert_eq!(bench.names(&format!("GET {PATH}?workspace_name=acme")).await.len(), 1);
    assert!(bench.emulator.world().connectors.is_empty());
    bench.check(&format!("GET {path}"), Value::Null, 404, json!({})).await;
    bench.check(&delete, Value::Null, 404, json!({})).await;
    let committed: Vec<bool> =
        bench.emulator.journal().iter().skip(2).map(|exchange| exchange.committed).collect();
    assert_eq!(committed, [true, false, false, false, false]);
}

#[tokio::test]
async fn a_deletion_may_take_time_or_none_and_survives_a_restart() {
    let (bench, _) = bench(Switches::default()).await;
    let delete = async |delay: DeletionDelay| {
        bench.switch(|switches| switches.connector_deletion = delay);
        let path = format!("{PATH}/{}", bench.create(POST, github()).await);
        bench.check(&format!("DELETE {path}"), Value::Null, 202, json!({})).await;
        format!("GET {path}")
    };
    let get = delete(DeletionDelay::Requests(0)).await;
    bench.check(&get, Value::Null, 404, json!({})).await;
    let get = delete(DeletionDelay::Seconds(30)).await;
    for (seconds, status) in [(0, 200), (29, 200), (1, 404)] {
        bench.emulator.edit(|world| world.advance(seconds));
        bench.check(&get, Value::Null, status, json!({})).await;
    }
    let get = delete(DeletionDelay::Requests(1)).await;
    let written = bench.emulator.world().to_json();
    bench.emulator.set_world(World::from_json(&written).unwrap());
    bench.check(&get, Value::Null, 200, json!({})).await;
    bench.check(&get, Value::Null, 404, json!({})).await;
}

#[tokio::test]
async fn a_workspace_takes_what_stands_in_it_along() {
    let (bench, workspace) = bench(Switches::default()).await;
    bench
        .create(
            "POST /integrations/templates/connections",
            json!({"data_hosting_type":
        "airbyte_hosted"}),
        )
        .await;
    let connector = bench.create(POST, github()).await;
    bench.create(POST, with(github(), json!({"workspace_name": "default"}))).await;
    let delete = format!("DELETE /workspaces/{workspace}");
    bench.check(&delete, Value::Null, 200, json!({"id": workspace})).await;
    bench.check(&format!("GET {PATH}/{connector}"), Value::Null, 404, json!({})).await;
    let part = json!({"message": "not found"});
    bench.check(&format!("GET {PATH}?workspace_id={workspace}"), Value::Null, 404, part).await;
    let world = bench.emulator.world();
    let left = (world.connectors.len(), world.connections.len(), world.destinations.len());
    assert_eq!(left, (1, 1, 1));
}

#[tokio::test]
async fn a_deleted_template_stays_for_its_connectors_only() {
    let (bench, _) = bench(Switches::default()).await;
    let own = template(&bench, GITHUB, json!({"start_date": "x"})).await;
    let connector = bench.create(POST, github()).await;
    let template_path = format!("/integrations/templates/sources/{own}");
    bench.check(&format!("DELETE {template_path}"), Value::Null, 200, json!({"id": own})).await;
    bench.check(&format!("GET {template_path}"), Value::Null, 404, json!({})).await;
    bench.check(&format!("PATCH {template_path}"), json!({}), 404, json!({})).await;
    bench.check(&format!("DELETE {template_path}"), Value::Null, 404, json!({})).await;
    assert!(bench.names("GET /integrations/templates/sources").await.is_empty());
    let part = json!({"source_template": {"id": own}});
    bench.check(&format!("GET {PATH}/{connector}"), Value::Null, 200, part).await;
    let by_deleted = with(github(), json!({"source_template_id": own}));
    bench.check(POST, by_deleted, 404, json!({"message": "Source template"})).await;
    let unused = template(&bench, GITHUB, json!({})).await;
    let path = format!("DELETE /integrations/templates/sources/{unused}");
    bench.check(&path, Value::Null, 200, json!({})).await;
    assert!(bench.emulator.world().source_templates.get(id(&unused)).is_none());
}

#[tokio::test]
async fn a_changed_template_reaches_its_connectors_only_when_it_is_to() {
    let (bench, _) = bench(Switches::default()).await;
    let own = template(&bench, GITHUB, json!({"start_date": "old"})).await;
    let connector = bench.create(POST, github()).await;
    let effective = |bench: &Bench| {
        let world = bench.emulator.world();
        world.connectors.get(id(&connector)).unwrap().effective_config()["start_date"].clone()
    };
    let patch = format!("PATCH /integrations/templates/sources/{own}");
    for (value, propagate, seen) in [
        ("new", json!(null), "old"),
        ("newer", json!(false), "old"),
        ("newest", json!(true), "newest"),
    ] {
        let body = json!({"partial_default_config": {"start_date": value}, "propagate": propagate});
        bench.check(&patch, body, 200, json!({})).await;
        assert_eq!(effective(&bench), seen);
    }
    let get = format!("GET {PATH}/{connector}");
    let shown = bench.send(&get, Value::Null).await.body;
    assert!(shown["replication_config"].get("start_date").is_none());
    assert!(shown["updated_at"].as_str() > shown["created_at"].as_str());
    bench.switch(|switches| switches.connector_config_shows_presets = true);
    let part =
        json!({"replication_config": {"start_date": "newest", "repositories": ["acme/app"]}});
    bench.check(&get, Value::Null, 200, part).await;
}

/// The destinations that a connector gets by this selection, of templates tagged `a`, `a b` and
/// nothing.
async fn check_selection(bench: &Bench, selection: Value, names: &[&str]) {
    let connector = id(&bench.create(POST, with(github(), selection.clone())).await);
    let world = bench.emulator.world();
    let mut got: Vec<&str> = world
        .connections
        .iter()
        .filter(|connection| connection.connector == connector)
        .map(|connection| world.destinations.get(connection.destination).unwrap().name.as_str())
        .collect();
    got.sort_unstable();
    assert_eq!(got, names, "{selection}");
}

#[tokio::test]
async fn connection_templates_act_at_creation_by_their_tags() {
    let world = World::from_json(
        r#"{"workspaces": [{"name": "acme"}], "tags": [{"name": "a"}, {"name": "b"}],
        "connection_templates": [
            {"destination": "S3", "destination_name": "a", "tags": ["a"]},
            {"destination": "S3", "destination_name": "ab", "tags": ["a", "b"]},
            {"cron_expression": "0 0 12 * * ?"}]}"#,
    );
    let bench = Bench::start(world.unwrap(), Switches::default()).await;
    let select = |tags: Value, mode: &str| {
        json!({"selected_connection_template_tags": tags,
            "selected_connection_template_tags_mode": mode})
    };
    let all = ["Airbyte-managed S3", "a", "ab"];
    check_selection(&bench, json!({}), &all).await;
    check_selection(&bench, select(json!([]), "all"), &all).await;
    let by_default = json!({"selected_connection_template_tags": ["a", "b"]});
    check_selection(&bench, by_default, &["a", "ab"]).await;
    check_selection(&bench, select(json!(["a", "b"]), "all"), &["ab"]).await;
    check_selection(&bench, select(json!(["nope"]), "any"), &[]).await;
    template(&bench, GITHUB, json!({})).await;
    bench.emulator.edit(|world| {
        world.source_templates.update_all(|template| template.mode = emulator::SourceMode::Direct);
    });
    check_selection(&bench, json!({}), &[]).await;
}

#[tokio::test]
async fn what_was_made_from_a_connection_template_does_not_follow_it() {
    let (bench, _) = bench(Switches::default()).await;
    let lake = json!({"destination_name": "lake", "destination_definition_id": S3,
        "destination_config": {"s3_bucket_name": "b"}, "cron_expression": "0 0 12 * * ?",
        "sync_on_create": false, "non_breaking_changes_preference": "disable"});
    let lake = bench.create("POST /integrations/templates/connections", lake).await;
    bench.create(POST, with(github(), json!({"name": "n"}))).await;
    let path = format!("/integrations/templates/connections/{lake}");
    let patch = json!({"destination_name": "sea", "cron_expression": "0 0 6 * * ?",
        "destination_config": {"s3_bucket_name": "c"}});
    bench.check(&format!("PATCH {path}"), patch, 200, json!({})).await;
    bench.check(&format!("DELETE {path}"), Value::Null, 200, json!({})).await;
    let world = bench.emulator.world();
    let connection = world.connections.iter().next().unwrap();
    let destination = world.destinations.get(connection.destination).unwrap();
    assert_eq!(connection.name, "n → lake");
    assert_eq!(connection.cron_expression.as_deref(), Some("0 0 12 * * ?"));
    assert_eq!(connection.non_breaking_changes_preference, emulator::ChangesPreference::Disable);
    assert!(!connection.synced_on_create);
    assert_eq!(destination.name, "lake");
    assert_eq!(json!(destination.destination_config), json!({"s3_bucket_name": "b"}));
}

#[tokio::test]
async fn an_inactive_workspace_runs_nothing_and_does_not_start_again_by_itself() {
    for (enables, after) in [(false, "inactive"), (true, "active")] {
        let switches = Switches { activation_enables_connections: enables, ..Switches::default() };
        let (bench, workspace) = bench(switches).await;
        let hosted = json!({"data_hosting_type": "airbyte_hosted"});
        bench.create("POST /integrations/templates/connections", hosted).await;
        bench.create(POST, github()).await;
        let put = format!("PUT /workspaces/{workspace}");
        let list = format!("GET /internal/connections?workspace_id={workspace}");
        for (status, seen) in [("active", "active"), ("inactive", "inactive"), ("active", after)] {
            bench.check(&put, json!({"status": status}), 200, json!({})).await;
            bench.check(&list, Value::Null, 200, json!({"data": [{"status": seen}]})).await;
        }
        bench.check(&put, json!({"status": "inactive"}), 200, json!({})).await;
        bench.create(POST, github()).await;
        let answer = bench.check(&list, Value::Null, 200, json!({"total": 2})).await;
        assert!(items(&answer).iter().all(|item| item["status"] == "inactive"), "{answer}");
    }
}

#[tokio::test]
async fn another_organizations_connector_is_unknown() {
    let mut world = two_organizations();
    let theirs = world.organizations[1].id;
    let workspace = world.workspaces.named(Some(theirs), "acme").next().unwrap().id;
    let template = world.source_templates.named(Some(theirs), "Theirs").next().unwrap().id;
    let connector = world.create_connector(workspace, template, "x", |_| {}).unwrap();
    let bench = Bench::start(world, Switches::default()).await;
    for ask in ["GET", "PUT", "DELETE"] {
        bench.check(&format!("{ask} {PATH}/{connector}"), json!({}), 404, json!({})).await;
    }
    let list = format!("GET {PATH}?workspace_id={workspace}");
    bench.check(&list, Value::Null, 404, json!({})).await;
    let body = with(github(), json!({"source_template_id": template}));
    bench.check(POST, body, 404, json!({"message": "Source template"})).await;
    assert!(bench.names(&format!("GET {PATH}?workspace_name=acme")).await.is_empty());
}

#[test]
fn a_world_file_names_workspaces_and_templates_and_makes_what_follows() {
    let world = World::from_json(&format!(
        r#"{{"workspaces": [{{"name": "acme", "status": "inactive"}}], "tags": [{{"name": "pro"}}],
        "source_templates": [{{"definition": "{POSTGRES}", "name": "Shop",
            "partial_default_config": {{"host": "db"}}}}],
        "connection_templates": [{{"destination": "S3", "destination_name": "lake"}},
            {{"destination": "S3", "destination_name": "pro lake", "tags": ["pro"]}}],
        "connectors": [
            {{"workspace": "acme", "source_template": "Shop", "replication_config": {{"port": 1}}}},
            {{"workspace": "default", "source_template": "GitHub", "name": "code",
                "connection_template_tags": ["pro"], "entities": [{{"entity": "issues"}}]}}]}}"#
    ))
    .unwrap();
    let names = |workspace: &str| {
        let workspace = world.workspaces.named(Some(world.home()), workspace).next().unwrap().id;
        let rows = world.destinations.in_workspace(workspace);
        rows.map(|row| row.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(names("acme"), ["lake", "pro lake"]);
    assert_eq!(names("default"), ["pro lake"]);
    let shop = world.connectors.named(Some(world.home()), "Shop").next().unwrap();
    assert_eq!(json!(shop.effective_config()), json!({"host": "db", "port": 1}));
    assert_eq!(shop.connection_templates, TagSelection::default());
    let code = world.connectors.named(Some(world.home()), "code").next().unwrap();
    assert_eq!(code.entities.as_ref().unwrap()[0].entity, "issues");
    let written = world.to_json();
    assert_eq!(World::from_json(&written).unwrap().to_json(), written);
}

/// A quadratic world would take an hour here.
#[tokio::test]
async fn a_hundred_thousand_connectors_are_made_listed_changed_and_deleted_in_linear_time() {
    let started = Instant::now();
    let mut world = World::sandbox();
    let home = world.home();
    let template = world.source_templates.named(None, "GitHub").next().unwrap().id;
    let workspaces: Vec<Uuid> =
        (0..2_000).map(|n| world.create_workspace(home, &format!("w{n}"), None)).collect();
    for workspace in &workspaces {
        for n in 0..50 {
            world.create_connector(*workspace, template, &format!("c{n}"), |_| {}).unwrap();
        }
    }
    let ids: Vec<Uuid> = world.connectors.iter().map(|connector| connector.id).collect();
    assert_eq!(ids.len(), 100_000);
    for id in &ids {
        world.connectors.update(*id, |connector| connector.entities = Some(Vec::new()));
    }
    let bench =
        Bench::start(world, Switches { journal_bodies: false, ..Switches::default() }).await;
    for workspace in workspaces.iter().step_by(100) {
        let list = format!("GET {PATH}?workspace_id={workspace}");
        assert_eq!(bench.names(&list).await.len(), 50);
    }
    let page = format!(
        "GET /organizations/{home}/credentials?limit=200&sort_field=created_at&sort_direction=asc"
    );
    for offset in [0, 50_000, 99_900] {
        let answer = bench.send(&format!("{page}&offset={offset}"), Value::Null).await.body;
        let expected = ids.iter().skip(offset).take(200).map(Uuid::to_string).collect::<Vec<_>>();
        let got = items(&answer).iter().map(|item| item["id"].as_str().unwrap().to_owned());
        assert_eq!(got.collect::<Vec<_>>(), expected);
    }
    bench.emulator.edit(|world| {
        for workspace in &workspaces {
            world.delete_workspace(*workspace, false);
        }
        assert!(world.connectors.is_empty());
    });
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

/// What a connector is for: requests by an agent, and what can be asked for.
#[tokio::test]
async fn a_connector_is_used_by_entity_and_action() {
    let (bench, _) = bench(Switches::default()).await;
    let id = bench.create(POST, github()).await;
    let execute = format!("POST {PATH}/{id}/execute");
    let part = json!({"execution_metadata": {"connector_instance_id": id}});
    bench.check(&execute, json!({"entity": "issues", "action": "list"}), 200, part).await;
    for body in [json!({"entity": "issues"}), json!({"action": "list"})] {
        bench.check(&execute, body, 422, json!({})).await;
    }
    let nowhere = format!("POST {PATH}/{NOWHERE}/execute");
    bench.check(&nowhere, json!({"entity": "issues", "action": "list"}), 404, json!({})).await;
    let entities = format!("GET {PATH}/{GITHUB}/entities");
    bench.check(&entities, Value::Null, 200, json!({"has_scope_mapping": false})).await;
    bench.check(&format!("GET {PATH}/{id}/entities"), Value::Null, 404, json!({})).await;
}

#[tokio::test]
async fn consent_is_asked_for_under_the_organizations_own_template() {
    let (bench, _) = bench(Switches::default()).await;
    let initiate = format!("POST {PATH}/oauth/initiate");
    let body = json!({"workspace_name": "acme", "connector_type": "GitHub",
        "redirect_url": "https://acme.example/back?x=1"});
    // The global template makes connectors, and is not enough for consent.
    let none = "No organization-specific source template configured for this connector type.";
    let refused = bench.send(&initiate, body.clone()).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body.to_string().contains(none), "{}", refused.body);
    let template = template(&bench, GITHUB, json!({})).await;
    let answer = bench.check(&initiate, body.clone(), 200, json!({})).await;
    assert_eq!(
        answer["consent_url"],
        "https://consent.example/github?redirect_url=\
         https%3A%2F%2Facme%2Eexample%2Fback%3Fx%3D1"
    );
    let by_template =
        with(body.clone(), json!({"connector_type": null, "source_template_id": template}));
    bench.check(&initiate, by_template, 200, json!({})).await;
    for (change, status) in [
        (json!({"workspace_name": "nobody"}), 404),
        (json!({"redirect_url": "acme"}), 422),
        (json!({"redirect_url": null}), 422),
        (json!({"connector_type": "Nothing"}), 404),
        (json!({"connector_type": null}), 422),
    ] {
        bench.check(&initiate, with(body.clone(), change), status, json!({})).await;
    }
    assert!(bench.emulator.world().connectors.is_empty());
}
