//! What the fuzzers begin with, and what they once found, read again: every file of `fuzz/corpus`
//! by what its folder is named after.

use std::path::{Path, PathBuf};

/// Every fuzzer, by the name of its target and of its folder.
const TARGETS: [(&str, fn(&[u8])); 9] = [
    ("answer", api::fuzz::answer),
    ("csv", manifest::fuzz::data),
    ("journal", state::fuzz::journal),
    ("jwt", api::fuzz::jwt),
    ("manifest", manifest::fuzz::manifest),
    ("next", api::fuzz::next),
    ("plan", state::fuzz::plan),
    ("state", state::fuzz::state),
    ("widget_token", api::fuzz::widget_token),
];

fn fuzz(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(folder)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_corpus_is_read_by_its_target() {
    for (target, run) in TARGETS {
        let folder = fuzz("corpus").join(target);
        let seeds = names(&folder);
        assert!(seeds.len() >= 5, "{target} has too little to begin with");
        for seed in seeds {
            // What panics is told apart by what was printed last.
            println!("{target}/{seed}");
            run(&std::fs::read(folder.join(seed)).unwrap());
        }
    }
}

/// Numbers that are the same on every run (splitmix64).
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from(mixed >> 33).unwrap() % bound.max(1)
    }
}

/// What is put into an input: what ends, opens, repeats or overflows something.
const PIECES: [&[u8]; 20] = [
    b"\0",
    b"\n",
    b"\r\n",
    b"\"",
    b"'",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"${",
    b"&a ",
    b"*a",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"\xff\xfe",
    "\u{202e}\u{1f600}".as_bytes(),
];

/// A seed with a few changes: bytes turned, taken out, doubled, or taken from another seed.
fn changed(seeds: &[Vec<u8>], draws: &mut Draws) -> Vec<u8> {
    let mut bytes = seeds[draws.below(seeds.len())].clone();
    for _ in 0..=draws.below(4) {
        let at = draws.below(bytes.len() + 1);
        let end = (at + 1 + draws.below(32)).min(bytes.len());
        match draws.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << draws.below(8),
            1 => drop(bytes.drain(at..end.max(at))),
            2 => bytes.truncate(at),
            3 => {
                let again = bytes[at..end.max(at)].repeat(1 + draws.below(40));
                bytes.splice(at..at, again);
            }
            4 => {
                let other = &seeds[draws.below(seeds.len())];
                let from = draws.below(other.len() + 1);
                let part = &other[from..(from + draws.below(200)).min(other.len())];
                bytes.splice(at..at, part.iter().copied());
            }
            _ => drop(bytes.splice(at..at, PIECES[draws.below(PIECES.len())].iter().copied())),
        }
    }
    bytes
}

/// Where no fuzzer can be had, and on every run: seeds with changes. AIRFORM_CASES says how many for
/// each target, and AIRFORM_SEED which.
#[test]
fn changed_seeds_are_read_too() {
    let number = |name: &str, usual: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let (cases, seed) = (number("AIRFORM_CASES", 400), number("AIRFORM_SEED", 20_261_128));
    for (target, run) in TARGETS {
        let folder = fuzz("corpus").join(target);
        let seeds: Vec<Vec<u8>> =
            names(&folder).iter().map(|name| std::fs::read(folder.join(name)).unwrap()).collect();
        let mut draws = Draws(seed);
        for case in 0..cases {
            let bytes = changed(&seeds, &mut draws);
            let ended = std::panic::catch_unwind(|| run(&bytes));
            if ended.is_err() {
                let kept = std::env::temp_dir().join(format!("airform-{target}-{case}"));
                std::fs::write(&kept, &bytes).unwrap();
                panic!("{target}, case {case}: the input is kept in {}", kept.display());
            }
        }
        println!("{target}: {cases} cases");
    }
}

#[test]
fn every_target_has_a_fuzzer_and_a_corpus() {
    let targets: Vec<String> = TARGETS.iter().map(|(target, _)| (*target).to_owned()).collect();
    assert_eq!(names(&fuzz("corpus")), targets);
    let fuzzers = names(&fuzz("fuzz_targets"));
    let fuzzers: Vec<&str> = fuzzers.iter().filter_map(|name| name.strip_suffix(".rs")).collect();
    assert_eq!(fuzzers, targets);
}
