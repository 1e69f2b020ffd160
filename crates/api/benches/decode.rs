//! `cargo bench -p api`: from the bytes of an answer to objects.

use api::bench;
use divan::Bencher;
use divan::counter::BytesCount;
use serde_json::{Value as Json, json};

fn main() {
    divan::main();
}

/// A full page, as the service gives it.
#[divan::bench]
fn page_of_100_workspaces(bencher: Bencher<'_, '_>) {
    let workspace = |number: usize| {
        json!({
            "id": format!("00000000-0000-4000-8000-{number:012}"),
            "name": format!("customer-{number:06}"),
            "organization_id": "0d9c9ae1-6a6b-4c0a-8c6c-5b5a3c1d2e3f",
            "status": "active",
            "created_at": "2025-06-01T12:00:00Z",
            "updated_at": "2025-06-01T12:00:00Z",
            "cache_enabled": false,
            "tombstone": false,
        })
    };
    let all: Vec<Json> = (0..100).map(workspace).collect();
    let page = json!({"data": all, "next": "https://api.airbyte.ai/api/v1/workspaces?cursor=x"});
    let page = page.to_string().into_bytes();
    assert_eq!(bench::workspaces(&page), Some(100));
    bencher.counter(BytesCount::of_slice(&page)).bench(|| bench::workspaces(&page));
}

/// Most of a template's answer is the form that a customer fills in, which says nothing of it.
#[divan::bench(args = [1, 50])]
fn source_template(bencher: Bencher<'_, '_>, fields: usize) {
    let field = |number: usize| {
        let field = json!({
            "type": "string", "title": format!("Field {number}"), "order": number,
            "description": "What a customer has to know before anything is typed in here.",
            "examples": ["one", "another"], "airbyte_secret": number < 5,
        });
        (format!("field_{number}"), field)
    };
    let form: serde_json::Map<String, Json> = (0..fields).map(field).collect();
    let shown = json!({
        "id": "00000000-0000-4000-8000-000000000000",
        "name": "GitHub",
        "source_definition_id": "ef69ef6e-aa7f-4af1-a01d-ef775033524e",
        "mode": "MULTI",
        "partial_default_config": {"start_date": "2025-01-01T00:00:00Z"},
        "user_config_spec": {"connectionSpecification": {"type": "object", "properties": form}},
        "tags": ["crm"],
        "created_at": "2025-06-01T12:00:00Z",
        "updated_at": "2025-06-01T12:00:00Z",
    });
    let shown = shown.to_string().into_bytes();
    assert_eq!(bench::source_template(&shown), Some(5));
    bencher.counter(BytesCount::of_slice(&shown)).bench(|| bench::source_template(&shown));
}
