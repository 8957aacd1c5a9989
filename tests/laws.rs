//! The laws of a patch, as properties over the whole records of the simulated providers.
//!
//! Each law runs on every provider with patches that the unified model and the mapping bring forth. `LAW_CASES` is
//! the number of cases of each law, `LAW_SEED` another row of cases; a failure shows the smallest case.

#[path = "laws/answer.rs"]
mod answer;
#[path = "laws/clear.rs"]
mod clear;
#[path = "laws/desk.rs"]
mod desk;
#[path = "laws/frame.rs"]
mod frame;
#[path = "laws/hints.rs"]
mod hints;
#[path = "laws/honesty.rs"]
mod honesty;
#[path = "laws/judge.rs"]
mod judge;
#[path = "laws/legal.rs"]
mod legal;
#[path = "laws/patches.rs"]
mod patches;
#[path = "laws/put_get.rs"]
mod put_get;
#[path = "laws/refused.rs"]
mod refused;
#[path = "laws/round_trip.rs"]
mod round_trip;
#[path = "laws/snapshot.rs"]
mod snapshot;
#[path = "laws/values.rs"]
mod values;

use desk::Desk;
use hints::Hints;
use judge::{Says, holds};

/// Whatever becomes of a patch: what no request names is unchanged, and no request names what the patch does not.
fn frame(hints: &'static Hints) {
    let desk = Desk::open(hints);
    holds(&desk.cases(), 30, |case| {
        desk.reset();
        let before = desk.snapshot();
        let ended = desk.patch(&case.id, &case.patch, case.options());
        desk.check_wire(&case.patch, case.lists, &before, &ended.writes)?;
        desk.check_frame(&before, &desk.snapshot(), &ended.writes)?;
        Ok(if ended.writes.is_empty() { Says::Nothing } else { Says::Something })
    });
}

macro_rules! laws {
    ($($provider:ident),*) => {$(
        mod $provider {
            use crate::hints::$provider::HINTS;

            #[test]
            fn what_the_patch_does_not_name_is_unchanged() {
                crate::frame(&HINTS);
            }

            #[test]
            fn what_is_written_reads_back() {
                crate::put_get::law(&HINTS);
            }

            #[test]
            fn null_clears_or_is_refused() {
                crate::clear::law(&HINTS);
            }

            #[test]
            fn sending_back_what_was_read_changes_nothing() {
                crate::round_trip::get_put(&HINTS);
            }

            #[test]
            fn the_same_patch_twice_is_the_patch_once() {
                crate::round_trip::put_put(&HINTS);
            }

            #[test]
            fn outcomes_are_what_the_record_shows() {
                crate::honesty::law(&HINTS);
            }

            #[test]
            fn every_name_and_id_of_the_account_is_taken() {
                crate::legal::law(&HINTS);
            }

            #[test]
            fn failures_name_what_was_done() {
                crate::honesty::failures(&HINTS);
            }

            #[test]
            fn a_refused_patch_writes_nothing() {
                crate::refused::law(&HINTS);
            }

            #[test]
            fn a_lead_that_is_not_there_is_not_created() {
                crate::refused::unknown_lead(&HINTS);
            }
        }
    )*};
}

laws!(dynamics365_sales, hubspot, insightly, monday_crm, nutshell, pipedrive, pipeliner, zendesk_sell, zoho_crm);
