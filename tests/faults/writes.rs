//! A fault meets the request that changes the record.

use tokio::time::Duration;

use crate::bench::{Ended, Provider, Providers};

/// Class, outcome, and the attempts of each request that changes something.
type Seen<'a> = (&'a str, Vec<&'a str>, Vec<usize>);

fn seen(ended: &Ended) -> Seen<'_> {
    (ended.class(), ended.outcomes(), ended.writes().iter().map(|(_, attempts)| *attempts).collect())
}

fn assert_untouched(provider: &Provider, ended: &Ended, fault: &str) {
    assert_eq!(ended.records, provider.before, "{} {fault}: nothing is changed", provider.id());
}

/// The record is the one that a single write leaves, however often it was sent.
fn assert_written_once(provider: &Provider, ended: &Ended, fault: &str) {
    assert_eq!(ended.records, provider.after, "{} {fault}: it is written, and nothing is doubled", provider.id());
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_as_it_is_and_never_repeated() {
    for provider in Providers::open().all().await {
        for (fault, class) in [
            ("403@write*", "forbidden"),
            ("404@write*", "not_found"),
            ("409@write*", "conflict"),
            ("422@write*", "invalid"),
        ] {
            // Its 404 is a wrong address and no missing record: section 4 of its facts.
            let class = if (provider.id(), fault) == ("zoho_crm", "404@write*") { "unsupported" } else { class };
            let ended = provider.run(&[fault]).await;
            assert_eq!(seen(&ended), (class, vec!["rejected"], vec![1]), "{} {fault}", provider.id());
            assert_untouched(&provider, &ended, fault);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_is_renewed_once_and_other_credentials_are_refused() {
    for provider in Providers::open().all().await {
        let ended = provider.run(&["401@write"]).await;
        let renews = ended.finished.trace.calls.iter().any(|call| call.key.is_none());
        if renews {
            assert_eq!(seen(&ended), ("ok", vec!["written"], vec![2]), "{}", provider.id());
            assert_written_once(&provider, &ended, "401@write");
        } else {
            assert_eq!(seen(&ended), ("auth", vec!["rejected"], vec![1]), "{}", provider.id());
            assert_untouched(&provider, &ended, "401@write");
        }
        let ended = provider.run(&["401@write*"]).await;
        let attempts = if renews { 2 } else { 1 };
        assert_eq!(seen(&ended), ("auth", vec!["rejected"], vec![attempts]), "{}", provider.id());
        assert_untouched(&provider, &ended, "401@write*");
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_waited_for_and_the_write_is_sent_again() {
    for provider in Providers::open().all().await {
        let ended = provider.run_patiently(&["429@write"]).await;
        assert_eq!(seen(&ended), ("ok", vec!["written"], vec![2]), "{}", provider.id());
        assert_written_once(&provider, &ended, "429@write");
        // What the sheet of each says: a header, the length of its window, or nothing.
        let wait = match provider.id() {
            "dynamics365_sales" => Some(Duration::from_secs(30)),
            "hubspot" => Some(Duration::from_secs(10)),
            "nutshell" => Some(Duration::from_millis(200)),
            _ => None,
        };
        assert!(wait.is_none_or(|wait| ended.took == wait), "{}: {:?}", provider.id(), ended.took);
        assert!(!ended.took.is_zero(), "{}: there is a wait", provider.id());
        let ended = provider.run_patiently(&["429@write*"]).await;
        assert_eq!(seen(&ended), ("rate", vec!["rejected"], vec![4]), "{}", provider.id());
        assert_untouched(&provider, &ended, "429@write*");
    }
}

#[tokio::test(start_paused = true)]
async fn a_breakdown_leaves_open_what_was_done_and_is_not_repeated() {
    for provider in Providers::open().all().await {
        for fault in ["500@write", "502@write"] {
            let ended = provider.run(&[fault]).await;
            let (_, outcomes, attempts) = seen(&ended);
            assert_eq!((outcomes, attempts), (vec!["unknown"], vec![1]), "{} {fault}", provider.id());
            assert_untouched(&provider, &ended, fault);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_cut_before_the_write_it_is_sent_again() {
    for provider in Providers::open().all().await {
        let ended = provider.run(&["cut-before@write"]).await;
        assert_eq!((ended.class(), ended.outcomes()), ("ok", vec!["written"]), "{}", provider.id());
        assert_eq!(ended.endings().len(), 2, "{}: {:?}", provider.id(), ended.endings());
        assert_written_once(&provider, &ended, "cut-before@write");
        let ended = provider.run(&["cut-before@write*"]).await;
        assert_eq!((ended.class(), ended.outcomes()), ("ambiguous", vec!["unknown"]), "{}", provider.id());
        assert_untouched(&provider, &ended, "cut-before@write*");
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_cut_behind_the_write_it_is_found_written_and_nothing_is_doubled() {
    for provider in Providers::open().all().await {
        for fault in ["cut-after@write", "truncated@write"] {
            let ended = provider.run(&[fault]).await;
            assert_eq!((ended.class(), ended.outcomes()), ("ok", vec!["written"]), "{} {fault}", provider.id());
            assert_written_once(&provider, &ended, fault);
            assert!(ended.sandbox.unmet_faults().is_empty(), "{} {fault}", provider.id());
            let last = ended.finished.trace.calls.last().and_then(|call| call.reply.as_ref());
            assert!(
                last.is_some_and(|reply| reply.status < 300),
                "{} {fault}: an answer is the last word",
                provider.id()
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn where_no_answer_ever_comes_the_leaf_is_unknown_although_it_is_written() {
    for provider in Providers::open().all().await {
        let ended = provider.run(&["cut-after@write*", "cut-after@read:30*"]).await;
        assert_written_once(&provider, &ended, "cut-after@write*");
        match ended.class() {
            // It reads again and sees what it has written.
            "ok" => assert_eq!(ended.outcomes(), ["written"], "{}", provider.id()),
            class => assert_eq!((class, ended.outcomes()), ("ambiguous", vec!["unknown"]), "{}", provider.id()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_in_place_of_the_answer_is_no_success() {
    for provider in Providers::open().all().await {
        let ended = provider.run(&["html@write"]).await;
        assert_eq!((ended.class(), ended.outcomes()), ("ok", vec!["written"]), "{}", provider.id());
        assert_eq!(ended.endings()[0], "answered with 200", "{}", provider.id());
        assert_written_once(&provider, &ended, "html@write");
        let ended = provider.run(&["html@write*"]).await;
        assert_eq!((ended.class(), ended.outcomes()), ("ambiguous", vec!["unknown"]), "{}", provider.id());
        assert_untouched(&provider, &ended, "html@write*");
    }
}

#[tokio::test(start_paused = true)]
async fn half_an_answer_to_a_write_is_made_good_by_reading() {
    for provider in Providers::open().all().await {
        let ended = provider.run(&["half@write"]).await;
        assert_eq!((ended.class(), ended.outcomes()), ("ok", vec!["written"]), "{}", provider.id());
        assert_written_once(&provider, &ended, "half@write");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_waited_for_up_to_ten_seconds() {
    for provider in Providers::open().all().await {
        let ended = provider.run(&["slow=9s@write"]).await;
        assert_eq!(seen(&ended), ("ok", vec!["written"], vec![1]), "{}", provider.id());
        assert_eq!(ended.took, Duration::from_secs(9), "{}", provider.id());
        let ended = provider.run(&["slow=15s@write"]).await;
        assert_eq!(ended.outcomes(), ["written"], "{}", provider.id());
        assert_eq!(ended.endings()[0], "sent without an answer: it took too long", "{}", provider.id());
        assert_written_once(&provider, &ended, "slow=15s@write");
    }
}
