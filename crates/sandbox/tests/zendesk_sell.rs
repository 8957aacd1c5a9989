//! The simulated Zendesk Sell, against its facts sheet.

mod support;

use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, over_the_wire, refused, sandbox, send, survives_hostile_requests};

const PROVIDER: &str = "zendesk_sell";
const HOST: &str = "https://api.getbase.com";
const LEAD: &str = "/v2/leads/3194720";
const TOKEN: (&str, &str) = ("Authorization", "Bearer sandbox-access-0");
const AGENT: (&str, &str) = ("User-Agent", "my-app/1.0");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const MORE_INFO: &str = "https://developers.getbase.com/docs/rest/articles/errors";
/// The update of section 5.
const BODY: &str = r#"{"data":{"first_name":"Sarah","last_name":"Williams","status":"Working","source_id":2940175,"owner_id":1290481,"email":"sarah.williams@techstartsolutions.com","phone":"+1-650-555-0142","mobile":"+1-650-555-0143","address":{"line1":"480 Mission St","city":"San Francisco","postal_code":"94105","state":"CA","country":"US"},"custom_fields":{"lead_score":"85"}}}"#;
/// The answer of section 5.
const UPDATED: &str = r#"{"data":{"id":3194720,"creator_id":1290481,"owner_id":1290481,"first_name":"Sarah","last_name":"Williams",
"organization_name":"TechStart Solutions","status":"Working","source_id":2940175,"unqualified_reason_id":null,
"title":"Director of Operations","description":"Inbound lead from webinar signup","industry":"Software",
"website":"https://www.techstartsolutions.com","email":"sarah.williams@techstartsolutions.com","phone":"+1-650-555-0142",
"mobile":"+1-650-555-0143","fax":null,"twitter":"sarahwilliams_ops","facebook":null,"linkedin":"sarahwilliams-ops","skype":null,
"address":{"line1":"480 Mission St","city":"San Francisco","postal_code":"94105","state":"CA","country":"US"},
"tags":["webinar","inbound"],"custom_fields":{"lead_score":"85"},
"created_at":"2025-01-05T13:22:10Z","updated_at":"2025-01-09T09:45:33Z"},"meta":{"type":"lead"}}"#;

fn get(sandbox: &Sandbox, path: &str) -> Answer {
    send(sandbox, "GET", &format!("{HOST}{path}"), &[TOKEN, AGENT], "")
}

fn put(sandbox: &Sandbox, path: &str, body: &str) -> Answer {
    send(sandbox, "PUT", &format!("{HOST}{path}"), &[TOKEN, AGENT, JSON], body)
}

/// Writes attributes of the first lead.
fn write(sandbox: &Sandbox, data: &Value) -> Answer {
    put(sandbox, LEAD, &json!({"data":data}).to_string())
}

fn updated() -> Value {
    serde_json::from_str(UPDATED).unwrap()
}

/// The id of the nth request of a sandbox.
fn nth(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// The answer to the nth request of a sandbox.
#[track_caller]
fn assert_answer(answer: &Answer, number: u32, status: u16, body: &Value) {
    assert_eq!((answer.status, answer.json()), (status, body.clone()));
    let id = nth(number);
    let headers = [
        ("content-language", "en"),
        ("content-type", "application/json; charset=utf-8"),
        ("x-request-id", id.as_str()),
    ];
    assert_eq!(answer.headers(), headers);
}

/// The envelope of errors.
fn envelope(number: u32, http_status: &str, errors: &[Value]) -> Value {
    let errors: Vec<Value> = errors
        .iter()
        .map(|error| json!({"error":error,"meta":{"type":"error","links":{"more_info":MORE_INFO}}}))
        .collect();
    json!({"errors":errors,"meta":{"type":"errors","http_status":http_status,"logref":nth(number),"links":{"more_info":MORE_INFO}}})
}

/// The envelope of one error that no attribute has caused.
fn refusal(number: u32, http_status: &str, code: &str, message: &str, details: &str) -> Value {
    envelope(number, http_status, &[json!({"code":code,"message":message,"details":details})])
}

/// An error that an attribute has caused.
fn wrong(field: &str, code: &str, details: &str) -> Value {
    json!({"resource":"lead","field":format!("/data/{field}"),"code":code,"message":format!("The {field} is invalid."),"details":details})
}

#[test]
fn the_exchanges_of_section_5_answer_as_the_sheet_says() {
    let sandbox = sandbox(PROVIDER);
    assert_answer(&put(&sandbox, LEAD, BODY), 1, 200, &updated());
    assert_answer(&get(&sandbox, LEAD), 2, 200, &updated());
    assert_answer(
        &get(&sandbox, "/v2/lead_sources/2940175"),
        3,
        200,
        &json!({"data":{"id":2_940_175,"name":"Web","resource_type":"lead","creator_id":1_290_481,"created_at":"2014-08-27T16:32:56Z","updated_at":"2014-08-27T16:32:56Z"},"meta":{"type":"lead_source"}}),
    );
}

#[test]
fn over_a_socket_the_answers_are_the_same() {
    let sandbox = sandbox(PROVIDER);
    let body = BODY.replacen('{', r#"{"meta":{"type":"lead"},"#, 1);
    assert_answer(&over_the_wire(&sandbox, "PUT", LEAD, &[TOKEN, AGENT, JSON], &body), 1, 200, &updated());
    assert_answer(&over_the_wire(&sandbox, "GET", LEAD, &[TOKEN, AGENT], ""), 2, 200, &updated());
    assert_eq!(sandbox.log()[0].body, body);
    assert!(!format!("{:?}", sandbox.log()).contains("sandbox-access-0"), "the log holds no credentials");
}

#[test]
fn every_request_names_its_user_agent() {
    let sandbox = sandbox(PROVIDER);
    let refused = |number| {
        refusal(
            number,
            "400 Bad Request",
            "invalid_user_agent",
            "Invalid User-Agent",
            "The request header User-Agent is missing.",
        )
    };
    let uri = format!("{HOST}{LEAD}");
    assert_answer(&send(&sandbox, "GET", &uri, &[TOKEN], ""), 1, 400, &refused(1));
    assert_answer(&send(&sandbox, "PUT", &uri, &[TOKEN, JSON, ("User-Agent", "")], BODY), 2, 400, &refused(2));
    assert_answer(&over_the_wire(&sandbox, "GET", LEAD, &[TOKEN], ""), 3, 400, &refused(3));
    assert_answer(&send(&sandbox, "GET", &uri, &[], ""), 4, 400, &refused(4));
}

#[test]
fn a_write_changes_what_it_names_and_the_time_of_the_change() {
    let sandbox = sandbox(PROVIDER);
    let mut expected = get(&sandbox, LEAD).json();
    let data = json!({"first_name":"Sal","last_name":"Wills","organization_name":"Tech","status":"Nurturing","source_id":9_007_199_254_740_997_i64,"owner_id":9_007_199_254_740_995_i64,
        "title":"COO","description":"Calls back.","industry":"Retail","website":"https://tech.example","email":"sal@tech.example","phone":"1","mobile":"2","fax":"3",
        "twitter":"t","facebook":"f","linkedin":"l","skype":"s","tags":["new","Ünï 🦊"]});
    for (name, value) in data.as_object().unwrap() {
        expected["data"][name] = value.clone();
    }
    expected["data"]["updated_at"] = json!("2025-01-09T09:45:33Z");
    assert_answer(&write(&sandbox, &data), 2, 200, &expected);
    assert_answer(&get(&sandbox, LEAD), 3, 200, &expected);
    let again = write(&sandbox, &json!({}));
    expected["data"]["updated_at"] = json!("2025-01-09T09:45:34Z");
    assert_answer(&again, 4, 200, &expected);
}

#[test]
fn null_clears() {
    let sandbox = sandbox(PROVIDER);
    let path = "/v2/leads/3194725";
    let mut expected = get(&sandbox, path).json();
    let names = [
        "first_name",
        "last_name",
        "owner_id",
        "source_id",
        "title",
        "description",
        "industry",
        "website",
        "email",
        "phone",
        "mobile",
        "fax",
        "twitter",
        "facebook",
        "linkedin",
        "skype",
        "address",
    ];
    let mut data = json!({"tags":null,"custom_fields":{"lead_score":null,"wants_demo":null,"interests":null}});
    for name in names {
        data[name] = Value::Null;
        expected["data"][name] = Value::Null;
    }
    expected["data"]["tags"] = json!([]);
    expected["data"]["custom_fields"] = json!({"lead_score":null,"Deal size/€":"10 000","seats":40,"wants_demo":null,"demo_date":"2025-02-01","last_call":"2025-01-02T09:00:00Z","region":"North","interests":[]});
    expected["data"]["updated_at"] = json!("2025-01-09T09:45:33Z");
    assert_answer(&put(&sandbox, path, &json!({"data":data}).to_string()), 2, 200, &expected);
    assert_answer(&get(&sandbox, path), 3, 200, &expected);
}

#[test]
fn a_person_or_an_organisation_stays() {
    let sandbox = sandbox(PROVIDER);
    let blank = |number, field: &str| {
        let details = format!("The attribute '{field}' can't be blank.");
        envelope(number, "422 Unprocessable Entity", &[wrong(field, "blank", &details)])
    };
    assert_eq!(write(&sandbox, &json!({"last_name":null})).json()["data"]["last_name"], Value::Null);
    assert_answer(&write(&sandbox, &json!({"organization_name":null})), 2, 422, &blank(2, "organization_name"));
    assert_answer(&write(&sandbox, &json!({"organization_name":""})), 3, 422, &blank(3, "organization_name"));
    let moved = write(&sandbox, &json!({"organization_name":null,"last_name":"Williams"})).json();
    assert_eq!((&moved["data"]["organization_name"], &moved["data"]["last_name"]), (&Value::Null, &json!("Williams")));
    assert_answer(&write(&sandbox, &json!({"last_name":null})), 5, 422, &blank(5, "last_name"));
    assert_answer(
        &write(&sandbox, &json!({"last_name":null,"organization_name":null})),
        6,
        422,
        &blank(6, "last_name"),
    );
    assert_eq!(write(&sandbox, &json!({"first_name":null})).status, 200);
}

#[test]
fn an_address_is_replaced_whole() {
    let sandbox = sandbox(PROVIDER);
    let address = |answer: &Answer| answer.json()["data"]["address"].clone();
    let part = write(&sandbox, &json!({"address":{"city":"Oakland"}}));
    let expected = json!({"line1":null,"city":"Oakland","postal_code":null,"state":null,"country":null});
    assert_eq!((part.status, address(&part)), (200, expected.clone()));
    assert_eq!(address(&get(&sandbox, LEAD)), expected);
    assert_eq!(address(&write(&sandbox, &json!({"address":null}))), Value::Null);
    let whole = json!({"line1":"1 Main St","city":"Oakland","postal_code":"94601","state":"CA","country":"US"});
    assert_eq!(address(&write(&sandbox, &json!({"address":whole}))), whole);
    let line2 = write(&sandbox, &json!({"address":{"line1":"1 Main St","line2":"Suite 2"}}));
    let unknown = wrong("address/line2", "unknown", "Unknown attribute 'address/line2'.");
    assert_answer(&line2, 5, 422, &envelope(5, "422 Unprocessable Entity", &[unknown]));
    assert_eq!(address(&get(&sandbox, LEAD)), whole);
}

#[test]
fn custom_fields_change_one_by_one() {
    let sandbox = sandbox(PROVIDER);
    let fields = json!({"Deal size/€":"≥ 5","seats":12.5,"wants_demo":false,"demo_date":"2025-03-01","last_call":"2025-03-01T10:00:00Z","region":"South","interests":["chairs"]});
    let answer = write(&sandbox, &json!({"custom_fields":fields})).json();
    let mut expected = fields;
    expected["lead_score"] = json!("70");
    assert_eq!(answer["data"]["custom_fields"], expected);
    assert_eq!(write(&sandbox, &json!({"custom_fields":{}})).json()["data"]["custom_fields"], expected);
}

#[test]
fn wrong_attributes_are_refused_with_a_code_each_and_change_nothing() {
    let sandbox = sandbox(PROVIDER);
    let before = sandbox.state()["collections"].clone();
    let (unknown, read_only) = (
        |name: &str| format!("Unknown attribute '{name}'."),
        |name: &str| format!("The attribute '{name}' is read-only."),
    );
    let (incorrect, invalid) = (
        |name: &str| format!("Incorrect value for attribute '{name}'."),
        |name: &str| format!("Invalid value for attribute '{name}'."),
    );
    let blank = |name: &str| format!("The attribute '{name}' can't be blank.");
    let cases = [
        (json!({"company_name":"x"}), "company_name", "unknown", unknown("company_name")),
        (
            json!({"custom_fields":{"nothing":"x"}}),
            "custom_fields/nothing",
            "unknown",
            unknown("custom_fields/nothing"),
        ),
        (
            json!({"custom_fields":{"Deal size":"x"}}),
            "custom_fields/Deal size",
            "unknown",
            unknown("custom_fields/Deal size"),
        ),
        (json!({"id":5}), "id", "incorrect_value", read_only("id")),
        (json!({"created_at":"2025-01-01T00:00:00Z"}), "created_at", "incorrect_value", read_only("created_at")),
        (json!({"creator_id":1_290_482}), "creator_id", "incorrect_value", read_only("creator_id")),
        (
            json!({"unqualified_reason_id":null}),
            "unqualified_reason_id",
            "incorrect_value",
            read_only("unqualified_reason_id"),
        ),
        (json!({"email":"nobody"}), "email", "invalid_type", invalid("email")),
        (json!({"email":5}), "email", "invalid_type", invalid("email")),
        (json!({"phone":["1"]}), "phone", "invalid_type", invalid("phone")),
        (json!({"tags":"inbound"}), "tags", "invalid_type", invalid("tags")),
        (json!({"tags":["inbound",1]}), "tags", "invalid_type", invalid("tags")),
        (json!({"address":"480 Mission St"}), "address", "invalid_type", invalid("address")),
        (json!({"address":[]}), "address", "invalid_type", invalid("address")),
        (json!({"address":{"city":1}}), "address/city", "invalid_type", invalid("address/city")),
        (json!({"custom_fields":[]}), "custom_fields", "invalid_type", invalid("custom_fields")),
        (json!({"custom_fields":null}), "custom_fields", "blank", blank("custom_fields")),
        (
            json!({"custom_fields":{"lead_score":85}}),
            "custom_fields/lead_score",
            "invalid_type",
            invalid("custom_fields/lead_score"),
        ),
        (
            json!({"custom_fields":{"seats":"12"}}),
            "custom_fields/seats",
            "invalid_type",
            invalid("custom_fields/seats"),
        ),
        (
            json!({"custom_fields":{"interests":["chairs","sofas"]}}),
            "custom_fields/interests",
            "incorrect_value",
            incorrect("custom_fields/interests"),
        ),
        (
            json!({"custom_fields":{"region":"West"}}),
            "custom_fields/region",
            "incorrect_value",
            incorrect("custom_fields/region"),
        ),
        (
            json!({"custom_fields":{"Deal size/€":1}}),
            "custom_fields/Deal size~1€",
            "invalid_type",
            invalid("custom_fields/Deal size~1€"),
        ),
        (json!({"status":"working"}), "status", "incorrect_value", incorrect("status")),
        (json!({"status":null}), "status", "blank", blank("status")),
        (json!({"source_id":1}), "source_id", "incorrect_value", incorrect("source_id")),
        (json!({"source_id":"2940175"}), "source_id", "invalid_type", invalid("source_id")),
        (json!({"owner_id":1}), "owner_id", "incorrect_value", incorrect("owner_id")),
        (json!({"owner_id":"1290481"}), "owner_id", "invalid_type", invalid("owner_id")),
    ];
    for (number, (mut data, field, code, details)) in (1..).zip(cases) {
        data["title"] = json!("Changed");
        let expected = envelope(number, "422 Unprocessable Entity", &[wrong(field, code, &details)]);
        assert_answer(&write(&sandbox, &data), number, 422, &expected);
    }
    let two = write(&sandbox, &json!({"email":"nobody","source_id":1}));
    let errors = &two.json()["errors"];
    assert_eq!(
        [&errors[0]["error"], &errors[1]["error"]],
        [
            &wrong("email", "invalid_type", &invalid("email")),
            &wrong("source_id", "incorrect_value", &incorrect("source_id"))
        ]
    );
    assert_eq!(sandbox.state()["collections"], before);
}

#[test]
fn leads_of_every_kind_are_read() {
    let sandbox = sandbox(PROVIDER);
    let empty = get(&sandbox, "/v2/leads/3194730").json();
    let filled: Vec<&str> = empty["data"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        filled,
        [
            "id",
            "creator_id",
            "owner_id",
            "organization_name",
            "status",
            "tags",
            "custom_fields",
            "created_at",
            "updated_at"
        ]
    );
    let odd = get(&sandbox, "/v2/leads/9007199254740993");
    assert!(odd.text().contains(r#"{"id":9007199254740993,"#), "the digits are exact");
    let odd = &odd.json()["data"];
    assert_eq!(
        [
            &odd["first_name"],
            &odd["last_name"],
            &odd["phone"],
            &odd["status"],
            &odd["updated_at"],
            &odd["custom_fields"]
        ],
        [
            &json!("Zoë\u{308} 🦊"),
            &json!("نور \"Nur\" O'Brien <b>"),
            &json!(""),
            &json!("Nurturing"),
            &json!("9999-12-31T00:00:00Z"),
            &json!({"lead_score":null,"Deal size/€":"≥ 1 Mio. €","seats":0})
        ]
    );
    let source = get(&sandbox, &format!("/v2/lead_sources/{}", odd["source_id"])).json();
    assert_eq!(source["data"]["name"], "Messe München 🦊");
    let named = get(&sandbox, "/v2/leads?status=Unqualified&source_id=2940900").json();
    assert_eq!(named["items"].as_array().unwrap().len(), 1);
    assert_eq!(named["items"][0], get(&sandbox, "/v2/leads/3194725").json());
}

#[test]
fn sources_are_listed_in_pages() {
    let sandbox = sandbox(PROVIDER);
    let list = |query: &str| get(&sandbox, &format!("/v2/lead_sources{query}")).json();
    let names = |answer: &Value| -> Vec<String> {
        let items = answer["items"].as_array().unwrap();
        items.iter().map(|item| item["data"]["name"].as_str().unwrap().to_owned()).collect()
    };
    let links = |next: &str| json!({"self":"https://api.getbase.com/v2/lead_sources","next_page":format!("https://api.getbase.com/v2/lead_sources?page={next}")});
    let first = list("");
    assert_eq!(
        (names(&first).len(), &first["meta"]),
        (25, &json!({"type":"collection","count":25,"links":links("2")}))
    );
    let longest = list("?per_page=100");
    assert_eq!(longest["meta"], json!({"type":"collection","count":100,"links":links("2")}));
    assert_eq!(names(&longest)[..5], ["Advertisement", "Partner", "Trade Show", "Research & Development", "Web"]);
    assert!(!names(&longest).contains(&"Word of Mouth".to_owned()), "it stands on the second page");
    let second = list("?per_page=100&page=2");
    let second_names = names(&second);
    assert_eq!(second_names[15..], ["Word of Mouth", "Messe München 🦊"]);
    assert_eq!(
        second["meta"],
        json!({"type":"collection","count":17,"links":{"self":"https://api.getbase.com/v2/lead_sources"}})
    );
    assert_eq!(
        list("?page=9"),
        json!({"items":[],"meta":{"type":"collection","count":0,"links":{"self":"https://api.getbase.com/v2/lead_sources"}}})
    );
}

#[test]
fn a_source_is_found_by_its_exact_name() {
    let sandbox = sandbox(PROVIDER);
    let found = |query: &str| -> Value {
        let answer = get(&sandbox, &format!("/v2/lead_sources?name={query}")).json();
        answer["items"].as_array().unwrap().iter().map(|item| item["data"]["id"].clone()).collect()
    };
    let exact = get(&sandbox, "/v2/lead_sources?name=Web");
    assert_answer(
        &exact,
        1,
        200,
        &json!({"items":[{"data":{"id":2_940_175,"name":"Web","resource_type":"lead","creator_id":1_290_481,"created_at":"2014-08-27T16:32:56Z","updated_at":"2014-08-27T16:32:56Z"},"meta":{"type":"lead_source"}}],
            "meta":{"type":"collection","count":1,"links":{"self":"https://api.getbase.com/v2/lead_sources"}}}),
    );
    assert_eq!(found("Word%20of%20Mouth"), json!([2_940_900]));
    assert_eq!(found("Word+of+Mouth"), json!([2_940_900]));
    assert_eq!(found("Research%20%26%20Development"), json!([2_940_174]));
    assert_eq!(found("Messe%20M%C3%BCnchen%20%F0%9F%A6%8A"), json!([9_007_199_254_740_997_i64]));
    for name in ["web", "We", "Web%20", "Nowhere"] {
        assert_eq!(found(name), json!([]), "{name}");
    }
}

#[test]
fn wrong_pages_are_refused() {
    let sandbox = sandbox(PROVIDER);
    let begins =
        |name: &str| format!("The request query parameter '{name}' is malformed, missing, or has an invalid value");
    let cases = [
        ("per_page=200", format!("{} (must be between 1 and 100, given: 200)", begins("per_page"))),
        ("per_page=0", format!("{} (must be between 1 and 100, given: 0)", begins("per_page"))),
        ("per_page=x", format!("{} (must be between 1 and 100, given: x)", begins("per_page"))),
        ("page=0", format!("{} (must be at least 1, given: 0)", begins("page"))),
    ];
    for (number, (query, message)) in (1..).zip(cases) {
        let answer = get(&sandbox, &format!("/v2/lead_sources?{query}"));
        let expected = refusal(number, "400 Bad Request", "invalid_param", &message, "Invalid query parameter.");
        assert_answer(&answer, number, 400, &expected);
    }
}

#[test]
fn callers_without_a_good_token_are_refused() {
    let sandbox = sandbox(PROVIDER);
    let uri = format!("{HOST}{LEAD}");
    let ask = |proof: &str| send(&sandbox, "GET", &uri, &[AGENT, ("Authorization", proof)], "");
    let unauthorized = |number| {
        refusal(
            number,
            "401 Unauthorized",
            "unauthorized",
            "Unauthorized",
            "Required access token is missing, malformed, expired, or invalid.",
        )
    };
    assert_answer(&send(&sandbox, "GET", &uri, &[AGENT], ""), 1, 401, &unauthorized(1));
    for (number, proof) in (2..).zip(["Bearer other", "sandbox-access-0", "Token sandbox-access-0", "Basic eDp5"]) {
        assert_answer(&ask(proof), number, 401, &unauthorized(number));
    }
    let personal = format!("Bearer {}", "sandbox-".repeat(8));
    assert_eq!((ask(TOKEN.1).status, ask(&personal).status), (200, 200));
    sandbox.expire_tokens();
    assert_answer(&ask(TOKEN.1), 8, 401, &unauthorized(8));
    assert_eq!(ask(&personal).status, 200, "a personal token does not expire");
}

#[test]
fn a_refresh_keeps_the_refresh_token_and_takes_the_client_in_either_place() {
    let sandbox = sandbox(PROVIDER);
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let ask = |headers: &[(&str, &str)], body: &str| {
        let mut all = vec![form];
        all.extend(headers);
        send(&sandbox, "POST", &format!("{HOST}/oauth2/token"), &all, body)
    };
    let grant = "grant_type=refresh_token&refresh_token=sandbox-refresh-0";
    let client = "&client_id=sandbox-client&client_secret=sandbox-client-secret";
    let basic = ("Authorization", "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1jbGllbnQtc2VjcmV0");
    sandbox.expire_tokens();
    let issued = |number: u32| json!({"access_token":format!("sandbox-access-{number}"),"token_type":"bearer","expires_in":3600,"refresh_token":"sandbox-refresh-0","scope":"read write profile"});
    assert_answer(&ask(&[], &format!("{grant}{client}")), 1, 200, &issued(1));
    assert_answer(&ask(&[basic, AGENT], grant), 2, 200, &issued(2));
    let fresh = ("Authorization", "Bearer sandbox-access-2");
    assert_eq!(send(&sandbox, "GET", &format!("{HOST}{LEAD}"), &[fresh, AGENT], "").status, 200);
    let told = |error: &str, description: &str| json!({"error":error,"error_description":description});
    let client_fails = told("invalid_client", "Client authentication failed.");
    assert_answer(&ask(&[], grant), 4, 401, &client_fails);
    assert_answer(&ask(&[("Authorization", "Basic eDp5")], grant), 5, 401, &client_fails);
    let other = format!("grant_type=refresh_token&refresh_token=other{client}");
    assert_answer(&ask(&[], &other), 6, 400, &told("invalid_grant", "The refresh token is invalid or revoked."));
    let kind = told("unsupported_grant_type", "The grant type is not supported.");
    assert_answer(&ask(&[], &format!("grant_type=client_credentials{client}")), 7, 400, &kind);
    assert_answer(&ask(&[], ""), 8, 400, &kind);
    assert!(!format!("{:?}", sandbox.log()).contains("sandbox-refresh-0"), "the log holds no tokens");
}

#[test]
fn wrong_requests_are_told_apart() {
    let sandbox = sandbox(PROVIDER);
    let missing =
        |number| refusal(number, "404 Not Found", "not_found", "Not Found", "Requested resource was not found.");
    assert_answer(&get(&sandbox, "/v2/leads/1"), 1, 404, &missing(1));
    assert_answer(&put(&sandbox, "/v2/leads/1", BODY), 2, 404, &missing(2));
    assert_answer(&get(&sandbox, "/v2/leads/L-1"), 3, 404, &missing(3));
    assert_answer(&get(&sandbox, "/v2/lead_sources/1"), 4, 404, &missing(4));
    let path =
        |number| refusal(number, "404 Not Found", "incorrect_path", "Not Found", "Requested path was not found.");
    assert_answer(&get(&sandbox, "/v2/sources"), 5, 404, &path(5));
    let patch = send(&sandbox, "PATCH", &format!("{HOST}{LEAD}"), &[TOKEN, AGENT, JSON], BODY);
    assert_eq!((patch.status, patch.json()), (404, path(6)));
    assert!(patch.headers().contains(&("allow", "GET, PUT")));
    let syntax =
        refusal(7, "400 Bad Request", "invalid_payload", "Invalid payload", "The request body is not valid JSON.");
    assert_answer(&put(&sandbox, LEAD, "{"), 7, 400, &syntax);
    for (number, body) in
        (8..).zip(["{}", "[]", "null", r#"{"first_name":"Sarah"}"#, r#"{"data":[]}"#, r#"{"data":null}"#])
    {
        let shape = refusal(
            number,
            "422 Unprocessable Entity",
            "incorrect_payload",
            "Incorrect payload",
            "The payload must have an object data.",
        );
        assert_answer(&put(&sandbox, LEAD, body), number, 422, &shape);
    }
    let media = send(&sandbox, "PUT", &format!("{HOST}{LEAD}"), &[TOKEN, AGENT], BODY);
    let header = refusal(
        14,
        "400 Bad Request",
        "invalid_header",
        "Invalid header",
        "The request header Content-Type has an unsupported value.",
    );
    assert_answer(&media, 14, 400, &header);
    let long = put(&sandbox, LEAD, &" ".repeat((1 << 20) + 1));
    let large =
        refusal(15, "413 Payload Too Large", "invalid_payload", "Payload too large", "The request body is too large.");
    assert_answer(&long, 15, 413, &large);
}

#[test]
fn errors_that_no_request_provokes_are_injected() {
    let sandbox = sandbox(PROVIDER);
    let fail = |name: &str| {
        sandbox.fail_next(name, 1).unwrap();
        put(&sandbox, LEAD, BODY)
    };
    let cases = [
        ("insufficient_scope", 403, "403 Forbidden", "Insufficient scope", "The access token lacks the scope write."),
        (
            "rate_limit_exceeded",
            429,
            "429 Too Many Requests",
            "Rate limit exceeded",
            "The limit of requests was reached.",
        ),
        ("server_error", 500, "500 Internal Server Error", "Server error", "An unexpected error occurred."),
        (
            "temporarily_unavailable",
            503,
            "503 Service Unavailable",
            "Temporarily unavailable",
            "The service is temporarily unavailable.",
        ),
    ];
    for (number, (name, status, http_status, message, details)) in (1..).zip(cases) {
        assert_answer(&fail(name), number, status, &refusal(number, http_status, name, message, details));
    }
    let pages = [
        ("rate_limit", 429, ""),
        ("bad_gateway", 502, "<html><head><title>502 Bad Gateway</title></head></html>"),
        ("gateway_timeout", 504, ""),
    ];
    for (name, status, text) in pages {
        let answer = fail(name);
        assert_eq!((answer.status, answer.text()), (status, text));
    }
    assert_answer(&put(&sandbox, LEAD, BODY), 8, 200, &updated());
}

#[test]
fn the_file_is_closed() {
    let demand = refused(PROVIDER, "error = \"invalid_user_agent\"", "error = \"no_agent\"");
    assert!(demand.contains("no error `no_agent`; declared are"), "{demand}");
    let one_of = refused(PROVIDER, r#"[["last_name", "organization_name"]]"#, r#"[["last_name", "company"]]"#);
    assert!(one_of.contains("no field `company`; declared are"), "{one_of}");
    let pages = refused(PROVIDER, "counts = \"pages\"", "counts = \"sheets\"");
    assert!(pages.contains("unknown variant `sheets`, expected `pages` or `rows`"), "{pages}");
}

#[test]
fn hostile_requests_are_answered_and_change_nothing() {
    let seeds = [("PUT", LEAD), ("GET", "/v2/lead_sources"), ("POST", "/oauth2/token")];
    survives_hostile_requests(&sandbox(PROVIDER), &[TOKEN, AGENT], &seeds);
}
