//! The page that a plan makes, in a browser.
//!
//! It is loaded together with a script that does what a reader does, and tells what came of it. Where
//! there is no Chromium the test says so, and checks nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use acceptance::bench::Bench;
use serde_json::{Value, json};

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Searches, filters, opens and closes, and writes down what it saw.
const READER: &str = r#"<script>
const seen = {};
const shown = () => document.querySelectorAll(".change:not([hidden])").length;
const type = (text) => {
  const search = document.getElementById("search");
  search.value = text;
  search.dispatchEvent(new Event("input"));
};
window.addEventListener("error", (event) => { seen.error = String(event.message); });
window.addEventListener("load", () => {
  seen.all = shown();
  type("globex DATABASE");
  seen.found = shown();
  seen.said = document.getElementById("count").textContent;
  seen.kinds = document.querySelectorAll(".kind:not([hidden])").length;
  type("nothing is called so");
  seen.nothing = shown();
  type("");
  const box = document.querySelector('input[value="create"]');
  box.click();
  seen.unchecked = shown();
  box.click();
  const first = document.querySelector(".change");
  seen.closed = first.open;
  first.querySelector("summary").click();
  seen.opened = first.open;
  document.getElementById("open").click();
  seen.allOpen = document.querySelectorAll(".change[open]").length;
  document.getElementById("close").click();
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "/" }));
  seen.focused = document.activeElement.id;
  seen.drawn = document.querySelectorAll("svg .node").length;
  seen.steps = document.querySelectorAll(".steps li").length;
  seen.requests = performance.getEntriesByType("resource").map((entry) => entry.name);
  seen.width = document.documentElement.clientWidth;
  seen.fits = document.documentElement.scrollWidth <= seen.width;
  seen.counted = document.querySelector(".counts").getBoundingClientRect().right <= seen.width;
  parent.postMessage(JSON.stringify(seen), "*");
});
</script>
"#;

/// Holds the page, as no window is as narrow as a phone, and hands on what was seen.
const FRAME: &str = r#"<!doctype html><title></title><body style="margin: 0">
<script>addEventListener("message", (event) => { document.title = event.data; });</script>
<iframe src="page.html" style="width: WIDTHpx; height: 900px; border: 0"></iframe>
"#;

fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let places = folders.iter().flat_map(|folder| NAMES.map(|name| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}

/// The page of the example that has every kind.
fn page() -> String {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/07-connectors");
    let program = Path::new(env!("CARGO_BIN_EXE_airform-under-test"));
    let mut bench = Bench::new(&example, program).unwrap();
    let command = ["airform", "plan", "--sandbox", "--format", "html"].map(str::to_owned);
    let ran = bench.run(&command).unwrap();
    assert_eq!(ran.code, 0, "{ran}");
    ran.stdout
}

/// What the reader saw in a window of this width, and what the browser complained of.
fn read(browser: &Path, page: &str, width: u32) -> (Value, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    std::fs::write(&file, page.replace("</body>", &format!("{READER}</body>"))).unwrap();
    let frame = folder.path().join("frame.html");
    std::fs::write(&frame, FRAME.replace("WIDTH", &width.to_string())).unwrap();
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--enable-logging=stderr",
        ])
        .args(["--disable-background-networking", "--disable-component-update", "--no-first-run"])
        // Nothing is reached, whoever may ask for it.
        .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom"])
        // Until all is said.
        .arg("--virtual-time-budget=10000")
        .arg("--window-size=1280,900")
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", frame.display()))
        .output()
        .unwrap();
    let (page, said) = (text(&output.stdout), text(&output.stderr));
    let (_, title) = page.split_once("<title>").unwrap_or_else(|| panic!("{said}"));
    let (title, _) = title.split_once("</title>").unwrap();
    let title = title.replace("&amp;", "&");
    let complaints = said.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned);
    (
        serde_json::from_str(&title).unwrap_or_else(|_| panic!("{title}\n{said}")),
        complaints.collect(),
    )
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_reader_finds_a_way_around() {
    let Some(browser) = browser() else {
        println!("skipped: no Chromium here, so the page of a plan was not looked at");
        return;
    };
    let page = page();
    for width in [1280, 390] {
        let (seen, complaints) = read(&browser, &page, width);
        assert_eq!(complaints, [""; 0], "{seen}");
        let expected = json!({
            "all": 7,
            "found": 1,
            "said": "1 shown",
            "kinds": 1,
            "nothing": 0,
            "unchecked": 0,
            "closed": false,
            "opened": true,
            "allOpen": 7,
            "focused": "search",
            "drawn": 7,
            "steps": 8,
            "requests": [],
            "width": width,
            "fits": true,
            "counted": true,
        });
        assert_eq!(seen, expected, "at {width}");
    }
}
