//! Secret text is in nothing that is shown, whatever is wrong.

use manifest::{GivenVariables, Origin, Reading, SourceFile, var_file};
use secrecy::ExposeSecret;

use crate::support::{World, drawn, read};

const SECRET: &str = "hunter2";

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.to_owned(), text: text.to_owned() }
}

fn shows_nothing(reading: &Reading, files: &[SourceFile]) {
    let shown = format!("{reading:?}\n{}", drawn(&reading.diagnostics, files));
    // The one place where the case itself has to stand.
    let shown = shown.replace(&format!("#: var token={SECRET}"), "");
    assert!(!shown.contains(SECRET), "{shown}");
}

#[test]
fn sensitive_variables() {
    for (declaration, value) in [
        ("{sensitive: true}", "${var:token}"),
        ("{sensitive: true}", "Bearer ${var:token} ${env:MISSING}"),
        ("{sensitive: true, type: number}", "${var:token}"),
        ("{type: number}", "${var:token}"),
        ("{type: bool}", "${var:token}"),
    ] {
        for field in ["partial_default_config: {a: {b: ", "name: {c: {d: ", "propagate: {c: {d: "] {
            let text = format!(
                "#: var token={SECRET}\nversion: 1\nvariables: {{token: {declaration}}}\n\
                 source_templates:\n  a:\n    definition: A\n    {field}\"{value}\"}}}}\n"
            );
            let files = [file("a.yaml", &text)];
            shows_nothing(&read(&files), &files);
        }
    }
}

#[test]
fn values_of_sensitive_variables_are_handed_over() {
    let text = format!(
        "#: var token={SECRET}\n#: var unused=x\nversion: 1\n\
         variables: {{token: {{sensitive: true}}, unused: {{sensitive: true}}}}\n\
         source_templates: {{a: {{definition: A, partial_default_config: {{t: \"${{var:token}}\"}}}}}}\n"
    );
    let files = [file("a.yaml", &text)];
    let reading = read(&files);
    let names: Vec<&String> = reading.secret_variables.keys().collect();
    assert_eq!(names, ["token"]);
    assert_eq!(reading.secret_variables["token"].expose_secret(), SECRET);
    shows_nothing(&reading, &files);
}

#[test]
fn variable_files() {
    let mut given = GivenVariables::default();
    given.set("token", SECRET, Origin::Flag);
    for text in [
        "token: hunter2\n  bad: [",
        "token: [hunter2]",
        "- hunter2",
        "hunter2",
        "token: !hunter2 x",
        "token: hunter2\ntoken: hunter2\n",
        "token:\n\t- hunter2\n",
        "token: \"hunter2",
        "hunter2: 0123",
    ] {
        let file = file("vars.yaml", text);
        let diagnostics = var_file::read(&file, &mut given);
        let shown = drawn(&diagnostics, std::slice::from_ref(&file));
        let shown = format!("{shown}{diagnostics:?}{given:?}");
        let key_only = shown.replace("`hunter2` can be read in two ways", "");
        assert!(!diagnostics.is_empty(), "{text}");
        assert!(!key_only.replace("`!hunter2`", "").contains(SECRET), "{text}: {shown}");
    }
}

/// What a variable file gives, with what the manifest says of it.
fn check(vars: &str, declaration: &str, expected: &str) {
    let vars = file("vars.yaml", vars);
    let mut given = GivenVariables::default();
    let mut diagnostics = var_file::read(&vars, &mut given);
    let text = format!(
        "version: 1\nvariables: {{v: {declaration}}}\n\
         source_templates: {{a: {{definition: A, partial_default_config: {{x: \"${{var:v}}\"}}}}}}\n"
    );
    let files = [file("a.yaml", &text)];
    let reading = manifest::read(&files, &given, &World::default());
    diagnostics.extend(reading.diagnostics);
    let found = match diagnostics.first() {
        Some(first) => format!(
            "{}{}",
            first.message,
            first.help.as_deref().map(|h| format!("; {h}")).unwrap_or_default()
        ),
        None => {
            let desired = reading.desired.unwrap();
            let resource = desired.resources.values().next().unwrap();
            format!("{:?}", resource.attributes["partial_default_config"])
        }
    };
    assert!(found.contains(expected), "{vars:?} as {declaration}: {found}");
}

#[test]
fn variable_files_say_what_their_values_are() {
    check("v: 8", "{type: number}", "Number(\"8\")");
    check("v: true", "{type: bool}", "Bool(true)");
    check("v: eu", "{}", "Text(\"eu\")");
    check("v: \"1.10\"", "{}", "Text(\"1.10\")");
    check("v: 1.10", "{}", "does not give `v` a string; put the value into quotes");
    check(
        "v: \"8\"",
        "{type: number}",
        "does not give `v` a number; take the quotes off the value",
    );
    check(
        "v: large",
        "{type: number}",
        "the variable file vars.yaml does not give `v` a number; write a number",
    );
    check("v: no", "{}", "vars.yaml:1: `v` can be read in two ways: put the value into quotes");
    check("\nv:", "{}", "vars.yaml:2: `v` has no value");
    check("v: x\nw: z", "{}", "the value of `w` in the variable file vars.yaml is not used");
    check("v: [1]", "{}", "vars.yaml:1: `v` is not text, a number, `true` or `false`");
    check("v: x\n v: y", "{}", "vars.yaml:2: this is not valid YAML: ");
}

#[test]
fn the_last_value_given_counts() {
    let mut given = GivenVariables::default();
    given.set("v", "environment", Origin::Environment);
    assert_eq!(var_file::read(&file("vars.yaml", "v: file"), &mut given), []);
    given.set("v", "flag", Origin::Flag);
    let files =
        [file("a.yaml", "version: 1\nvariables: {v: {}}\ntags: {a: {name: \"${var:v}\"}}\n")];
    let desired = manifest::read(&files, &given, &World::default()).desired.unwrap();
    let tag = desired.resources.values().next().unwrap();
    assert_eq!(tag.attributes["name"], model::Value::text("flag"));
}
