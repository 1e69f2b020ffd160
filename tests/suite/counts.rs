//! How many requests the program makes, held to the floor below which nobody can know as much. Times
//! are for `cargo run --release -p bench`; counts are exact.

use std::path::Path;

#[test]
fn no_run_makes_more_requests_than_its_floor_and_two() {
    let report = bench::counts(Path::new(env!("CARGO_BIN_EXE_airform-under-test"))).unwrap();
    assert!(report.counts_hold(), "{}", report.table());
}
