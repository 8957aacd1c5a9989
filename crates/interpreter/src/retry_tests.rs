use super::*;
use crate::fixture::epoch;

fn reply(status: u16) -> Reply {
    Reply { status, ..Reply::default() }
}

fn fault(class: Class, status: u16) -> Fault {
    Fault { class, status, code: None, message: None, fields: Vec::new(), scopes: Vec::new(), wait: None, retry: true }
}

fn answered(fault: Fault) -> Attempt {
    Attempt::Answered(reply(fault.status), Judged::Fault(Box::new(fault)))
}

fn failed(error: fn(String) -> TransportError) -> Attempt {
    Attempt::Failed(error("x".to_owned()))
}

/// What follows for a read, a write, and a write that may be repeated.
fn follows(attempt: &Attempt) -> [Verdict; 3] {
    [(false, false), (true, false), (true, true)].map(|(writes, repeatable)| {
        let step = Permission { writes, repeatable, renewable: false };
        follow(attempt, step)
    })
}

const LAST: Verdict = Verdict::Last;
const AGAIN: Verdict = Verdict::Again(None);

#[test]
fn what_never_left_is_sent_again() {
    assert_eq!(follows(&failed(TransportError::NeverSent)), [AGAIN, AGAIN, AGAIN]);
}

#[test]
fn what_the_transport_refuses_is_not_sent_again() {
    assert_eq!(follows(&failed(TransportError::Refused)), [LAST, LAST, LAST]);
}

#[test]
fn silence_is_followed_only_where_repeating_cannot_hurt() {
    assert_eq!(follows(&failed(TransportError::Ambiguous)), [AGAIN, LAST, AGAIN]);
    assert_eq!(follows(&failed(TransportError::CutOff)), [AGAIN, LAST, AGAIN]);
    assert_eq!(follows(&answered(fault(Class::Ambiguous, 504))), [AGAIN, LAST, AGAIN]);
}

#[test]
fn an_answer_that_is_too_large_will_be_too_large_again() {
    assert_eq!(follows(&Attempt::Failed(TransportError::TooLarge(1))), [LAST, LAST, LAST]);
}

#[test]
fn refusals_for_the_rate_are_followed_for_reads_and_writes() {
    let wait = Wait::For(Duration::from_secs(2));
    let again = Verdict::Again(Some(wait.clone()));
    let rate = Fault { wait: Some(wait.clone()), ..fault(Class::Rate, 429) };
    assert_eq!(follows(&answered(rate)), [again.clone(), again.clone(), again.clone()]);
    assert_eq!(follows(&answered(fault(Class::Rate, 200))), [AGAIN, AGAIN, AGAIN]);
    for status in [503, 423] {
        let unavailable = Fault { wait: Some(wait.clone()), ..fault(Class::Unavailable, status) };
        assert_eq!(follows(&answered(unavailable)), [again.clone(), again.clone(), again.clone()]);
    }
}

#[test]
fn failures_of_the_provider_are_followed_for_reads_alone() {
    assert_eq!(follows(&answered(fault(Class::Provider, 500))), [AGAIN, LAST, LAST]);
    assert_eq!(follows(&answered(fault(Class::Unavailable, 503))), [AGAIN, LAST, LAST]);
    // A class that a rule gives to a status below 500 says nothing of coming back.
    assert_eq!(follows(&answered(fault(Class::Provider, 200))), [LAST, LAST, LAST]);
    assert_eq!(follows(&answered(fault(Class::Unavailable, 423))), [LAST, LAST, LAST]);
}

#[test]
fn answers_are_final() {
    assert_eq!(follows(&Attempt::Answered(reply(200), Judged::Good)), [LAST, LAST, LAST]);
    for class in [
        Class::Invalid,
        Class::Unsupported,
        Class::Auth,
        Class::Forbidden,
        Class::NotFound,
        Class::Conflict,
        Class::Bug,
    ] {
        assert_eq!(follows(&answered(fault(class, 500))), [LAST, LAST, LAST], "{class}");
    }
}

#[test]
fn what_a_rule_calls_final_is_final() {
    for class in [Class::Rate, Class::Unavailable, Class::Provider, Class::Ambiguous, Class::Auth] {
        let last = Fault { retry: false, wait: Some(Wait::For(Duration::ZERO)), ..fault(class, 503) };
        let renewable = Permission { writes: false, repeatable: false, renewable: true };
        assert_eq!(follows(&answered(last.clone())), [LAST, LAST, LAST], "{class}");
        assert_eq!(follow(&answered(last), renewable), LAST, "{class}");
    }
}

#[test]
fn a_token_is_renewed_where_it_can_be() {
    let step = Permission { writes: true, repeatable: false, renewable: true };
    assert_eq!(follow(&answered(fault(Class::Auth, 401)), step), Verdict::Renew);
    assert_eq!(follow(&answered(fault(Class::Forbidden, 403)), step), LAST);
}

#[test]
fn waits_are_stated_in_two_forms_or_grow() {
    let seconds = |wait: Option<Wait>, number| span(wait.as_ref(), number, epoch(), FIRST_WAIT).as_millis();
    assert_eq!(seconds(Some(Wait::For(Duration::from_secs(7))), 1), 7000);
    let date = |seconds| Wait::Until(httpdate::fmt_http_date(epoch() + Duration::from_secs(seconds)));
    assert_eq!(seconds(Some(date(9)), 1), 9000);
    let past = httpdate::fmt_http_date(epoch() - Duration::from_secs(9));
    assert_eq!(seconds(Some(Wait::Until(past)), 3), 0);
    assert_eq!(seconds(Some(Wait::Until("soon".to_owned())), 1), 200);
    let grown: Vec<u128> = (1..=7).map(|number| seconds(None, number)).collect();
    assert_eq!(grown, [200, 400, 800, 1600, 3200, 5000, 5000]);
    assert_eq!(seconds(None, u32::MAX), 5000);
}

#[test]
fn endings_say_what_is_known() {
    let words = |ending: Ending| match ending {
        Ending::Answered(reply) => format!("answered {}", reply.status),
        Ending::NeverSent(_) => "never sent".to_owned(),
        Ending::Ambiguous(why) => format!("ambiguous {why}"),
        Ending::Unusable(_) => "unusable".to_owned(),
        Ending::Unauthorized(_) => "unauthorized".to_owned(),
    };
    let cut = || failed(TransportError::CutOff);
    assert_eq!(words(ending(cut(), false, None)), "unusable");
    assert_eq!(words(ending(cut(), true, None)), "ambiguous the answer is cut off: x");
    let large = || Attempt::Failed(TransportError::TooLarge(3));
    assert_eq!(words(ending(large(), false, None)), "unusable");
    assert_eq!(words(ending(large(), true, None)), "ambiguous the answer is larger than 3 bytes");
    assert_eq!(words(ending(failed(TransportError::NeverSent), true, None)), "never sent");
    assert_eq!(words(ending(failed(TransportError::Refused), true, None)), "never sent");
}

#[test]
fn after_silence_only_a_good_answer_settles_a_write() {
    let after = |last: Attempt, writes| match ending(last, writes, Some("silence".to_owned())) {
        Ending::Answered(_) => "answered".to_owned(),
        Ending::Ambiguous(why) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(after(Attempt::Answered(reply(200), Judged::Good), true), "answered");
    let all = [
        Class::Invalid,
        Class::Unsupported,
        Class::Forbidden,
        Class::NotFound,
        Class::Auth,
        Class::Conflict,
        Class::Rate,
        Class::Provider,
        Class::Unavailable,
    ];
    for class in all {
        let want = "silence; sent again, it was answered with 500";
        assert_eq!(after(answered(fault(class, 500)), true), want, "{class}");
        assert_eq!(after(answered(fault(class, 500)), false), "answered", "{class}");
    }
    assert_eq!(after(failed(TransportError::NeverSent), true), "silence");
}

#[test]
fn an_answer_that_leaves_open_what_was_done_keeps_its_words() {
    let last = answered(fault(Class::Ambiguous, 200));
    let ending = ending(last, true, Some("answered with 200".to_owned()));
    assert!(matches!(ending, Ending::Answered(Reply { status: 200, .. })), "{ending:?}");
}
