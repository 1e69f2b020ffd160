//! The program on the wire: certificates, proxies, limits, and being told to stop.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use acceptance::bench::wait_until;
use emulator::{Config, Emulator, Fault, FaultKind, RateLimit, Switches};
use rustix::process::{Pid, Signal, kill_process};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;

const TAGS: &str = "version: 1\ntags: {a: {}, b: {}, c: {}}\n";
const TOKEN: &str = "sandbox-operator-token";

/// A folder with a manifest, and a service.
struct Place {
    folder: TempDir,
    emulator: Emulator,
}

impl Place {
    fn new() -> Place {
        Place::with(Switches::default())
    }

    fn with(switches: Switches) -> Place {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("airform.yaml"), TAGS).unwrap();
        let config = Config { switches, ..Config::default() };
        Place { folder, emulator: Emulator::start_blocking(config).unwrap() }
    }

    /// The program with these words, towards `url`.
    fn command(&self, words: &str, url: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_airform-under-test"));
        command
            .args(words.split(' '))
            .current_dir(self.folder.path())
            .env_clear()
            .env("AIRBYTE_API_URL", url)
            .env("AIRBYTE_OPERATOR_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, words: &str, url: &str) -> (i32, String) {
        said(&self.command(words, url).output().unwrap())
    }

    /// An apply, begun, with the `nth` write under way, which takes long.
    fn apply_with_a_slow_write(&self, nth: u64) -> Child {
        let kind = FaultKind::Delay { millis: 3000 };
        self.emulator.inject(Fault { nth, ..Fault::next("POST", "/tags", kind) });
        let words = "apply --auto-approve --parallelism 1";
        let child = self.command(words, &self.emulator.url()).spawn().unwrap();
        let journal = self.folder.path().join("airform.state.json.journal");
        wait_until(|| {
            let text = std::fs::read(&journal).unwrap_or_default();
            let begun = ["tags.a", "tags.b", "tags.c"][usize::try_from(nth)?];
            let text = String::from_utf8_lossy(&text).into_owned();
            Ok(text.contains(&format!("\"address\":\"{begun}\"")))
        })
        .unwrap();
        child
    }
}

fn said(output: &Output) -> (i32, String) {
    let text = [output.stdout.clone(), output.stderr.clone()].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls").join(name)
}

/// A head and as much of a body as it promises.
fn message(stream: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).unwrap_or(0) == 0 {
            return bytes;
        }
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    [bytes, body].concat()
}

/// A door with TLS before the service behind `url`, for one request a connection. Gives its port.
fn tls_door(url: &str) -> u16 {
    let behind = url.trim_start_matches("http://").trim_end_matches("/api/v1").to_owned();
    let certificate = CertificateDer::from_pem_file(fixture("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(fixture("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    // Reached by more than one name.
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (config, behind) = (config.clone(), behind.clone());
            std::thread::spawn(move || {
                let connection = rustls::ServerConnection::new(config).unwrap();
                let mut tls = rustls::StreamOwned::new(connection, stream);
                let asked = message(&mut tls);
                // Whoever does not trust us says nothing.
                if asked.is_empty() {
                    return;
                }
                let asked = String::from_utf8(asked).unwrap();
                let asked = asked.replacen("\r\n", "\r\nconnection: close\r\n", 1);
                let mut service = TcpStream::connect(behind).unwrap();
                service.write_all(asked.as_bytes()).unwrap();
                let mut answer = Vec::new();
                service.read_to_end(&mut answer).unwrap();
                tls.write_all(&answer).unwrap();
                tls.conn.send_close_notify();
                let _ = tls.flush();
            });
        }
    });
    port
}

#[test]
fn an_authority_is_trusted_when_it_is_named_and_only_then() {
    let place = Place::new();
    let port = tls_door(&place.emulator.url());
    let url = format!("https://localhost:{port}/api/v1");
    let authority = fixture("authority.pem");
    let authority = authority.display();
    let (code, text) = place.run(&format!("plan --ca-cert {authority}"), &url);
    assert!(code == 0 && text.contains("Plan: 3 to create."), "{text}");
    // Under another name than the certificate's, and without anybody who vouches for it.
    let other = format!("https://127.0.0.2:{port}/api/v1");
    place.emulator.clear_journal();
    for (words, url) in [(format!("plan --ca-cert {authority}"), other), ("plan".to_owned(), url)] {
        let (code, text) = place.run(&words, &url);
        assert!(code == 1 && text.contains("certificate"), "{code} {text}");
    }
    assert!(place.emulator.journal().is_empty(), "the token went nowhere");
}

#[test]
fn what_is_no_authority_is_said_before_anything_is_sent() {
    let place = Place::new();
    let write = |name: &str, text: &str| std::fs::write(place.folder.path().join(name), text);
    write("words.pem", "no certificate").unwrap();
    write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    std::fs::copy(fixture("server.key"), place.folder.path().join("key.pem")).unwrap();
    for (file, why) in [
        ("missing.pem", "No such file"),
        (".", "Is a directory"),
        ("words.pem", "it holds no certificate"),
        ("key.pem", "it holds no certificate"),
        ("broken.pem", "certificate"),
    ] {
        let url = "https://localhost:1/api/v1";
        let (code, text) = place.run(&format!("plan --ca-cert {file}"), url);
        assert!(code == 1 && text.contains(&format!("--ca-cert {file}: ")), "{text}");
        assert!(text.contains(why), "{text}");
    }
}

/// A proxy that refuses everybody, and what it was asked.
fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = asked.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let head = String::from_utf8_lossy(&message(&mut stream)).into_owned();
            heard.lock().unwrap().push(head);
            let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
        }
    });
    (url, asked)
}

#[test]
fn a_proxy_is_taken_from_the_standard_variables_and_never_sees_the_token() {
    let place = Place::new();
    let (url, asked) = proxy();
    let far = "https://api.airform.invalid/api/v1";
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let mut child = place.command("plan", far).env(name, &url).spawn().unwrap();
        // It would try again a few times, which tells nothing new.
        wait_until(|| Ok(!asked.lock().unwrap().is_empty())).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let heard = asked.lock().unwrap().split_off(0);
        assert!(heard[0].starts_with("CONNECT api.airform.invalid:443 "), "{name}: {heard:?}");
        assert!(heard.iter().all(|head| !head.contains(TOKEN)), "{name}");
    }
    // Nothing stands between this machine and itself.
    let near = place.emulator.url();
    let mut command = place.command("plan", &near);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "AIRFORM_PROXY"] {
        command.env(name, &url);
    }
    let (code, text) = said(&command.output().unwrap());
    assert_eq!(code, 0, "{text}");
    assert!(asked.lock().unwrap().is_empty());
}

#[test]
fn told_twice_to_stop_it_stops_at_once_and_loses_nothing() {
    for signal in [Signal::TERM, Signal::INT] {
        let place = Place::new();
        let child = place.apply_with_a_slow_write(1);
        let pid = Pid::from_child(&child);
        kill_process(pid, signal).unwrap();
        // Two at once would be one.
        std::thread::sleep(std::time::Duration::from_millis(100));
        kill_process(pid, signal).unwrap();
        let (code, text) = said(&child.wait_with_output().unwrap());
        assert_eq!(code, 130, "{text}");
        let (code, text) = place.run("apply --auto-approve", &place.emulator.url());
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("an earlier run ended early"), "{text}");
        let (_, text) = place.run("plan", &place.emulator.url());
        assert!(text.starts_with("No changes."), "{text}");
        assert_eq!(place.emulator.world().tags.iter().count(), 3);
    }
}

/// The limit would hold it up for an hour.
#[test]
fn told_to_stop_it_does_not_wait_for_a_limit() {
    let place = Place::new();
    let headers = vec![("Retry-After".to_owned(), "3600".to_owned())];
    let kind = FaultKind::Status { code: 429, body: None, headers };
    place.emulator.inject(Fault { nth: 1, ..Fault::next("POST", "/tags", kind) });
    let words = "apply --auto-approve --parallelism 1";
    let mut child = place.command(words, &place.emulator.url()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut text = String::new();
    while !text.contains("note: the service is asked too much (429): going on in 1 h") {
        assert_ne!(stderr.read_line(&mut text).unwrap(), 0, "{text}");
    }
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    stderr.read_to_string(&mut text).unwrap();
    let (code, stdout) = said(&child.wait_with_output().unwrap());
    assert_eq!(code, 130, "{stdout}{text}");
    assert!(text.contains("Apply again: it goes on from here."), "{text}");
    let (code, text) = place.run("apply --auto-approve", &place.emulator.url());
    assert!(code == 0 && text.contains("Applied: 2 created."), "{text}");
}

/// A service that lets three requests through in a second, of which an apply has seven.
#[test]
fn an_apply_outlasts_the_limits_of_the_service() {
    let rate_limit = Some(RateLimit { requests: 3, seconds: 1 });
    let place = Place::with(Switches { rate_limit, wall_clock: true, ..Switches::default() });
    let (code, text) = place.run("apply --auto-approve -v", &place.emulator.url());
    assert!(code == 0 && text.contains("Applied: 3 created."), "{text}");
    assert_eq!(place.emulator.world().tags.iter().count(), 3);
}
