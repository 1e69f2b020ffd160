//! How requests are made, by argument.

use std::path::PathBuf;
use std::time::Duration;

use api::Pace;
use clap::Args;

/// How requests are made.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Requests")]
pub(crate) struct RequestArgs {
    /// Make no more than N requests
    ///
    /// Every request counts: those for tokens and those that are made again too. An apply that is
    /// known to need more is refused before it changes anything, with the number that it needs.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_requests: Option<u64>,

    /// Make no more than N requests in any hour (N/h), minute (N/m) or second (N/s)
    ///
    /// Whatever is over it waits, so that an apply may take as long as it needs.
    #[arg(long, value_name = "N/h", value_parser = pace)]
    pub(crate) rate: Option<Pace>,

    /// Trust the certificate authorities in this PEM file, beside those of the system
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_cert: Option<PathBuf>,
}

fn pace(text: &str) -> Result<Pace, String> {
    let wanted = || "a number with /h, /m or /s behind it, such as 1000/h".to_owned();
    let (number, unit) = text.split_once('/').ok_or_else(wanted)?;
    let seconds = match unit {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        _ => return Err(wanted()),
    };
    let requests = number.parse().ok().filter(|number| *number > 0).ok_or_else(wanted)?;
    Ok(Pace { requests, window: Duration::from_secs(seconds) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_a_number_and_a_window() {
        for (text, expected) in [
            ("1000/h", Some((1000, 3600))),
            ("60/m", Some((60, 60))),
            ("5/s", Some((5, 1))),
            ("0/s", None),
            ("-1/s", None),
            ("1000", None),
            ("1000/d", None),
            ("/h", None),
            ("99999999999/h", None),
        ] {
            let read = pace(text).ok().map(|pace| (pace.requests, pace.window.as_secs()));
            assert_eq!(read, expected, "{text}");
        }
    }
}
