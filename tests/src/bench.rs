//! A folder with a manifest, a service to point the program at, and the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use emulator::{Config, Emulator, Exchange, Fault, Switches, World};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::redact::redact;
use crate::script::Act;
use crate::terminal::Terminal;
use crate::{Error, organization};

/// Files of a scenario's folder that the program does not get to see.
const NOT_FOR_THE_PROGRAM: [&str; 4] =
    ["world.json", "script.txt", "transcript.snap", "transcript.snap.new"];

/// Where the program keeps the sandbox of whoever has tried an example before running the tests.
const LEFT_BEHIND: &str = ".airform";

/// What the name of a variable holds whose value is a secret.
const SECRET_NAMES: [&str; 4] = ["SECRET", "TOKEN", "PASSWORD", "CREDENTIALS"];

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The commands whose requests could come in any order.
const TAKE_PARALLELISM: [&str; 4] = ["plan", "apply", "destroy", "drift"];

/// How a token for the widget begins: `{"token"` in base64.
const WIDGET_HEAD: &str = "eyJ0b2tlbi";

/// A place where one scenario is played.
#[derive(Debug)]
pub struct Bench {
    /// The service.
    pub emulator: Emulator,
    folder: TempDir,
    program: PathBuf,
    env: BTreeMap<String, String>,
    /// What the scenario put into the folder; the rest is the program's doing.
    inputs: BTreeSet<PathBuf>,
    secrets: BTreeSet<String>,
    typed: Option<(String, String)>,
    /// What is changed by hand before that.
    meanwhile: Option<Value>,
    /// When the next command is told to stop, and how.
    stopped: Option<(String, Signal)>,
    /// What the last command has printed, as it was.
    printed: Vec<u8>,
    /// The next command reads that.
    is_piped: bool,
    /// Whether faults may still wait for their requests.
    pub has_faults: bool,
}

/// What a command did.
pub struct Ran {
    /// Its exit code; -1 where a signal ended it.
    pub code: i32,
    /// Standard output, redacted.
    pub stdout: String,
    /// Standard error or, on a terminal, what was on the screen; redacted.
    pub stderr: String,
    /// Whether standard input and error were a terminal.
    pub on_terminal: bool,
    /// The requests that it made.
    pub journal: Vec<Exchange>,
}

/// Without the journal, which is long.
impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ran { code, stdout, stderr, on_terminal: _, journal: _ } = self;
        write!(f, "exit code {code}\n{stdout}\n{stderr}")
    }
}

/// How things stood at some moment: the organization, and the files of the folder.
#[derive(Debug)]
pub struct Moment {
    /// The organization.
    pub world: World,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Bench {
    /// Sets up the scenario in `scenario` for `program`.
    ///
    /// # Errors
    /// Its files cannot be read, or its world is none.
    pub fn new(scenario: &Path, program: &Path) -> Result<Bench, Error> {
        let world = match std::fs::read_to_string(scenario.join("world.json")) {
            Ok(text) => World::from_json(&text)?,
            Err(_) => World::sandbox(),
        };
        let emulator = Emulator::start_blocking(Config { world, ..Config::default() })?;
        let folder = tempfile::Builder::new().prefix("airform").tempdir()?;
        let mut bench = Bench {
            emulator,
            folder,
            program: program.to_owned(),
            env: BTreeMap::new(),
            inputs: BTreeSet::new(),
            secrets: BTreeSet::new(),
            typed: None,
            meanwhile: None,
            stopped: None,
            printed: Vec::new(),
            is_piped: false,
            has_faults: false,
        };
        for (path, bytes) in files_of(scenario)? {
            let hidden = NOT_FOR_THE_PROGRAM.iter().any(|name| path == Path::new(name));
            if !hidden && !path.starts_with(LEFT_BEHIND) {
                bench.put(&path, &bytes)?;
            }
        }
        bench.set("AIRBYTE_API_URL", &bench.emulator.url());
        bench.set("AIRBYTE_OPERATOR_TOKEN", "sandbox-operator-token");
        Ok(bench)
    }

    fn set(&mut self, name: &str, value: &str) {
        let name_says_so = SECRET_NAMES.iter().any(|part| name.to_uppercase().contains(part));
        // A command that prints a secret is none.
        if name_says_so && !name.ends_with("_COMMAND") {
            self.secrets.insert(value.to_owned());
        }
        self.env.insert(name.to_owned(), value.to_owned());
    }

    fn put(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        if path.to_string_lossy().contains("secret") {
            self.secrets.insert(String::from_utf8_lossy(bytes).trim().to_owned());
        }
        let whole = self.folder.path().join(path);
        if let Some(parent) = whole.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(whole, bytes)?;
        self.inputs.insert(path.to_owned());
        Ok(())
    }

    /// Where the program runs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Every text that must not be seen.
    #[must_use]
    pub fn secrets(&self) -> &BTreeSet<String> {
        &self.secrets
    }

    /// What the program has written into the folder.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn outputs(&self) -> Result<BTreeMap<PathBuf, Vec<u8>>, Error> {
        let mut files = files_of(self.folder())?;
        files.retain(|path, _| !self.inputs.contains(path));
        Ok(files)
    }

    /// Does what is not running a command.
    ///
    /// # Errors
    /// It cannot be done.
    pub fn act(&mut self, act: &Act) -> Result<(), Error> {
        match act {
            Act::Say(_) | Act::Run(_) => {}
            Act::Env(name, Some(value)) => {
                let here = self.folder().display().to_string();
                self.set(name, &value.replace("$HERE", &here));
            }
            Act::Env(name, None) => {
                self.env.remove(name);
            }
            Act::Write(file, text) => self.put(Path::new(file), text.as_bytes())?,
            Act::Edit(file, from, to) => {
                let text = std::fs::read_to_string(self.folder().join(file))?;
                if text.matches(from.as_str()).count() != 1 {
                    return Err(format!("`{from}` does not stand once in {file}").into());
                }
                self.put(Path::new(file), text.replace(from.as_str(), to).as_bytes())?;
            }
            Act::Delete(file) => std::fs::remove_file(self.folder().join(file))?,
            Act::Meanwhile(change) => self.meanwhile = Some(change.clone()),
            Act::Type { answer, question } => {
                self.typed = Some((answer.clone(), question.clone()));
            }
            Act::Interrupt(address) => self.stopped = Some((address.clone(), Signal::INT)),
            Act::Terminate(address) => self.stopped = Some((address.clone(), Signal::TERM)),
            Act::Pipe => self.is_piped = true,
            Act::Switch(turned) => {
                let mut switches = serde_json::to_value(self.emulator.switches())?;
                if let (Some(all), Some(turned)) = (switches.as_object_mut(), turned.as_object()) {
                    all.extend(turned.clone());
                }
                self.emulator.set_switches(serde_json::from_value::<Switches>(switches)?);
            }
            Act::Fault(fault) => {
                self.emulator.inject(serde_json::from_value::<Fault>(fault.clone())?);
                self.has_faults = true;
            }
            Act::Heal => self.heal(),
            Act::Change(change) => self.change(change)?,
            Act::Crowd(count) => self.emulator.edit(|world| {
                for number in 1..=*count {
                    world.create_workspace(world.home(), &format!("customer-{number:04}"), None);
                }
            }),
            Act::Wait(seconds) => self.emulator.edit(|world| world.advance(*seconds)),
        }
        Ok(())
    }

    /// Takes all faults back.
    pub fn heal(&mut self) {
        self.emulator.clear_faults();
        self.has_faults = false;
    }

    fn change(&self, change: &Value) -> Result<(), Error> {
        let world = organization::changed(&self.emulator.world(), change)?;
        self.emulator.set_world(world);
        Ok(())
    }

    /// How things stand.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn moment(&self) -> Result<Moment, Error> {
        Ok(Moment { world: self.emulator.world(), files: files_of(self.folder())? })
    }

    /// Puts things back to how they stood.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn restore(&self, moment: &Moment) -> Result<(), Error> {
        for path in files_of(self.folder())?.keys() {
            std::fs::remove_file(self.folder().join(path))?;
        }
        for (path, bytes) in &moment.files {
            std::fs::write(self.folder().join(path), bytes)?;
        }
        self.emulator.set_world(moment.world.clone());
        Ok(())
    }

    /// Runs a command, one request at a time where it does not say otherwise: so that ids, lines and
    /// requests come in one order.
    ///
    /// # Errors
    /// It is not the program's, or cannot be run.
    pub fn run(&mut self, command: &[String]) -> Result<Ran, Error> {
        let mut command = command.to_vec();
        let is_walk = command.get(1).is_some_and(|verb| TAKE_PARALLELISM.contains(&verb.as_str()));
        if is_walk && !command.iter().any(|word| word.starts_with("--parallelism")) {
            command.extend(["--parallelism".to_owned(), "1".to_owned()]);
        }
        self.run_as_is(&command)
    }

    /// Runs a command.
    ///
    /// # Errors
    /// It is not the program's, or cannot be run.
    pub fn run_as_is(&mut self, command: &[String]) -> Result<Ran, Error> {
        self.emulator.clear_journal();
        let typed = self.typed.take();
        let on_terminal = typed.is_some();
        let (code, stdout, stderr) = match typed {
            None => {
                let mut prepared = self.prepare(command)?;
                if std::mem::take(&mut self.is_piped) {
                    let mut file = tempfile::tempfile()?;
                    file.write_all(&self.printed)?;
                    file.rewind()?;
                    prepared.stdin(file);
                }
                let child = prepared.spawn()?;
                if let Some((address, signal)) = self.stopped.take() {
                    // Its journal is the only sign of a request that has no answer yet. What the run is
                    // to change stands there too, before anything is begun.
                    let begun = format!("\"address\":{}", serde_json::to_string(&address)?);
                    wait_until(|| {
                        let is_there =
                            |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).contains(&begun);
                        Ok(self.outputs()?.values().any(is_there))
                    })?;
                    kill_process(Pid::from_child(&child), signal)?;
                }
                let output = child.wait_with_output()?;
                (output.status.code(), output.stdout, output.stderr)
            }
            Some((answer, question)) => {
                let terminal = Terminal::open()?;
                let mut prepared = self.prepare(command)?;
                prepared.env("TERM", "xterm-256color").env("NO_COLOR", "1");
                prepared.stdin(terminal.end()?).stderr(terminal.end()?);
                let child = prepared.spawn()?;
                // It holds our copies of their end.
                drop(prepared);
                let meanwhile = self.meanwhile.take();
                let seen = terminal.converse(&question, &answer, || {
                    meanwhile.iter().try_for_each(|change| self.change(change))
                })?;
                let output = child.wait_with_output()?;
                (output.status.code(), output.stdout, seen.into_bytes())
            }
        };
        self.printed.clone_from(&stdout);
        let text = |bytes: Vec<u8>| {
            redact(&String::from_utf8_lossy(&bytes), self.folder(), &self.emulator.url())
        };
        Ok(Ran {
            code: code.unwrap_or(-1),
            stdout: if gives_tokens(command) {
                without_tokens(&text(stdout))
            } else {
                text(stdout)
            },
            stderr: text(stderr),
            on_terminal,
            journal: self.emulator.journal(),
        })
    }

    /// Waits until the service has given this many answers since the last command began.
    ///
    /// # Errors
    /// It takes too long.
    pub fn wait_for_answers(&self, answers: usize) -> Result<(), Error> {
        wait_until(|| Ok(self.emulator.requests() >= answers))
    }

    /// Starts a command and leaves it running, unheard.
    ///
    /// # Errors
    /// It is not the program's, or cannot be run.
    pub fn start(&self, command: &[String]) -> Result<Child, Error> {
        self.emulator.clear_journal();
        Ok(self.prepare(command)?.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
    }

    fn prepare(&self, command: &[String]) -> Result<Command, Error> {
        let Some((name, arguments)) = command.split_first().filter(|(name, _)| *name == "airform")
        else {
            return Err(format!("{command:?} is not ours to run").into());
        };
        let mut prepared = Command::new(&self.program);
        prepared
            .args(arguments)
            .current_dir(self.folder())
            .env_clear()
            .envs(&self.env)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Usage texts name the program as it was called.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::arg0(&mut prepared, name);
        Ok(prepared)
    }
}

/// Waits for `condition`.
///
/// # Errors
/// It takes too long, or nobody can tell.
pub fn wait_until(mut condition: impl FnMut() -> Result<bool, Error>) -> Result<(), Error> {
    let begun = Instant::now();
    while !condition()? {
        if begun.elapsed() > PATIENCE {
            return Err("what was waited for did not come".into());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

/// Whether the command is to print a token.
fn gives_tokens(command: &[String]) -> bool {
    let verbs: Vec<&str> = command.iter().skip(1).take(2).map(String::as_str).collect();
    matches!(verbs.as_slice(), ["token", verb] if *verb != "inspect")
}

/// `text` with each token, and what stands beside it unquoted, as `[token]`.
fn without_tokens(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n', '"']);
    words
        .map(|word| match word.find(crate::laws::TOKEN_HEAD).or_else(|| word.find(WIDGET_HEAD)) {
            Some(0) => format!("[token]{}", &word[word.trim_end_matches([' ', '\n', '"']).len()..]),
            _ => word.to_owned(),
        })
        .collect()
}

/// Every file below `folder`, by its path from there.
fn files_of(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, Error> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                // A running program takes its temporary files away.
                if let Ok(bytes) = std::fs::read(&path) {
                    files.insert(path.strip_prefix(folder)?.to_owned(), bytes);
                }
            }
        }
    }
    Ok(files)
}
