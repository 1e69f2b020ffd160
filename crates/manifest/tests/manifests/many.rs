//! Many mistakes at once: every one is told, in the order of files and places.

use crate::support::{all_files, cases, drawn, read};

#[test]
fn every_complaint_of_every_file_is_made() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/many");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for case in cases("many") {
            let reading = read(&case.files);
            assert!(reading.desired.is_none(), "{}", case.name);
            insta::assert_snapshot!(
                case.name.as_str(),
                drawn(&reading.diagnostics, &all_files(&case.files, &reading))
            );
        }
    });
}
