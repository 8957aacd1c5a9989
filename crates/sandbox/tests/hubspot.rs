//! The simulated `HubSpot`, against its facts sheet.

mod support;

use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, over_the_wire, refused, sandbox, send, survives_hostile_requests};

const PROVIDER: &str = "hubspot";
const HOST: &str = "https://api.hubapi.com";
const LEAD: &str = "/crm/v3/objects/leads/563417219";
const TOKEN: (&str, &str) = ("Authorization", "Bearer sandbox-private-app-token");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const BODY: &str = r#"{"properties":{"hs_lead_name":"Jane Doe","hs_lead_type":"NEW_BUSINESS","hs_lead_label":"WARM","hs_pipeline_stage":"connected-stage-id","hubspot_owner_id":"41629779"}}"#;
const READ: &str = "/crm/v3/objects/leads/563417219?properties=hs_lead_name,hs_lead_type,hs_lead_label,hs_lead_source,hs_pipeline,hs_pipeline_stage,hubspot_owner_id,hs_last_activity_date,hs_associated_contact_firstname,hs_associated_contact_lastname,hs_associated_contact_email&associations=contacts,companies";
const RATE: [(&str, &str); 3] = [
    ("x-hubspot-ratelimit-interval-milliseconds", "10000"),
    ("x-hubspot-ratelimit-max", "110"),
    ("x-hubspot-ratelimit-remaining", "109"),
];

fn get(sandbox: &Sandbox, path: &str) -> Answer {
    send(sandbox, "GET", &format!("{HOST}{path}"), &[TOKEN], "")
}

fn patch(sandbox: &Sandbox, path: &str, body: &str) -> Answer {
    send(sandbox, "PATCH", &format!("{HOST}{path}"), &[TOKEN, JSON], body)
}

fn link(sandbox: &Sandbox, method: &str, tail: &str, body: &str) -> Answer {
    let uri = format!("{HOST}/crm/v4/objects/0-136/563417219/associations/{tail}");
    send(sandbox, method, &uri, &[TOKEN, JSON], body)
}

/// The correlation id of the nth request of a sandbox.
fn nth(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

#[track_caller]
fn assert_answer(answer: &Answer, status: u16, body: &Value) {
    assert_eq!(answer.status, status);
    assert_eq!(answer.json(), *body);
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(RATE);
    assert_eq!(answer.headers(), headers);
}

/// The update's answer of section 5.
fn updated() -> Value {
    json!({"id":"563417219","properties":{"hs_createdate":"2024-11-20T20:12:09.236Z","hs_lastmodifieddate":"2024-11-21T08:00:10.610Z","hs_object_id":"563417219",
        "hs_lead_name":"Jane Doe","hs_lead_type":"NEW_BUSINESS","hs_lead_label":"WARM","hs_pipeline":"lead-pipeline-id","hs_pipeline_stage":"connected-stage-id","hubspot_owner_id":"41629779"},
        "createdAt":"2024-11-20T20:12:09.236Z","updatedAt":"2024-11-21T08:00:10.610Z","archived":false})
}

/// The read of section 5.
fn read_back() -> Value {
    json!({"id":"563417219","properties":{"hs_lead_name":"Jane Doe","hs_lead_type":"NEW_BUSINESS","hs_lead_label":"WARM","hs_lead_source":null,"hs_pipeline":"lead-pipeline-id","hs_pipeline_stage":"connected-stage-id","hubspot_owner_id":"41629779","hs_last_activity_date":null,"hs_associated_contact_firstname":"Jane","hs_associated_contact_lastname":"Doe","hs_associated_contact_email":"jane@example.com","hs_createdate":"2024-11-20T20:12:09.236Z","hs_lastmodifieddate":"2024-11-21T08:00:10.610Z","hs_object_id":"563417219"},
        "associations":{"contacts":{"results":[{"id":"29851","type":"lead_to_primary_contact"},{"id":"29851","type":"lead_to_contact"}]},"companies":{"results":[{"id":"5790939450","type":"lead_to_company"}]}},
        "createdAt":"2024-11-20T20:12:09.236Z","updatedAt":"2024-11-21T08:00:10.610Z","archived":false})
}

#[test]
fn the_exchanges_of_section_5_answer_as_the_sheet_says() {
    let sandbox = sandbox(PROVIDER);
    assert_answer(&patch(&sandbox, LEAD, BODY), 200, &updated());
    assert_answer(&get(&sandbox, READ), 200, &read_back());
    let contact =
        get(&sandbox, "/crm/v3/objects/contacts/29851?properties=firstname,lastname,email,hs_additional_emails");
    assert_eq!(contact.json()["id"], "29851");
    assert_eq!(
        contact.json()["properties"],
        json!({"firstname":"Jane","lastname":"Doe","email":"jane@example.com","hs_additional_emails":"j.doe@example.org"})
    );
    let linked = link(
        &sandbox,
        "PUT",
        "contacts/29851",
        r#"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":578}]"#,
    );
    assert_answer(
        &linked,
        201,
        &json!({"fromObjectTypeId":"0-136","fromObjectId":"563417219","toObjectTypeId":"0-1","toObjectId":"29851","labels":["Primary"]}),
    );
}

#[test]
fn over_a_socket_the_answers_are_the_same() {
    let sandbox = sandbox(PROVIDER);
    let answer = over_the_wire(&sandbox, "PATCH", LEAD, &[TOKEN, JSON], BODY);
    assert_answer(&answer, 200, &updated());
    let answer = over_the_wire(&sandbox, "GET", READ, &[TOKEN], "");
    assert_answer(&answer, 200, &read_back());
    assert_eq!(sandbox.log()[0].body, BODY);
}

#[test]
fn a_read_shows_what_is_asked_for_and_passes_over_unknown_names() {
    let sandbox = sandbox(PROVIDER);
    let own = json!({"hs_createdate":"2024-11-20T20:12:09.236Z","hs_lastmodifieddate":"2024-11-20T20:15:00.000Z","hs_object_id":"563417219"});
    assert_eq!(get(&sandbox, LEAD).json()["properties"], own);
    assert_eq!(get(&sandbox, LEAD).json().get("associations"), None);
    let asked = get(&sandbox, &format!("{LEAD}?properties=region,nothing&associations=companies")).json();
    let mut expected = own;
    expected["region"] = json!("north");
    assert_eq!(asked["properties"], expected);
    assert_eq!(asked["associations"], json!({"companies":{"results":[{"id":"5790939450","type":"lead_to_company"}]}}));
}

#[test]
fn a_contact_s_change_shows_on_the_lead() {
    let sandbox = sandbox(PROVIDER);
    let answer = patch(
        &sandbox,
        "/crm/v3/objects/contacts/29851",
        r#"{"properties":{"firstname":"Janet","email":"janet@example.com"}}"#,
    );
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["properties"], json!({"firstname":"Janet","email":"janet@example.com"}));
    let lead = get(&sandbox, READ).json();
    assert_eq!(lead["properties"]["hs_associated_contact_firstname"], "Janet");
    assert_eq!(lead["properties"]["hs_associated_contact_email"], "janet@example.com");
    assert_eq!(lead["updatedAt"], "2024-11-20T20:15:00.000Z", "the lead itself is not written");
}

#[test]
fn an_empty_text_clears() {
    let sandbox = sandbox(PROVIDER);
    assert_eq!(patch(&sandbox, LEAD, r#"{"properties":{"hs_lead_type":"","region":""}}"#).status, 200);
    let lead = get(&sandbox, &format!("{LEAD}?properties=hs_lead_type,region")).json();
    assert_eq!((&lead["properties"]["hs_lead_type"], &lead["properties"]["region"]), (&Value::Null, &Value::Null));
}

#[test]
fn wrong_values_are_refused_with_a_code_each() {
    let sandbox = sandbox(PROVIDER);
    let before = sandbox.state()["collections"].clone();
    let stages = "new-stage-id,attempting-stage-id,connected-stage-id,qualified-stage-id,unqualified-stage-id";
    let cases = [
        (
            r#"{"testproperty":"x"}"#,
            "testproperty",
            "PROPERTY_DOESNT_EXIST",
            r#"Property "testproperty" does not exist"#.to_owned(),
        ),
        (
            r#"{"hs_createdate":"2024-01-01T00:00:00Z"}"#,
            "hs_createdate",
            "READ_ONLY_VALUE",
            r#""hs_createdate" is a read only property; its value cannot be set."#.to_owned(),
        ),
        (
            r#"{"hs_associated_contact_email":"a@example.com"}"#,
            "hs_associated_contact_email",
            "READ_ONLY_VALUE",
            r#""hs_associated_contact_email" is a read only property; its value cannot be set."#.to_owned(),
        ),
        (
            r#"{"hs_lead_label":"LUKEWARM"}"#,
            "hs_lead_label",
            "INVALID_OPTION",
            "LUKEWARM was not one of the allowed options: [HOT,WARM,COLD]".to_owned(),
        ),
        (
            r#"{"hs_pipeline_stage":"no-stage"}"#,
            "hs_pipeline_stage",
            "INVALID_OPTION",
            format!("no-stage was not one of the allowed options: [171544001,171544002,171544003,{stages}]"),
        ),
        (
            r#"{"hs_pipeline_stage":"171544001"}"#,
            "hs_pipeline_stage",
            "INVALID_OPTION",
            "171544001 is not a stage of the pipeline lead-pipeline-id.".to_owned(),
        ),
        (
            r#"{"hubspot_owner_id":"1"}"#,
            "hubspot_owner_id",
            "INVALID_OPTION",
            "1 was not one of the allowed options: [41629779,71203344]".to_owned(),
        ),
        (
            r#"{"interests":"chairs;sofas"}"#,
            "interests",
            "INVALID_OPTION",
            "chairs;sofas was not one of the allowed options: [chairs,desks,lamps]".to_owned(),
        ),
        (r#"{"hs_lead_name":""}"#, "hs_lead_name", "REQUIRED_FIELD", r#""hs_lead_name" is required."#.to_owned()),
        (r#"{"seat_count":"many"}"#, "seat_count", "INVALID_VALUE", "many is not a valid number.".to_owned()),
        (r#"{"seat_count":7}"#, "seat_count", "INVALID_VALUE", "7 is not a valid number.".to_owned()),
        (r#"{"wants_demo":"yes"}"#, "wants_demo", "INVALID_VALUE", "yes is not a valid boolean.".to_owned()),
        (r#"{"demo_date":"soon"}"#, "demo_date", "INVALID_VALUE", "soon is not a valid date.".to_owned()),
        (r#"{"region":null}"#, "region", "INVALID_VALUE", " is not a valid text.".to_owned()),
    ];
    for (number, (properties, name, code, says)) in (1..).zip(cases) {
        let answer = patch(&sandbox, LEAD, &format!(r#"{{"properties":{properties}}}"#));
        let told = json!([{"isValid": false, "message": says, "error": code, "name": name}]);
        let expected = json!({
            "status": "error", "message": format!("Property values were not valid: {told}"), "correlationId": nth(number),
            "errors": [{"message": says, "code": code, "context": {"propertyName": [name]}}],
            "category": "VALIDATION_ERROR"
        });
        assert_answer(&answer, 400, &expected);
    }
    let long = json!({"properties": {"campaign_code": "x".repeat(65537)}}).to_string();
    let answer = patch(&sandbox, LEAD, &long);
    assert_eq!(answer.json()["errors"][0]["code"], "VALUE_TOO_LONG");
    let both = patch(&sandbox, LEAD, r#"{"properties":{"a":"1","b":"2","hs_lead_type":"UPSELL"}}"#);
    assert_eq!(
        both.json()["errors"],
        json!([
            {"message": "Property \"a\" does not exist", "code": "PROPERTY_DOESNT_EXIST", "context": {"propertyName": ["a"]}},
            {"message": "Property \"b\" does not exist", "code": "PROPERTY_DOESNT_EXIST", "context": {"propertyName": ["b"]}}
        ])
    );
    assert_eq!(sandbox.state()["collections"], before, "a refused write changes nothing");
}

#[test]
fn a_stage_of_another_pipeline_travels_with_its_pipeline() {
    let sandbox = sandbox(PROVIDER);
    let answer = patch(&sandbox, LEAD, r#"{"properties":{"hs_pipeline":"86125213","hs_pipeline_stage":"171544002"}}"#);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["properties"]["hs_pipeline"], "86125213");
    let alone = patch(&sandbox, LEAD, r#"{"properties":{"hs_pipeline":"lead-pipeline-id"}}"#);
    assert_eq!(alone.json()["errors"][0]["message"], "171544002 is not a stage of the pipeline lead-pipeline-id.");
}

#[test]
fn contacts_refuse_a_wrong_and_a_taken_address() {
    let sandbox = sandbox(PROVIDER);
    let contact = "/crm/v3/objects/contacts/29851";
    let answer = patch(&sandbox, contact, r#"{"properties":{"email":"OSKAR@example.net"}}"#);
    assert_answer(
        &answer,
        409,
        &json!({"status":"error","message":"Contact already exists. Existing ID: 30177","correlationId":nth(1),"category":"CONFLICT"}),
    );
    let answer = patch(&sandbox, contact, r#"{"properties":{"email":"nobody"}}"#);
    assert_eq!(answer.json()["errors"][0]["code"], "INVALID_EMAIL");
    assert_eq!(
        patch(&sandbox, contact, r#"{"properties":{"email":"Jane@example.com"}}"#).status,
        200,
        "its own address"
    );
}

#[test]
fn the_primary_contact_moves_and_never_goes() {
    let sandbox = sandbox(PROVIDER);
    let primary = r#"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":578}]"#;
    let needed = json!({"status":"error","message":"A lead must have a primary contact.","correlationId":nth(1),"category":"VALIDATION_ERROR"});
    assert_answer(&link(&sandbox, "DELETE", "contacts/29851", ""), 400, &needed);
    assert_eq!(link(&sandbox, "PUT", "contacts/30177", primary).status, 201);
    let kind = |id: i64, label: Value| json!({"category":"HUBSPOT_DEFINED","typeId":id,"label":label});
    assert_eq!(
        link(&sandbox, "GET", "contacts", "").json(),
        json!({"results":[
            {"toObjectId":"29851","associationTypes":[kind(608, Value::Null)]},
            {"toObjectId":"30177","associationTypes":[kind(578, json!("Primary")), kind(608, Value::Null)]}
        ]})
    );
    let lead = get(&sandbox, &format!("{LEAD}?properties=hs_primary_contact_id,hs_associated_contact_lastname")).json();
    assert_eq!(lead["properties"]["hs_primary_contact_id"], "30177");
    assert_eq!(lead["properties"]["hs_associated_contact_lastname"], "Lind");
    let gone = link(&sandbox, "DELETE", "contacts/29851", "");
    assert_eq!((gone.status, gone.text(), gone.headers()), (204, "", RATE.to_vec()));
    assert_eq!(link(&sandbox, "GET", "contacts", "").json()["results"][0]["toObjectId"], "30177");
}

#[test]
fn companies_are_linked_with_and_without_a_label() {
    let sandbox = sandbox(PROVIDER);
    let linked = link(
        &sandbox,
        "PUT",
        "companies/5790939777",
        r#"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":580}]"#,
    );
    assert_answer(
        &linked,
        201,
        &json!({"fromObjectTypeId":"0-136","fromObjectId":"563417219","toObjectTypeId":"0-2","toObjectId":"5790939777","labels":["Primary"]}),
    );
    let lead = get(&sandbox, &format!("{LEAD}?properties=hs_associated_company_name")).json();
    assert_eq!(lead["properties"]["hs_associated_company_name"], "Lindwerk");
    assert_eq!(link(&sandbox, "DELETE", "companies/5790939777", "").status, 204);
    let linked = link(&sandbox, "PUT", "default/companies/5790939777", "");
    assert_answer(
        &linked,
        200,
        &json!({"status":"COMPLETE","results":[{"from":{"id":"563417219"},"to":{"id":"5790939777"},"associationSpec":{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":610}}],"startedAt":"2024-11-21T08:00:12.610Z","completedAt":"2024-11-21T08:00:12.610Z"}),
    );
    assert_eq!(link(&sandbox, "PUT", "default/contacts/29851", "").status, 200, "a default link keeps the label");
    assert_eq!(
        link(&sandbox, "GET", "contacts", "").json()["results"][0]["associationTypes"].as_array().map(Vec::len),
        Some(2)
    );
}

#[test]
fn wrong_links_are_refused() {
    let sandbox = sandbox(PROVIDER);
    let bad = |number| json!({"status":"error","message":"The association type is not valid for these objects.","correlationId":nth(number),"category":"VALIDATION_ERROR"});
    let missing = |number| json!({"status":"error","message":"Object not found.  objectId are usually numeric.","correlationId":nth(number),"category":"OBJECT_NOT_FOUND"});
    let primary = r#"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":578}]"#;
    assert_answer(&link(&sandbox, "PUT", "companies/5790939777", primary), 400, &bad(1));
    assert_answer(
        &link(&sandbox, "PUT", "contacts/30177", r#"[{"associationCategory":"USER_DEFINED","associationTypeId":578}]"#),
        400,
        &bad(2),
    );
    assert_answer(&link(&sandbox, "PUT", "contacts/1", primary), 404, &missing(3));
    let uri = format!("{HOST}/crm/v4/objects/0-136/1/associations/contacts/29851");
    assert_answer(&send(&sandbox, "PUT", &uri, &[TOKEN, JSON], primary), 404, &missing(4));
}

#[test]
fn metadata_tells_which_properties_can_be_written() {
    let sandbox = sandbox(PROVIDER);
    let source = get(&sandbox, "/crm/v3/properties/leads/hs_lead_label");
    assert_answer(
        &source,
        200,
        &json!({"name":"hs_lead_label","label":"Lead label","type":"enumeration","fieldType":"select","description":"","groupName":"lead_information",
            "options":[{"label":"Hot","value":"HOT","hidden":false},{"label":"Warm","value":"WARM","hidden":false},{"label":"Cold","value":"COLD","hidden":false}],
            "hidden":false,"calculated":false,"hubspotDefined":true,
            "modificationMetadata":{"archivable":false,"readOnlyDefinition":true,"readOnlyValue":false}}),
    );
    let all = get(&sandbox, "/crm/v3/properties/0-136").json();
    let all = all["results"].as_array().unwrap();
    let named = |wanted: &dyn Fn(&Value) -> bool| -> Vec<&str> {
        all.iter().filter(|property| wanted(property)).map(|property| property["name"].as_str().unwrap()).collect()
    };
    assert_eq!(
        named(&|property| property["hubspotDefined"] == false),
        ["campaign_code", "demo_date", "interests", "region", "seat_count", "wants_demo"]
    );
    let writable = named(&|property| property["modificationMetadata"]["readOnlyValue"] == false);
    assert!(writable.contains(&"hs_lead_source") && !writable.contains(&"hs_createdate"), "{writable:?}");
    let pipelines = get(&sandbox, "/crm/v3/pipelines/0-136").json();
    let new: Vec<&str> = pipelines["results"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|pipeline| pipeline["stages"].as_array().unwrap())
        .filter(|stage| stage["label"] == "New")
        .map(|stage| stage["id"].as_str().unwrap())
        .collect();
    assert_eq!(new, ["171544001", "new-stage-id"]);
    assert_eq!(get(&sandbox, "/crm/v3/owners/41629779").json()["email"], "nora@sales.example");
    let none = get(&sandbox, "/crm/v3/properties/leads/nothing");
    assert_answer(
        &none,
        404,
        &json!({"status":"error","message":"Property \"nothing\" does not exist","correlationId":nth(5),"category":"OBJECT_NOT_FOUND"}),
    );
}

#[test]
fn callers_without_a_good_token_are_told_why() {
    let sandbox = sandbox(PROVIDER);
    let uri = format!("{HOST}{LEAD}");
    let no = |number| json!({"status":"error","message":"Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview","correlationId":nth(number),"category":"INVALID_AUTHENTICATION"});
    assert_answer(&send(&sandbox, "GET", &uri, &[], ""), 401, &no(1));
    assert_answer(&send(&sandbox, "GET", &uri, &[("Authorization", "Bearer other")], ""), 401, &no(2));
    let oauth = ("Authorization", "Bearer sandbox-access-0");
    assert_eq!(send(&sandbox, "GET", &uri, &[oauth], "").status, 200);
    sandbox.expire_tokens();
    let expired = json!({"status":"error","message":"The OAuth token used to make this call expired 20705 day(s) ago.","correlationId":nth(4),"category":"EXPIRED_AUTHENTICATION","context":{"expire time":["1970-01-01T00:00:00Z"]}});
    assert_answer(&send(&sandbox, "GET", &uri, &[oauth], ""), 401, &expired);
    assert_eq!(get(&sandbox, LEAD).status, 200, "a private app's token does not expire");
}

#[test]
fn a_refresh_keeps_the_refresh_token() {
    let sandbox = sandbox(PROVIDER);
    let form = "grant_type=refresh_token&client_id=11111111-2222-4333-8444-555566667777&client_secret=sandbox-client-secret&refresh_token=";
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let ask = |path: &str, body: &str| send(&sandbox, "POST", &format!("{HOST}{path}"), &[kind], body);
    let good = format!("{form}sandbox-refresh-0");
    for (number, path) in (1..).zip(["/oauth/v1/token", "/oauth/v3/token"]) {
        assert_answer(
            &ask(path, &good),
            200,
            &json!({"access_token":format!("sandbox-access-{number}"),"expires_in":1800,"refresh_token":"sandbox-refresh-0","token_type":"bearer","hub_id":25_228_442,"user_id":9_586_504,"scopes":["crm.objects.leads.read","crm.objects.leads.write"]}),
        );
    }
    let wrong = [
        (format!("{form}other"), "BAD_REFRESH_TOKEN", "missing or invalid refresh token"),
        (good.replace("sandbox-client-secret", "other"), "BAD_CLIENT_ID", "missing or invalid client id or secret"),
        ("grant_type=password".to_owned(), "BAD_GRANT_TYPE", "missing or unknown grant type"),
    ];
    for (number, (body, status, message)) in (3..).zip(wrong) {
        assert_answer(
            &ask("/oauth/v1/token", &body),
            400,
            &json!({"status":status,"message":message,"correlationId":nth(number)}),
        );
    }
}

#[test]
fn wrong_requests_are_told_apart() {
    let sandbox = sandbox(PROVIDER);
    let plain = |message: &str, number| json!({"status":"error","message":message,"correlationId":nth(number)});
    let invalid = |number| json!({"status":"error","message":"Invalid input JSON","correlationId":nth(number),"category":"VALIDATION_ERROR"});
    let missing = json!({"status":"error","message":"Object not found.  objectId are usually numeric.","correlationId":nth(1),"category":"OBJECT_NOT_FOUND"});
    assert_answer(&get(&sandbox, "/crm/v3/objects/leads/1"), 404, &missing);
    assert_answer(&patch(&sandbox, LEAD, "{"), 400, &invalid(2));
    assert_answer(&patch(&sandbox, LEAD, r#"{"hs_lead_name":"Jane"}"#), 400, &invalid(3));
    assert_answer(&get(&sandbox, "/crm/v3/objects/nothing/1"), 404, &plain("resource not found", 4));
    let answer = send(&sandbox, "PATCH", &format!("{HOST}{LEAD}"), &[TOKEN, ("Content-Type", "text/plain")], "{}");
    assert_answer(&answer, 415, &plain("Unsupported Media Type", 5));
    let answer = send(&sandbox, "PUT", &format!("{HOST}{LEAD}"), &[TOKEN, JSON], "{}");
    assert_eq!((answer.status, answer.text()), (405, "Method Not Allowed"));
    let answer = patch(&sandbox, LEAD, &" ".repeat((1 << 20) + 1));
    assert_eq!((answer.status, answer.text()), (413, "Payload Too Large"));
}

#[test]
fn errors_that_no_request_provokes_are_injected() {
    let sandbox = sandbox(PROVIDER);
    let fail = |name: &str| {
        sandbox.fail_next(name, 1).unwrap();
        get(&sandbox, LEAD)
    };
    let id = nth(1);
    // The headers of a limit differ: tests/faults.rs has them.
    let answer = fail("burst_limit");
    assert_eq!(
        (answer.status, answer.json()),
        (
            429,
            json!({"status":"error","message":"You have reached your ten_secondly_rolling limit.","errorType":"RATE_LIMIT","correlationId":id,"policyName":"TEN_SECONDLY_ROLLING","requestId":id})
        )
    );
    let answer = fail("daily_limit");
    assert_eq!(
        (answer.status, answer.json()),
        (
            429,
            json!({"status":"error","message":"You have reached your daily limit.","errorType":"RATE_LIMIT","correlationId":"c033cdaa-2c40-4a64-ae48-b4cec88dad24","policyName":"DAILY","requestId":"3d3e35b7-0dae-4b9f-a6e3-9c230cbcf8dd"})
        )
    );
    assert_answer(
        &fail("missing_scopes"),
        403,
        &json!({"status":"error","message":"This app hasn't been granted all required scopes to make this call.","correlationId":nth(3),"errors":[{"message":"One or more of the following scopes are required.","context":{"requiredGranularScopes":["crm.objects.leads.write"]}}],"links":{"scopes":"https://developers.hubspot.com/scopes"},"category":"MISSING_SCOPES"}),
    );
    assert_answer(
        &fail("locked"),
        423,
        &json!({"status":"error","message":"The resource is locked. Try again in 2 seconds.","correlationId":nth(4)}),
    );
    let answer = fail("migrating");
    assert_eq!((answer.status, answer.json()["message"].as_str()), (477, Some("Migration in progress")));
    assert!(answer.headers().contains(&("retry-after", "86400")));
    assert_answer(
        &fail("server_error"),
        500,
        &json!({"status":"error","message":"internal error","correlationId":nth(6)}),
    );
    let pages = [
        ("bad_gateway", 502, "<html><body><h1>502 Bad Gateway</h1></body></html>"),
        ("unavailable", 503, "<html><body><h1>503 Service Unavailable</h1></body></html>"),
        ("gateway_timeout", 504, ""),
        ("edge_down", 521, "<html><body><h1>Web server is down</h1></body></html>"),
    ];
    for (name, status, text) in pages {
        let answer = fail(name);
        assert_eq!((answer.status, answer.text()), (status, text));
    }
    sandbox.fail_next("locked", 2).unwrap();
    let statuses = [0, 0, 0].map(|_| get(&sandbox, LEAD).status);
    assert_eq!(statuses, [423, 423, 200]);
}

#[test]
fn the_file_is_closed() {
    let unknown = refused(PROVIDER, "single = true", "singel = true");
    assert!(unknown.contains("unknown field `singel`"), "{unknown}");
    let kind =
        refused(PROVIDER, r#"link = { name = "contacts", kind = 578 }"#, r#"link = { name = "contacts", kind = 579 }"#);
    assert!(kind.contains("no kind 579 of these links"), "{kind}");
    let record = refused(PROVIDER, r#"to = "29851", kinds"#, r#"to = "29852", kinds"#);
    assert!(record.contains("no record `29852`; declared are 29851, 30177"), "{record}");
    let body = refused(PROVIDER, r#"json = '"{record}"'"#, r#"json = '{"$each":"records","$itme":1}'"#);
    assert!(body.contains("`$itme` stands beside a `$` member"), "{body}");
}

#[test]
fn hostile_requests_are_answered_and_change_nothing() {
    let seeds = [
        ("PATCH", LEAD),
        ("PUT", "/crm/v4/objects/0-136/563417219/associations/contacts/29851"),
        ("POST", "/oauth/v1/token"),
    ];
    survives_hostile_requests(&sandbox(PROVIDER), &[TOKEN], &seeds);
}
