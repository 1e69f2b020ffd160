//! placeholder, being written by the manifest room
pub(crate) fn describe(_cron: &model::cron::Cron) -> String {
    String::new()
}
