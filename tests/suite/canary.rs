//! Canaries: secrets that stand nowhere else are planted wherever a secret can be, every command is run
//! in every format while everything goes wrong, and none of them is found in anything that was written.

use std::collections::BTreeSet;
use std::path::Path;

use acceptance::bench::{Bench, Ran};
use acceptance::script::{self, Act};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_airform-under-test"))
}

/// What is planted: a variable of the environment, and its value.
const IN_ENV: [(&str, &str); 8] = [
    ("CANARY_DB_PASSWORD", "CanaryDb/9f+Qe7\"x?&z"),
    ("CANARY_KEY_ID_SECRET", "AKIACANARY4Jf8"),
    ("CANARY_BUCKET_SECRET", "CanaryBucket+3Rt/6k=="),
    ("CANARY_APP_SECRET_ID", "CanaryAppId-1Pz5"),
    ("CANARY_APP_SECRET", "CanaryApp%7Ww<3>"),
    ("CANARY_CUSTOMER_PASSWORD", "CanaryCustomer~8Yb é"),
    ("AIRFORM_VAR_token", "CanaryVariable-0Lc4"),
    ("CANARY_UNUSED_SECRET", "CanaryUnused-6Gd2"),
];

/// What is planted elsewhere: in files, in what the service already holds, and the ways in.
const ELSEWHERE: [&str; 8] = [
    "CanaryFileLineOne7Zq2/Kx9+abcdefghijklmnop",
    "CanaryFileLineTwo8Wd4/Rt1+abcdefghijklmnop",
    "CanaryVarFile-2Mn6",
    "CanaryInClear-5Hs8",
    "CanaryOfTheService-9Xv3",
    "sandbox-operator-token",
    "sandbox-secret",
    // How every token begins that is minted here.
    "eyJhbGciOi",
];

/// The forms in which a text could be written down.
fn forms(secret: &str) -> BTreeSet<String> {
    let json = serde_json::Value::from(secret).to_string();
    let percent = percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC);
    let mut forms: BTreeSet<String> = [
        secret.to_owned(),
        json.trim_matches('"').to_owned(),
        percent.to_string(),
        secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
    ]
    .into();
    // In the middle of something else it begins at any of three places of a group of four letters.
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        for before in 0..3 {
            let whole = [&vec![0; before][..], secret.as_bytes()].concat();
            let encoded = engine.encode(&whole);
            let own = (before * 8).div_ceil(6)..whole.len() * 8 / 6;
            forms.extend(encoded.get(own).map(str::to_owned));
        }
    }
    forms
}

fn canaries() -> Vec<(String, BTreeSet<String>)> {
    let in_env = IN_ENV.iter().map(|(_, secret)| *secret);
    let secrets = in_env.chain(ELSEWHERE);
    secrets.map(|secret| (secret.to_owned(), forms(secret))).collect()
}

/// Which secret stands in `text`, and in which form.
fn found<'c>(
    text: &str,
    canaries: &'c [(String, BTreeSet<String>)],
) -> Option<(&'c str, &'c str)> {
    canaries.iter().find_map(|(secret, forms)| {
        let form = forms.iter().find(|form| text.contains(form.as_str()))?;
        Some((secret.as_str(), form.as_str()))
    })
}

/// What goes wrong on the way, and which commands are run. A line that ends with `=> N` is to end so.
/// The words are those of the scenarios.
const STORY: &str = r#"
# What needs no organization.
$ airform validate -vv => 0
$ airform validate --offline => 0
$ airform graph --format dot => 0
$ airform graph --format mermaid => 0
$ airform graph --format svg => 0
$ airform schema => 0
$ airform schema plan => 0
$ airform explain => 0
$ airform explain secret::in-clear => 0
$ airform completions bash => 0
$ airform man --out man => 0
$ airform init begun => 0
$ airform definitions search post --offline => 0
$ airform definitions show S3 --offline => 0
$ airform definitions show S3 --offline --yaml => 0
$ airform --help => 0
$ airform help apply => 0

# Command lines that make no sense.
$ airform plan --var token => 64
$ airform plan --var tokn=CanaryVariable-0Lc4 => 1
$ airform apply --nonsense => 64

# Variables from files, good and broken.
$ airform validate --var-file token.vars.yaml => 0
$ airform validate --var-file broken.vars.yaml => 1

# Manifests with mistakes, and with secrets in clear.
$ airform validate clear => 1
$ airform plan clear/airform.yaml --state clear.json -vv => 0
$ airform plan clear/airform.yaml --state clear.json --format json => 0
$ airform plan clear/airform.yaml --state clear.json --format markdown => 0
$ airform plan clear/airform.yaml --state clear.json --format html => 0
$ airform plan clear/airform.yaml --state clear.json --out clear.plan => 1

# In the sandbox.
$ airform plan --sandbox -vv => 0
$ airform apply --sandbox --auto-approve => 0
$ airform state list --sandbox => 0

# Nothing is there yet.
$ airform plan -vv => 0
$ airform plan --full --format text => 0
$ airform plan --format json => 0
$ airform plan --format markdown => 0
$ airform plan --format html => 0
$ airform plan --without-secrets => 0
$ airform plan --detailed-exitcode => 2
$ airform plan --out saved.plan => 0
$ airform show saved.plan => 0
$ airform show saved.plan --format json => 0
$ airform show saved.plan --format markdown => 0
$ airform show saved.plan --format html => 0
$ airform graph saved.plan --format svg => 0

# A secret is missing.
unset CANARY_DB_PASSWORD
$ airform plan => 1
env CANARY_DB_PASSWORD=CanaryDb/9f+Qe7"x?&z
$ airform drift -vv => 0

# The service refuses, and says the secrets again in every shape that it has.
service fault {"method": "POST", "route_contains": "templates/sources", "times": 9, "kind": {"status": {"code": 422, "body": "{\"message\": \"'CanaryDb/9f+Qe7\\\"x?&z' is no password\", \"errors\": [{\"field\": \"body.partial_default_config.password\", \"message\": \"got CanaryDb/9f+Qe7\\\"x?&z and CanaryVariable-0Lc4 and -----BEGIN PRIVATE KEY-----\\\\nCanaryFileLineOne7Zq2/Kx9+abcdefghijklmnop\", \"error_code\": \"value_error\", \"details\": null}]}"}}}
service fault {"method": "POST", "route_contains": "templates/connections", "times": 9, "kind": {"status": {"code": 400, "body": "{\"detail\": [{\"loc\": [\"body\", \"destination_config\", \"CanaryBucket+3Rt/6k==\"], \"msg\": \"CanaryBucket%2B3Rt%2F6k%3D%3D, AKIACANARY4Jf8\", \"type\": \"AKIACANARY4Jf8\"}]}"}}}
service fault {"method": "PUT", "route_contains": "oauth", "times": 9, "kind": {"status": {"code": 500, "body": "CanaryApp%7Ww<3> of CanaryAppId-1Pz5", "headers": [["X-Request-Id", "CanaryApp%7Ww<3>"]]}}}
$ airform apply --auto-approve -vv => 4
$ airform apply --auto-approve --format json => 1
$ airform apply saved.plan --auto-approve => 5
service heal

# It answers with what is no answer, and not at all.
service fault {"method": "POST", "times": 1, "kind": {"status": {"code": 200, "body": "Bearer sandbox-operator-token {\"password\": \"CanaryDb/9f+Qe7\\\"x?&z\""}}}
$ airform apply --auto-approve -vv => 4
service heal
service fault {"method": "GET", "times": 99, "kind": {"status": {"code": 403, "body": "{\"detail\": \"no: Bearer sandbox-operator-token\"}"}}}
$ airform plan -vv => 1
$ airform drift => 1
$ airform export => 1
$ airform token scoped --workspace acme => 1
$ airform definitions search post => 1
service heal
env AIRBYTE_API_URL=https://user:sandbox-operator-token@api.example.com/api/v1
$ airform plan => 1
restore AIRBYTE_API_URL

# It is killed in the middle, and then goes on.
kill airform apply --auto-approve
$ airform state list => 0
$ airform plan -vv => 0
$ airform apply --auto-approve -vv => 0
$ airform plan => 0
$ airform drift => 0
$ airform drift -vv => 0

# What is there is told.
$ airform output => 0
$ airform output --format env => 0
$ airform output --format dotenv => 0
$ airform output workspaces.acme => 0
$ airform state list => 0
$ airform state show source_templates.postgres => 0
$ airform state show oauth_credentials.hubspot => 0
$ airform state runs => 0
$ airform state pull => 0
$ airform state unlock => 0
$ airform definitions search post => 0
$ airform definitions show Postgres => 0
$ airform token scoped --workspace acme => 0
pipe
$ airform token inspect => 0
$ airform token widget --profile portal --json => 0
pipe
$ airform token inspect --json => 0
$ airform token operator => 0
pipe
$ airform token inspect => 1

# Others have written to it, and hold secrets that nobody here knows.
service change {"source_templates": {"PostgreSQL": {"partial_default_config": {"host": "elsewhere", "password": "CanaryOfTheService-9Xv3"}}}, "connection_templates": {"Lake": {"destination_config": {"s3_bucket_path": "elsewhere", "secret_access_key": "CanaryOfTheService-9Xv3"}}}}
$ airform drift -vv => 2
$ airform plan -vv --full => 0
$ airform plan --format json => 0
$ airform plan --format markdown => 0
$ airform plan --format html => 0
$ airform plan --refresh-only => 0
$ airform plan --out drifted.plan => 0
$ airform show drifted.plan --format json => 0
$ airform export -vv => 0
$ airform export --out exported => 0
$ airform plan exported --without-secrets => 0
$ airform import tags.crm nowhere => 1

# A plan that is blocked is saved all the same, and refused.
$ airform plan --replace connection_templates.lake --out blocked.plan => 3
$ airform show blocked.plan --format markdown => 0
$ airform apply blocked.plan --auto-approve => 3

# Secrets are rotated.
env CANARY_DB_PASSWORD=CanaryVariable-0Lc4
env CANARY_APP_SECRET=CanaryUnused-6Gd2
$ airform plan -vv => 0
$ airform plan --format json => 0
$ airform apply --auto-approve --format json => 0

# State is mended, and all is destroyed but what may not be.
$ airform state mv tags.crm tags.other => 0
$ airform state mv tags.other tags.crm => 0
$ airform state push airform.state.json => 0
$ airform state rm tags.crm => 0
$ airform plan --inverse 1 => 0
$ airform destroy --auto-approve -vv => 3
"#;

/// How a command came out, for whoever reads a failed test.
struct Told<'a> {
    line: &'a str,
    ran: &'a Ran,
}

impl Told<'_> {
    fn wrong(&self, what: &str) -> String {
        format!("{}: {what}\n{}", self.line, self.ran)
    }
}

/// Looks for canaries in all that a command has written, here and in files, and in the addresses of
/// its requests. Gives how many texts it has looked at.
fn nothing_is_shown(bench: &Bench, told: &Told<'_>) -> usize {
    let canaries = canaries();
    let Ran { stdout, stderr, journal, .. } = told.ran;
    let mut texts = vec![("standard error".to_owned(), stderr.clone())];
    // Printing a token is what these are for.
    let gives_a_token = told.line.contains("airform token ") && !told.line.contains("inspect");
    if !gives_a_token {
        texts.push(("standard output".to_owned(), stdout.clone()));
    }
    for one in journal {
        texts.push((format!("{} {}", one.method, one.path), format!("{:?}", one.query)));
        texts.push(("a path".to_owned(), one.path.clone()));
    }
    for (path, bytes) in bench.outputs().unwrap() {
        texts.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    for (place, text) in &texts {
        if let Some((secret, form)) = found(text, &canaries) {
            panic!("{}", told.wrong(&format!("{secret} stands in {place} as {form}")));
        }
    }
    // What was written steers no terminal either.
    for text in [stdout, stderr] {
        let steering = text.chars().find(|c| c.is_control() && !"\n\t\r".contains(*c));
        assert_eq!(steering, None, "{}", told.wrong("a terminal is steered"));
    }
    texts.len()
}

/// Plays the story with a service that masks secrets so. Gives how many texts were looked at, and
/// which commands were run.
fn played(masking: &str) -> (usize, BTreeSet<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("canary");
    let mut bench = Bench::new(&folder, program()).unwrap();
    let own_url = bench.emulator.url();
    let set = |bench: &mut Bench, name: &str, value: &str| {
        bench.act(&Act::Env(name.to_owned(), Some(value.to_owned()))).unwrap();
    };
    for (name, value) in IN_ENV {
        set(&mut bench, name, value);
    }
    // Everything that a program may be told to say more by, and nowhere else to say it.
    for (name, value) in [("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full")] {
        set(&mut bench, name, value);
    }
    for name in ["HOME", "TMPDIR", "XDG_CACHE_HOME"] {
        let place = bench.folder().join("home");
        std::fs::create_dir_all(&place).unwrap();
        set(&mut bench, name, place.to_str().unwrap());
    }
    bench.act(&Act::Switch(serde_json::json!({"masking": masking}))).unwrap();

    let (mut looked_at, mut run) = (0, BTreeSet::new());
    for line in STORY.lines() {
        if line == "restore AIRBYTE_API_URL" {
            set(&mut bench, "AIRBYTE_API_URL", &own_url);
            continue;
        }
        if let Some(command) = line.strip_prefix("kill ") {
            killed(&mut bench, command);
            continue;
        }
        let (text, expected) = match line.rsplit_once(" => ") {
            Some((text, code)) => (text, Some(code.parse::<i32>().unwrap())),
            None => (line, None),
        };
        for one in script::read(text).unwrap() {
            let Act::Run(words) = &one.act else {
                bench.act(&one.act).unwrap();
                continue;
            };
            let ran = bench.run(words).unwrap();
            let told = Told { line, ran: &ran };
            let expected = expected.expect("every command is to end somehow");
            assert_eq!(ran.code, expected, "{}", told.wrong("another exit code"));
            looked_at += nothing_is_shown(&bench, &told);
            let verbs = words.iter().skip(1).take_while(|word| !word.starts_with('-'));
            run.extend(verbs.scan(String::new(), |so_far, word| {
                *so_far = format!("{so_far} {word}").trim().to_owned();
                Some(so_far.clone())
            }));
        }
    }
    (looked_at, run)
}

/// Runs a command and kills it when its journal says that something is begun.
fn killed(bench: &mut Bench, command: &str) {
    let fault = serde_json::json!({"method": "POST", "times": 9, "kind": {"delay": {"millis": 400}}});
    bench.act(&Act::Fault(fault)).unwrap();
    let words: Vec<String> = command.split(' ').map(str::to_owned).collect();
    let mut child = bench.start(&words).unwrap();
    acceptance::bench::wait_until(|| {
        let is_begun = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).contains("\"intents\"");
        Ok(bench.outputs()?.values().any(is_begun) || child.try_wait()?.is_some())
    })
    .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    bench.act(&Act::Heal).unwrap();
    let canaries = canaries();
    let outputs = bench.outputs().unwrap();
    let is_journal = |path: &Path| path.to_string_lossy().ends_with(".journal");
    assert!(outputs.keys().any(|path| is_journal(path)), "it was killed too late");
    for (path, bytes) in outputs {
        let hit = found(&String::from_utf8_lossy(&bytes), &canaries);
        assert_eq!(hit, None, "in {} after a kill", path.display());
    }
}

/// The words under `Commands:` of a help text.
fn listed(bench: &mut Bench, command: &str) -> Vec<String> {
    let words: Vec<String> = command.split(' ').map(str::to_owned).collect();
    let help = bench.run(&words).unwrap().stdout;
    let Some((_, commands)) = help.split_once("Commands:\n") else { return Vec::new() };
    commands
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next().map(str::to_owned))
        .filter(|name| !name.is_empty() && name != "help")
        .collect()
}

#[test]
fn no_command_shows_a_secret_in_clear_or_otherwise() {
    let mut run = BTreeSet::new();
    for masking in ["cleartext", "asterisks"] {
        let (looked_at, ran) = played(masking);
        println!("{masking}: {looked_at} texts, {} canaries", canaries().len());
        assert!(looked_at > 1_000);
        run.extend(ran);
    }
    // A command that comes to be is run here too.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("canary");
    let mut bench = Bench::new(&folder, program()).unwrap();
    for command in listed(&mut bench, "airform --help") {
        // It prints what it is told to accept, by its own purpose, and ends with Ctrl-C.
        if command == "sandbox" {
            continue;
        }
        assert!(run.contains(&command), "airform {command} is not run");
        for verb in listed(&mut bench, &format!("airform {command} --help")) {
            let both = format!("{command} {verb}");
            assert!(run.contains(&both), "airform {both} is not run");
        }
    }
}

/// The search can fail: every form of every canary is found in the midst of something else.
#[test]
fn what_is_shown_would_be_found() {
    let canaries = canaries();
    for (secret, _) in &canaries {
        let json = serde_json::json!({"a": [secret]}).to_string();
        let percent =
            percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC);
        let mut texts = vec![format!("x{secret}y"), json, format!("?q={percent}&z")];
        for before in ["", "a", "ab", "abc", "{\"password\": \""] {
            for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
                texts.push(engine.encode(format!("{before}{secret}{before}\"}}")));
            }
        }
        for text in texts {
            assert!(found(&text, &canaries).is_some(), "{secret} is not found in {text}");
        }
    }
    for harmless in ["", "(secret)", "eyJhbGc", "Canary", "c2FuZGJveA"] {
        assert_eq!(found(harmless, &canaries), None, "{harmless}");
    }
    // And what may be shown is: a token, by the command that is for it.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("canary");
    let mut bench = Bench::new(&folder, program()).unwrap();
    let words = ["airform", "token", "operator"].map(str::to_owned);
    for (name, value) in IN_ENV {
        bench.act(&Act::Env(name.to_owned(), Some(value.to_owned()))).unwrap();
    }
    let ran = bench.run(&words).unwrap();
    assert!(found(&ran.stdout, &canaries).is_some(), "{ran}");
}
