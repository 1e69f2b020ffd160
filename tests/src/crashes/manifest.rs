//! An organization, and what is to become of it: steps of every sort.

use std::fmt::Write as _;

/// What stands before.
pub(super) fn before(size: usize) -> String {
    let mut text = String::from("version: 1\ntags:\n");
    for number in 0..size {
        let _ = writeln!(text, "  t{number}: {{}}");
    }
    text.push_str("source_templates:\n");
    for number in 0..size {
        text += &source_template(number, "2024");
    }
    text.push_str("connection_templates:\n");
    for number in 0..size {
        text += &connection_template(number, "old");
    }
    text.push_str("workspaces:\n");
    for number in 0..size {
        let _ = writeln!(text, "  w{number}: {{}}");
    }
    text.push_str("connectors:\n");
    for number in 0..size {
        text += &connector(number, "main", "ONE_SECRET");
    }
    text
}

/// What is declared then: renames, new values, rotated secrets, deletes, a new half of everything.
pub(super) fn after(size: usize) -> String {
    let mut text = String::from("version: 1\ntags:\n");
    for number in 0..2 * size {
        let renamed = if number % 3 == 0 { " renamed" } else { "" };
        let _ = writeln!(text, "  t{number}: {{name: t{number}{renamed}}}");
    }
    text.push_str("source_templates:\n");
    for number in 0..2 * size {
        text += &source_template(number, "2025");
    }
    text.push_str("connection_templates:\n");
    // The first ones go, as some connectors do.
    for number in size / 4..3 * size / 2 {
        text += &connection_template(number, "new");
    }
    text.push_str("workspaces:\n");
    for number in 0..2 * size {
        let inactive = if number % 2 == 0 { "status: inactive" } else { "cache_enabled: true" };
        let _ = writeln!(text, "  w{number}: {{{inactive}}}");
    }
    text.push_str("connectors:\n");
    for number in size / 4..2 * size {
        text += &connector(number, "other", "OTHER_SECRET");
    }
    text.push_str("oauth_credentials:\n");
    text.push_str(
        "  slack: {connector_type: Slack, configuration: {client_id: \"${secret:env:ONE_SECRET}\"}}\n",
    );
    text
}

fn source_template(number: usize, year: &str) -> String {
    format!(
        "  s{number}: {{definition: Faker, tags: [t{number}], partial_default_config: {{seed: {year}, count: 5}}}}\n"
    )
}

fn connection_template(number: usize, bucket: &str) -> String {
    format!(
        "  c{number}:\n    destination: S3\n    tags: [t{number}]\n    destination_config:\n      \
         s3_bucket_name: {bucket}\n      s3_bucket_region: eu-central-1\n      s3_bucket_path: data\n      \
         format: {{format_type: JSONL}}\n      secret_access_key: \"${{secret:env:ONE_SECRET}}\"\n"
    )
}

fn connector(number: usize, name: &str, secret: &str) -> String {
    format!(
        "  n{number}:\n    workspace: w{number}\n    source_template: s{number}\n    name: n{number}\n    \
         connection_template_tags: [t{number}]\n    replication_config: {{count: 3, x_name: {name}, \
         x_secret: \"${{secret:env:{secret}}}\"}}\n"
    )
}
