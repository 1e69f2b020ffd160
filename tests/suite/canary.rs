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
fn found<'c>(text: &str, canaries: &'c [(String, BTreeSet<String>)]) -> Option<(&'c str, &'c str)> {
    canaries.iter().find_map(|(secret, forms)| {
        let form = forms.iter().find(|form| text.contains(form.as_str()))?;
        Some((secret.as_str(), form.as_str()))
    })
}

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
    // What a reader of Markdown or a page would take for markup is none, whatever names say.
    if ["markdown", "html"].iter().any(|format| told.line.contains(&format!("--format {format}"))) {
        assert!(!stdout.contains("<img"), "{}", told.wrong("a name is markup"));
    }
    private(bench, told);
    // What was written steers no terminal either.
    for text in [stdout, stderr] {
        let steering = text.chars().find(|c| c.is_control() && !"\n\t\r".contains(*c));
        assert_eq!(steering, None, "{}", told.wrong("a terminal is steered"));
    }
    texts.len()
}

/// What secrets can be guessed at with, or told by, is its owner's alone.
fn private(bench: &Bench, told: &Told<'_>) {
    use std::os::unix::fs::PermissionsExt;
    for path in bench.outputs().unwrap().into_keys() {
        let name = path.to_string_lossy();
        let is_kept = [".plan", ".journal", ".backup", "state.json", "world.json"];
        if is_kept.iter().any(|ending| name.ends_with(ending)) {
            let mode = std::fs::metadata(bench.folder().join(&path)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", told.wrong(&format!("{name} is open to others")));
        }
    }
}

/// How the program gets in.
#[derive(Clone, Copy, Debug)]
enum Login {
    Token,
    Client,
}

/// Plays `canary/script.txt` with a service that masks secrets so, let in like that. Gives how many texts were looked at, and
/// which commands were run.
fn played(masking: &str, login: Login) -> (usize, BTreeSet<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("canary");
    let mut bench = Bench::new(&folder, program()).unwrap();
    let own_url = bench.emulator.url();
    let set = |bench: &mut Bench, name: &str, value: &str| {
        bench.act(&Act::Env(name.to_owned(), Some(value.to_owned()))).unwrap();
    };
    for (name, value) in IN_ENV {
        set(&mut bench, name, value);
    }
    if let Login::Client = login {
        let emulator::Credentials { client_id, client_secret, .. } = Default::default();
        set(&mut bench, "AIRBYTE_CLIENT_ID", &client_id);
        set(&mut bench, "AIRBYTE_CLIENT_SECRET", &client_secret);
        bench.act(&Act::Env("AIRBYTE_OPERATOR_TOKEN".to_owned(), None)).unwrap();
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
    let script = std::fs::read_to_string(folder.join("script.txt")).unwrap();
    // What the service says again is what it was told: nobody here knows of a token that is not in use.
    let script = match login {
        Login::Token => script,
        Login::Client => script
            .replace("sandbox-operator-token", "sandbox-secret")
            // Its own token is a JWT, and tells something.
            .replace("airform token inspect => 1", "airform token inspect => 0"),
    };
    for line in script.lines() {
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
    let fault =
        serde_json::json!({"method": "POST", "times": 9, "kind": {"delay": {"millis": 400}}});
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

/// Plays the story, and sees that it is of every command: one that comes to be is run here too.
#[track_caller]
fn check(masking: &str, login: Login) {
    let (looked_at, run) = played(masking, login);
    println!(
        "{masking}, {login:?}: {looked_at} texts, each searched for {} canaries",
        canaries().len()
    );
    assert!(looked_at > 1_000);
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

#[test]
fn no_command_shows_a_secret_that_the_service_shows() {
    check("cleartext", Login::Token);
}

#[test]
fn no_command_shows_a_secret_that_the_service_masks() {
    check("asterisks", Login::Token);
}

#[test]
fn no_command_shows_a_secret_that_the_service_refers_to() {
    check("secret_object", Login::Client);
}

#[test]
fn no_command_shows_a_secret_that_the_service_leaves_out() {
    check("dropped", Login::Client);
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
