//! Result codes in a good status, data centres, objects that are replaced whole.

use std::sync::Arc;

use mapwright_mapping::outcome::{Failure, Fate, LeafOutcome, Success};
use mapwright_mapping::patch::Violation;
use mapwright_mapping::plan::{Plan, Replies, RequestSpec, Run, StepKind};
use mapwright_mapping::provider::{Class, Fault};
use serde_json::{Value, json};

use crate::run::{bound, drive, fault, load, lossy, planned, request, step, try_run, value};

#[test]
fn a_data_centre_decides_both_hosts() {
    let loaded = load();
    let mapping = loaded.catalog.mapping("zoho_crm", "crm/leads").expect("a mapping");
    let refresh = mapping.provider.auth.get("oauth").and_then(|auth| auth.refresh.as_ref()).expect("a refresh");
    let hosts = |dc: &str| {
        let bound = bound(mapping, &json!({"dc": dc}));
        let check = refresh.host.as_ref().map(|host| (host.from.to_string(), bound.name(&host.must_be).into_owned()));
        (mapping.provider.base.render(&bound), refresh.url.render(&bound), check)
    };
    let of = |api: &str, token: &str| {
        (format!("https://{api}/crm/v8"), token.to_owned(), Some(("api_domain".to_owned(), api.to_owned())))
    };
    assert_eq!(hosts("us"), of("www.zohoapis.com", "https://accounts.zoho.com/oauth/v2/token"));
    assert_eq!(hosts("ca"), of("www.zohoapis.ca", "https://accounts.zohocloud.ca/oauth/v2/token"));
    // A refused refresh has status 200: the token itself is looked for.
    assert_eq!(
        (refresh.token.to_string(), refresh.failed.as_ref().map(ToString::to_string)),
        ("access_token".to_owned(), Some("error".to_owned()))
    );
}

#[test]
fn a_lead_is_planned_with_its_read_back() {
    let steps = vec![
        planned(step(StepKind::Table, "custom_fields"), get("/settings/fields?module=Leads"), &[]),
        planned(step(StepKind::Write, "lead"), put(LEAD_CHANGES), &[]),
        planned(step(StepKind::ReadBack, "lead"), get("/Leads/6493490000001504003"), &[]),
    ];
    let plan = lead_run(&lead_patch()).plan(&Replies::new());
    assert_eq!(plan, Plan { steps, outcomes: lead_outcomes(Fate::Send), refusal: None });
}

#[test]
fn a_lead_is_written_and_read_again() {
    let (sent, result) = drive(
        &lead_run(&lead_patch()),
        &[
            (
                StepKind::Table,
                "custom_fields",
                200,
                r#"{"fields":[{"api_name":"Industry","custom_field":false},{"api_name":"Tier","custom_field":true}]}"#,
            ),
            (StepKind::Write, "lead", 200, UPDATED_LEAD),
            (StepKind::ReadBack, "lead", 200, LEAD),
        ],
    );
    assert_eq!(
        sent,
        [
            (step(StepKind::Table, "custom_fields"), get("/settings/fields?module=Leads")),
            (step(StepKind::Write, "lead"), put(LEAD_CHANGES)),
            (step(StepKind::ReadBack, "lead"), get("/Leads/6493490000001504003")),
        ]
    );
    assert_eq!(
        result,
        Ok(Success {
            resource: json!({
                "id": "6493490000001504003",
                "addresses": [],
                "converted_account": null,
                "converted_at": null,
                "converted_contact": null,
                "created_at": "2024-12-20T07:09:52Z",
                "custom_fields": { "Tier": "Gold" },
                "description": "Design your own layouts",
                "email_addresses": [{ "email": "newcrmapi@zoho.com", "type": "primary" }],
                "first_name": "Patricia",
                "industry": "ASP",
                "last_activity_at": null,
                "last_name": "Boyle",
                "lead_source": "Advertisement",
                "name": "Patricia Boyle",
                "number_of_employees": 1791,
                "owner": { "id": "6493490000000486001" },
                "phone_numbers": [{ "number": "98883434559", "type": "phone" }],
                "status": "attempted to contact",
                "title": "CTO",
                "updated_at": "2025-01-10T10:22:08Z",
                "website": "crm.zoho.com",
            }),
            remote: vec![("lead".to_owned(), value(LEAD))],
            outcomes: lead_outcomes(Fate::Written),
            unread: vec![],
        })
    );
}

#[test]
fn no_value_is_spelled_in_the_providers_own_words() {
    let body = LEAD
        .replace("\"Lead_Source\":\"Advertisement\"", "\"Lead_Source\":\"-None-\"")
        .replace("\"Lead_Status\":\"Attempted to Contact\"", "\"Lead_Status\":\"On Hold\"");
    let loaded = load();
    let mapping = loaded.catalog.mapping("zoho_crm", "crm/leads").expect("a mapping");
    let run =
        Run::get(Arc::clone(mapping), bound(mapping, &json!({"dc": "us"})), "6493490000001504003").expect("a run");
    let (_, result) = drive(
        &run,
        &[(StepKind::ReadBack, "lead", 200, &body), (StepKind::Table, "custom_fields", 200, r#"{"fields":[]}"#)],
    );
    let resource = result.expect("a lead").resource;
    // An option that the table does not know is shown as it is.
    assert_eq!((&resource["lead_source"], &resource["status"]), (&json!(null), &json!("On Hold")));
}

#[test]
fn a_result_code_is_an_error_whatever_the_status() {
    let body = r#"{"data":[{"code":"INVALID_DATA","details":{"expected_data_type":"integer","api_name":"No_of_Employees","json_path":"$.data[0].No_of_Employees"},"message":"invalid data","status":"error"}]}"#;
    for status in [200, 202, 207, 400] {
        let patch = json!({"website": "crm.zoho.com", "number_of_employees": 1791});
        let (_, result) = drive(&lead_run(&patch), &[(StepKind::Write, "lead", status, body)]);
        let refused = "the provider refuses `No_of_Employees`: invalid data";
        assert_eq!(
            result,
            Err(Failure {
                class: Class::Invalid,
                message: "invalid data".to_owned(),
                violations: vec![Violation::new("/number_of_employees", "refused-by-provider", refused)],
                fault: Some(Box::new(fault(
                    Class::Invalid,
                    status,
                    "INVALID_DATA",
                    "invalid data",
                    &["No_of_Employees"]
                ))),
                raw: Some(Box::new(value(body))),
                step: Some("write lead".to_owned()),
                done: vec![],
                outcomes: vec![
                    LeafOutcome::new("/website", Fate::Rejected),
                    LeafOutcome::new("/number_of_employees", Fate::Rejected).because("invalid data"),
                ],
            }),
            "{status}"
        );
    }
}

#[test]
fn the_code_of_a_bad_value_with_an_id_is_a_lead_that_is_not_there() {
    let body = r#"{"data":[{"code":"INVALID_DATA","details":{"id":"5725767000000999999","resource_path_index":1},"message":"the id given seems to be invalid","status":"error"}]}"#;
    let (_, result) = drive(&lead_run(&json!({"website": "crm.zoho.com"})), &[(StepKind::Write, "lead", 400, body)]);
    let words = "the id given seems to be invalid";
    assert_eq!(
        result,
        Err(Failure {
            class: Class::NotFound,
            message: words.to_owned(),
            violations: vec![],
            fault: Some(Box::new(fault(Class::NotFound, 400, "INVALID_DATA", words, &[]))),
            raw: Some(Box::new(value(body))),
            step: Some("write lead".to_owned()),
            done: vec![],
            outcomes: vec![LeafOutcome::new("/website", Fate::Rejected)],
        })
    );
}

#[test]
fn a_read_without_a_body_is_a_lead_that_is_not_there() {
    let loaded = load();
    let mapping = loaded.catalog.mapping("zoho_crm", "crm/leads").expect("a mapping");
    let run =
        Run::get(Arc::clone(mapping), bound(mapping, &json!({"dc": "us"})), "5725767000000999999").expect("a run");
    let (_, result) = drive(&run, &[(StepKind::ReadBack, "lead", 204, "")]);
    let words = "the provider answered 204";
    let told = Fault { code: None, message: None, ..fault(Class::NotFound, 204, "", "", &[]) };
    let mut failure = Failure::new(Class::NotFound, words);
    failure.fault = Some(Box::new(told));
    failure.raw = Some(Box::new(json!({})));
    failure.step = Some("read back lead".to_owned());
    assert_eq!(result, Err(failure));
}

#[test]
fn a_refused_token_stands_at_the_top_of_the_answer() {
    let body = r#"{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}"#;
    let (_, result) = drive(&lead_run(&json!({"website": null})), &[(StepKind::Write, "lead", 401, body)]);
    let failure = result.expect_err("a refusal");
    assert_eq!(failure.fault, Some(Box::new(fault(Class::Auth, 401, "INVALID_TOKEN", "invalid oauth token", &[]))));
}

fn lead_patch() -> Value {
    json!({
        "description": "Design your own layouts",
        "industry": "ASP",
        "number_of_employees": 1791,
        "website": "crm.zoho.com",
        "owner": { "id": "6493490000000486001" },
        "title": "CTO",
        "lead_source": "Advertisement",
        "status": "attempted to contact",
        "name": "Pat Boyle",
        "phone_numbers": [{ "type": "work", "number": "98883434559" }],
        "addresses": [],
        "custom_fields": { "Tier": "Gold" },
    })
}

const LEAD_CHANGES: &str = r#"{"data":[{"Description":"Design your own layouts","Industry":"ASP","No_of_Employees":1791,"Website":"crm.zoho.com","Owner":{"id":"6493490000000486001"},"Designation":"CTO","Lead_Source":"Advertisement","Lead_Status":"Attempted to Contact","Phone":"98883434559","Mobile":null,"Fax":null,"City":null,"Country":null,"Zip_Code":null,"State":null,"Street":null,"Tier":"Gold"}],"trigger":["workflow"]}"#;

/// The outcomes of `lead_patch`, where what is clean is `clean`.
fn lead_outcomes(clean: Fate) -> Vec<LeafOutcome> {
    let plain = |pointer: &str| LeafOutcome::new(pointer, clean);
    vec![
        plain("/description"),
        plain("/industry"),
        plain("/number_of_employees"),
        plain("/website"),
        plain("/owner/id"),
        plain("/title"),
        plain("/lead_source"),
        plain("/status"),
        LeafOutcome::new("/name", Fate::ReadOnly).because("the provider joins it from the parts of the name"),
        plain("/phone_numbers/0/number"),
        lossy("/phone_numbers/0/type", "a work number reads back as phone", "work", "phone"),
        LeafOutcome::new("/phone_numbers", Fate::Emptied).because("slot `mobile` is not in the list"),
        LeafOutcome::new("/phone_numbers", Fate::Emptied).because("slot `fax` is not in the list"),
        plain("/addresses"),
        plain("/custom_fields/Tier"),
    ]
}

const UPDATED_LEAD: &str = r#"{"data":[{"code":"SUCCESS","details":{"Modified_Time":"2025-01-10T13:22:08+03:00","Modified_By":{"name":"Joseph K","id":"6493490000000486001"},"Created_Time":"2024-12-20T10:09:52+03:00","id":"6493490000001504003","Created_By":{"name":"Joseph K","id":"6493490000000486001"}},"message":"record updated","status":"success"}]}"#;

const LEAD: &str = r#"{"data":[{"Owner":{"name":"Joseph K","id":"6493490000000486001","email":"owner@example.com"},"Company":"Zylker","Email":"newcrmapi@zoho.com",
 "Description":"Design your own layouts","Industry":"ASP","No_of_Employees":1791,"Website":"crm.zoho.com","First_Name":"Patricia","Last_Name":"Boyle",
 "Full_Name":"Patricia Boyle","Designation":"CTO","Phone":"98883434559","Mobile":null,"Fax":null,"Lead_Source":"Advertisement","Lead_Status":"Attempted to Contact",
 "Street":null,"City":null,"State":null,"Zip_Code":null,"Country":null,"Created_Time":"2024-12-20T10:09:52+03:00","Modified_Time":"2025-01-10T13:22:08+03:00",
 "Last_Activity_Time":null,"Converted__s":false,"Tag":[],"Tier":"Gold","id":"6493490000001504003","$state":"save","$in_merge":false}]}"#;

fn lead_run(patch: &Value) -> Run {
    try_run("zoho_crm", &json!({"dc": "us", "triggers": ["workflow"]}), "6493490000001504003", patch).expect("a run")
}

fn get(path: &str) -> RequestSpec {
    request("GET", &format!("https://www.zohoapis.com/crm/v8{path}"), &[], None)
}

fn put(body: &str) -> RequestSpec {
    request("PUT", "https://www.zohoapis.com/crm/v8/Leads/6493490000001504003", &[], Some(body))
}
