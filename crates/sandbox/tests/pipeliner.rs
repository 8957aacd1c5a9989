//! The simulated Pipeliner, against its facts sheet.

#![recursion_limit = "256"]

mod support;

use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, over_the_wire, refused, sandbox, send, survives_hostile_requests};

const PROVIDER: &str = "pipeliner";
const HOST: &str = "https://us-east.api.pipelinersales.com";
const ENTITIES: &str = "/api/v100/rest/spaces/nv3_PipelinerDev/entities";
const FULL: &str = "0190978c-d6d1-de35-3f6d-7cf0a0e264db";
const EMPTY: &str = "0190978c-d6d1-de35-3f6d-7cf0a0e264dc";
const ODD: &str = "ffffffff-ffff-4fff-bfff-ffffffffffff";
const NORA: &str = "00000000-0000-0000-0000-000000008e97";
const OMER: &str = "00000000-0000-0000-0000-00000000a1b2";
const WEB: &str = "04444b3a-c669-03bc-2c49-bcd7f047d41a";
const OTHER_WEB: &str = "04444b3a-c669-03bc-2c49-bcd7f047d61b";
const TECHCORP: &str = "0bc376a4-c579-413a-9221-e86e4a134766";
const DANES: &str = "0bc376a4-c579-413a-9221-e86e4a134777";
const JANE: &str = "0a31d4fd-1289-4326-ad1a-7dfa40c3ab48";
const ZOE: &str = "0a31d4fd-1289-4326-ad1a-7dfa40c3ab59";
/// `us_NV3_PIPELINERDEV_SANDBOX` and `sandbox-p:ässword`.
const AUTH: (&str, &str) = ("Authorization", "Basic dXNfTlYzX1BJUEVMSU5FUkRFVl9TQU5EQk9YOnNhbmRib3gtcDrDpHNzd29yZA==");
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn get(sandbox: &Sandbox, path: &str) -> Answer {
    send(sandbox, "GET", &format!("{HOST}{ENTITIES}{path}"), &[AUTH], "")
}

fn write(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> Answer {
    send(sandbox, method, &format!("{HOST}{ENTITIES}{path}"), &[AUTH, JSON], &body.to_string())
}

fn patch(sandbox: &Sandbox, lead: &str, body: &Value) -> Answer {
    write(sandbox, "PATCH", &format!("/Leads/{lead}"), body)
}

fn uri(tail: &str) -> Value {
    json!(format!("{HOST}{ENTITIES}/{tail}"))
}

#[track_caller]
fn assert_answer(answer: &Answer, status: u16, body: &Value) {
    assert_eq!(answer.status, status);
    assert_eq!(answer.json(), *body);
    assert_eq!(answer.headers(), [("content-type", "application/json")]);
}

fn done(data: &Value) -> Value {
    json!({"success": true, "data": data})
}

/// An object with some members set.
fn with(mut object: Value, members: Value) -> Value {
    if let (Value::Object(object), Value::Object(members)) = (&mut object, members) {
        object.extend(members);
    }
    object
}

/// The lead without values but those that it must have.
fn empty() -> Value {
    json!({"id": EMPTY, "is_delete_protected": false, "is_deleted": false, "modified": "2019-02-01 07:41:49.529970+00:00", "created": "2019-02-01 07:41:49.529970+00:00",
        "name": "Empty lead", "formatted_name": "Empty lead", "revision": 7, "table_name": "lead", "status": 1, "days_in_step": 3, "is_favorite": false, "is_archived": false, "share_mode": 0,
        "owner_id": NORA, "owner": uri("Clients/00000000-0000-0000-0000-000000008e97"),
        "unit_id": "0b0b0b0b-0000-4000-8000-000000000001", "unit": uri("SalesUnits/0b0b0b0b-0000-4000-8000-000000000001"),
        "lead_type_id": "0c0c0c0c-0000-4000-8000-000000000001", "lead_type": uri("LeadTypes/0c0c0c0c-0000-4000-8000-000000000001"),
        "step_id": "0d0d0d0d-0000-4000-8000-000000000001", "step": uri("Steps/0d0d0d0d-0000-4000-8000-000000000001"),
        "lead_source_id": null, "lead_source": null, "reason_of_close_id": null, "reason_of_close": null, "reason_of_close_description": null,
        "description": null, "label_flag": null, "ranking": null, "qualify_date": null, "lost_date": null,
        "quick_account_email": null, "quick_account_name": null, "quick_account_phone": null, "quick_contact_name": null, "quick_email": null, "quick_phone": null,
        "account_relations": [], "primary_account": null, "contact_relations": [], "primary_contact": null,
        "sharing_units": [], "sharing_clients": [], "documents": [], "tags": [],
        "cf_segment_id": null, "cf_campaign": null, "cf_notes": null, "cf_seats": null, "cf_discount": null, "cf_budget": null, "cf_wants_demo": null, "cf_demo_day": null, "cf_demo_at": null,
        "cf_billing_email": null, "cf_direct_line": null, "cf_website": null, "cf_interests": [], "cf_number": "L-0002"})
}

fn full() -> Value {
    with(
        empty(),
        json!({"id": FULL, "modified": "2024-07-09 12:51:48.050108+00:00", "created": "2024-07-09 12:51:48.050108+00:00",
            "name": "Website relaunch", "formatted_name": "Website relaunch", "revision": 1790, "description": "First call done.\nSecond to come.",
            "owner_id": OMER, "owner": uri("Clients/00000000-0000-0000-0000-00000000a1b2"),
            "step_id": "0d0d0d0d-0000-4000-8000-000000000002", "step": uri("Steps/0d0d0d0d-0000-4000-8000-000000000002"),
            "lead_source_id": "04444b3a-c669-03bc-2c49-bcd7f047d41b", "lead_source": uri("Data/04444b3a-c669-03bc-2c49-bcd7f047d41b"),
            "label_flag": 2, "ranking": 70, "quick_email": "ann@example.com", "quick_phone": "+1 202 555 0169", "quick_contact_name": "Ann Lee",
            "quick_account_name": "Acme", "quick_account_phone": "+1 202 555 0100", "quick_account_email": "info@acme.example",
            "account_relations": [uri("LeadOpptyAccountRelations/0e0e0e0e-0000-4000-8000-000000000001"), uri("LeadOpptyAccountRelations/0e0e0e0e-0000-4000-8000-000000000002")],
            "primary_account": uri("Accounts/0bc376a4-c579-413a-9221-e86e4a134777"),
            "contact_relations": [uri("LeadOpptyContactRelations/0f0f0f0f-0000-4000-8000-000000000001")],
            "primary_contact": uri("Contacts/0a31d4fd-1289-4326-ad1a-7dfa40c3ab59"),
            "cf_segment_id": "04444b3a-c669-03bc-2c49-bcd7f047d61a", "cf_campaign": "SPRING-26", "cf_notes": "a\nb", "cf_seats": 12, "cf_discount": 0.25, "cf_budget": 12500.5,
            "cf_wants_demo": true, "cf_demo_day": "2026-08-01", "cf_demo_at": "2026-08-01 09:30:00.000000+00:00", "cf_billing_email": "billing@acme.example",
            "cf_direct_line": "+1 202 555 0170", "cf_website": "https://acme.example/", "cf_interests": ["chairs"], "cf_number": "L-0001"}),
    )
}

/// The request of section 5.
fn section_5() -> Value {
    json!({"name": "Website redesign", "description": "Asked for a quote", "owner_id": NORA, "lead_source_id": WEB,
        "account_relations": [{"account_id": TECHCORP, "is_primary": true}], "contact_relations": [{"contact_id": JANE, "is_primary": true}]})
}

/// Its answer. The account was related already and keeps its relation; the contact is new.
fn updated() -> Value {
    with(
        full(),
        json!({"name": "Website redesign", "formatted_name": "Website redesign", "description": "Asked for a quote", "modified": "2026-07-09 12:52:46.570000+00:00", "revision": 1794,
            "owner_id": NORA, "owner": uri("Clients/00000000-0000-0000-0000-000000008e97"), "lead_source_id": WEB, "lead_source": uri("Data/04444b3a-c669-03bc-2c49-bcd7f047d41a"),
            "account_relations": [uri("LeadOpptyAccountRelations/0e0e0e0e-0000-4000-8000-000000000002")], "primary_account": uri("Accounts/0bc376a4-c579-413a-9221-e86e4a134766"),
            "contact_relations": [uri("LeadOpptyContactRelations/00000000-0000-4001-8000-000007020000")], "primary_contact": uri("Contacts/0a31d4fd-1289-4326-ad1a-7dfa40c3ab48")}),
    )
}

fn option(id: &str, set: &str, name: &str, order: i64) -> Value {
    json!({"id": id, "is_delete_protected": false, "has_draft": false, "is_deleted": false, "created": "2019-02-01 07:41:49.529970+00:00", "modified": "2019-02-01 07:41:49.529970+00:00",
        "calc_value": 1.0, "data_set_id": set, "option_name": name, "sort_order": order, "is_published": true, "revision": 12, "option_name_translations": null, "option_name_translated": name})
}

fn list(data: &Value) -> Value {
    json!({"success": true, "data": data,
        "page_info": {"start_cursor": null, "end_cursor": null, "has_previous_page": false, "has_next_page": false}})
}

const SOURCES: &str = "0a5d1f20-0000-4000-8000-00000000d501";
const SEGMENTS: &str = "0a5d1f20-0000-4000-8000-00000000d503";

#[test]
fn the_exchange_of_section_5_answers_the_whole_lead() {
    let sandbox = sandbox(PROVIDER);
    let answer = write(&sandbox, "PATCH", &format!("/Leads/{FULL}?validation-level=2"), &section_5());
    assert_answer(&answer, 200, &done(&updated()));
    assert_answer(&get(&sandbox, &format!("/Leads/{FULL}")), 200, &done(&updated()));
    let named = with(updated(), json!({"lead_source": option(WEB, SOURCES, "Web", 8)}));
    assert_answer(&get(&sandbox, &format!("/Leads/{FULL}?expand=lead_source")), 200, &done(&named));
}

#[test]
fn over_a_socket_the_answers_are_the_same() {
    let sandbox = sandbox(PROVIDER);
    let body = section_5().to_string();
    let answer = over_the_wire(&sandbox, "PATCH", &format!("{ENTITIES}/Leads/{FULL}"), &[AUTH, JSON], &body);
    assert_answer(&answer, 200, &done(&updated()));
    assert_eq!(sandbox.log()[0].body, body);
    let answer = over_the_wire(&sandbox, "GET", &format!("{ENTITIES}/Leads/{FULL}"), &[], "");
    assert_eq!(
        (answer.status, answer.text(), answer.headers()),
        (401, "", vec![("www-authenticate", "Basic realm=\"restapi\"")])
    );
}

#[test]
fn a_read_shows_every_member_and_relations_as_addresses() {
    let sandbox = sandbox(PROVIDER);
    assert_answer(&get(&sandbox, &format!("/Leads/{FULL}")), 200, &done(&full()));
    assert_answer(&get(&sandbox, &format!("/Leads/{EMPTY}")), 200, &done(&empty()));
    let odd = get(&sandbox, &format!("/LeadOppties/{ODD}")).json()["data"].clone();
    assert_eq!(odd["name"], "Zoë O’Brien 👩🏽‍💻 \"quoted\" \\ العربية");
    assert_eq!(odd["description"], "e\u{301} is not é");
    assert_eq!(odd["created"], "2020-02-29 23:59:59.999999+00:00");
    assert_eq!(odd["qualify_date"], "2020-03-01 00:00:00.000000+00:00");
    assert_eq!(odd["primary_account"], uri("Accounts/0bc376a4-c579-413a-9221-e86e4a134777"));
    assert_eq!(odd["cf_seats"], 2_147_483_647);
}

#[test]
fn a_read_expands_what_it_is_asked_to_and_an_update_does_not() {
    let sandbox = sandbox(PROVIDER);
    let asked =
        get(&sandbox, &format!("/Leads/{FULL}?expand=owner,primary_account,primary_contact,contact_relations.contact"))
            .json();
    let lead = &asked["data"];
    assert_eq!((&lead["owner"]["email"], &lead["owner"]["id"]), (&json!("omer@sales.example"), &json!(OMER)));
    assert_eq!(
        (&lead["primary_account"]["name"], &lead["primary_account"]["id"]),
        (&json!("Smørrebrød & Søn"), &json!(DANES))
    );
    assert_eq!(lead["primary_contact"]["id"], ZOE);
    assert_eq!(lead["contact_relations"][0]["contact_id"], ZOE);
    assert_eq!(lead["lead_source"], full()["lead_source"], "what is not asked for stays an address");
    let bare = get(&sandbox, &format!("/Leads/{EMPTY}?expand=lead_source,primary_account")).json();
    assert_eq!((&bare["data"]["lead_source"], &bare["data"]["primary_account"]), (&Value::Null, &Value::Null));
    let answer = write(&sandbox, "PATCH", &format!("/Leads/{FULL}?expand=owner"), &json!({}));
    assert_eq!(answer.json()["data"]["owner"], full()["owner"]);
}

#[test]
fn the_list_of_leads_is_one_page_and_takes_filters() {
    let sandbox = sandbox(PROVIDER);
    assert_answer(&get(&sandbox, "/Leads?filter[name]=Empty%20lead"), 200, &list(&json!([empty()])));
    let all = get(&sandbox, "/Leads").json();
    let ids: Vec<&Value> = all["data"].as_array().expect("leads").iter().map(|lead| &lead["id"]).collect();
    assert_eq!(ids, [FULL, EMPTY, ODD]);
}

#[test]
fn every_field_is_written_and_cleared() {
    let sandbox = sandbox(PROVIDER);
    let values = json!({"description": "x", "is_archived": true, "label_flag": 4, "ranking": -1, "share_mode": 3, "revision": 9, "quick_email": "q@example.com", "quick_phone": "1",
        "quick_contact_name": "C", "quick_account_name": "A", "quick_account_phone": "2", "quick_account_email": "a@example.com", "reason_of_close_description": "r",
        "reason_of_close_id": "04444b3a-c669-03bc-2c49-bcd7f047d51a", "unit_id": "0b0b0b0b-0000-4000-8000-000000000001", "lead_type_id": "0c0c0c0c-0000-4000-8000-000000000002",
        "step_id": "0d0d0d0d-0000-4000-8000-000000000002", "cf_segment_id": OTHER_WEB, "cf_campaign": "é".repeat(255), "cf_notes": "n", "cf_seats": -2_147_483_648_i64,
        "cf_discount": 1.5, "cf_budget": 7, "cf_wants_demo": false, "cf_demo_day": "2026-02-28", "cf_billing_email": "b@example.com", "cf_direct_line": "+1",
        "cf_website": "http://x.example", "cf_interests": ["desks", "chairs"]});
    let answer = patch(&sandbox, EMPTY, &values);
    let computed = json!({"modified": "2026-07-09 12:52:46.570000+00:00", "revision": 1794,
        "lead_type": uri("LeadTypes/0c0c0c0c-0000-4000-8000-000000000002"), "step": uri("Steps/0d0d0d0d-0000-4000-8000-000000000002"),
        "reason_of_close": uri("Data/04444b3a-c669-03bc-2c49-bcd7f047d51a")});
    assert_answer(&answer, 200, &done(&with(with(empty(), values), computed)));
    let clearable = [
        "description",
        "is_archived",
        "label_flag",
        "ranking",
        "quick_email",
        "quick_phone",
        "lead_source_id",
        "reason_of_close_id",
        "lost_date",
        "cf_campaign",
        "cf_seats",
        "cf_discount",
        "cf_wants_demo",
        "cf_demo_day",
        "cf_demo_at",
        "cf_billing_email",
        "cf_website",
    ];
    let nulls: Value = clearable.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    let cleared = patch(
        &sandbox,
        FULL,
        &with(nulls, json!({"account_relations": [], "contact_relations": null, "cf_interests": null})),
    );
    assert_eq!(cleared.status, 200);
    let lead = cleared.json()["data"].clone();
    for name in clearable {
        assert_eq!(lead[name], Value::Null, "{name}");
    }
    assert_eq!(
        (&lead["lead_source"], &lead["primary_account"], &lead["account_relations"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
    assert_eq!(
        (&lead["primary_contact"], &lead["contact_relations"], &lead["cf_interests"]),
        (&Value::Null, &json!([]), &json!([]))
    );
}

#[test]
fn times_are_taken_in_several_forms_and_shown_in_one() {
    let sandbox = sandbox(PROVIDER);
    let cases = [
        ("2019-01-01T00:00:00", "2019-01-01 00:00:00.000000+00:00"),
        ("2019-01-01T00:00:00.000Z", "2019-01-01 00:00:00.000000+00:00"),
        ("2019-01-01T01:30:00+01:30", "2019-01-01 00:00:00.000000+00:00"),
        ("2019-02-01 07:41:49.529970+00:00", "2019-02-01 07:41:49.529970+00:00"),
    ];
    for (sent, shown) in cases {
        let lead = patch(&sandbox, FULL, &json!({"created": sent, "lost_date": sent, "cf_demo_at": sent})).json();
        let times = ["created", "lost_date", "cf_demo_at"].map(|name| lead["data"][name].clone());
        assert_eq!(times, [json!(shown), json!(shown), json!(shown)], "{sent}");
    }
}

#[test]
fn relations_keep_their_ids_and_one_is_primary() {
    let sandbox = sandbox(PROVIDER);
    let both = json!({"account_relations": [{"account_id": TECHCORP, "is_primary": true}, {"id": "0e0e0e0e-0000-4000-8000-000000000001"}]});
    let lead = patch(&sandbox, FULL, &both).json()["data"].clone();
    assert_eq!(lead["account_relations"], full()["account_relations"]);
    let primary = |lead: &str| {
        let rows =
            get(&sandbox, &format!("/LeadOpptyAccountRelations?filter[lead_oppty_id]={lead}&filter[is_primary]=true"))
                .json();
        rows["data"].as_array().expect("rows").iter().map(|row| row["account_id"].clone()).collect::<Vec<_>>()
    };
    // The second one was primary and says nothing new of it: the last that is primary stays so.
    assert_eq!(primary(FULL), [DANES]);
    let one = json!({"account_relations": [{"account_id": DANES, "is_primary": false}, {"account_id": TECHCORP, "is_primary": true}]});
    assert_eq!(
        patch(&sandbox, FULL, &one).json()["data"]["primary_account"],
        uri("Accounts/0bc376a4-c579-413a-9221-e86e4a134766")
    );
    assert_eq!(primary(FULL), [TECHCORP]);
    assert_eq!(primary(ODD), [DANES], "another lead's relations stay");
    let row = get(&sandbox, "/LeadOpptyAccountRelations/0e0e0e0e-0000-4000-8000-000000000002").json();
    assert_eq!(
        row["data"],
        json!({"id": "0e0e0e0e-0000-4000-8000-000000000002", "is_delete_protected": false, "is_deleted": false, "created": "2024-07-09 12:51:48.050108+00:00",
            "modified": "2026-07-09 12:52:47.570000+00:00", "account_id": TECHCORP, "lead_oppty_id": FULL, "is_primary": true, "revision": 1795})
    );
}

#[test]
fn relations_are_entities_of_their_own_too() {
    let sandbox = sandbox(PROVIDER);
    let made = write(
        &sandbox,
        "POST",
        "/LeadOpptyContactRelations",
        &json!({"contact_id": JANE, "is_primary": true, "lead_oppty_id": EMPTY}),
    );
    let id = "00000000-0000-4000-8000-000000000001";
    let relation = json!({"id": id, "is_delete_protected": false, "is_deleted": false, "created": "2026-07-09 12:52:46.570000+00:00", "modified": "2026-07-09 12:52:46.570000+00:00",
        "contact_id": JANE, "lead_oppty_id": EMPTY, "is_primary": true, "revision": 1794, "relationship": 0});
    assert_answer(&made, 201, &done(&relation));
    let lead = get(&sandbox, &format!("/Leads/{EMPTY}")).json();
    assert_eq!(lead["data"]["primary_contact"], uri("Contacts/0a31d4fd-1289-4326-ad1a-7dfa40c3ab48"));
    assert_eq!(lead["data"]["contact_relations"], json!([uri(&format!("LeadOpptyContactRelations/{id}"))]));
    let changed = write(
        &sandbox,
        "PATCH",
        &format!("/LeadOpptyContactRelations/{id}"),
        &json!({"is_primary": false, "relationship": 3}),
    );
    assert_eq!(
        (&changed.json()["data"]["is_primary"], &changed.json()["data"]["relationship"]),
        (&json!(false), &json!(3))
    );
    assert_eq!(get(&sandbox, &format!("/Leads/{EMPTY}")).json()["data"]["primary_contact"], Value::Null);
    let lacking =
        write(&sandbox, "POST", "/LeadOpptyAccountRelations", &json!({"is_primary": true, "lead_oppty_id": EMPTY}));
    assert_eq!((lacking.status, &lacking.json()["field_errors"][0]["field_name"]), (422, &json!("account_id")));
}

/// The refusal of one field of the full lead.
fn refusal(field: &str, id: &Value, name: &str, says: &str) -> Value {
    json!({"code": 40000, "name": "ERROR_ENTITY_VALIDATION", "message": format!("\n{says}"), "entity_id": FULL, "entity_name": "Lead",
        "entity_errors": [{"code": 119, "name": name, "message": says}],
        "field_errors": [{"field_id": id, "field_name": field, "name": "ERROR_FIELD_VALIDATION", "code": 40002,
            "errors": [{"code": 119, "name": name, "message": says, "field_id": id, "field_name": field}]}],
        "step_checklist_errors": [], "entity_index": null, "http_status": 422, "success": false})
}

#[test]
fn wrong_values_are_refused_by_field_and_change_nothing() {
    let sandbox = sandbox(PROVIDER);
    let before = sandbox.state()["collections"].clone();
    let invalid = |field: &str| ("ERROR_PARAMETER_INVALID", format!("Invalid value for field '{field}'."));
    let missing = |field: &str| ("ERROR_PARAMETER_MISSING", format!("Non-null field '{field}' is null or empty."));
    let fixed = |field: &str| ("ERROR_FIELD_READONLY", format!("Field '{field}' is read-only."));
    let nowhere =
        |field: &str| ("ERROR_RELATION_INVALID", format!("Related entity of field '{field}' does not exist."));
    let option =
        |field: &str, of: &str| ("ERROR_PARAMETER_INVALID", format!("Value of field '{field}' is not one of {of}."));
    let cases = [
        ("name", json!(null), missing("name")),
        ("name", json!(""), invalid("name")),
        ("name", json!(7), invalid("name")),
        ("owner_id", json!(null), missing("owner_id")),
        ("owner_id", json!("00000000-0000-0000-0000-000000000000"), nowhere("owner_id")),
        ("owner_id", json!({"id": NORA}), invalid("owner_id")),
        ("unit_id", json!(null), missing("unit_id")),
        ("lead_type_id", json!(null), missing("lead_type_id")),
        ("step_id", json!(null), missing("step_id")),
        ("cf_segment_id", json!(null), missing("cf_segment_id")),
        (
            "lead_source_id",
            json!("Web"),
            option(
                "lead_source_id",
                "04444b3a-c669-03bc-2c49-bcd7f047d41a,04444b3a-c669-03bc-2c49-bcd7f047d41b,04444b3a-c669-03bc-2c49-bcd7f047d41c",
            ),
        ),
        (
            "lead_source_id",
            json!(OTHER_WEB),
            option(
                "lead_source_id",
                "04444b3a-c669-03bc-2c49-bcd7f047d41a,04444b3a-c669-03bc-2c49-bcd7f047d41b,04444b3a-c669-03bc-2c49-bcd7f047d41c",
            ),
        ),
        ("created", json!(null), missing("created")),
        ("created", json!("yesterday"), invalid("created")),
        ("created", json!(1_720_529_508), invalid("created")),
        ("description", json!(["x"]), invalid("description")),
        ("is_archived", json!("true"), invalid("is_archived")),
        ("label_flag", json!(3), option("label_flag", "1,2,4")),
        ("share_mode", json!(4), option("share_mode", "0,1,2,3")),
        ("ranking", json!("high"), invalid("ranking")),
        ("ranking", json!(2_147_483_648_i64), invalid("ranking")),
        (
            "cf_campaign",
            json!("x".repeat(256)),
            ("ERROR_PARAMETER_INVALID", "Value of field 'cf_campaign' is longer than 255 characters.".to_owned()),
        ),
        ("cf_seats", json!(1.5), invalid("cf_seats")),
        ("cf_budget", json!("7"), invalid("cf_budget")),
        ("cf_demo_day", json!("2026-13-01"), invalid("cf_demo_day")),
        ("cf_billing_email", json!("nobody"), invalid("cf_billing_email")),
        ("cf_website", json!("acme"), invalid("cf_website")),
        ("cf_interests", json!("chairs"), invalid("cf_interests")),
        ("cf_interests", json!(["sofas"]), option("cf_interests", "chairs,desks")),
        ("account_relations", json!("x"), invalid("account_relations")),
        ("account_relations", json!([TECHCORP]), invalid("account_relations")),
        ("account_relations", json!([{"id": "1"}]), nowhere("account_relations")),
        ("id", json!(EMPTY), fixed("id")),
        ("modified", json!("2019-01-01T00:00:00"), fixed("modified")),
        ("status", json!(2), fixed("status")),
        ("qualify_date", json!("2019-01-01T00:00:00"), fixed("qualify_date")),
        ("lead_source", json!("Web"), fixed("lead_source")),
        ("primary_account", json!(TECHCORP), fixed("primary_account")),
        ("formatted_name", json!("x"), fixed("formatted_name")),
        ("tags", json!([]), fixed("tags")),
        ("cf_number", json!("L-1"), fixed("cf_number")),
    ];
    for (field, value, (name, says)) in cases {
        let answer = patch(&sandbox, FULL, &json!({"quick_email": "never stored", field: value}));
        let id = answer.json()["field_errors"][0]["field_id"].clone();
        assert_answer(&answer, 422, &refusal(field, &id, name, &says));
    }
    let child = patch(&sandbox, FULL, &json!({"account_relations": [{"account_id": "no"}]})).json();
    assert_eq!(
        child["field_errors"][0]["errors"][0]["message"],
        "Related entity of field 'account_id' does not exist."
    );
    let both = patch(&sandbox, FULL, &json!({"name": null, "status": 1})).json();
    assert_eq!(both["message"], "\nNon-null field 'name' is null or empty.\nField 'status' is read-only.");
    assert_eq!(both["field_errors"].as_array().map(Vec::len), Some(2));
    let unknown = json!({"code": 117, "name": "ERROR_PARAMETER_INVALID", "message": "Unknown field 'lead_status'.", "http_status": 400, "success": false});
    assert_answer(&patch(&sandbox, FULL, &json!({"lead_status": "x"})), 400, &unknown);
    assert_eq!(sandbox.state()["collections"], before, "a refused write changes nothing");
}

#[test]
fn an_update_checks_the_whole_lead_unless_it_says_otherwise() {
    let sandbox = sandbox(PROVIDER);
    let named = |query: &str| write(&sandbox, "PATCH", &format!("/Leads/{EMPTY}{query}"), &json!({"name": "N"}));
    for query in ["", "?validation-level=0", "?validation-level=8", "?validation-level=16"] {
        let answer = named(query);
        assert_eq!(
            (answer.status, &answer.json()["field_errors"][0]["field_name"]),
            (422, &json!("cf_segment_id")),
            "{query}"
        );
    }
    for query in ["?validation-level=2", "?validation-level=4", "?validation-level=10"] {
        assert_eq!(named(query).status, 200, "{query}");
    }
    let filled = patch(&sandbox, EMPTY, &json!({"cf_segment_id": OTHER_WEB}));
    assert_eq!(filled.status, 200, "a lead that has what it must have is taken");
}

#[test]
fn options_are_found_by_name_and_by_field() {
    let sandbox = sandbox(PROVIDER);
    let web = [option(WEB, SOURCES, "Web", 8), option(OTHER_WEB, SEGMENTS, "Web", 2)];
    assert_answer(&get(&sandbox, "/Data?filter[option_name]=Web"), 200, &list(&json!(web)));
    assert_answer(
        &get(
            &sandbox,
            "/Data?filter%5Boption_name%5D=Web&filter%5Bdata_set_id%5D=0a5d1f20-0000-4000-8000-00000000d501",
        ),
        200,
        &list(&json!([web[0]])),
    );
    assert_answer(&get(&sandbox, "/Data?filter[option_name]=Nothing"), 200, &list(&json!([])));
    assert_answer(&get(&sandbox, &format!("/Data/{WEB}")), 200, &done(&web[0]));
    let options = [
        web[0].clone(),
        option("04444b3a-c669-03bc-2c49-bcd7f047d41b", SOURCES, "Trade Show", 9),
        option("04444b3a-c669-03bc-2c49-bcd7f047d41c", SOURCES, "Empfehlung (Ñandú) 🦤", 10),
    ];
    let asked = get(&sandbox, "/Fields?filter[entity_name]=Lead&filter[api_name]=lead_source_id&expand=data_set");
    let id = asked.json()["data"][0]["id"].clone();
    let field = json!({"id": id, "is_delete_protected": true, "has_draft": false, "is_deleted": false, "entity_name": "Lead", "api_name": "lead_source_id", "name": "Lead Source", "translated_name": "Lead Source",
        "type_id": "dropdown", "system_required": false, "system_readonly": false, "system_type": 1, "is_published": true, "is_unique": false, "data_set_id": SOURCES, "data_set": options});
    assert_answer(&asked, 200, &list(&json!([field])));
    let unexpanded = get(&sandbox, "/Fields?filter[api_name]=lead_source_id").json();
    assert_eq!(unexpanded["data"][0]["data_set"], uri(&format!("Data?filter[data_set_id]={SOURCES}")));
    assert_answer(&get(&sandbox, "/Fields?filter[entity_name]=Account"), 200, &list(&json!([])));
    let own = get(&sandbox, "/Fields?filter[entity_name]=Lead&filter[type_id]=currency").json();
    assert_eq!(own["data"][0]["api_name"], "cf_budget");
}

#[test]
fn users_and_other_entities_are_read() {
    let sandbox = sandbox(PROVIDER);
    let name = |path: &str| get(&sandbox, path).json()["data"]["name"].clone();
    assert_eq!(name(&format!("/Clients/{NORA}")), "Nora Stein");
    assert_eq!(name(&format!("/Accounts/{TECHCORP}")), "TechCorp Ltd");
    assert_eq!(name("/LeadTypes/0c0c0c0c-0000-4000-8000-000000000002"), "Partner");
    assert_eq!(name("/Steps/0d0d0d0d-0000-4000-8000-000000000001"), "New");
    assert_eq!(name("/SalesUnits/0b0b0b0b-0000-4000-8000-000000000001"), "Europe");
    assert_eq!(get(&sandbox, &format!("/Contacts/{JANE}")).json()["data"]["formatted_name"], "Jane Roe");
    let found = get(&sandbox, "/Clients?filter[email]=omer@sales.example").json();
    assert_eq!((found["data"].as_array().map(Vec::len), &found["data"][0]["id"]), (Some(1), &json!(OMER)));
}

#[test]
fn missing_and_wrong_credentials_have_no_body() {
    let sandbox = sandbox(PROVIDER);
    let target = format!("{HOST}{ENTITIES}/Leads/{FULL}");
    let wrong = ("Authorization", "Basic dXNlcjpvdGhlcg==");
    let bearer = ("Authorization", "Bearer x");
    for headers in [vec![], vec![wrong], vec![bearer]] {
        let answer = send(&sandbox, "GET", &target, &headers, "");
        assert_eq!((answer.status, answer.text()), (401, ""));
        assert_eq!(answer.headers(), [("www-authenticate", "Basic realm=\"restapi\"")]);
    }
}

#[test]
fn wrong_requests_are_told_apart() {
    let sandbox = sandbox(PROVIDER);
    let none = json!({"code": 2001, "name": "ERROR_NOT_FOUND", "message": "Entity not found", "http_status": 404, "success": false});
    let router = |status: u16, message: &str| json!({"status": status, "message": message, "errorcode": status, "traceback": null});
    let bad = json!({"code": 117, "name": "ERROR_PARAMETER_INVALID", "message": "Missing or invalid JSON data.", "http_status": 400, "success": false});
    let nobody = "11111111-1111-4111-8111-111111111111";
    assert_answer(&get(&sandbox, &format!("/Leads/{nobody}")), 404, &none);
    assert_answer(&patch(&sandbox, nobody, &json!({"name": "N"})), 404, &none);
    assert_answer(&get(&sandbox, "/Leads/123"), 404, &router(404, "Not Found"));
    assert_answer(&patch(&sandbox, "123", &json!({"name": "N"})), 404, &router(404, "Not Found"));
    let target = format!("{HOST}{ENTITIES}/Leads/{FULL}");
    for body in ["", "{", "[]", "null"] {
        assert_answer(&send(&sandbox, "PATCH", &target, &[AUTH, JSON], body), 400, &bad);
    }
    let kind = json!({"code": 2006, "name": "ERROR_UNKNOWN_TYPE", "message": "cannot determine entity type from Contact", "http_status": 404, "success": false});
    assert_answer(&get(&sandbox, "/Contact"), 404, &kind);
    assert_answer(&get(&sandbox, &format!("/Contact/{JANE}")), 404, &kind);
    let space = send(&sandbox, "GET", &format!("{HOST}/api/v100/rest/spaces/other/entities/Leads"), &[AUTH], "");
    assert_answer(&space, 404, &router(404, "Not Found"));
    assert_answer(
        &send(&sandbox, "PATCH", &target, &[AUTH, ("Content-Type", "text/plain")], "{}"),
        415,
        &router(415, "Unsupported Media Type"),
    );
    let method = send(&sandbox, "PUT", &target, &[AUTH, JSON], "{}");
    assert_eq!((method.status, method.json()), (405, router(405, "Method Not Allowed")));
    assert_eq!(method.headers(), [("allow", "GET, PATCH"), ("content-type", "application/json")]);
    assert_answer(
        &send(&sandbox, "PATCH", &target, &[AUTH, JSON], &" ".repeat((1 << 20) + 1)),
        413,
        &router(413, "Payload Too Large"),
    );
}

#[test]
fn errors_that_no_request_provokes_are_injected() {
    let sandbox = sandbox(PROVIDER);
    let fail = |name: &str| {
        sandbox.fail_next(name, 1).unwrap();
        get(&sandbox, &format!("/Leads/{FULL}"))
    };
    assert_answer(
        &fail("server_error"),
        500,
        &json!({"code": 100, "name": "ERROR_INTERNAL", "message": "Unexpected error.", "http_status": 500, "success": false}),
    );
    assert_answer(
        &fail("forbidden"),
        403,
        &json!({"code": 120, "name": "ERROR_ACCESS_DENIED", "message": "You do not have permission to edit this entity.", "http_status": 403, "success": false}),
    );
    let limit = fail("too_many_requests");
    assert_eq!((limit.status, &limit.json()["name"]), (429, &json!("ERROR_TOO_MANY_REQUESTS")));
    assert!(limit.headers().contains(&("retry-after", "10")));
    let pages = ["bad_gateway", "unavailable"].map(|name| {
        let answer = fail(name);
        (answer.status, answer.text().to_owned())
    });
    assert_eq!(
        pages,
        [
            (502, "<html><body><h1>502 Bad Gateway</h1></body></html>".to_owned()),
            (503, "<html><body><h1>503 Service Unavailable</h1></body></html>".to_owned())
        ]
    );
}

#[test]
fn the_file_is_closed() {
    let child = refused(PROVIDER, r#"same = "account_id""#, r#"same = "account""#);
    assert!(child.contains("no field `account`; declared are account_id, created, id"), "{child}");
    let ask = refused(PROVIDER, r#"whole = { unless = "checks_less" }"#, r#"whole = { unless = "checks" }"#);
    assert!(ask.contains("no condition `checks`; declared are checks_less"), "{ask}");
    let over = refused(PROVIDER, r#""$as":"first""#, r#""$as":"last""#);
    assert!(over.contains("a list has `\"$as\": \"first\"` or `$join`"), "{over}");
}

#[test]
fn hostile_requests_are_answered_and_change_nothing() {
    // This lead lacks what it must have: an empty object, which is a write like any other, is refused.
    let lead = format!("{ENTITIES}/Leads/{EMPTY}");
    let relations = format!("{ENTITIES}/LeadOpptyAccountRelations");
    survives_hostile_requests(&sandbox(PROVIDER), &[AUTH], &[("PATCH", lead.as_str()), ("POST", relations.as_str())]);
}
