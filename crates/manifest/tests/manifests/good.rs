//! Good manifests, and what they declare.

use std::fmt::Write;

use crate::support::{all_files, cases, drawn, read};
use model::desired::{Desired, Import, Lifecycle, Move, Output, Removal};
use model::guard::Guard;
use model::token::{TagFilter, WidgetProfile};
use model::value::{Path, Value};

/// One line per leaf: where it stands in the file, its path, its value.
fn dump(desired: &Desired) -> String {
    let mut out = String::new();
    if let Some((organization, _)) = &desired.organization {
        writeln!(out, "organization {organization}").unwrap();
    }
    if let Some(tag) = &desired.ownership_tag {
        writeln!(out, "ownership tag {tag}").unwrap();
    }
    if let Some((bucket, _)) = &desired.backend {
        writeln!(out, "backend {bucket:?}").unwrap();
    }
    for (from, Move { to, span: _ }) in &desired.moved {
        writeln!(out, "moved {from} -> {to}").unwrap();
    }
    for (from, Removal { destroy, span: _ }) in &desired.removed {
        writeln!(out, "removed {from}{}", if *destroy { ", destroyed" } else { "" }).unwrap();
    }
    for (to, Import { by, span: _ }) in &desired.imports {
        writeln!(out, "import {to} = {by:?}").unwrap();
    }
    for (address, resource) in &desired.resources {
        let external = if resource.external { " (external)" } else { "" };
        writeln!(out, "{address}{external}").unwrap();
        if resource.lifecycle != Lifecycle::default() {
            writeln!(out, "  {:?}", resource.lifecycle).unwrap();
        }
        for (name, value) in &resource.attributes {
            for (path, leaf) in value.leaves(&Path::attribute(name)) {
                let span = resource.place(&path);
                let default = if span == resource.span { "  # default" } else { "" };
                writeln!(out, "  {path} = {}{default}", shown(leaf)).unwrap();
            }
        }
    }
    for (name, profile) in &desired.widget_tokens {
        let WidgetProfile { span: _, origin, workspace, source_templates, connection_templates } =
            profile;
        writeln!(out, "widget token {name}").unwrap();
        writeln!(out, "  origin = {origin:?}").unwrap();
        if let Some(workspace) = workspace {
            writeln!(out, "  workspace -> {workspace}").unwrap();
        }
        for filter in [source_templates, connection_templates] {
            let TagFilter { tags, mode } = filter;
            let tags: Vec<String> = tags.iter().map(ToString::to_string).collect();
            writeln!(out, "  {} of {tags:?}", mode.word()).unwrap();
        }
    }
    for (name, Guard { span: _, kinds, rules, places: _ }) in &desired.guards {
        writeln!(out, "guard {name} of {kinds:?}").unwrap();
        for (rule, what) in rules {
            writeln!(out, "  {} {what:?}", rule.word()).unwrap();
        }
    }
    for (name, Output { span: _, address, field }) in &desired.outputs {
        writeln!(out, "output {name} -> {} of {address}", field.word()).unwrap();
    }
    out
}

fn shown(leaf: &Value) -> String {
    match leaf {
        Value::Null => "null".to_owned(),
        Value::Bool(bool) => bool.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Secret(secret) => format!("secret {secret}"),
        Value::Reference(address) => format!("-> {address}"),
        Value::List(_) => "[]".to_owned(),
        Value::Map(_) => "{}".to_owned(),
    }
}

#[test]
fn every_good_manifest_declares_what_it_says() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/good");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for case in cases("good") {
            let reading = read(&case.files);
            let drawn = drawn(&reading.diagnostics, &all_files(&case.files, &reading));
            assert!(reading.diagnostics.is_empty(), "{}:\n{drawn}", case.name);
            let secrets: Vec<&String> = reading.secret_variables.keys().collect();
            let mut dump = dump(&reading.desired.unwrap());
            if !secrets.is_empty() {
                writeln!(dump, "secret variables: {secrets:?}").unwrap();
            }
            insta::assert_snapshot!(case.name.as_str(), dump);
        }
    });
}
