//! Every field of the contract, at every provider: set, changed and cleared, with what the simulated provider's own record
//! holds afterwards, what the answer shows, and what is told of each leaf. And what no provider takes.
//!
//! What is expected stands in `matrix/<provider>.toml`, written from what is known of the providers: a field is held
//! against all of it, alone and together with all others.

#[path = "matrix/accounts.rs"]
mod accounts;
#[path = "matrix/bench.rs"]
mod bench;
#[path = "matrix/coverage.rs"]
mod coverage;
#[path = "matrix/fields.rs"]
mod fields;
#[path = "matrix/ids.rs"]
mod ids;
#[path = "matrix/overlay.rs"]
mod overlay;
#[path = "matrix/refused.rs"]
mod refused;
#[path = "matrix/sample.rs"]
mod sample;
#[path = "matrix/sheet.rs"]
mod sheet;

/// The providers of the contract.
const PROVIDERS: [&str; 9] = [
    "dynamics365_sales",
    "hubspot",
    "insightly",
    "monday_crm",
    "nutshell",
    "pipedrive",
    "pipeliner",
    "zendesk_sell",
    "zoho_crm",
];

macro_rules! providers {
    ($($provider:ident),*) => {$(
        mod $provider {
            const NAME: &str = stringify!($provider);

            #[tokio::test(start_paused = true)]
            async fn every_field_alone() {
                crate::fields::alone(NAME).await;
            }

            #[tokio::test(start_paused = true)]
            async fn all_fields_together() {
                crate::fields::together(NAME).await;
            }

            #[tokio::test(start_paused = true)]
            async fn every_name_of_the_account() {
                crate::fields::names(NAME).await;
            }

            #[tokio::test(start_paused = true)]
            async fn what_only_an_answer_has_is_not_written() {
                crate::fields::only_read(NAME).await;
            }
        }
    )*};
}

providers!(dynamics365_sales, hubspot, insightly, monday_crm, nutshell, pipedrive, pipeliner, zendesk_sell, zoho_crm);
