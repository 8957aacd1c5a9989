//! GraphQL, JSON inside a text, errors inside a good status.

use std::sync::Arc;

use mapwright_mapping::outcome::{Failure, Fate, LeafOutcome, Success};
use mapwright_mapping::patch::Violation;
use mapwright_mapping::plan::{Plan, Replies, RequestSpec, Run, StepKind};
use mapwright_mapping::provider::Class;
use serde_json::{Value, json};

use crate::run::{bound, drive, fault, load, lossy, planned, request, step, try_run, value};

const GET_ITEM: &str = include_str!("mappings/monday_crm/get_lead.graphql");
const UPDATE_ITEM: &str = include_str!("mappings/monday_crm/update_lead.graphql");
const GET_COLUMNS: &str = include_str!("mappings/monday_crm/columns.graphql");

#[test]
fn a_board_is_planned_with_holes_where_the_type_of_a_column_is_still_to_come() {
    let steps = vec![
        planned(step(StepKind::Table, "columns"), columns_request(), &[]),
        planned(
            step(StepKind::Write, "lead"),
            board_update(
                r#""lead_company":"{columns: lead_company}","date__1":"{columns: date__1}","button":"{columns: button}""#,
            ),
            &["columns: button", "columns: date__1", "columns: lead_company"],
        ),
    ];
    let plan = board_run("9876543210", &board_patch()).plan(&Replies::new());
    assert_eq!(plan, Plan { steps, outcomes: board_outcomes([Fate::Send; 3]), refusal: None });
}

#[test]
fn an_item_is_updated_and_read_in_one_request() {
    let (sent, result) = drive(
        &board_run("9876543210", &board_patch()),
        &[(StepKind::Table, "columns", 200, COLUMNS), (StepKind::Write, "lead", 200, UPDATED_ITEM)],
    );
    assert_eq!(
        sent,
        [
            (step(StepKind::Table, "columns"), columns_request()),
            (step(StepKind::Write, "lead"), board_update(r#""lead_company":"TechCorp Solutions","date__1":null"#),),
        ]
    );
    let mut outcomes = board_outcomes([Fate::Written, Fate::Written, Fate::ReadOnly]);
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.outcome == Fate::Send) {
        outcome.outcome = Fate::Written;
    }
    // The plus sign is gone: what was sent is not what the record shows.
    outcomes[7] = altered("/phone_numbers/0/number", json!("+12025550169"), json!("12025550169"));
    let button = outcomes.len() - 1;
    outcomes[button].reason = Some("the provider computes values of type `button`".to_owned());
    assert_eq!(
        result,
        Ok(Success {
            resource: json!({
                "id": "9876543210",
                "created_at": "2026-01-15T10:30:00Z",
                "custom_fields": { "lead_company": "TechCorp Solutions", "text": "VP of Engineering", "date__1": null },
                "email_addresses": [{ "email": "john.smith@techcorp.com", "type": "primary" }],
                "owner": { "id": "48202303" },
                "phone_numbers": [{ "number": "12025550169", "type": "phone" }],
                "status": "contacted",
                "title": "John Smith - TechCorp",
                "updated_at": "2026-11-20T08:12:45Z",
                "urls": [{ "url": "https://acme.monday.com/boards/2001047343/pulses/9876543210", "type": "record" }],
            }),
            remote: vec![("lead".to_owned(), value(UPDATED_ITEM))],
            outcomes,
            unread: vec![],
        })
    );
}

#[test]
fn a_text_is_cleared_by_the_empty_text_and_any_other_column_by_null() {
    let (sent, _) = drive(
        &board_run(
            "9876543210",
            &json!({"status": null, "email_addresses": [], "custom_fields": {"text": null, "date__1": null}}),
        ),
        &[(StepKind::Table, "columns", 200, COLUMNS), (StepKind::Write, "lead", 200, UPDATED_ITEM)],
    );
    assert_eq!(sent[1].1, update_request(r#""lead_status":null,"lead_email":null,"text":"","date__1":null"#));
}

#[test]
fn an_error_inside_a_good_status_names_its_field() {
    // The words are made up; the code is documented.
    let body = r#"{"data":{"change_multiple_column_values":null},"errors":[{"message":"User 48202303 is not on the board","path":["change_multiple_column_values"],"extensions":{"code":"InvalidUserIdException","status_code":200}}],"account_id":25228442}"#;
    let patch = json!({"status": "contacted", "owner": {"id": "48202303"}});
    let (sent, result) = drive(&board_run("9876543210", &patch), &[(StepKind::Write, "lead", 200, body)]);
    assert_eq!(sent.len(), 1);
    let words = "User 48202303 is not on the board";
    assert_eq!(
        result,
        Err(Failure {
            class: Class::Invalid,
            message: words.to_owned(),
            violations: vec![Violation::new(
                "/owner/id",
                "refused-by-provider",
                format!("the provider refuses `lead_owner`: {words}")
            )],
            fault: Some(Box::new(fault(Class::Invalid, 200, "InvalidUserIdException", words, &["lead_owner"]))),
            raw: Some(Box::new(value(body))),
            step: Some("write lead".to_owned()),
            done: vec![],
            outcomes: vec![
                LeafOutcome::new("/status", Fate::Rejected),
                LeafOutcome::new("/owner/id", Fate::Rejected).because(words)
            ],
        })
    );
}

#[test]
fn an_error_that_tells_only_the_type_of_a_column_names_no_field() {
    let body = r#"{"errors":[{"message":"invalid value - label does not exist in column. Please check our API documentation for the correct data structure for this column. https://developer.monday.com/api-reference/docs/change-column-values","locations":[{"line":1,"column":10}],"path":["change_column_value"],"extensions":{"code":"ColumnValueException","status_code":200,"error_data":{"column_type":"color"}}}]}"#;
    let (_, result) =
        drive(&board_run("9876543210", &json!({"status": "qualified"})), &[(StepKind::Write, "lead", 200, body)]);
    let words = value(body)["errors"][0]["message"].as_str().map(str::to_owned).expect("a message");
    assert_eq!(
        result,
        Err(Failure {
            class: Class::Invalid,
            message: words.clone(),
            violations: vec![],
            fault: Some(Box::new(fault(Class::Invalid, 200, "ColumnValueException", &words, &[]))),
            raw: Some(Box::new(value(body))),
            step: Some("write lead".to_owned()),
            done: vec![],
            outcomes: vec![LeafOutcome::new("/status", Fate::Rejected)],
        })
    );
}

#[test]
fn an_unknown_item_is_not_found_when_written_and_when_read() {
    let body = r#"{"data":{"change_multiple_column_values":null},"errors":[{"message":"Item not found","extensions":{"code":"ResourceNotFoundException"}}]}"#;
    let (_, written) = drive(&board_run("9876543211", &json!({"title": "A"})), &[(StepKind::Write, "lead", 200, body)]);
    assert_eq!(
        written,
        Err(Failure {
            class: Class::NotFound,
            message: "Item not found".to_owned(),
            violations: vec![],
            fault: Some(Box::new(fault(Class::NotFound, 200, "ResourceNotFoundException", "Item not found", &[]))),
            raw: Some(Box::new(value(body))),
            step: Some("write lead".to_owned()),
            done: vec![],
            outcomes: vec![LeafOutcome::new("/title", Fate::Rejected)],
        })
    );
    let loaded = load();
    let mapping = loaded.catalog.mapping("monday_crm", "crm/leads").expect("a mapping");
    let run =
        Run::get(Arc::clone(mapping), bound(mapping, &json!({"board_id": "2001047343"})), "9876543211").expect("a run");
    let (sent, read) = drive(&run, &[(StepKind::ReadBack, "lead", 200, r#"{"data":{"items":[]}}"#)]);
    assert_eq!(sent, [(step(StepKind::ReadBack, "lead"), graph_request(GET_ITEM, r#"{"itemIds":["9876543211"]}"#))]);
    let mut failure = Failure::new(Class::NotFound, "the provider has no record `9876543211`");
    failure.step = Some("read back lead".to_owned());
    assert_eq!(read, Err(failure));
}

#[test]
fn an_id_that_is_no_number_is_refused_before_anything_is_sent() {
    for id in ["lead", "12 or 1", "007", "1e3", ""] {
        let refused = try_run("monday_crm", &json!({"board_id": "2001047343"}), id, &json!({"title": "A"})).map(|_| ());
        assert_eq!(refused.map_err(|failure| failure.class), Err(Class::Invalid), "{id}");
    }
}

fn board_patch() -> Value {
    json!({
        "title": "John Smith - TechCorp",
        "status": "contacted",
        "owner": { "id": "48202303" },
        "created_at": "2026-01-15T10:30:00Z",
        "first_name": "John",
        "email_addresses": [{ "email": "john.smith@techcorp.com", "type": "primary" }],
        "phone_numbers": [
            { "number": "+12025550169", "type": "work", "extension": "7" },
            { "number": "+12025550170", "type": "mobile" },
        ],
        "custom_fields": { "lead_company": "TechCorp Solutions", "date__1": null, "button": "go" },
    })
}

/// The outcomes of `board_patch`; the given ones are those of its columns of the customer's own.
fn board_outcomes(columns: [Fate; 3]) -> Vec<LeafOutcome> {
    let no_slot = "no slot is left for `mobile`; the provider has phone";
    let [company, date, button] = columns;
    vec![
        LeafOutcome::new("/title", Fate::Send),
        LeafOutcome::new("/status", Fate::Send),
        LeafOutcome::new("/owner/id", Fate::Send),
        LeafOutcome::new("/created_at", Fate::ReadOnly).because("the provider sets it"),
        LeafOutcome::new("/first_name", Fate::Unsupported).because("the provider has no place for it"),
        LeafOutcome::new("/email_addresses/0/email", Fate::Send),
        LeafOutcome::new("/email_addresses/0/type", Fate::Send),
        LeafOutcome::new("/phone_numbers/0/number", Fate::Send),
        lossy("/phone_numbers/0/type", "the provider has one number and does not keep its type", "work", "phone"),
        LeafOutcome::new("/phone_numbers/0/extension", Fate::Unsupported)
            .because("slot `phone` has no place for `extension`"),
        LeafOutcome::new("/phone_numbers/1/number", Fate::NoSlot).because(no_slot),
        LeafOutcome::new("/phone_numbers/1/type", Fate::NoSlot).because(no_slot),
        LeafOutcome::new("/custom_fields/lead_company", company),
        LeafOutcome::new("/custom_fields/date__1", date),
        LeafOutcome::new("/custom_fields/button", button),
    ]
}

/// The update that `board_patch` becomes; `further` are the members for its columns of the customer's own.
fn board_update(further: &str) -> RequestSpec {
    let known = r#""name":"John Smith - TechCorp","lead_status":{"label":"Contacted"},"lead_owner":{"personsAndTeams":[{"id":48202303,"kind":"person"}]},"lead_email":{"email":"john.smith@techcorp.com","text":"john.smith@techcorp.com"},"lead_phone":{"phone":"+12025550169","countryShortName":"US"}"#;
    update_request(&format!("{known},{further}"))
}

const COLUMNS: &str = r#"{"data":{"boards":[{"columns":[{"id":"name","title":"Name","type":"name"},{"id":"lead_owner","title":"Owner","type":"people"},{"id":"lead_status","title":"Status","type":"status"},{"id":"button","title":"Create a contact","type":"button"},{"id":"lead_company","title":"Company","type":"text"},{"id":"text","title":"Title","type":"text"},{"id":"lead_email","title":"Email","type":"email"},{"id":"lead_phone","title":"Phone","type":"phone"},{"id":"date__1","title":"Last interaction","type":"date"}]}]},"account_id":25228442}"#;

const UPDATED_ITEM: &str = r#"{"data":{"change_multiple_column_values":{"id":"9876543210","name":"John Smith - TechCorp","state":"active","created_at":"2026-01-15T10:30:00Z","updated_at":"2026-11-20T08:12:45Z","url":"https://acme.monday.com/boards/2001047343/pulses/9876543210","board":{"id":"2001047343"},
"column_values":[
 {"id":"lead_owner","type":"people","text":"Jane Roe","value":"{\"personsAndTeams\":[{\"id\":48202303,\"kind\":\"person\"}]}","persons_and_teams":[{"id":"48202303","kind":"person"}]},
 {"id":"lead_status","type":"status","text":"Contacted","value":"{\"index\":2}","index":2,"label":"Contacted"},
 {"id":"lead_company","type":"text","text":"TechCorp Solutions","value":"\"TechCorp Solutions\""},
 {"id":"text","type":"text","text":"VP of Engineering","value":"\"VP of Engineering\""},
 {"id":"lead_email","type":"email","text":"john.smith@techcorp.com","value":"{\"email\":\"john.smith@techcorp.com\",\"text\":\"john.smith@techcorp.com\"}","email":"john.smith@techcorp.com","label":"john.smith@techcorp.com"},
 {"id":"lead_phone","type":"phone","text":"12025550169","value":"{\"phone\":\"12025550169\",\"countryShortName\":\"US\"}","phone":"12025550169","country_short_name":"US"},
 {"id":"date__1","type":"date","text":"","value":null,"date":"","time":""}]}},
"extensions":{"request_id":"4b706982-1004-4ea3-88fa-9b01cf46ef6f"},"account_id":25228442}"#;

fn board_run(id: &str, patch: &Value) -> Run {
    try_run("monday_crm", &json!({"board_id": "2001047343"}), id, patch).expect("a run")
}

fn graph_request(operation: &str, variables: &str) -> RequestSpec {
    let body = format!(r#"{{"query":{},"variables":{variables}}}"#, json!(operation));
    request("POST", "https://api.monday.com/v2", &[("API-Version", "2026-10")], Some(&body))
}

fn columns_request() -> RequestSpec {
    graph_request(GET_COLUMNS, r#"{"boardIds":["2001047343"]}"#)
}

/// The update of item 9876543210; `columns` are the members of the object inside the text.
fn update_request(columns: &str) -> RequestSpec {
    let inner = json!(format!("{{{columns}}}"));
    graph_request(UPDATE_ITEM, &format!(r#"{{"boardId":"2001047343","columnValues":{inner},"itemId":"9876543210"}}"#))
}

fn altered(pointer: &str, sent: Value, reads: Value) -> LeafOutcome {
    let why = "the provider's record shows another value than was sent";
    LeafOutcome { sent: Some(sent), reads: Some(reads), ..LeafOutcome::new(pointer, Fate::Altered).because(why) }
}
