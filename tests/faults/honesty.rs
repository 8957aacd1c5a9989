//! What a run says is what the provider has, whatever goes wrong.

use crate::bench::Providers;

/// Every fault at the first request, at a write, at every write, at every read and at every request; some at tokens.
fn faults() -> Vec<String> {
    let kinds = [
        "400",
        "401",
        "403",
        "404",
        "409",
        "422",
        "429",
        "500",
        "502",
        "503",
        "504",
        "html",
        "half",
        "truncated",
        "slow=2s",
        "slow=15s",
        "cut-before",
        "cut-after",
    ];
    let scopes = ["", "@write", "@write*", "@read*", "*"];
    let tokens = ["400@token", "500@token", "html@token", "half@token", "cut-after@token"].map(str::to_owned);
    let faults = kinds.iter().flat_map(|kind| scopes.iter().map(move |scope| format!("{kind}{scope}")));
    faults.chain(tokens).collect()
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_that_a_value_is_written_or_is_not_where_it_is_otherwise() {
    let mut wrong = Vec::new();
    for provider in Providers::open().all().await {
        for fault in faults() {
            let ended = provider.run(&[&fault]).await;
            let outcomes = ended.outcomes();
            let is_written = ended.records == provider.after;
            let is_untouched = ended.records == provider.before;
            let honest = match outcomes[..] {
                ["written"] => is_written,
                ["rejected" | "not_sent"] => is_untouched,
                ["unknown"] => is_written || is_untouched,
                _ => false,
            };
            if !honest {
                let (id, class) = (provider.id(), ended.class());
                wrong.push(format!("{id} {fault}: {class} {outcomes:?}, written: {is_written}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_within_its_deadline_whatever_goes_wrong() {
    for provider in Providers::open().all().await {
        for fault in ["slow=20s*", "429*", "cut-after*", "503*", "truncated*"] {
            let ended = provider.run(&[fault]).await;
            assert!(ended.took <= mapwright_interpreter::DEADLINE, "{} {fault}: {:?}", provider.id(), ended.took);
            assert!(ended.finished.result.is_err(), "{} {fault}", provider.id());
        }
    }
}
