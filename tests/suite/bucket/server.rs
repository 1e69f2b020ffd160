//! An S3 server in a process of its own, and small servers that answer nothing useful.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const SERVER: &str = include_str!("moto.py");

/// The server, as long as this lives.
pub(super) struct Server {
    process: Child,
    port: u16,
}

/// What was written: the key, and the text of what was put there, or nothing where it was removed.
pub(super) type Written = (String, Option<String>);

impl Server {
    /// Starts the server, with an empty bucket. `None`, after saying so, where moto is not there.
    pub(super) fn start() -> Option<Server> {
        let Some(python) = python() else {
            println!("skipped: no moto here (`pip install 'moto[server]'`), so no S3 server");
            return None;
        };
        let mut process = Command::new(python)
            .args(["-c", SERVER])
            .env_clear()
            // A `python3` of a version manager is a script that looks for the real one.
            .envs(
                ["PATH", "HOME"]
                    .into_iter()
                    .filter_map(|name| Some((name, std::env::var_os(name)?))),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let server = Server { process, port: line.trim().parse().unwrap() };
        server.ask("PUT", "/team");
        Some(server)
    }

    /// What the environment says of it.
    pub(super) fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port)),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "moto".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "a-secret-of-moto".to_owned()),
        ]
    }

    /// Lets time go by.
    pub(super) fn advance(&self, seconds: u64) {
        self.ask("PUT", &format!("/_advance?{seconds}"));
    }

    /// All that was written, in order.
    pub(super) fn written(&self) -> Vec<Written> {
        let text = self.ask("GET", "/_written");
        text.lines()
            .map(|line| {
                let line: Value = serde_json::from_str(line).unwrap();
                let text = |name: &str| line[name].as_str().unwrap().to_owned();
                (text("key"), (text("method") == "PUT").then(|| text("text")))
            })
            .collect()
    }

    fn ask(&self, method: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.split(' ').nth(1) == Some("200"), "{head}");
        body.to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A Python with moto: the one that is named, the one that `.ci/run` makes, or the system's.
fn python() -> Option<PathBuf> {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/moto/bin/python");
    let named = std::env::var_os("AIRFORM_TEST_PYTHON").map(PathBuf::from);
    let candidates = named.into_iter().chain([made, PathBuf::from("python3")]);
    candidates.into_iter().find(|python| {
        let mut tried = Command::new(python);
        tried.args(["-c", "import moto.server, moto.s3.models"]);
        tried.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        tried.status().is_ok_and(|status| status.success())
    })
}

/// A server that gives every request this answer, until the test is over.
pub(super) fn always(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // As much as a request has at once. What of it comes later, nobody waits for.
            let _ = stream.read(&mut [0; 64 * 1024]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}
