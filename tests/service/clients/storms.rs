//! What the client for Node does when it is impatient: the same request three times, and many at once.

use super::shared::shared;
use crate::support::together;

/// How many leads are written at once at each provider.
const MANY: usize = 6;

#[test]
fn one_patch_may_come_three_times_within_milliseconds() {
    let client = shared().client();
    let places = shared().places(12..13);
    let answers = together(places.len() * 3, |number| {
        let place = &places[number / 3];
        client.patch(place.account, &place.leads[0], &place.provider.patch("Thrice")).send()
    });
    for (place, answers) in places.iter().zip(answers.chunks(3)) {
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [200, 200, 200], "{}: {}", place.provider.id, answers[0].text());
        assert_eq!(place.provider.value(&place.leads[0]), "Thrice", "{}", place.provider.id);
    }
}

#[test]
fn with_a_key_it_is_written_once() {
    let client = shared().client();
    let places = shared().places(13..14);
    let answers = together(places.len() * 3, |number| {
        let place = &places[number / 3];
        let patch = place.provider.patch("Once for three");
        client.patch(place.account, &place.leads[0], &patch).key("three").send()
    });
    for (place, answers) in places.iter().zip(answers.chunks(3)) {
        let id = place.provider.id;
        let written = place.provider.effects();
        assert_eq!(written.iter().filter(|body| body.contains("Once for three")).count(), 1, "{id}");
        assert!(answers.iter().any(|answer| answer.status == 200), "{id}: {}", answers[0].text());
        for answer in answers {
            match answer.status {
                200 => assert_eq!(answer.json()[place.provider.leaf], "Once for three", "{id}"),
                _ => answer.assert_is_problem(409, "key-in-use"),
            }
        }
        let patch = place.provider.patch("Once for three");
        let again = client.patch(place.account, &place.leads[0], &patch).key("three").send();
        assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")), "{id}");
    }
}

#[test]
fn many_leads_are_written_at_once_and_none_gets_anothers_value() {
    let client = shared().client();
    let places = shared().places(14..14 + MANY);
    let answers = together(places.len() * MANY, |number| {
        let (place, lead) = (&places[number / MANY], number % MANY);
        let value = format!("Lead number {lead}");
        let answer = client.patch(place.account, &place.leads[lead], &place.provider.patch(&value)).send();
        (answer.status, answer.text())
    });
    for (number, (status, text)) in answers.iter().enumerate() {
        let (place, lead) = (&places[number / MANY], number % MANY);
        assert_eq!(*status, 200, "{}: {text}", place.provider.id);
        assert_eq!(place.provider.value(&place.leads[lead]), format!("Lead number {lead}"), "{}", place.provider.id);
    }
}
