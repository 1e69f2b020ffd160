//! What may be spent on requests, held against what a command takes, before it is begun.

use std::time::Duration;

use api::Pace;
use model::live::{Live, Scope};
use model::plan::Plan;

use super::Context;
use crate::args::RequestArgs;
use crate::exit::Exit;
use crate::report::Failure;
use crate::views::requests::{Requests, requests};
use crate::views::style::{WARNING, paint};

/// Refuses to look at an organization where even that takes more than is allowed.
pub(crate) fn check_refresh(arguments: &RequestArgs, scope: &Scope) -> Result<(), Failure> {
    let least = api::floor(scope, &Live::default());
    match arguments.max_requests {
        Some(most) if least > most => Err(too_many(format!(
            "to look at the organization takes {} at least, and --max-requests allows {most}: it was not looked at",
            requests(least)
        ))),
        _ => Ok(()),
    }
}

/// What a plan took, and what an apply of it takes.
pub(crate) fn of(plan: &Plan, floor: u64, made: u64) -> Requests {
    Requests { made, floor, apply: of_apply(plan) }
}

/// How many requests `plan` takes at least.
fn of_apply(plan: &Plan) -> u64 {
    plan.steps.iter().map(|step| api::cost(step.address.kind(), &step.call)).sum()
}

/// Refuses to begin what takes more than is allowed, and says where the pace makes it take long.
pub(crate) fn check_apply(
    arguments: &RequestArgs,
    plan: &Plan,
    made: u64,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    let RequestArgs { max_requests, rate, ca_cert: _ } = arguments;
    let needed = of_apply(plan);
    if let Some(most) = max_requests.filter(|most| made.saturating_add(needed) > *most) {
        return Err(too_many(format!(
            "to apply this plan takes {} at least, after {made} to make it, and --max-requests allows {most}: nothing was changed",
            requests(needed)
        )));
    }
    if let Some(wait) = rate.and_then(|pace| waits(pace, made.saturating_add(needed))) {
        context.streams.remark(format!(
            "{} {} at the pace of --rate take {} or more; stop it whenever you want, and apply again to go on",
            paint(WARNING, "note:"),
            requests(needed),
            api::said(wait)
        ));
    }
    Ok(())
}

/// How long it is waited in all until so many requests have gone. None where nothing waits.
fn waits(pace: Pace, requests: u64) -> Option<Duration> {
    let Pace { requests: most, window } = pace;
    let windows = requests.div_ceil(u64::from(most.max(1))).saturating_sub(1);
    (windows > 0).then(|| window.saturating_mul(u32::try_from(windows).unwrap_or(u32::MAX)))
}

fn too_many(message: String) -> Failure {
    Failure::new(Exit::Blocked, message)
        .help("allow more, or give --rate N/h instead: it waits where this refuses")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(most: u32, requests: u64, seconds: Option<u64>) {
        let pace = Pace { requests: most, window: Duration::from_secs(3600) };
        assert_eq!(waits(pace, requests), seconds.map(Duration::from_secs));
    }

    #[test]
    fn a_window_is_waited_for_each_that_is_full() {
        check(1000, 0, None);
        check(1000, 1000, None);
        check(1000, 1001, Some(3600));
        check(1000, 5000, Some(4 * 3600));
    }
}
