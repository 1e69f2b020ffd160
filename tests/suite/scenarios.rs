//! Every scenario twice: as a transcript to review, and killed after each write.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use acceptance::scenario;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_airform-under-test"))
}

fn check_transcript(name: &str) {
    let text = scenario::transcript(&folder(name), program()).unwrap_or_else(|e| panic!("{e}"));
    insta::with_settings!({
        snapshot_path => folder(name),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("transcript", text);
    });
}

fn check_crashes(name: &str) {
    scenario::crashes(&folder(name), program()).unwrap_or_else(|e| panic!("{e}"));
}

macro_rules! scenarios {
    ($($test:ident $folder:literal)*) => {
        const LISTED: &[&str] = &[$($folder),*];

        $(mod $test {
            #[test]
            fn transcript() {
                super::check_transcript($folder);
            }

            #[test]
            fn crashes() {
                super::check_crashes($folder);
            }
        })*
    };
}

scenarios! {
    first_apply "01-first-apply"
    no_change "02-no-change"
    update "03-update"
    rename "04-rename"
    replace "05-replace"
    replace_unique_names "06-replace-unique-names"
    prune "07-prune"
    adopt "08-adopt"
    no_adopt "09-no-adopt"
    drift "10-drift"
    ambiguous_name "11-ambiguous-name"
    wrong_organization "12-wrong-organization"
    expired_token "13-expired-token"
    failed_step "14-failed-step"
    declined "15-declined"
    detailed_exitcode "16-detailed-exitcode"
    clone "17-clone"
    airbyte_hosted "18-airbyte-hosted"
    masking_cleartext "19-masking-cleartext"
    masking_asterisks "20-masking-asterisks"
    masking_secret_object "21-masking-secret-object"
    masking_dropped "22-masking-dropped"
    null_ignored "23-null-ignored"
    null_clears "24-null-clears"
    large_organization "25-large-organization"
    state_lost "26-state-lost"
    tag_rename "27-tag-rename"
    workspace_rename "28-workspace-rename"
    secret_rotation "29-secret-rotation"
    legacy_token_routes "30-legacy-token-routes"
    no_tag_routes "31-no-tag-routes"
    lost_answers "32-lost-answers"
    workspace_replace "33-workspace-replace"
    moved "34-moved"
    sandbox "35-sandbox"
    guards "36-guards"
    schema_drift "37-schema-drift"
    hostile_next "38-hostile-next"
    bad_manifest "39-bad-manifest"
    variables "40-variables"
    opaque_leaf "41-opaque-leaf"
    state "42-state"
    interrupted "43-interrupted"
    connectors "44-connectors"
    moved_and_renamed "44-moved-and-renamed"
    connector_check "45-connector-check"
    removed "45-removed"
    import "46-import"
    region_change "47-region-change"
    lifecycle "48-lifecycle"
    for_each "50-for-each"
    overlay "51-overlay"
    thousand_rows "52-thousand-rows"
    tokens "60-tokens"
    destroy "61-destroy"
    drift_command "62-drift-command"
    output "63-output"
    state_mended "64-state-mended"
    target "65-target"
    rotate "70-rotate"
    rotate_assumed "71-rotate-assumed"
    secret_version "72-secret-version"
    export "75-export"
    export_cleartext "76-export-cleartext"
    export_refused "77-export-refused"
    import_command "78-import-command"
    secret_in_clear "79-secret-in-clear"
    oauth_credentials "80-oauth-credentials"
    ownership "81-ownership"
    oauth_many "82-oauth-many"
    other_readings "83-other-readings"
    saved_plan "100-saved-plan"
    stale_plan "101-stale-plan"
    views "102-views"
    events "103-events"
    graph "104-graph"
    saved_plan_of_the_unseen "105-saved-plan-of-the-unseen"
    moved_while_asked "106-moved-while-asked"
    replace_asked "90-replace"
    refresh_only "91-refresh-only"
    workspace_with_connectors "92-workspace-with-connectors"
    in_use "93-in-use"
    inverse "94-inverse"
    rename_proposed "95-rename-proposed"
    where_the_state_is "110-where-the-state-is"
    replace_key "111-replace-key"
    state_mv_of_secrets "112-state-mv-of-secrets"
    files_outside "119-files-outside"
    limits "113-limits"
    request_log "114-request-log"
    budget_and_stop "115-budget-and-stop"
    definitions_kept "116-definitions-kept"
    without_refresh "117-without-refresh"
    trusted_times "118-trusted-times"
    pauses "126-pauses"
    declared_guards "120-declared-guards"
    config_check "121-config-check"
    start "122-start"
    planned_config "123-planned-config"
    fmt "124-fmt"
    plan_tests "125-plan-tests"
}

#[test]
fn no_scenario_is_forgotten() {
    let found: BTreeSet<String> = std::fs::read_dir(folder("."))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, LISTED.iter().map(|&name| name.to_owned()).collect());
}
