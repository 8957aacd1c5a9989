//! The simulated Nutshell, against its facts sheet.

mod support;

use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, over_the_wire, refused, sandbox, send, survives_hostile_requests};

const PROVIDER: &str = "nutshell";
const HOST: &str = "https://app.nutshell.com";
const LEAD: &str = "/rest/leads/1003-leads";
/// `jim@demo.example:sandbox-api-key`.
const BASIC: (&str, &str) = ("Authorization", "Basic amltQGRlbW8uZXhhbXBsZTpzYW5kYm94LWFwaS1rZXk=");
const PATCH: (&str, &str) = ("Content-Type", "application/json-patch+json");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const BODY: &str = r#"[{"op":"replace","path":"/leads/0/description","value":"Very Important"},
 {"op":"replace","path":"/leads/0/links/owner","value":"35-users"},
 {"op":"add","path":"/leads/0/links/contacts/-","value":"55-contacts"},
 {"op":"add","path":"/leads/0/links/sources/-","value":"2-sources"}]"#;

fn get(sandbox: &Sandbox, path: &str) -> Answer {
    send(sandbox, "GET", &format!("{HOST}{path}"), &[BASIC], "")
}

fn post(sandbox: &Sandbox, path: &str, body: &str) -> Answer {
    send(sandbox, "POST", &format!("{HOST}{path}"), &[BASIC, JSON], body)
}

fn patch(sandbox: &Sandbox, body: &str) -> Answer {
    send(sandbox, "PATCH", &format!("{HOST}{LEAD}"), &[BASIC, PATCH], body)
}

/// The lead as it is read.
fn lead(sandbox: &Sandbox) -> Value {
    get(sandbox, LEAD).json()["leads"][0].clone()
}

fn nth(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// The read of section 5.
fn read_back() -> Value {
    json!({"meta":{"instanceId":"379104","siteId":"6smEpVK1"},
        "links":{"leads.contacts":{"href":"https://app.nutshell.com/rest/contacts/{leads.contacts}","type":"contacts"},"leads.sources":{"href":"https://app.nutshell.com/rest/sources/{leads.sources}","type":"sources"}},
        "leads":[{"id":"1003-leads","type":"leads","name":"Very Important","number":1234,"description":"Very Important","status":"open",
            "createdTime":{"timestamp":1_716_854_400,"value":"May 28, 2024","absoluteLocalizedString":"May 28, 2024"},
            "closedTime":null,"dueTime":null,"lastContactedTime":{"timestamp":1_717_000_000,"value":"May 29, 2024","absoluteLocalizedString":"May 29, 2024"},
            "ownerType":"users","value":{"formatted":"$999.99","amount":"999.99","currency":"USD"},"confidence":25,"priority":0,"isOverdue":false,
            "href":"https://app.nutshell.com/rest/leads/1003-leads","htmlUrl":"https://app.nutshell.com/lead/1006","htmlUrlPath":"/lead/1006",
            "links":{"creator":"1-users","owner":"35-users","accounts":["3-accounts"],"contacts":["55-contacts"],"sources":["2-sources"],"tags":[],"files":[]}}],
        "contacts":[{"id":"55-contacts","type":"contacts","name":"Joan Smith"}]})
}

/// A refusal of section 4.
fn refusal(title: &str) -> Value {
    json!({"meta":{"instanceId":"379104","siteId":"6smEpVK1"},"links":{},"leads":[],
        "errors":[{"id":null,"type":"errors","code":null,"detail":null,"href":null,"status":"400","title":title,"field":null}]})
}

#[track_caller]
fn assert_page(answer: &Answer, status: u16, title: &str, number: u32) {
    assert_eq!(answer.status, status);
    let page = format!(
        "<!DOCTYPE html><html><head><title>An Error Occurred: {title}</title></head><body><h1>Oops! An Error Occurred</h1><h2>The server returned a \"{status} {title}\".</h2></body></html>"
    );
    assert_eq!(answer.text(), page);
    let id = nth(number);
    assert!(answer.headers().contains(&("content-type", "text/html; charset=UTF-8")));
    assert!(answer.headers().contains(&("x-nutshell-request-id", id.as_str())));
}

#[test]
fn the_exchanges_of_section_5_answer_as_the_sheet_says() {
    let sandbox = sandbox(PROVIDER);
    let answer = patch(&sandbox, BODY);
    assert_eq!((answer.status, answer.text()), (204, ""));
    assert_eq!(answer.headers(), [("x-nutshell-request-id", nth(1).as_str())]);
    let answer = get(&sandbox, LEAD);
    assert_eq!((answer.status, answer.json()), (200, read_back()));
    assert_eq!(answer.headers(), [("content-type", "application/json"), ("x-nutshell-request-id", nth(2).as_str())]);
    assert_eq!(get(&sandbox, "/rest/leads/1003").json(), read_back(), "digits alone are an id too");
}

#[test]
fn over_a_socket_the_answers_are_the_same() {
    let sandbox = sandbox(PROVIDER);
    let answer = over_the_wire(&sandbox, "PATCH", LEAD, &[BASIC, PATCH], BODY);
    assert_eq!((answer.status, answer.text()), (204, ""));
    let answer = over_the_wire(&sandbox, "GET", LEAD, &[BASIC], "");
    assert_eq!((answer.status, answer.json()), (200, read_back()));
    assert_eq!(sandbox.log()[0].body, BODY);
    assert!(sandbox.log()[0].headers.contains(&("authorization".to_owned(), "[redacted]".to_owned())));
}

#[test]
fn a_list_of_links_changes_element_by_element() {
    let sandbox = sandbox(PROVIDER);
    let body = r#"[{"op":"add","path":"/leads/0/links/accounts/-","value":"4-accounts"},
        {"op":"remove","path":"/leads/0/links/accounts/3-accounts"},
        {"op":"add","path":"leads/0/links/contacts/-","value":7},
        {"op":"add","path":"/leads/0/links/contacts/-","value":"7-contacts"}]"#;
    assert_eq!(patch(&sandbox, body).status, 204);
    let links = lead(&sandbox)["links"].clone();
    assert_eq!((&links["accounts"], &links["contacts"]), (&json!(["4-accounts"]), &json!(["7-contacts"])));
}

#[test]
fn all_operations_are_done_or_none() {
    let sandbox = sandbox(PROVIDER);
    let before = sandbox.state()["collections"].clone();
    let body = r#"[{"op":"replace","path":"/leads/0/description","value":"Other"},{"op":"remove","path":"/leads/0/links/contacts/55-contacts"}]"#;
    let answer = patch(&sandbox, body);
    assert_eq!(
        (answer.status, answer.json()),
        (400, refusal("The operation on links/contacts/55-contacts is not possible."))
    );
    assert_eq!(sandbox.state()["collections"], before);
}

#[test]
fn scalars_are_cleared_by_null_and_by_remove() {
    for operation in [
        r#"{"op":"replace","path":"/leads/0/description","value":null}"#,
        r#"{"op":"remove","path":"/leads/0/description"}"#,
    ] {
        let sandbox = sandbox(PROVIDER);
        assert_eq!(patch(&sandbox, &format!("[{operation}]")).status, 204);
        let lead = lead(&sandbox);
        assert_eq!((&lead["description"], &lead["name"]), (&Value::Null, &json!("Lead-1234")));
    }
}

#[test]
fn an_owner_may_be_a_team_and_a_value_is_formatted() {
    let sandbox = sandbox(PROVIDER);
    let body = r#"[{"op":"replace","path":"/leads/0/links/owner","value":"2-teams"},{"op":"replace","path":"/leads/0/manualValue","value":"1200.50"}]"#;
    assert_eq!(patch(&sandbox, body).status, 204);
    let lead = lead(&sandbox);
    assert_eq!((&lead["links"]["owner"], &lead["ownerType"]), (&json!("2-teams"), &json!("teams")));
    assert_eq!(lead["value"], json!({"amount":"1200.50","currency":"USD","formatted":"$1200.50"}));
    assert_eq!(lead.get("manualValue"), None);
}

#[test]
fn custom_fields_are_named_as_in_any_json_pointer() {
    let sandbox = sandbox(PROVIDER);
    let body = r#"[{"op":"replace","path":"/leads/0/customFields/Region~1Area","value":"South"},
        {"op":"add","path":"/leads/0/customFields/Deal size","value":"small"},
        {"op":"replace","path":"/leads/0/customFields/Rate~0class","value":"A"},
        {"op":"replace","path":"/leads/0/customFields/Seats","value":9007199254740993}]"#;
    assert_eq!(patch(&sandbox, body).status, 204);
    assert_eq!(
        lead(&sandbox)["customFields"],
        json!({"Region/Area":"South","Deal size":"small","Rate~class":"A","Seats":9_007_199_254_740_993_u64})
    );
    assert_eq!(
        get(&sandbox, "/rest/leads/1010-leads/customfields").json(),
        json!([
            {"id":"2-customfields","name":"Deal size","value":"large"},
            {"id":"3-customfields","name":"Rate~class","value":"B"},
            {"id":"1-customfields","name":"Region/Area","value":"North"},
            {"id":"4-customfields","name":"Seats","value":50}
        ])
    );
    assert_eq!(
        get(&sandbox, "/rest/leads/customfields/attributes").json()[2],
        json!({"id":"1-customfields","name":"Region/Area"})
    );
}

#[test]
fn a_status_is_set_by_its_outcome_and_taken_back_by_reopening() {
    let sandbox = sandbox(PROVIDER);
    let before = get(&sandbox, LEAD).json();
    let outcomes = get(&sandbox, "/rest/outcomes").json();
    assert_eq!(
        outcomes["outcomes"],
        json!([
            {"id":"1-outcomes","name":"Won","status":"won","type":"outcomes"},
            {"id":"2-outcomes","name":"Lost to a competitor","status":"lost","type":"outcomes"},
            {"id":"3-outcomes","name":"Cancelled","status":"cancelled","type":"outcomes"}
        ])
    );
    for (id, status) in [("1-outcomes", "won"), ("2-outcomes", "lost"), ("3-outcomes", "cancelled")] {
        let answer = post(&sandbox, &format!("{LEAD}/status"), &format!(r#"{{"outcomeId":"{id}"}}"#));
        assert_eq!((answer.status, &answer.json()["leads"][0]["status"]), (200, &json!(status)));
    }
    let closed = lead(&sandbox)["closedTime"].clone();
    assert_eq!(
        closed,
        json!({"timestamp":1_717_000_003,"value":"May 29, 2024","absoluteLocalizedString":"May 29, 2024"})
    );
    let answer = send(&sandbox, "POST", &format!("{HOST}{LEAD}/reopen"), &[BASIC], "");
    assert_eq!((answer.status, answer.json()), (200, before));
    let answer = post(&sandbox, &format!("{LEAD}/stageset"), r#"{"stageset":"1-stagesets"}"#);
    assert_eq!(answer.json()["leads"][0]["links"]["stageset"], "1-stagesets");
    let computed: Vec<&str> = sandbox.computed().iter().map(|computed| computed.field.as_str()).collect();
    assert_eq!(computed, ["name", "ownerType", "value/formatted", "closedTime", "status"]);
}

#[test]
fn lists_are_read_in_their_envelopes() {
    let sandbox = sandbox(PROVIDER);
    assert_eq!(
        get(&sandbox, "/rest/sources").json()["sources"][0],
        json!({"id":"2-sources","name":"Google","modifiedTime":1_704_774_720,"channel":{"value":1,"display":"Organic search"}})
    );
    assert_eq!(get(&sandbox, "/rest/users").json()["users"][1]["id"], "35-users");
    assert_eq!(get(&sandbox, "/rest/accounts/3").json()["accounts"][0]["name"], "Arbor Medical LLC");
    assert_eq!(get(&sandbox, "/rest/contacts/55-contacts").json()["contacts"][0]["name"], "Joan Smith");
}

#[test]
fn wrong_operations_are_refused() {
    let sandbox = sandbox(PROVIDER);
    let before = sandbox.state()["collections"].clone();
    let cases = [
        (r#"{"op":"replace","path":"/leads/0/colour","value":1}"#, "The field colour does not exist."),
        (
            r#"{"op":"replace","path":"/leads/1/description","value":"x"}"#,
            "The field /leads/1/description does not exist.",
        ),
        (r#"{"op":"replace","path":"/leads/0/status","value":"won"}"#, "The field status cannot be changed."),
        (r#"{"op":"replace","path":"/leads/0/createdTime","value":1}"#, "The field createdTime cannot be changed."),
        (r#"{"op":"replace","path":"/leads/0/description","value":7}"#, "The field description must be of type text."),
        (
            r#"{"op":"replace","path":"/leads/0/confidence","value":101}"#,
            "The field confidence must be between 0 and 100.",
        ),
        (
            r#"{"op":"replace","path":"/leads/0/confidence","value":"25"}"#,
            "The field confidence must be of type integer.",
        ),
        (r#"{"op":"replace","path":"/leads/0/manualValue","value":"much"}"#, "The field manualValue is malformed."),
        (r#"{"op":"replace","path":"/leads/0/manualValue","value":null}"#, "The field manualValue cannot be empty."),
        (r#"{"op":"replace","path":"/leads/0/links/owner","value":"9-users"}"#, "There is no 9-users."),
        (r#"{"op":"add","path":"/leads/0/links/contacts/-","value":"9-contacts"}"#, "There is no 9-contacts."),
        (
            r#"{"op":"add","path":"/leads/0/links/contacts","value":"55-contacts"}"#,
            "The operation on /leads/0/links/contacts is not possible.",
        ),
        (
            r#"{"op":"replace","path":"/leads/0/links/sources","value":["2-sources"]}"#,
            "The operation on /leads/0/links/sources is not possible.",
        ),
        (r#"{"op":"replace","path":"/leads/0/description"}"#, "The operation on /leads/0/description is not possible."),
        (
            r#"{"op":"move","from":"/leads/0/name","path":"/leads/0/description"}"#,
            "The operation on /leads/0/description is not possible.",
        ),
        (
            r#"{"op":"replace","path":"/leads/0/customFields/Nothing","value":"x"}"#,
            "The field customFields/Nothing does not exist.",
        ),
    ];
    for (operation, title) in cases {
        let answer = patch(&sandbox, &format!("[{operation}]"));
        assert_eq!((answer.status, answer.json()), (400, refusal(title)), "{operation}");
    }
    let long = json!([{"op": "replace", "path": "/leads/0/name", "value": "x".repeat(256)}]).to_string();
    assert_eq!(patch(&sandbox, &long).json(), refusal("The field name is longer than 255 characters."));
    assert_eq!(patch(&sandbox, "[]").json(), refusal("No patches sent"));
    assert_eq!(patch(&sandbox, "{").json(), refusal("The request body is invalid."));
    assert_eq!(patch(&sandbox, "{}").json(), refusal("The request body is invalid."));
    let answer = post(&sandbox, &format!("{LEAD}/status"), r#"{"outcomeId":"9-outcomes"}"#);
    assert_eq!((answer.status, answer.json()), (400, refusal("There is no 9-outcomes.")));
    assert_eq!(sandbox.state()["collections"], before, "a refused write changes nothing");
}

#[test]
fn only_a_json_patch_is_taken_for_an_update() {
    let sandbox = sandbox(PROVIDER);
    let answer = send(&sandbox, "PATCH", &format!("{HOST}{LEAD}"), &[BASIC, JSON], BODY);
    assert_eq!(
        (answer.status, answer.text()),
        (400, "application/json-patch+json is required, see http://jsonapi.org")
    );
    assert!(answer.headers().contains(&("content-type", "text/plain; charset=utf-8")));
    let answer = send(&sandbox, "POST", &format!("{HOST}{LEAD}/status"), &[BASIC], "{}");
    assert_eq!((answer.status, answer.text()), (400, "application/json is required"));
}

#[test]
fn pages_answer_wrong_callers_and_wrong_paths() {
    let sandbox = sandbox(PROVIDER);
    let uri = format!("{HOST}{LEAD}");
    assert_page(&send(&sandbox, "GET", &uri, &[], ""), 401, "Unauthorized", 1);
    let wrong = ("Authorization", "Basic amltQGRlbW8uZXhhbXBsZTpvdGhlcg==");
    assert_page(&send(&sandbox, "GET", &uri, &[wrong], ""), 401, "Unauthorized", 2);
    assert_page(&send(&sandbox, "GET", &uri, &[("Authorization", "Bearer x")], ""), 401, "Unauthorized", 3);
    assert_page(&get(&sandbox, "/rest/nothing"), 404, "Not Found", 4);
    assert_page(&get(&sandbox, "/rest/leads/9-leads"), 404, "Not Found", 5);
    assert_page(&send(&sandbox, "DELETE", &uri, &[BASIC], ""), 405, "Method Not Allowed", 6);
    let answer = patch(&sandbox, &" ".repeat((1 << 20) + 1));
    assert_eq!((answer.status, answer.text()), (413, ""));
}

#[test]
fn errors_that_no_request_provokes_are_injected() {
    let sandbox = sandbox(PROVIDER);
    let fail = |name: &str| {
        sandbox.fail_next(name, 1).unwrap();
        get(&sandbox, LEAD)
    };
    let answer = fail("server_error");
    assert_eq!((answer.status, answer.json()), (500, json!({"code":500,"message":"Internal Server Error"})));
    let answers = [
        ("too_many_requests", 429, ""),
        ("conflict", 409, ""),
        ("unavailable", 503, "<html><body><h1>503 Service Unavailable</h1></body></html>"),
    ];
    for (name, status, text) in answers {
        let answer = fail(name);
        assert_eq!((answer.status, answer.text()), (status, text));
    }
    assert_eq!(get(&sandbox, LEAD).status, 200);
}

#[test]
fn a_record_can_be_put_in_place() {
    let sandbox = sandbox(PROVIDER);
    let state = sandbox.state();
    let mut record = state["collections"]["leads"]["1003-leads"].clone();
    record["description"] = json!("Put in place");
    sandbox.put_record("leads", "1003", record.clone()).unwrap();
    assert_eq!(lead(&sandbox)["description"], "Put in place");
    record["colour"] = json!("red");
    assert_eq!(
        sandbox.put_record("leads", "1003", record).unwrap_err().to_string(),
        "record refused: `leads` `1003`: no field `colour` is declared"
    );
    assert_eq!(
        sandbox.put_record("shelves", "1", json!({})).unwrap_err().to_string(),
        "record refused: no collection `shelves`"
    );
}

#[test]
fn the_file_is_closed() {
    let unknown = refused(PROVIDER, r#"prefix = "/leads/0""#, r#"prefx = "/leads/0""#);
    assert!(unknown.contains("unknown field `prefx`"), "{unknown}");
    let reply = refused(PROVIDER, r#"answers = ["patched"]"#, r#"answers = ["patchd"]"#);
    assert!(reply.contains("no reply `patchd`; declared are "), "{reply}");
    let brace = refused(PROVIDER, "{{leads.contacts}}", "{leads.contacts}");
    assert!(brace.contains("unknown root `leads.contacts`"), "{brace}");
    let source = refused(PROVIDER, r#"source = "§2a: status and reopen""#, r#"source = """#);
    assert!(source.contains("`source` says where the behaviour is known from"), "{source}");
    let ways = refused(
        PROVIDER,
        r#"kind_of = "links/owner""#,
        r#"kind_of = "links/owner"
copy = "name""#,
    );
    assert!(ways.contains("exactly one of"), "{ways}");
}

#[test]
fn hostile_requests_are_answered_and_change_nothing() {
    let seeds = [("PATCH", LEAD), ("POST", "/rest/leads/1003-leads/status")];
    survives_hostile_requests(&sandbox(PROVIDER), &[BASIC], &seeds);
}
