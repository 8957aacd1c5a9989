//! Query parameters as each client writes them.

use serde_json::Value;

use super::shared::shared;

/// The same list, as the client for Node and as the one for Python writes it, and as a text.
const EXCLUDED: [&str; 3] = [
    "truto_exclude_fields%5B0%5D=id&truto_exclude_fields%5B1%5D=owner",
    "truto_exclude_fields%5B%5D=id&truto_exclude_fields%5B%5D=owner",
    "truto_exclude_fields=id,owner",
];

/// A lead without what the provider says anew each time.
fn lead_of(mut body: Value) -> Value {
    assert!(body.as_object_mut().expect("an object").remove("remote_data").is_some(), "{body}");
    body
}

#[test]
fn a_list_is_the_same_in_every_encoding() {
    let client = shared().client();
    for place in shared().places(5..6) {
        let lead = &place.leads[0];
        let whole = lead_of(client.get(place.account, lead).send().json());
        assert!(whole.get("owner").is_some(), "{}: {whole}", place.provider.id);
        for excluded in EXCLUDED {
            let answer = client.get(place.account, lead).query(excluded).send();
            let mut expected = whole.clone();
            expected.as_object_mut().expect("an object").retain(|name, _| name != "id" && name != "owner");
            assert_eq!(lead_of(answer.json()), expected, "{} {excluded}", place.provider.id);
        }
    }
}

#[test]
fn a_boolean_is_true_and_a_null_is_empty_or_none() {
    let client = shared().client();
    for place in shared().places(6..7) {
        let lead = &place.leads[0];
        let whole = lead_of(client.get(place.account, lead).send().json());
        for said in ["truto_ignore_remote_data=true", "truto_ignore_remote_data=True"] {
            let answer = client.get(place.account, lead).query(said).send();
            assert_eq!(answer.status, 200, "{said}: {}", answer.text());
            assert_eq!(answer.json(), whole, "{} {said}", place.provider.id);
        }
        for unsaid in ["truto_ignore_remote_data=", "truto_ignore_remote_data=None", "truto_response_format=None"] {
            let answer = client.get(place.account, lead).query(unsaid).send();
            assert_eq!(lead_of(answer.json()), whole, "{} {unsaid}", place.provider.id);
        }
    }
}

#[test]
fn what_is_meant_for_the_provider_reaches_it() {
    let client = shared().client();
    let place = shared().place("insightly", 7..8);
    let blanks = ["remote_query%5Bwords%5D=first%20word", "remote_query%5Bwords%5D=first+word"];
    for blank in blanks {
        let patch = place.provider.patch(blank);
        let answer = client.patch(place.account, &place.leads[0], &patch).query(blank).send();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let asked = place.provider.sandbox.log();
    let asked: Vec<&str> = asked.iter().map(|asked| asked.path_and_query.as_str()).collect();
    let asked = asked.iter().filter(|asked| asked.contains("words=")).copied();
    assert_eq!(asked.collect::<Vec<_>>(), ["/v3.1/Leads?words=first%20word"; 2]);
}

#[test]
fn every_format_is_answered() {
    let client = shared().client();
    for place in shared().places(8..9) {
        let (lead, id) = (&place.leads[0], place.provider.id);
        let of =
            |format: &str| client.get(place.account, lead).query(&format!("truto_response_format={format}")).send();
        let (unified, normalized, raw, stream) = (of("unified"), of("normalized"), of("raw"), of("stream"));
        assert_eq!(normalized.json()["id"], lead.as_str(), "{id}");
        assert_eq!(normalized.json().get("remote_data"), None, "{id}");
        assert_eq!(unified.json()["id"], lead.as_str(), "{id}");
        for verbatim in [raw, stream] {
            assert_eq!(verbatim.status, 200, "{id}");
            assert!(verbatim.text().contains(lead.as_str()), "{id}: {}", verbatim.text());
            assert!(verbatim.header("content-type").is_some_and(|kind| kind.contains("json")), "{id}");
        }
    }
}
