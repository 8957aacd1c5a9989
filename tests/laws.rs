//! The laws of a patch, as properties over the whole records of the simulated providers.
//!
//! Each law runs on every provider with patches, records and accounts that the unified model, the mapping and the hints
//! bring forth. `LAW_CASES` is the number of cases of each test, `LAW_SEED` another row of cases, and `LAW_CASE` one case
//! of that row; a failure shows the smallest case and the command that repeats it. `docs/laws/properties.md` says the laws
//! in words.

#[path = "laws/answer.rs"]
mod answer;
#[path = "laws/clear.rs"]
mod clear;
#[path = "laws/computed.rs"]
mod computed;
#[path = "laws/desk.rs"]
mod desk;
#[path = "laws/document.rs"]
mod document;
#[path = "laws/every.rs"]
mod every;
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
#[path = "laws/lists.rs"]
mod lists;
#[path = "laws/loss.rs"]
mod loss;
#[path = "laws/patches.rs"]
mod patches;
#[path = "laws/put_get.rs"]
mod put_get;
#[path = "laws/record.rs"]
mod record;
#[path = "laws/refused.rs"]
mod refused;
#[path = "laws/round_trip.rs"]
mod round_trip;
#[path = "laws/snapshot.rs"]
mod snapshot;
#[path = "laws/story.rs"]
mod story;
#[path = "laws/values.rs"]
mod values;

macro_rules! laws {
    ($($provider:ident),*) => {$(
        mod $provider {
            use crate::hints::$provider::HINTS;

            #[test]
            fn every_law_holds_for_every_patch() {
                crate::every::law(&HINTS);
            }

            #[test]
            fn what_the_provider_computes_is_listed_whole() {
                crate::computed::list(&HINTS);
            }

            #[test]
            fn everything_that_is_computed_is_moved_by_some_write() {
                crate::computed::moves(&HINTS);
            }

            #[test]
            fn the_document_names_every_exception() {
                crate::document::names_every_exception(&HINTS);
            }

            #[test]
            fn null_clears_or_is_refused() {
                crate::clear::law(&HINTS);
            }

            #[test]
            fn every_name_and_id_of_the_account_is_taken() {
                crate::legal::law(&HINTS);
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
