//! The simulated `Zoho` CRM, against its facts sheet.

mod support;

use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, over_the_wire, refused, sandbox, send, survives_hostile_requests};

const PROVIDER: &str = "zoho_crm";
const HOST: &str = "https://www.zohoapis.com";
const LEAD: &str = "/crm/v8/Leads/6493490000001504003";
const EMPTY: &str = "/crm/v8/Leads/6493490000001504004";
const UNUSUAL: &str = "/crm/v8/Leads/9223372036854775807";
const CONVERTED: &str = "/crm/v8/Leads/6493490000001504005";
const UNKNOWN: &str = "/crm/v8/Leads/5725767000000999999";
const TOKEN: (&str, &str) = ("Authorization", "Zoho-oauthtoken 1000.sandbox-access-0");
const JSON: (&str, &str) = ("Content-Type", "application/json");
/// The time of the first write.
const WRITTEN: &str = "2025-01-10T13:22:08+03:00";

fn get(sandbox: &Sandbox, path: &str) -> Answer {
    send(sandbox, "GET", &format!("{HOST}{path}"), &[TOKEN], "")
}

/// A write of one record.
fn put(sandbox: &Sandbox, path: &str, changes: &Value) -> Answer {
    raw(sandbox, path, &json!({"data":[changes],"trigger":["workflow"]}).to_string())
}

fn raw(sandbox: &Sandbox, path: &str, body: &str) -> Answer {
    send(sandbox, "PUT", &format!("{HOST}{path}"), &[TOKEN, JSON], body)
}

#[track_caller]
fn assert_answer(answer: &Answer, status: u16, body: &Value) {
    assert_eq!((answer.status, answer.json()), (status, body.clone()));
    assert_eq!(answer.headers(), [("content-type", "application/json")]);
}

/// An error of the request.
fn top(code: &str, details: &Value, message: &str) -> Value {
    json!({"code":code,"details":details,"message":message,"status":"error"})
}

/// An error of the record.
fn own(code: &str, details: &Value, message: &str) -> Value {
    json!({"data":[top(code, details, message)]})
}

fn joseph() -> Value {
    json!({"name":"Joseph K","id":"6493490000000486001","email":"owner@example.com"})
}

fn zoe() -> Value {
    json!({"name":"Zoë Ångström","id":"6493490000000486002","email":"zoe@example.com"})
}

/// Every field of a lead that has nothing but what it must have.
fn empty() -> Value {
    let mut lead = json!({"Owner":joseph(),"Company":"Unknown","Last_Name":"Lind","Full_Name":"Lind","Email_Opt_Out":false,"Wants_Demo":false,"Interests":[],"Tag":[],
        "Created_Time":"2025-01-02T00:00:00+03:00","Modified_Time":"2025-01-02T00:00:00+03:00","Created_By":joseph(),"Modified_By":joseph(),
        "Converted__s":false,"id":"6493490000001504004","$state":"save","$in_merge":false});
    let without = [
        "First_Name",
        "Designation",
        "Salutation",
        "Email",
        "Secondary_Email",
        "Phone",
        "Mobile",
        "Fax",
        "Website",
        "Twitter",
        "Skype_ID",
        "Description",
        "Industry",
        "No_of_Employees",
        "Annual_Revenue",
        "Rating",
        "Lead_Source",
        "Lead_Status",
        "Street",
        "City",
        "State",
        "Zip_Code",
        "Country",
        "Last_Activity_Time",
        "Converted_Date_Time",
        "Converted_Account",
        "Converted_Contact",
        "Converted_Deal",
        "Campaign_Code",
        "Reference_No",
        "Site_Notes",
        "Seat_Count",
        "Legacy_Number",
        "Discount",
        "Budget",
        "Demo_Date",
        "Call_At",
        "Region",
        "Partner",
    ];
    for name in without {
        lead[name] = Value::Null;
    }
    lead
}

fn with(mut record: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        record[name] = value.clone();
    }
    record
}

fn full() -> Value {
    let own = json!({"Company":"Zylker","Email":"newcrmapi@zoho.com","Secondary_Email":"patricia@example.org","Description":"Design your own layouts","Industry":"ASP","No_of_Employees":1791,
        "Website":"crm.zoho.com","First_Name":"Patricia","Last_Name":"Boyle","Full_Name":"Patricia Boyle","Salutation":"Mrs.","Designation":"CTO","Phone":"98883434559","Mobile":"+1 555 0100",
        "Fax":"+1 555 0199","Lead_Source":"Advertisement","Lead_Status":"Attempted to Contact","Rating":"Active","Annual_Revenue":1_250_000.5,"Street":"4900 Hopyard Rd","City":"Pleasanton",
        "State":"CA","Zip_Code":"94588","Country":"U.S.A.","Twitter":"zylker","Skype_ID":"zylker.live"});
    let custom = json!({"Campaign_Code":"SPRING-25","Reference_No":"R-1001","Site_Notes":"Two floors.\nLift on the left.","Seat_Count":12,"Legacy_Number":"900719925474099312",
        "Discount":2.5,"Budget":5000,"Wants_Demo":true,"Demo_Date":"2025-02-01","Call_At":"2025-02-01T09:30:00+03:00","Region":"North","Interests":["Chairs","Lamps; all kinds"],
        "Partner":{"name":"Harbour Clinics","id":"6493490000000700001"}});
    let marks = json!({"Created_Time":"2024-12-20T10:09:52+03:00","Modified_Time":"2025-01-10T13:13:14+03:00","Modified_By":zoe(),"Last_Activity_Time":"2025-01-09T18:00:00+03:00",
        "Tag":[{"name":"fair","id":"6493490000000900001","color_code":null}],"id":"6493490000001504003"});
    [own, custom, marks].iter().fold(empty(), with)
}

fn found(record: &Value) -> Value {
    json!({"data":[record]})
}

/// The lead after the first write.
fn written(record: Value, changes: &Value) -> Value {
    found(&with(with(record, changes), &json!({"Modified_Time":WRITTEN,"Modified_By":joseph()})))
}

/// The result of the first write of the full lead.
fn updated() -> Value {
    let joseph = json!({"name":"Joseph K","id":"6493490000000486001"});
    json!({"data":[{"code":"SUCCESS","details":{"Modified_Time":WRITTEN,"Modified_By":joseph,"Created_Time":"2024-12-20T10:09:52+03:00","id":"6493490000001504003","Created_By":joseph,
        "$approval_state":"approved"},"message":"record updated","status":"success"}]})
}

/// Writes to a lead and reads what has become of it.
#[track_caller]
fn assert_written(path: &str, before: Value, changes: &Value, stored: &Value) {
    let sandbox = sandbox(PROVIDER);
    let answer = put(&sandbox, path, changes);
    assert_eq!((answer.status, &answer.json()["data"][0]["code"]), (200, &json!("SUCCESS")), "{}", answer.text());
    assert_answer(&get(&sandbox, path), 200, &written(before, stored));
}

#[test]
fn the_exchange_of_section_5_answers_as_the_sheet_says() {
    let sandbox = sandbox(PROVIDER);
    let changes = json!({"Description":"Design your own layouts","Industry":"ASP","No_of_Employees":1791,"Website":"crm.zoho.com"});
    assert_answer(&put(&sandbox, LEAD, &changes), 200, &updated());
    assert_answer(&get(&sandbox, LEAD), 200, &written(full(), &changes));
}

#[test]
fn over_a_socket_the_answers_are_the_same() {
    let sandbox = sandbox(PROVIDER);
    let body = r#"{"data":[{"City":"Zürich"}],"trigger":[]}"#;
    assert_answer(&over_the_wire(&sandbox, "PUT", LEAD, &[TOKEN, JSON], body), 200, &updated());
    let answer = over_the_wire(&sandbox, "GET", LEAD, &[TOKEN], "");
    assert_answer(&answer, 200, &written(full(), &json!({"City":"Zürich"})));
    let missing = over_the_wire(&sandbox, "GET", UNKNOWN, &[TOKEN], "");
    assert_eq!((missing.status, missing.text(), missing.headers()), (204, "", vec![]));
}

#[test]
fn a_read_shows_every_field_or_those_that_are_asked_for() {
    let sandbox = sandbox(PROVIDER);
    assert_answer(&get(&sandbox, LEAD), 200, &found(&full()));
    assert_answer(&get(&sandbox, EMPTY), 200, &found(&empty()));
    let some = get(&sandbox, &format!("{LEAD}?fields=Last_Name,Owner,Region,Nothing"));
    let expected = json!({"Last_Name":"Boyle","Owner":joseph(),"Region":"North","id":"6493490000001504003"});
    assert_answer(&some, 200, &found(&expected));
}

#[test]
fn unusual_letters_and_a_long_id_stay_as_they_are() {
    let unusual = with(
        empty(),
        &json!({"Owner":zoe(),"Company":"株式会社サンプル","Last_Name":"Ó Súilleabháin","First_Name":"Łukasz 🦊","Full_Name":"Łukasz 🦊 Ó Súilleabháin",
            "Description":"e\u{301}\u{200b} \"quoted\" \\ \t\u{202e}مرحبا","Industry":"Énergie","No_of_Employees":0,"Street":"東京都千代田区","Email_Opt_Out":true,"Annual_Revenue":0,
            "Lead_Source":"X (Twitter)","Legacy_Number":"1","Created_Time":"2024-02-29T23:59:59+03:00","Modified_Time":"2024-02-29T23:59:59+03:00","Created_By":zoe(),"Modified_By":zoe(),
            "id":"9223372036854775807"}),
    );
    assert_answer(&get(&sandbox(PROVIDER), UNUSUAL), 200, &found(&unusual));
    let changes = json!({"City":"São Paulo 🏙","Description":"\u{2028}ﬀ"});
    assert_written(UNUSUAL, unusual, &changes, &changes);
}

#[test]
fn a_converted_lead_shows_what_it_became() {
    let lead = get(&sandbox(PROVIDER), CONVERTED).json()["data"][0].clone();
    let converted = ["Converted__s", "Converted_Date_Time", "Converted_Account", "Converted_Contact", "Converted_Deal"]
        .map(|name| lead[name].clone());
    assert_eq!(
        converted,
        [
            json!(true),
            json!("2024-11-05T08:00:00+03:00"),
            json!({"name":"Harbour Clinics","id":"6493490000000700001"}),
            json!({"name":"Ruth Amari","id":"6493490000000800001"}),
            json!({"name":"Harbour Clinics-","id":"6493490000000850001"}),
        ]
    );
}

#[test]
fn every_writable_field_is_written() {
    let own = json!({"Company":"Lindwerk","First_Name":"Oskar","Last_Name":"Lind","Designation":"CEO","Salutation":"Mr.","Email":"oskar@example.net","Secondary_Email":"o@example.net","Phone":"1",
        "Mobile":"2","Fax":"3","Website":"https://lindwerk.example","Twitter":"lindwerk","Skype_ID":"oskar","Description":"Chairs","Industry":"Manufacturing","No_of_Employees":0,"Annual_Revenue":1.25,
        "Rating":"Acquired","Lead_Source":"Web Research","Lead_Status":"Contacted","Street":"Storgatan 1","City":"Stockholm","State":"Stockholms län","Zip_Code":"111 22","Country":"Sverige",
        "Email_Opt_Out":true});
    let custom = json!({"Campaign_Code":"AUTUMN-25","Reference_No":"R-2000","Site_Notes":"One floor.","Seat_Count":-1,"Legacy_Number":"7","Discount":0,"Budget":0.5,"Wants_Demo":false,
        "Demo_Date":"2025-03-01","Region":"South","Interests":["Desks"]});
    let plain = with(own, &custom);
    let objects = json!({"Owner":{"id":"6493490000000486002"},"Partner":{"id":"6493490000000700002"},"Call_At":"2025-03-01T22:00:00Z"});
    let shown = json!({"Owner":zoe(),"Partner":{"name":"Lindwerk & Söhne","id":"6493490000000700002"},"Call_At":"2025-03-02T01:00:00+03:00","Full_Name":"Oskar Lind"});
    let changes = with(plain.clone(), &objects);
    assert_written(LEAD, full(), &changes, &with(plain.clone(), &shown));
    assert_written(EMPTY, empty(), &changes, &with(plain, &shown));
}

#[test]
fn a_write_changes_what_it_names_and_the_marks_of_the_write() {
    assert_written(LEAD, full(), &json!({}), &json!({}));
    assert_written(LEAD, full(), &json!({"id":"6493490000001504003","Seat_Count":13}), &json!({"Seat_Count":13}));
    assert_written(LEAD, full(), &json!({"First_Name":null}), &json!({"First_Name":null,"Full_Name":"Boyle"}));
    let answer = raw(&sandbox(PROVIDER), LEAD, r#"{"data":[{"City":"Bern"}]}"#);
    assert_answer(&answer, 200, &updated());
}

#[test]
fn null_an_empty_text_and_none_clear() {
    let names = [
        "First_Name",
        "Designation",
        "Salutation",
        "Email",
        "Secondary_Email",
        "Phone",
        "Mobile",
        "Fax",
        "Website",
        "Twitter",
        "Skype_ID",
        "Description",
        "Industry",
        "No_of_Employees",
        "Annual_Revenue",
        "Rating",
        "Lead_Source",
        "Lead_Status",
        "Street",
        "City",
        "State",
        "Zip_Code",
        "Country",
        "Campaign_Code",
        "Reference_No",
        "Site_Notes",
        "Seat_Count",
        "Legacy_Number",
        "Discount",
        "Budget",
        "Demo_Date",
        "Call_At",
        "Region",
        "Interests",
        "Partner",
    ];
    let all = |value: Value| Value::Object(names.iter().map(|name| ((*name).to_owned(), value.clone())).collect());
    let cleared = with(all(Value::Null), &json!({"Full_Name":"Boyle"}));
    assert_written(LEAD, full(), &all(Value::Null), &cleared);
    assert_written(LEAD, full(), &all(json!("")), &cleared);
    let none = json!({"Salutation":"-None-","Industry":"-None-","Rating":"-None-","Lead_Source":"-None-","Lead_Status":"-None-","Region":"-None-","Interests":[]});
    let cleared = json!({"Salutation":null,"Industry":null,"Rating":null,"Lead_Source":null,"Lead_Status":null,"Region":null,"Interests":[]});
    assert_written(LEAD, full(), &none, &cleared);
}

#[test]
fn mandatory_fields_cannot_be_cleared() {
    let sandbox = sandbox(PROVIDER);
    for name in ["Last_Name", "Company", "Owner"] {
        for nothing in [json!(null), json!("")] {
            let details = json!({"api_name":name,"json_path":format!("$.data[0].{name}")});
            let expected = own("MANDATORY_NOT_FOUND", &details, "required field not found");
            assert_answer(&put(&sandbox, LEAD, &json!({name:nothing})), 400, &expected);
        }
    }
    assert_answer(&get(&sandbox, LEAD), 200, &found(&full()));
}

#[test]
fn wrong_types_are_told_with_the_type_that_is_expected() {
    let sandbox = sandbox(PROVIDER);
    let cases = [
        ("No_of_Employees", json!("1791"), "integer"),
        ("No_of_Employees", json!(1.5), "integer"),
        ("No_of_Employees", json!(2_147_483_648_u32), "integer"),
        ("Annual_Revenue", json!("12"), "double"),
        ("Email_Opt_Out", json!("true"), "boolean"),
        ("Description", json!(7), "string"),
        ("Email", json!(true), "email"),
        ("Lead_Source", json!(["Chat"]), "string"),
        ("Owner", json!("6493490000000486002"), "jsonobject"),
        ("Owner", json!({"name":"Zoë"}), "jsonobject"),
        ("Owner", json!({"id":6_493_490_000_000_486_002_u64}), "jsonobject"),
        ("Seat_Count", json!("12"), "integer"),
        ("Legacy_Number", json!(7), "bigint"),
        ("Discount", json!(true), "double"),
        ("Demo_Date", json!("01.02.2025"), "date"),
        ("Call_At", json!("tomorrow"), "datetime"),
        ("Interests", json!("Chairs"), "jsonarray"),
        ("Interests", json!(["Chairs", 1]), "jsonarray"),
        ("Partner", json!("6493490000000700002"), "jsonobject"),
    ];
    for (name, value, kind) in cases {
        let details = json!({"expected_data_type":kind,"api_name":name,"json_path":format!("$.data[0].{name}")});
        let answer = put(&sandbox, LEAD, &json!({name:value}));
        assert_answer(&answer, 400, &own("INVALID_DATA", &details, "invalid data"));
    }
    assert_answer(&get(&sandbox, LEAD), 200, &found(&full()));
}

#[test]
fn other_wrong_values_are_told_by_their_code() {
    let sandbox = sandbox(PROVIDER);
    let mismatch = "Please check whether the input values are correct";
    let cases = [
        ("Lead_Source", json!("Word of Mouth"), "INVALID_DATA", "invalid data"),
        ("Lead_Status", json!("contacted"), "INVALID_DATA", "invalid data"),
        ("Industry", json!("Énergie "), "INVALID_DATA", "invalid data"),
        ("Interests", json!(["Chairs", "Sofas"]), "INVALID_DATA", "invalid data"),
        ("Nothing", json!("x"), "INVALID_DATA", "invalid data"),
        ("description", json!("x"), "INVALID_DATA", "invalid data"),
        ("Email", json!("nobody"), "PATTERN_NOT_MATCHED", mismatch),
        ("Legacy_Number", json!("seven"), "PATTERN_NOT_MATCHED", mismatch),
        ("Demo_Date", json!("1738368000000"), "PATTERN_NOT_MATCHED", mismatch),
        ("Reference_No", json!("r-1002"), "DUPLICATE_DATA", "duplicate data"),
        ("Full_Name", json!("Ada"), "NOT_ALLOWED", "the field is read only"),
        ("Created_Time", json!("2025-01-01T00:00:00Z"), "NOT_ALLOWED", "the field is read only"),
        ("Modified_Time", json!(null), "NOT_ALLOWED", "the field is read only"),
        ("Modified_By", json!({"id":"6493490000000486001"}), "NOT_ALLOWED", "the field is read only"),
        ("Last_Activity_Time", json!(null), "NOT_ALLOWED", "the field is read only"),
        ("Converted__s", json!(true), "NOT_ALLOWED", "the field is read only"),
        ("Converted_Account", json!({"id":"6493490000000700002"}), "NOT_ALLOWED", "the field is read only"),
        ("Tag", json!([]), "NOT_ALLOWED", "the field is read only"),
        ("id", json!("6493490000001504004"), "NOT_ALLOWED", "the field is read only"),
    ];
    for (name, value, code, message) in cases {
        let details = json!({"api_name":name,"json_path":format!("$.data[0].{name}")});
        let answer = put(&sandbox, LEAD, &json!({name:value,"City":"Bern"}));
        assert_answer(&answer, 400, &own(code, &details, message));
    }
    for name in ["Owner", "Partner"] {
        let details = json!({"api_name":name,"json_path":format!("$.data[0].{name}.id")});
        let answer = put(&sandbox, LEAD, &json!({name:{"id":"6493490000000999999"}}));
        assert_answer(&answer, 400, &own("INVALID_DATA", &details, "the id given seems to be invalid"));
    }
    let long = put(&sandbox, LEAD, &json!({"Last_Name":"x".repeat(81)}));
    let details = json!({"maximum_length":80,"api_name":"Last_Name","json_path":"$.data[0].Last_Name"});
    assert_answer(&long, 400, &own("INVALID_DATA", &details, "invalid data"));
    assert_answer(&get(&sandbox, LEAD), 200, &found(&full()));
}

#[test]
fn an_unknown_id_is_a_refusal_to_write_and_an_empty_read() {
    let sandbox = sandbox(PROVIDER);
    let details = json!({"id":"5725767000000999999","resource_path_index":1});
    let unknown = own("INVALID_DATA", &details, "the id given seems to be invalid");
    assert_answer(&put(&sandbox, UNKNOWN, &json!({"City":"Bern"})), 400, &unknown);
    let nothing = get(&sandbox, UNKNOWN);
    assert_eq!((nothing.status, nothing.text(), nothing.headers()), (204, "", vec![]));
    let invalid = top("INVALID_DATA", &json!({"resource_path_index":1}), "the id given seems to be invalid");
    for id in ["1", "abc", "64934900000015040031"] {
        assert_answer(&get(&sandbox, &format!("/crm/v8/Leads/{id}")), 400, &invalid);
        assert_answer(&put(&sandbox, &format!("/crm/v8/Leads/{id}"), &json!({})), 400, &invalid);
    }
}

#[test]
fn a_lead_that_was_changed_since_is_not_written() {
    let sandbox = sandbox(PROVIDER);
    let write = |since: &str| {
        let headers = [TOKEN, JSON, ("If-Unmodified-Since", since)];
        send(&sandbox, "PUT", &format!("{HOST}{LEAD}"), &headers, r#"{"data":[{"City":"Bern"}]}"#)
    };
    let details = json!({"id":"6493490000001504003"});
    let changed = own("ALREADY_MODIFIED", &details, "the record has been modified since");
    assert_answer(&write("2025-01-10T13:13:13+03:00"), 412, &changed);
    assert_answer(&write("2025-01-10T10:13:14Z"), 200, &updated());
    assert_answer(&write("2025-01-10T10:13:14Z"), 412, &changed);
}

#[test]
fn fields_tell_which_are_custom_and_what_picklists_hold() {
    let sandbox = sandbox(PROVIDER);
    let answer = get(&sandbox, "/crm/v8/settings/fields?module=Leads");
    assert_eq!(answer.status, 200);
    let fields = answer.json()["fields"].as_array().unwrap().clone();
    let named = |name: &str| fields.iter().find(|field| field["api_name"] == name).cloned().unwrap();
    let option = |value: &str| json!({"display_value":value,"actual_value":value});
    assert_eq!(
        named("Region"),
        json!({"api_name":"Region","field_label":"Region","data_type":"picklist","custom_field":true,"read_only":false,"system_mandatory":false,"length":null,
            "pick_list_values":[option("-None-"),option("North"),option("South")]})
    );
    assert_eq!(
        named("Last_Name"),
        json!({"api_name":"Last_Name","field_label":"Last Name","data_type":"text","custom_field":false,"read_only":false,"system_mandatory":true,"length":80,"pick_list_values":[]})
    );
    assert_eq!(
        named("Industry")["pick_list_values"][1],
        json!({"display_value":"ASP (Application Service Provider)","actual_value":"ASP"})
    );
    assert_eq!(named("Lead_Source")["pick_list_values"].as_array().map(Vec::len), Some(17));
    assert_eq!(named("Created_Time")["read_only"], json!(true));
    let custom: Vec<(&str, &str)> = fields
        .iter()
        .filter(|field| field["custom_field"] == true)
        .map(|field| (field["api_name"].as_str().unwrap(), field["data_type"].as_str().unwrap()))
        .collect();
    assert_eq!(
        custom,
        [
            ("Budget", "currency"),
            ("Call_At", "datetime"),
            ("Campaign_Code", "text"),
            ("Demo_Date", "date"),
            ("Discount", "double"),
            ("Interests", "multiselectpicklist"),
            ("Legacy_Number", "bigint"),
            ("Partner", "lookup"),
            ("Reference_No", "text"),
            ("Region", "picklist"),
            ("Seat_Count", "integer"),
            ("Site_Notes", "textarea"),
            ("Wants_Demo", "boolean")
        ]
    );
    let needed = |name: &str| {
        top("REQUIRED_PARAM_MISSING", &json!({"param_name":name}), "One of the expected parameter is missing")
    };
    assert_answer(&get(&sandbox, "/crm/v8/settings/fields"), 400, &needed("module"));
    let module = top("INVALID_MODULE", &json!({"param_name":"module"}), "the module name given seems to be invalid");
    assert_answer(&get(&sandbox, "/crm/v8/settings/fields?module=Nothing"), 400, &module);
    assert_answer(&get(&sandbox, "/crm/v8/Leads"), 400, &needed("fields"));
    let list = get(&sandbox, "/crm/v8/Leads?fields=Last_Name");
    let row = |name: &str, id: &str| json!({"Last_Name":name,"id":id});
    let rows = [
        row("Boyle", "6493490000001504003"),
        row("Lind", "6493490000001504004"),
        row("Amari", "6493490000001504005"),
        row("Ó Súilleabháin", "9223372036854775807"),
    ];
    assert_answer(&list, 200, &json!({"data":rows,"info":{"page":1,"more_records":false}}));
    let users = json!({"users":[{"id":"6493490000000486001","name":"Joseph K","email":"owner@example.com"},{"id":"6493490000000486002","name":"Zoë Ångström","email":"zoe@example.com"}]});
    assert_answer(&get(&sandbox, "/crm/v8/users"), 200, &users);
}

#[test]
fn callers_without_a_good_token_are_told_why() {
    let sandbox = sandbox(PROVIDER);
    let ask = |headers: &[(&str, &str)]| send(&sandbox, "GET", &format!("{HOST}{LEAD}"), headers, "");
    let invalid = top("INVALID_TOKEN", &json!({}), "invalid oauth token");
    assert_answer(&ask(&[]), 401, &top("AUTHENTICATION_FAILURE", &json!({}), "Authentication failed"));
    assert_answer(&ask(&[("Authorization", "Zoho-oauthtoken other")]), 401, &invalid);
    assert_answer(&ask(&[("Authorization", "Bearer 1000.sandbox-access-0")]), 401, &invalid);
    assert_answer(&ask(&[TOKEN]), 200, &found(&full()));
    sandbox.expire_tokens();
    assert_answer(&ask(&[TOKEN]), 401, &invalid);
}

#[test]
fn the_token_endpoint_tells_errors_in_a_200() {
    let sandbox = sandbox(PROVIDER);
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let ask = |body: &str| send(&sandbox, "POST", "https://accounts.zoho.com/oauth/v2/token", &[kind], body);
    let good = "grant_type=refresh_token&client_id=1000.SANDBOXCLIENT&client_secret=sandbox-client-secret&refresh_token=1000.sandbox-refresh-0";
    for number in 1..=2 {
        let token = json!({"access_token":format!("1000.sandbox-access-{number}"),"scope":"ZohoCRM.modules.ALL ZohoCRM.settings.fields.READ",
            "api_domain":"https://www.zohoapis.com","token_type":"Bearer","expires_in":3600});
        assert_answer(&ask(good), 200, &token);
    }
    let fresh = ("Authorization", "Zoho-oauthtoken 1000.sandbox-access-2");
    assert_answer(&send(&sandbox, "GET", &format!("{HOST}{LEAD}"), &[fresh], ""), 200, &found(&full()));
    let wrong = [
        (good.replace("sandbox-client-secret", "other"), "invalid_client"),
        (good.replace("refresh-0", "refresh-1"), "invalid_code"),
        (good.replace("grant_type=refresh_token", "grant_type=password"), "invalid_grant"),
        (String::new(), "invalid_grant"),
    ];
    for (body, error) in wrong {
        assert_answer(&ask(&body), 200, &json!({"error":error}));
    }
}

#[test]
fn wrong_requests_are_told_apart() {
    let sandbox = sandbox(PROVIDER);
    let no_json = top("INVALID_DATA", &json!({"expected_data_type":"jsonobject"}), "body");
    let no_data =
        top("MANDATORY_NOT_FOUND", &json!({"api_name":"data","json_path":"$.data"}), "required field not found");
    for body in ["", "{", "{\"data\":"] {
        assert_answer(&raw(&sandbox, LEAD, body), 400, &no_json);
    }
    for body in
        ["{}", "null", "[]", r#"{"City":"Bern"}"#, r#"{"data":[]}"#, r#"{"data":{"City":"Bern"}}"#, r#"{"data":["x"]}"#]
    {
        assert_answer(&raw(&sandbox, LEAD, body), 400, &no_data);
    }
    let module = top("INVALID_MODULE", &json!({"resource_path_index":0}), "the module name given seems to be invalid");
    assert_answer(&get(&sandbox, "/crm/v8/leads/6493490000001504003"), 400, &module);
    assert_answer(&get(&sandbox, "/crm/v8/Nothing"), 400, &module);
    let path = top("INVALID_URL_PATTERN", &json!({}), "Please check if the URL trying to access is a correct one");
    assert_answer(&get(&sandbox, "/crm/v8/Leads/6493490000001504003/more"), 404, &path);
    assert_answer(&get(&sandbox, "/crm/Leads/6493490000001504003"), 404, &path);
    let answer = send(&sandbox, "PATCH", &format!("{HOST}{LEAD}"), &[TOKEN, JSON], r#"{"data":[{}]}"#);
    let method = top("INVALID_REQUEST_METHOD", &json!({}), "The http request method type is not a valid one");
    assert_eq!((answer.status, answer.json()), (400, method));
    let answer = send(&sandbox, "PUT", &format!("{HOST}{LEAD}"), &[TOKEN], "{}");
    assert_answer(&answer, 415, &top("UNSUPPORTED_MEDIA_TYPE", &json!({}), "the content type is not supported"));
    let answer = raw(&sandbox, LEAD, &" ".repeat((1 << 20) + 1));
    assert_answer(&answer, 413, &top("REQUEST_BODY_TOO_LARGE", &json!({}), "the request body is too large"));
}

#[test]
fn a_refusal_may_come_with_a_status_that_says_all_is_well() {
    let sandbox = sandbox(PROVIDER);
    let fail = |name: &str| {
        sandbox.fail_next(name, 1).unwrap();
        put(&sandbox, LEAD, &json!({"No_of_Employees":7}))
    };
    let kind =
        json!({"expected_data_type":"integer","api_name":"No_of_Employees","json_path":"$.data[0].No_of_Employees"});
    assert_answer(&fail("refused_in_200"), 200, &own("INVALID_DATA", &kind, "invalid data"));
    let name = json!({"api_name":"Last_Name","json_path":"$.data[0].Last_Name"});
    assert_answer(&fail("refused_in_202"), 202, &own("MANDATORY_NOT_FOUND", &name, "required field not found"));
    let id = json!({"id":"6493490000001504003"});
    assert_answer(&fail("refused_in_207"), 207, &own("RECORD_LOCKED", &id, "the record is locked"));
    let unknown = json!({"id":"6493490000001504003","resource_path_index":1});
    assert_answer(&fail("missing_in_200"), 200, &own("INVALID_DATA", &unknown, "the id given seems to be invalid"));
    assert_answer(&get(&sandbox, LEAD), 200, &found(&full()));
}

#[test]
fn errors_that_no_request_provokes_are_injected() {
    let sandbox = sandbox(PROVIDER);
    let fail = |name: &str| {
        sandbox.fail_next(name, 1).unwrap();
        get(&sandbox, LEAD)
    };
    let of_requests = [
        ("authentication_failed", 401, "AUTHENTICATION_FAILED"),
        ("scope_mismatch", 401, "OAUTH_SCOPE_MISMATCH"),
        ("feature_off", 403, "FEATURE_PERMISSION"),
        ("licence_limit", 400, "LICENSE_LIMIT_EXCEEDED"),
        ("limit_exceeded", 400, "LIMIT_EXCEEDED"),
        ("internal_error", 500, "INTERNAL_ERROR"),
    ];
    for (name, status, code) in of_requests {
        let answer = fail(name);
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert_answer(&answer, status, &top(code, &json!({}), &message));
    }
    let of_records = [
        ("multiple_errors", 400, "MULTIPLE_OR_MULTI_ERRORS"),
        ("record_locked", 400, "RECORD_LOCKED"),
        ("duplicate", 400, "DUPLICATE_DATA"),
        ("dependent_field", 400, "DEPENDENT_FIELD_MISSING"),
        ("expected_field", 400, "EXPECTED_FIELD_MISSING"),
        ("token_refused_by_record", 401, "INVALID_TOKEN"),
        ("no_permission", 403, "NO_PERMISSION"),
    ];
    for (name, status, code) in of_records {
        let answer = fail(name);
        assert_eq!((answer.status, &answer.json()["data"][0]["code"]), (status, &json!(code)));
        assert_eq!(answer.json()["data"][0]["status"], "error");
    }
    let busy = fail("too_many_requests");
    let message = "You have made too many requests continuously. Please try again after some time.";
    assert_eq!((busy.status, busy.json()), (429, top("TOO_MANY_REQUESTS", &json!({}), message)));
    assert_eq!(busy.headers(), [("content-type", "application/json"), ("x-api-credits-remaining", "0")]);
    let down = fail("unavailable");
    assert_eq!((down.status, down.text()), (503, "<html><body><h1>503 Service Unavailable</h1></body></html>"));
    assert_eq!(get(&sandbox, LEAD).status, 200);
}

#[test]
fn the_file_is_closed() {
    let wrapped = refused(PROVIDER, r#"wrapped = { id = "id","#, r#"wrapped = { key = "id","#);
    assert!(wrapped.contains("unknown field `key`"), "{wrapped}");
    let form = refused(PROVIDER, r#"kept = "+03:00 %Y"#, r#"kept = "+03 %Y"#);
    assert!(form.contains("is no form of times"), "{form}");
    let record = refused(PROVIDER, r#""Campaign_Code":"SPRING-25""#, r#""Campaign":"SPRING-25""#);
    assert!(record.contains("no field `Campaign` is declared"), "{record}");
}

#[test]
fn hostile_requests_are_answered_and_change_nothing() {
    let seeds = [("PUT", LEAD), ("GET", "/crm/v8/settings/fields"), ("POST", "/oauth/v2/token")];
    survives_hostile_requests(&sandbox(PROVIDER), &[TOKEN], &seeds);
}
