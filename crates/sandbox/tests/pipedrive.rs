//! The simulated `Pipedrive`, against its facts sheet.

mod support;

use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, over_the_wire, refused, sandbox, send, survives_hostile_requests};

const PROVIDER: &str = "pipedrive";
const HOST: &str = "https://pipedrive-12g53f.pipedrive.com";
const LEAD: &str = "/api/v1/leads/adf21080-0e10-11eb-879b-05d71fb426ec";
const EMPTY: &str = "/api/v1/leads/b0e1f3c2-1a2b-4c3d-8e4f-5a6b7c8d9e0f";
const UNUSUAL: &str = "/api/v1/leads/c7d2a4e6-5f60-4718-92a3-b4c5d6e7f809";
const TOKEN: (&str, &str) = ("x-api-token", "sandbox-api-token");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const INFO: &str = "Please check developers.pipedrive.com for more information about Pipedrive API.";
const RATE: [(&str, &str); 4] = [
    ("x-daily-requests-left", "29990"),
    ("x-ratelimit-limit", "40"),
    ("x-ratelimit-remaining", "39"),
    ("x-ratelimit-reset", "2"),
];

// Custom fields, by hash.
const CUSTOMER_TYPE: &str = "9dc80c50d78a15643bfc4ca79d76156a73a1ca0e";
const INTERESTS: &str = "1f0c3e5a7b9d2c4e6f8091a2b3c4d5e6f7081920";
const CAMPAIGN: &str = "2a1d4f6b8cae3d5f7091a2b3c4d5e6f708192a3b";
const SEATS: &str = "4c3f618daec05f7192b3c4d5e6f708192a3b4c5d";
const BUDGET: &str = "5d40729ebfd16082a3c4d5e6f708192a3b4c5d6e";
const ENGINEER: &str = "6e5183afc0e27193b4d5e6f708192a3b4c5d6e7f";
const INTRODUCED_BY: &str = "7f6294b0d1f382a4c5e6f708192a3b4c5d6e7f80";
const PARTNER: &str = "8073a5c1e20493b5d6f708192a3b4c5d6e7f8091";
const DEMO_DATE: &str = "9184b6d2f315a4c6e708192a3b4c5d6e7f8091a2";
const TRIAL: &str = "a295c7e30426b5d7f8192a3b4c5d6e7f8091a2b3";
const BEST_TIME: &str = "b3a6d8f41537c6e8092a3b4c5d6e7f8091a2b3c4";
const HOURS: &str = "c4b7e9052648d7f91a3b4c5d6e7f8091a2b3c4d5";
const SITE: &str = "d5c8fa163759e80a2b4c5d6e7f8091a2b3c4d5e6";

fn get(sandbox: &Sandbox, path: &str) -> Answer {
    send(sandbox, "GET", &format!("{HOST}{path}"), &[TOKEN], "")
}

fn patch(sandbox: &Sandbox, path: &str, body: &Value) -> Answer {
    send(sandbox, "PATCH", &format!("{HOST}{path}"), &[TOKEN, JSON], &body.to_string())
}

#[track_caller]
fn assert_answer(answer: &Answer, status: u16, body: &Value) {
    assert_eq!((answer.status, answer.json()), (status, body.clone()));
    let mut headers = vec![("content-type", "application/json")];
    if status == 401 {
        headers.push(("x-401-by-gw", "true"));
    }
    headers.extend(RATE);
    headers.sort_unstable();
    assert_eq!(answer.headers(), headers);
}

fn problem(error: &str) -> Value {
    json!({"success":false,"error":error,"error_info":INFO,"data":null,"additional_data":null})
}

fn not_found(error: &str) -> Value {
    json!({"success":false,"error":error,"error_info":"Object was not found.","data":null,"additional_data":null})
}

fn unauthorized() -> Value {
    json!({"success":false,"error":"unauthorized access","errorCode":401,"error_info":"Please check developers.pipedrive.com"})
}

/// The full lead.
fn full() -> Value {
    let own = json!({"id":"adf21080-0e10-11eb-879b-05d71fb426ec","title":"Jane Doe Lead","owner_id":1,"creator_id":1,
        "label_ids":["f08b42a0-4e75-11ea-9643-03698ef1cfd6","f08b42a1-4e75-11ea-9643-03698ef1cfd6"],"person_id":1092,"organization_id":null,
        "source_name":"API","origin":"API","origin_id":null,"channel":52,"channel_id":"Jun23 Billboards","source_deal_id":null,"is_archived":false,"was_seen":false,
        "value":{"amount":999,"currency":"USD"},"expected_close_date":null,"next_activity_id":1,"add_time":"2020-10-14T11:30:36.551Z",
        "update_time":"2020-10-14T11:30:36.551Z","visible_to":"3","cc_email":"company+1+leadntPaYKA5QRxXkh6WMNHiGh@dev.pipedrivemail.com"});
    let custom = json!({CUSTOMER_TYPE:"190",INTERESTS:"123,125",CAMPAIGN:"SPRING-24",
        "3b2e507c9dbf4e6081a2b3c4d5e6f708192a3b4c":"Two floors.\nLift on the left.",SEATS:12.5,BUDGET:500,format!("{BUDGET}_currency"):"USD",
        ENGINEER:2,INTRODUCED_BY:1093,PARTNER:1002,DEMO_DATE:"2024-10-01",TRIAL:"2024-10-01",format!("{TRIAL}_until"):"2024-10-31",
        BEST_TIME:"09:00:00",format!("{BEST_TIME}_timezone_id"):374,HOURS:"08:30:00",format!("{HOURS}_until"):"17:00:00",format!("{HOURS}_timezone_id"):374,
        SITE:"Kauppatori 3, 00170 Helsinki, Finland",format!("{SITE}_route"):"Kauppatori",format!("{SITE}_postal_code"):"00170",
        format!("{SITE}_locality"):"Helsinki",format!("{SITE}_country"):"Finland"});
    with(own, &custom)
}

/// The lead without anything that it need not have.
fn empty() -> Value {
    json!({"id":"b0e1f3c2-1a2b-4c3d-8e4f-5a6b7c8d9e0f","title":"Untitled","owner_id":2,"creator_id":1,"label_ids":[],"person_id":null,"organization_id":1002,
        "source_name":"Manually created","origin":"ManuallyCreated","origin_id":null,"channel":null,"channel_id":null,"source_deal_id":null,"is_archived":false,"was_seen":true,
        "value":null,"expected_close_date":null,"next_activity_id":null,"add_time":"2024-08-30T06:00:00.000Z","update_time":"2024-08-30T06:00:00.000Z","visible_to":"7",
        "cc_email":"company+1+leadb0e1f3c2@dev.pipedrivemail.com"})
}

/// The record with some members changed; `null` of a custom field takes it away.
fn with(mut record: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() && name.len() >= 40 {
            record.as_object_mut().unwrap().remove(name);
        } else {
            record[name] = value.clone();
        }
    }
    record
}

fn found(record: &Value) -> Value {
    json!({"success":true,"data":record})
}

/// The first write's time.
fn written(record: Value, changes: &Value) -> Value {
    found(&with(with(record, changes), &json!({"update_time":"2024-09-02T09:14:08.120Z"})))
}

#[test]
fn the_exchange_of_section_5_answers_as_the_sheet_says() {
    let sandbox = sandbox(PROVIDER);
    let changes = json!({"title":"Jane Doe Lead","owner_id":1,"person_id":1092,"organization_id":null,"channel":52,CUSTOMER_TYPE:"190"});
    assert_answer(&patch(&sandbox, LEAD, &changes), 200, &written(full(), &json!({})));
    assert_answer(&get(&sandbox, LEAD), 200, &written(full(), &json!({})));
}

#[test]
fn over_a_socket_the_answers_are_the_same() {
    let sandbox = sandbox(PROVIDER);
    let changes = json!({"title":"Çağla","channel":null});
    let answer = over_the_wire(&sandbox, "PATCH", LEAD, &[TOKEN, JSON], &changes.to_string());
    assert_answer(&answer, 200, &written(full(), &changes));
    let answer = over_the_wire(&sandbox, "GET", LEAD, &[TOKEN], "");
    assert_answer(&answer, 200, &written(full(), &changes));
}

#[test]
fn both_addresses_lead_to_the_same_lead() {
    let sandbox = sandbox(PROVIDER);
    assert_answer(&get(&sandbox, LEAD), 200, &found(&full()));
    assert_answer(&get(&sandbox, LEAD.trim_start_matches("/api")), 200, &found(&full()));
    let changes = json!({"was_seen":true});
    assert_answer(&patch(&sandbox, LEAD.trim_start_matches("/api"), &changes), 200, &written(full(), &changes));
    let other = get(&sandbox, &LEAD.replace("v1", "v2"));
    assert_answer(&other, 404, &problem("Unknown method ."));
}

#[test]
fn custom_fields_without_a_value_are_absent_and_others_are_null() {
    let sandbox = sandbox(PROVIDER);
    assert_answer(&get(&sandbox, EMPTY), 200, &found(&empty()));
}

#[test]
fn unusual_letters_stay_as_they_are() {
    let sandbox = sandbox(PROVIDER);
    let unusual = json!({"id":"c7d2a4e6-5f60-4718-92a3-b4c5d6e7f809","title":"Łukasz Ó Súilleabháin — 東京 📎","owner_id":1,"creator_id":2,
        "label_ids":["f08b69b0-4e75-11ea-9643-03698ef1cfd6"],"person_id":1094,"organization_id":1003,"source_name":"Web forms","origin":"WebForms","origin_id":"form-7",
        "channel":55,"channel_id":"été № 1","source_deal_id":8101,"is_archived":false,"was_seen":true,"value":{"amount":1_234_567.89,"currency":"JPY"},
        "expected_close_date":"2024-12-24","next_activity_id":null,"add_time":"2024-02-29T23:59:59.999Z","update_time":"2024-02-29T23:59:59.999Z","visible_to":"1",
        "cc_email":"company+1+leadc7d2a4e6@dev.pipedrivemail.com",CAMPAIGN:"e\u{301}\u{200b} \"quoted\" \\ \t",SITE:"東京都千代田区"});
    assert_answer(&get(&sandbox, UNUSUAL), 200, &found(&unusual));
    let changes = json!({"title":"\u{202e}مرحبا 🦊","channel_id":"a/b~c{d}"});
    assert_answer(&patch(&sandbox, UNUSUAL, &changes), 200, &written(unusual, &changes));
}

#[test]
fn every_writable_field_is_written() {
    let changes = json!({"title":"Fifty desks","owner_id":2,"label_ids":["f08b69b0-4e75-11ea-9643-03698ef1cfd6"],"person_id":1093,"organization_id":1001,
        "is_archived":true,"was_seen":true,"value":{"amount":12.5,"currency":"EUR"},"expected_close_date":"2025-01-31","visible_to":"5","channel":54,"channel_id":"spring",
        CUSTOMER_TYPE:"192",INTERESTS:"124",CAMPAIGN:"AUTUMN","3b2e507c9dbf4e6081a2b3c4d5e6f708192a3b4c":"One floor.",SEATS:0,BUDGET:750.25,format!("{BUDGET}_currency"):"EUR",
        ENGINEER:1,INTRODUCED_BY:1094,PARTNER:1003,DEMO_DATE:"2024-11-02",TRIAL:"2024-11-01",format!("{TRIAL}_until"):"2024-11-30",
        BEST_TIME:"23:59:59",format!("{BEST_TIME}_timezone_id"):1,HOURS:"00:00:00",format!("{HOURS}_until"):"12:00:00",format!("{HOURS}_timezone_id"):1,
        SITE:"Storgatan 1, 11122 Stockholm, Sverige"});
    let parts = json!({format!("{SITE}_route"):"Storgatan",format!("{SITE}_postal_code"):"11122",format!("{SITE}_locality"):"Stockholm",format!("{SITE}_country"):"Sverige"});
    let sandbox = sandbox(PROVIDER);
    assert_answer(&patch(&sandbox, LEAD, &changes), 200, &written(with(full(), &parts), &changes));
    assert_answer(&patch(&sandbox, EMPTY, &changes), 200, &{
        let mut second = written(with(empty(), &parts), &changes);
        second["data"]["update_time"] = json!("2024-09-02T09:14:09.120Z");
        second
    });
}

#[test]
fn a_write_changes_what_it_names_and_the_time() {
    for changes in [json!({}), json!({"was_seen":true}), json!({SEATS:13}), json!({INTERESTS:"123,124,125"})] {
        let sandbox = sandbox(PROVIDER);
        assert_answer(&patch(&sandbox, LEAD, &changes), 200, &written(full(), &changes));
    }
}

#[test]
fn null_clears_what_may_be_empty() {
    let sandbox = sandbox(PROVIDER);
    let changes = json!({"title":null,"value":null,"expected_close_date":null,"channel":null,"channel_id":null,"label_ids":[],
        CUSTOMER_TYPE:null,INTERESTS:null,CAMPAIGN:null,"3b2e507c9dbf4e6081a2b3c4d5e6f708192a3b4c":null,SEATS:null,BUDGET:null,format!("{BUDGET}_currency"):null,
        ENGINEER:null,INTRODUCED_BY:null,PARTNER:null,DEMO_DATE:null,TRIAL:null,format!("{TRIAL}_until"):null,BEST_TIME:null,format!("{BEST_TIME}_timezone_id"):null,
        HOURS:null,format!("{HOURS}_until"):null,format!("{HOURS}_timezone_id"):null,SITE:null});
    let parts = json!({format!("{SITE}_route"):null,format!("{SITE}_postal_code"):null,format!("{SITE}_locality"):null,format!("{SITE}_country"):null});
    assert_answer(&patch(&sandbox, LEAD, &changes), 200, &written(with(full(), &parts), &changes));
}

#[test]
fn a_lead_keeps_a_person_or_an_organization() {
    let sandbox = sandbox(PROVIDER);
    let person = problem("Bad request: person_id must not be null");
    assert_answer(&patch(&sandbox, LEAD, &json!({"person_id":null})), 400, &person);
    assert_answer(&patch(&sandbox, LEAD, &json!({"organization_id":null,"person_id":null})), 400, &person);
    let organization = problem("Bad request: organization_id must not be null");
    assert_answer(&patch(&sandbox, EMPTY, &json!({"organization_id":null})), 400, &organization);
    let changes = json!({"person_id":null,"organization_id":1003});
    assert_answer(&patch(&sandbox, LEAD, &changes), 200, &written(full(), &changes));
}

#[test]
fn wrong_values_are_refused_with_their_field() {
    let sandbox = sandbox(PROVIDER);
    let before = sandbox.state()["collections"].clone();
    let cases = [
        (json!({"person_id":"1092"}), "person_id must be a number"),
        (json!({"organization_id":1.5}), "organization_id must be a number"),
        (json!({"owner_id":{"id":1}}), "owner_id must be a number"),
        (json!({"person_id":1}), "1 is not a valid person_id"),
        (json!({"organization_id":1092}), "1092 is not a valid organization_id"),
        (json!({"owner_id":99}), "99 is not a valid owner_id"),
        (json!({"owner_id":null}), "owner_id must not be null"),
        (json!({"title":7}), "title must be a string"),
        (json!({"title":" "}), "title has an invalid format"),
        (json!({"title":"x".repeat(256)}), "title must not be longer than 255 characters"),
        (json!({"label_ids":null}), "label_ids must not be null"),
        (json!({"label_ids":"f08b69b0-4e75-11ea-9643-03698ef1cfd6"}), "label_ids must be an array of strings"),
        (json!({"label_ids":["Hot"]}), "Hot is not a valid label_ids"),
        (json!({"is_archived":"true"}), "is_archived must be a boolean"),
        (json!({"was_seen":1}), "was_seen must be a boolean"),
        (json!({"was_seen":null}), "was_seen must not be null"),
        (json!({"value":12}), "value must be an object of amount and currency"),
        (json!({"value":{"amount":12}}), "value must be an object of amount and currency"),
        (json!({"value":{"amount":"12","currency":"EUR"}}), "value must be an object of amount and currency"),
        (json!({"expected_close_date":"2024-13-01"}), "expected_close_date must be a date"),
        (json!({"expected_close_date":"2024-10-01T00:00:00Z"}), "expected_close_date must be a date"),
        (json!({"expected_close_date":"1727740800000"}), "expected_close_date has an invalid format"),
        (json!({"visible_to":3}), "visible_to must be a string"),
        (json!({"visible_to":"2"}), "2 is not a valid visible_to"),
        (json!({"channel":"52"}), "channel must be a number"),
        (json!({"channel":56}), "56 is not a valid channel"),
        (json!({"channel_id":52}), "channel_id must be a string"),
        (json!({CUSTOMER_TYPE:190}), &format!("{CUSTOMER_TYPE} must be a string")),
        (json!({CUSTOMER_TYPE:"Company"}), &format!("Company is not a valid {CUSTOMER_TYPE}")),
        (json!({INTERESTS:"123,126"}), &format!("123,126 is not a valid {INTERESTS}")),
        (json!({SEATS:"12"}), &format!("{SEATS} must be a number")),
        (json!({format!("{BUDGET}_currency"):"euro"}), &format!("{BUDGET}_currency has an invalid format")),
        (json!({INTRODUCED_BY:"1093"}), &format!("{INTRODUCED_BY} must be a number")),
        (json!({PARTNER:5}), &format!("5 is not a valid {PARTNER}")),
        (json!({DEMO_DATE:"01.10.2024"}), &format!("{DEMO_DATE} must be a date")),
        (json!({BEST_TIME:"25:00:00"}), &format!("{BEST_TIME} has an invalid format")),
        (json!({format!("{SITE}_country"):"Finland"}), &format!("{SITE}_country is not allowed")),
        (json!({"source_name":"Import"}), "source_name is not allowed"),
        (json!({"origin":"API"}), "origin is not allowed"),
        (json!({"origin_id":"1"}), "origin_id is not allowed"),
        (json!({"creator_id":1}), "creator_id is not allowed"),
        (json!({"add_time":"2024-01-01T00:00:00.000Z"}), "add_time is not allowed"),
        (json!({"update_time":"2024-01-01T00:00:00.000Z"}), "update_time is not allowed"),
        (json!({"cc_email":"a@example.com"}), "cc_email is not allowed"),
        (json!({"next_activity_id":null}), "next_activity_id is not allowed"),
        (json!({"id":"adf21080-0e10-11eb-879b-05d71fb426ec"}), "id is not allowed"),
        (json!({"description":"Desks"}), "description is not allowed"),
        (
            json!({"0000000000000000000000000000000000000000":"x"}),
            "0000000000000000000000000000000000000000 is not allowed",
        ),
    ];
    for (changes, says) in cases {
        let answer = patch(&sandbox, LEAD, &changes);
        assert_answer(&answer, 400, &problem(&format!("Bad request: {says}")));
    }
    let mixed = patch(&sandbox, LEAD, &json!({"title":"Good","person_id":1}));
    assert_answer(&mixed, 400, &problem("Bad request: 1 is not a valid person_id"));
    assert_eq!(sandbox.state()["collections"], before, "a refused write changes nothing");
}

#[test]
fn lists_tell_archived_leads_from_others() {
    let sandbox = sandbox(PROVIDER);
    let ids = |path: &str| -> Vec<String> {
        let answer = get(&sandbox, path).json();
        assert_eq!(
            answer["additional_data"],
            json!({"pagination":{"start":0,"limit":100,"more_items_in_collection":false}})
        );
        let leads = answer["data"].as_array().unwrap();
        leads.iter().map(|lead| lead["id"].as_str().unwrap()[..4].to_owned()).collect()
    };
    assert_eq!(ids("/api/v1/leads"), ["adf2", "b0e1", "c7d2"]);
    assert_eq!(ids("/api/v1/leads/archived"), ["d8e3"]);
    let archived = "/api/v1/leads/d8e3b5f7-6071-4829-a3b4-c5d6e7f8091a";
    assert_eq!(get(&sandbox, archived).json()["data"]["title"], "Old enquiry", "read by its id all the same");
    assert_eq!(patch(&sandbox, archived, &json!({"is_archived":false})).status, 200);
    assert_eq!(ids("/api/v1/leads/archived"), [""; 0]);
}

#[test]
fn labels_and_sources_are_looked_up() {
    let sandbox = sandbox(PROVIDER);
    let label = |id: &str, name: &str, color: &str| json!({"id":id,"name":name,"color":color,"add_time":"2020-02-13T15:31:44.000Z","update_time":"2020-02-13T15:31:44.000Z"});
    let labels = [
        label("f08b42a0-4e75-11ea-9643-03698ef1cfd6", "Hot", "red"),
        label("f08b42a1-4e75-11ea-9643-03698ef1cfd6", "Cold", "blue"),
        label("f08b69b0-4e75-11ea-9643-03698ef1cfd6", "Warm", "yellow"),
    ];
    assert_answer(&get(&sandbox, "/api/v1/leadLabels"), 200, &json!({"success":true,"data":labels}));
    let sources = [
        "Manually created",
        "Deal",
        "Web forms",
        "Prospector",
        "Leadbooster",
        "Live chat",
        "Import",
        "Website visitors",
        "Workflow automation",
        "API",
    ]
    .map(|name| json!({"name":name}));
    assert_answer(&get(&sandbox, "/v1/leadSources"), 200, &json!({"success":true,"data":sources}));
}

#[test]
fn fields_tell_keys_names_types_and_options() {
    let sandbox = sandbox(PROVIDER);
    let all = |path: &str| -> Vec<Value> {
        let answer = get(&sandbox, path);
        assert_eq!(answer.status, 200);
        answer.json()["data"].as_array().unwrap().clone()
    };
    let (of_leads, of_deals) = (all("/api/v1/leadFields"), all("/api/v1/dealFields"));
    let named = |fields: &[Value], key: &str| fields.iter().find(|field| field["key"] == key).cloned();
    let channel = json!({"id":11,"key":"channel","name":"Source channel","field_type":"enum","active_flag":true,"edit_flag":false,"mandatory_flag":false,
        "options":[{"id":52,"label":"Billboards"},{"id":53,"label":"Trade Show"},{"id":54,"label":"Web"},{"id":55,"label":"Référence d'employé"}]});
    let customer = json!({"id":101,"key":CUSTOMER_TYPE,"name":"Customer Type","field_type":"enum","active_flag":true,"edit_flag":true,"mandatory_flag":false,
        "options":[{"id":190,"label":"Private person"},{"id":191,"label":"Company"},{"id":192,"label":"Government"}]});
    let budget = json!({"id":106,"key":BUDGET,"name":"Budget","field_type":"monetary","active_flag":true,"edit_flag":true,"mandatory_flag":false,"options":null});
    let currency = json!({"id":null,"key":format!("{BUDGET}_currency"),"name":"Currency of Budget","field_type":"varchar","active_flag":true,"edit_flag":true,"mandatory_flag":false,"options":null});
    for (key, field) in
        [("channel", channel), (CUSTOMER_TYPE, customer), (BUDGET, budget), (&format!("{BUDGET}_currency"), currency)]
    {
        assert_eq!(named(&of_leads, key), Some(field.clone()));
        assert_eq!(named(&of_deals, key), Some(field));
    }
    let person = json!({"id":6,"key":"person_id","name":"Contact person","field_type":"people","active_flag":true,"edit_flag":false,"mandatory_flag":false,"options":null});
    assert_eq!(named(&of_leads, "person_id"), Some(person));
    assert_eq!(named(&of_deals, "org_id").map(|field| field["name"].clone()), Some(json!("Organization")));
    assert_eq!((named(&of_deals, "organization_id"), named(&of_deals, "source_name")), (None, None));
    let mut types: Vec<&str> = of_leads
        .iter()
        .filter(|field| field["edit_flag"] == true && field["id"].is_number())
        .map(|field| field["field_type"].as_str().unwrap())
        .collect();
    types.sort_unstable();
    assert_eq!(
        types,
        [
            "address",
            "date",
            "daterange",
            "double",
            "enum",
            "monetary",
            "org",
            "people",
            "set",
            "text",
            "time",
            "timerange",
            "user",
            "varchar"
        ]
    );
}

#[test]
fn names_are_read_by_requests_of_their_own() {
    let sandbox = sandbox(PROVIDER);
    let person = json!({"id":1093,"name":"Oskar Lind","first_name":"Oskar","last_name":"Lind","owner_id":2,"org_id":1002,"emails":[],"phones":[{"value":"+46 8 5550100","primary":true,"label":"mobile"}]});
    assert_answer(&get(&sandbox, "/api/v2/persons/1093"), 200, &found(&person));
    let organization = json!({"id":1003,"name":"株式会社サンプル","owner_id":1,"address":null});
    assert_answer(&get(&sandbox, "/api/v2/organizations/1003"), 200, &found(&organization));
    assert_eq!(get(&sandbox, "/api/v1/users/2").json()["data"]["name"], "Ülle Õun");
    let me = get(&sandbox, "/api/v1/users/me").json();
    assert_eq!((&me["data"]["id"], &me["data"]["company_domain"]), (&json!(1), &json!("pipedrive-12g53f")));
    let users = get(&sandbox, "/v1/users").json();
    assert_eq!(
        (users["data"][0]["id"].clone(), users["data"][1]["email"].clone()),
        (json!(1), json!("ulle@sales.example"))
    );
    assert_answer(&get(&sandbox, "/api/v2/persons/1"), 404, &not_found("Person not found"));
    assert_answer(&get(&sandbox, "/api/v2/organizations/1"), 404, &not_found("Organization not found"));
    assert_answer(&get(&sandbox, "/api/v1/users/9"), 404, &not_found("User not found"));
    assert_answer(&get(&sandbox, "/api/v1/persons/1093"), 404, &problem("Unknown method ."));
}

#[test]
fn callers_without_a_good_token_are_refused() {
    let sandbox = sandbox(PROVIDER);
    let ask = |headers: &[(&str, &str)]| send(&sandbox, "GET", &format!("{HOST}{LEAD}"), headers, "");
    let bearer = |token| ("Authorization", token);
    assert_answer(&ask(&[]), 401, &unauthorized());
    assert_answer(&ask(&[("x-api-token", "other")]), 401, &unauthorized());
    assert_answer(&ask(&[bearer("Bearer other")]), 401, &unauthorized());
    assert_answer(&ask(&[bearer("Bearer sandbox-api-token")]), 401, &unauthorized());
    assert_answer(&ask(&[("x-api-token", "sandbox-access-0")]), 401, &unauthorized());
    let malformed = problem("Bad request: the authorization header is malformed");
    assert_answer(&ask(&[bearer("sandbox-access-0")]), 400, &malformed);
    let by_query = send(&sandbox, "GET", &format!("{HOST}{LEAD}?api_token=sandbox-api-token"), &[], "");
    assert_answer(&by_query, 401, &unauthorized());
    let good = bearer("Bearer sandbox-access-0");
    assert_answer(&ask(&[good]), 200, &found(&full()));
    sandbox.expire_tokens();
    assert_answer(&ask(&[good]), 401, &unauthorized());
    assert_answer(&ask(&[TOKEN]), 200, &found(&full()));
}

#[test]
fn a_refresh_answers_with_the_refresh_token_again() {
    let sandbox = sandbox(PROVIDER);
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let client = ("Authorization", "Basic c2FuZGJveC1jbGllbnQtaWQ6c2FuZGJveC1jbGllbnQtc2VjcmV0");
    let ask = |headers: &[(&str, &str)], body: &str| {
        send(&sandbox, "POST", "https://oauth.pipedrive.com/oauth/token", headers, body)
    };
    let good = "grant_type=refresh_token&refresh_token=sandbox-refresh-0";
    for number in 1..=2 {
        assert_answer(
            &ask(&[kind, client], good),
            200,
            &json!({"access_token":format!("sandbox-access-{number}"),"token_type":"Bearer","expires_in":3599,"refresh_token":"sandbox-refresh-0",
                "scope":"base leads:full deals:read","api_domain":"https://pipedrive-12g53f.pipedrive.com"}),
        );
    }
    let fresh = ("Authorization", "Bearer sandbox-access-2");
    assert_eq!(send(&sandbox, "GET", &format!("{HOST}{LEAD}"), &[fresh], "").status, 200);
    let wrong = [
        (ask(&[kind, client], "refresh_token=sandbox-refresh-0"), "Missing parameter: grant_type"),
        (
            ask(&[kind, client], "grant_type=refresh_token&refresh_token=other"),
            "Invalid grant: refresh_token is invalid",
        ),
        (ask(&[kind], good), "Invalid client: client is invalid"),
        (ask(&[kind, ("Authorization", "Basic eDp5")], good), "Invalid client: client is invalid"),
    ];
    for (answer, error) in wrong {
        assert_answer(&answer, 400, &problem(error));
    }
}

#[test]
fn wrong_requests_are_told_apart() {
    let sandbox = sandbox(PROVIDER);
    let unknown = "/api/v1/leads/00000000-0e10-11eb-879b-05d71fb426ec";
    let raw = |body: &str| send(&sandbox, "PATCH", &format!("{HOST}{LEAD}"), &[TOKEN, JSON], body);
    assert_answer(&get(&sandbox, unknown), 404, &not_found("requested lead not found"));
    assert_answer(&patch(&sandbox, unknown, &json!({"title":"x"})), 404, &not_found("requested lead not found"));
    assert_answer(&get(&sandbox, "/api/v1/leads/1092"), 400, &problem("Bad request: id must be a valid UUID"));
    assert_answer(
        &patch(&sandbox, "/api/v1/leads/1092", &json!({})),
        400,
        &problem("Bad request: id must be a valid UUID"),
    );
    for body in ["", "{", "[]", "null"] {
        assert_answer(&raw(body), 400, &problem("Bad request: the body must be a JSON object"));
    }
    assert_answer(&get(&sandbox, "/api/v1/nothing"), 404, &problem("Unknown method ."));
    let answer = send(&sandbox, "PATCH", &format!("{HOST}{LEAD}"), &[TOKEN], "{}");
    assert_answer(&answer, 415, &problem("Unsupported media type"));
    let answer = send(&sandbox, "PUT", &format!("{HOST}{LEAD}"), &[TOKEN, JSON], "{}");
    assert_eq!((answer.status, answer.json()), (405, problem("Method not allowed")));
    assert!(answer.headers().contains(&("allow", "GET, PATCH")));
    assert_answer(&raw(&" ".repeat((1 << 20) + 1)), 413, &problem("Request entity too large"));
}

#[test]
fn errors_that_no_request_provokes_are_injected() {
    let sandbox = sandbox(PROVIDER);
    let fail = |name: &str| {
        sandbox.fail_next(name, 1).unwrap();
        get(&sandbox, LEAD)
    };
    let plain = [
        ("account_closed", 402, "The company account is not open"),
        ("scope_mismatch", 403, "Scope and URL mismatch"),
        ("gone", 410, "Object is no longer available"),
        ("unprocessable", 422, "Unprocessable entity"),
        ("server_error", 500, "Internal server error"),
        ("not_implemented", 501, "Not implemented"),
    ];
    for (name, status, error) in plain {
        assert_answer(&fail(name), status, &problem(error));
    }
    let capped = fail("account_limit");
    assert_eq!((capped.status, capped.json()["code"].as_str()), (403, Some("feature_capping_deals_limit")));
    let blocked = fail("blocked");
    assert_eq!(blocked.status, 403);
    assert!(
        blocked.text().starts_with("<!DOCTYPE html>")
            && blocked.headers().contains(&("content-type", "text/html; charset=UTF-8"))
    );
    let limited = |name: &str, error: &str, headers: &[(&str, &str)]| {
        let answer = fail(name);
        assert_eq!((answer.status, answer.json()), (429, json!({"success":false,"error":error,"errorCode":429})));
        assert_eq!(answer.headers(), headers, "{name}");
    };
    let (json, limit, reset) =
        (("content-type", "application/json"), ("x-ratelimit-limit", "40"), ("x-ratelimit-reset", "2"));
    let spent = ("x-ratelimit-remaining", "0");
    let daily = ("x-daily-requests-left", "29990");
    limited("burst_limit", "request over limit", &[json, daily, limit, spent, reset]);
    limited("burst_limit_with_wait", "request over limit", &[json, ("retry-after", "2"), daily, limit, spent, reset]);
    limited(
        "daily_limit",
        "daily request limit reached",
        &[
            json,
            ("x-daily-ratelimit-token-limit", "30000"),
            ("x-daily-ratelimit-token-remaining", "0"),
            ("x-daily-requests-left", "0"),
            limit,
            ("x-ratelimit-remaining", "39"),
            reset,
        ],
    );
    let down = fail("unavailable");
    assert_eq!(
        (down.status, down.text()),
        (503, "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>")
    );
    assert_eq!(get(&sandbox, LEAD).status, 200);
}

#[test]
fn the_file_is_closed() {
    let unknown = refused(PROVIDER, "shown_if_set = true", "shown_if_full = true");
    assert!(unknown.contains("unknown field `shown_if_full`"), "{unknown}");
    let kept = refused(PROVIDER, r#"one_of = [["person_id","#, r#"one_of = [["people_id","#);
    assert!(kept.contains("no field `people_id`"), "{kept}");
    let record = refused(PROVIDER, r#""source_deal_id":8101"#, r#""source_deal":8101"#);
    assert!(record.contains("no field `source_deal` is declared"), "{record}");
}

#[test]
fn hostile_requests_are_answered_and_change_nothing() {
    let sandbox = sandbox(PROVIDER);
    // `{}` is a good write here: the lead that is written does not exist.
    let nobody = "/api/v1/leads/00000000-0e10-11eb-879b-05d71fb426ec";
    survives_hostile_requests(&sandbox, &[TOKEN], &[("GET", LEAD), ("POST", "/oauth/token"), ("PATCH", nobody)]);
}
