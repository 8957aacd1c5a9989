//! The simulated Insightly, against its facts sheet.

mod support;

use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, over_the_wire, refused, sandbox, send, survives_hostile_requests};

const PROVIDER: &str = "insightly";
const HOST: &str = "https://api.na1.insightly.com";
const LEAD: &str = "/v3.1/Leads/78572651";
const LEADS: &str = "/v3.1/Leads";
const KEY: (&str, &str) = ("Authorization", "Basic YWFhYWFhYWEtYmJiYi00Y2NjLThkZGQtZWVlZWVlZWVlZWVlOg==");
const KEY_WITHOUT_COLON: &str = "Basic YWFhYWFhYWEtYmJiYi00Y2NjLThkZGQtZWVlZWVlZWVlZWVl";
const KEY_WITH_PASSWORD: &str = "Basic YWFhYWFhYWEtYmJiYi00Y2NjLThkZGQtZWVlZWVlZWVlZWVlOng=";
const JSON: (&str, &str) = ("Content-Type", "application/json");
const BUDGET: [(&str, &str); 2] = [("x-ratelimit-limit", "10000"), ("x-ratelimit-remaining", "9999")];
/// The update of section 5.
const BODY: &str = r#"{"LEAD_ID":78572651,"FIRST_NAME":"Henrietta","PHONE":"+1 555 0100","MOBILE":null,"LEAD_SOURCE_ID":3794750,"CUSTOMFIELDS":[{"FIELD_NAME":"Hobby__c","FIELD_VALUE":"Skiing"}]}"#;

fn get(sandbox: &Sandbox, path: &str) -> Answer {
    send(sandbox, "GET", &format!("{HOST}{path}"), &[KEY], "")
}

fn put(sandbox: &Sandbox, body: &str) -> Answer {
    send(sandbox, "PUT", &format!("{HOST}{LEADS}"), &[KEY, JSON], body)
}

/// Writes to the first lead.
fn write(sandbox: &Sandbox, members: &str) -> Answer {
    put(sandbox, &format!(r#"{{"LEAD_ID":78572651,{members}}}"#))
}

#[track_caller]
fn assert_answer(answer: &Answer, status: u16, body: &Value) {
    assert_eq!((answer.status, answer.json()), (status, body.clone()));
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(BUDGET);
    assert_eq!(answer.headers(), headers);
}

/// The answer of section 5.
const UPDATED: &str = r#"{"LEAD_ID":78572651,"SALUTATION":"Ms","FIRST_NAME":"Henrietta","LAST_NAME":"Sloan","LEAD_SOURCE_ID":3794750,"LEAD_STATUS_ID":3724795,"TITLE":null,
"CONVERTED":false,"CONVERTED_CONTACT_ID":null,"CONVERTED_DATE_UTC":null,"CONVERTED_OPPORTUNITY_ID":null,"CONVERTED_ORGANISATION_ID":null,
"DATE_CREATED_UTC":"2025-04-19 00:57:06","DATE_UPDATED_UTC":"2025-04-19 00:59:03","EMAIL":"","EMPLOYEE_COUNT":0,"FAX":null,"INDUSTRY":null,"LEAD_DESCRIPTION":null,"LEAD_RATING":null,"MOBILE":null,
"OWNER_USER_ID":2240727,"PHONE":"+1 555 0100","RESPONSIBLE_USER_ID":2240727,"WEBSITE":null,"ADDRESS_STREET":null,"ADDRESS_CITY":null,"ADDRESS_STATE":null,"ADDRESS_POSTCODE":null,"ADDRESS_COUNTRY":"United States",
"LAST_ACTIVITY_DATE_UTC":null,"NEXT_ACTIVITY_DATE_UTC":null,"VISIBLE_TO":"EVERYONE","VISIBLE_TEAM_ID":null,"ORGANISATION_NAME":null,"CREATED_USER_ID":2240727,"IMAGE_URL":null,"EMAIL_OPTED_OUT":false,
"CUSTOMFIELDS":[{"FIELD_NAME":"Hobby__c","FIELD_VALUE":"Skiing","CUSTOM_FIELD_ID":"Hobby__c"}],"TAGS":[{"TAG_NAME":"Ottawa"}],"LINKS":[],"LINKED_EMAIL_ADDRESS":"integration.test-L78572651-H4PRTS1@mailbox.insight.ly"}"#;

fn updated() -> Value {
    serde_json::from_str(UPDATED).unwrap()
}

#[test]
fn the_exchange_of_section_5_answers_as_the_sheet_says() {
    let sandbox = sandbox(PROVIDER);
    assert_answer(&put(&sandbox, BODY), 201, &updated());
    assert_answer(&get(&sandbox, LEAD), 200, &updated());
}

#[test]
fn over_a_socket_the_answers_are_the_same() {
    let sandbox = sandbox(PROVIDER);
    assert_answer(&over_the_wire(&sandbox, "PUT", LEADS, &[KEY, JSON], BODY), 201, &updated());
    assert_answer(&over_the_wire(&sandbox, "GET", LEAD, &[KEY], ""), 200, &updated());
    assert_eq!(sandbox.log()[0].body, BODY);
    assert!(!format!("{:?}", sandbox.log()).contains(KEY.1), "the log holds no credentials");
}

#[test]
fn a_write_changes_what_it_names_and_the_time_of_the_change() {
    let sandbox = sandbox(PROVIDER);
    let mut expected = get(&sandbox, LEAD).json();
    let members = json!({"SALUTATION":"Dr","FIRST_NAME":"Hen","LAST_NAME":"Slade","TITLE":"Buyer","EMAIL":"hen@slade.example","EMAIL_OPTED_OUT":true,
        "PHONE":"+1 555 0101","MOBILE":"+1 555 0102","FAX":"+1 555 0103","WEBSITE":"https://slade.example",
        "ADDRESS_STREET":"1 Elgin Street\nSuite 2","ADDRESS_CITY":"Ottawa","ADDRESS_STATE":"Ontario","ADDRESS_POSTCODE":"K2P 1L4","ADDRESS_COUNTRY":"Canada",
        "ORGANISATION_NAME":"Slade","INDUSTRY":"Furniture","EMPLOYEE_COUNT":7,"LEAD_DESCRIPTION":"Wants chairs.","LEAD_RATING":5,
        "LEAD_SOURCE_ID":830_627,"LEAD_STATUS_ID":823_517,"OWNER_USER_ID":9_007_199_254_740_995_i64,"RESPONSIBLE_USER_ID":null,
        "TAGS":[{"TAG_NAME":"Ottawa"},{"TAG_NAME":"Spring"}]});
    for (name, value) in members.as_object().unwrap() {
        expected[name] = value.clone();
    }
    expected["DATE_UPDATED_UTC"] = json!("2025-04-19 00:59:03");
    let mut body = members;
    body["LEAD_ID"] = json!(78_572_651);
    assert_answer(&put(&sandbox, &body.to_string()), 201, &expected);
    assert_answer(&get(&sandbox, LEAD), 200, &expected);
}

#[test]
fn null_clears() {
    let sandbox = sandbox(PROVIDER);
    let path = "/v3.1/Leads/78572690";
    let mut expected = get(&sandbox, path).json();
    let names = [
        "SALUTATION",
        "FIRST_NAME",
        "TITLE",
        "PHONE",
        "MOBILE",
        "OWNER_USER_ID",
        "FAX",
        "WEBSITE",
        "ADDRESS_STREET",
        "ADDRESS_CITY",
        "ADDRESS_STATE",
        "ADDRESS_POSTCODE",
        "ADDRESS_COUNTRY",
        "ORGANISATION_NAME",
        "INDUSTRY",
        "LEAD_DESCRIPTION",
        "LEAD_RATING",
        "LEAD_SOURCE_ID",
        "RESPONSIBLE_USER_ID",
    ];
    let mut body = json!({"LEAD_ID":78_572_690,"EMAIL":null,"EMPLOYEE_COUNT":null,"TAGS":null});
    for name in names {
        body[name] = Value::Null;
        expected[name] = Value::Null;
    }
    expected["EMAIL"] = json!("");
    expected["EMPLOYEE_COUNT"] = json!(0);
    expected["TAGS"] = json!([]);
    expected["DATE_UPDATED_UTC"] = json!("2025-04-19 00:59:03");
    assert_answer(&put(&sandbox, &body.to_string()), 201, &expected);
    assert_answer(&get(&sandbox, path), 200, &expected);
}

#[test]
fn custom_fields_change_one_by_one() {
    let sandbox = sandbox(PROVIDER);
    let field = |name: &str, value: Value| json!({"FIELD_NAME":name,"FIELD_VALUE":value});
    let write = |fields: Value| put(&sandbox, &json!({"LEAD_ID":78_572_690,"CUSTOMFIELDS":fields}).to_string());
    let answer = write(json!([
        field("Hobby__c", Value::Null),
        field("Background__c", json!("One.\nTwo.")),
        field("Region__c", json!("South")),
        field("Interests__c", json!("Music;Sports;Travel")),
        field("Vip__c", json!(true)),
        field("Seats__c", json!(0)),
        field("Discount__c", json!(7.25)),
        field("Renewal__c", json!("2026-01-31")),
        field("Next_Call__c", json!("2025-06-01T12:30:00+02:00")),
    ]));
    let shown = |name: &str, value: Value| json!({"FIELD_NAME":name,"FIELD_VALUE":value,"CUSTOM_FIELD_ID":name});
    assert_eq!(
        (answer.status, &answer.json()["CUSTOMFIELDS"]),
        (
            201,
            &json!([
                shown("Background__c", json!("One.\nTwo.")),
                shown("Region__c", json!("South")),
                shown("Interests__c", json!("Music;Sports;Travel")),
                shown("Vip__c", json!(true)),
                shown("Seats__c", json!(0)),
                shown("Discount__c", json!(7.25)),
                shown("Renewal__c", json!("2026-01-31 00:00:00")),
                shown("Next_Call__c", json!("2025-06-01 10:30:00")),
                shown("Ticket__c", json!("L-00017"))
            ])
        )
    );
    assert_eq!(write(json!([])).json()["CUSTOMFIELDS"], answer.json()["CUSTOMFIELDS"], "an empty list names nothing");
    let zoneless = write(json!([field("Next_Call__c", json!("2025-06-01 10:30:01"))]));
    assert_eq!(zoneless.json()["CUSTOMFIELDS"][7]["FIELD_VALUE"], "2025-06-01 10:30:01");
}

#[test]
fn wrong_values_are_refused_with_a_text_and_change_nothing() {
    let sandbox = sandbox(PROVIDER);
    let before = sandbox.state()["collections"].clone();
    let custom =
        |name: &str, value: &str| format!(r#""CUSTOMFIELDS":[{{"FIELD_NAME":"{name}","FIELD_VALUE":{value}}}]"#);
    let cases = [
        (r#""LAST_NAME":null"#.to_owned(), "LAST_NAME is required."),
        (r#""LAST_NAME":" ""#.to_owned(), "LAST_NAME is required."),
        (r#""FIRST_NAME":7"#.to_owned(), "FIRST_NAME must be of type text."),
        (r#""EMAIL_OPTED_OUT":"true""#.to_owned(), "EMAIL_OPTED_OUT must be of type boolean."),
        (r#""EMPLOYEE_COUNT":"7""#.to_owned(), "EMPLOYEE_COUNT must be of type integer."),
        (r#""OWNER_USER_ID":"2240728""#.to_owned(), "OWNER_USER_ID must be of type integer."),
        (r#""OWNER_USER_ID":1"#.to_owned(), "OWNER_USER_ID has no value 1."),
        (r#""LEAD_SOURCE_ID":1"#.to_owned(), "LEAD_SOURCE_ID has no value 1."),
        (r#""LEAD_SOURCE_ID":"Web""#.to_owned(), "LEAD_SOURCE_ID must be of type integer."),
        (r#""LEAD_STATUS_ID":1"#.to_owned(), "LEAD_STATUS_ID has no value 1."),
        (r#""LEAD_STATUS_ID":null"#.to_owned(), "LEAD_STATUS_ID is required."),
        (r#""LEAD_RATING":6"#.to_owned(), "LEAD_RATING must be between 1 and 5."),
        (format!(r#""ADDRESS_POSTCODE":"{}""#, "9".repeat(129)), "ADDRESS_POSTCODE has a maximum length of 128."),
        (r#""EMAIL_ADDRESS":"old@name.example""#.to_owned(), "EMAIL_ADDRESS is not a field of this record."),
        (r#""DATE_CREATED_UTC":"2025-01-01 00:00:00""#.to_owned(), "DATE_CREATED_UTC cannot be set."),
        (r#""CONVERTED_CONTACT_ID":5"#.to_owned(), "CONVERTED_CONTACT_ID cannot be set."),
        (r#""CONVERTED_ORGANISATION_ID":null"#.to_owned(), "CONVERTED_ORGANISATION_ID cannot be set."),
        (r#""LINKS":[]"#.to_owned(), "LINKS cannot be set."),
        (r#""TAGS":["Spring"]"#.to_owned(), "TAGS must be of type json."),
        (r#""CUSTOMFIELDS":{"Hobby__c":"Chess"}"#.to_owned(), "CUSTOMFIELDS must be of type pairs."),
        (r#""CUSTOMFIELDS":null"#.to_owned(), "CUSTOMFIELDS must be of type pairs."),
        (r#""CUSTOMFIELDS":[{"FIELD_NAME":"Hobby__c"}]"#.to_owned(), "CUSTOMFIELDS must be of type pairs."),
        (custom("Hobbies__c", r#""Chess""#), "CUSTOMFIELDS/Hobbies__c is not a field of this record."),
        (custom("Hobby__c", "1"), "CUSTOMFIELDS/Hobby__c must be of type text."),
        (custom("Region__c", r#""West""#), "CUSTOMFIELDS/Region__c has no value West."),
        (custom("Interests__c", r#""Music,Sports""#), "CUSTOMFIELDS/Interests__c has no value Music,Sports."),
        (custom("Vip__c", r#""true""#), "CUSTOMFIELDS/Vip__c must be of type boolean."),
        (custom("Seats__c", r#""40""#), "CUSTOMFIELDS/Seats__c must be of type number."),
        (custom("Renewal__c", r#""31.12.2025""#), "CUSTOMFIELDS/Renewal__c must be of type date."),
        (custom("Next_Call__c", "1764547200"), "CUSTOMFIELDS/Next_Call__c must be of type datetime."),
        (custom("Ticket__c", r#""L-1""#), "CUSTOMFIELDS/Ticket__c cannot be set."),
    ];
    for (members, says) in cases {
        let answer = write(&sandbox, &format!(r#""TITLE":"Changed",{members}"#));
        assert_answer(&answer, 400, &json!(format!("Data validation error. {says}")));
    }
    assert_eq!(sandbox.state()["collections"], before);
}

#[test]
fn the_id_stands_in_the_body_alone() {
    let sandbox = sandbox(PROVIDER);
    let invalid = json!({"Message":"The request is invalid."});
    for body in [
        r#"{"TITLE":"x"}"#,
        r#"{"LEAD_ID":null,"TITLE":"x"}"#,
        r#"{"LEAD_ID":"L1"}"#,
        r#"{"LEAD_ID":1.5}"#,
        "[]",
        "7",
        "{",
    ] {
        assert_answer(&put(&sandbox, body), 400, &invalid);
    }
    let text = put(&sandbox, r#"{"LEAD_ID":"78572651","TITLE":"x"}"#);
    assert_answer(&text, 400, &json!("Data validation error. LEAD_ID cannot be set."));
    let unknown = put(&sandbox, r#"{"LEAD_ID":1,"TITLE":"x"}"#);
    assert_eq!((unknown.status, unknown.text(), unknown.headers()), (404, "", BUDGET.to_vec()));
    let in_path = send(&sandbox, "PUT", &format!("{HOST}{LEAD}"), &[KEY, JSON], BODY);
    assert_eq!(
        (in_path.status, in_path.json()["Message"].as_str()),
        (405, Some("The requested resource does not support this http method."))
    );
    assert!(in_path.headers().contains(&("allow", "GET")));
}

#[test]
fn leads_are_read_whole_one_by_one_and_in_pages() {
    let sandbox = sandbox(PROVIDER);
    let empty = get(&sandbox, "/v3.1/Leads/78572710").json();
    let filled: Vec<&str> = empty
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, value)| !value.is_null() && **value != json!([]))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        filled,
        [
            "LEAD_ID",
            "LAST_NAME",
            "LEAD_STATUS_ID",
            "CONVERTED",
            "DATE_CREATED_UTC",
            "DATE_UPDATED_UTC",
            "EMAIL",
            "EMPLOYEE_COUNT",
            "OWNER_USER_ID",
            "VISIBLE_TO",
            "CREATED_USER_ID",
            "EMAIL_OPTED_OUT"
        ]
    );
    let odd = get(&sandbox, "/v3.1/Leads/9007199254740993");
    assert!(odd.text().contains(r#""LEAD_ID":9007199254740993,"#), "the digits are exact");
    assert_eq!(odd.json()["FIRST_NAME"], "Zoë\u{308} 🦊");
    assert_eq!(odd.json()["OWNER_USER_ID"], json!(9_007_199_254_740_995_i64));
    assert_eq!(
        odd.json()["CUSTOMFIELDS"][0],
        json!({"FIELD_NAME":"Hobby__c","FIELD_VALUE":null,"CUSTOM_FIELD_ID":"Hobby__c"})
    );
    let converted = get(&sandbox, "/v3.1/Leads/78572700").json();
    let of = |name: &str| converted[name].clone();
    assert_eq!(
        [
            of("CONVERTED"),
            of("CONVERTED_DATE_UTC"),
            of("CONVERTED_CONTACT_ID"),
            of("CONVERTED_ORGANISATION_ID"),
            of("CONVERTED_OPPORTUNITY_ID")
        ],
        [json!(true), json!("2025-03-15 12:30:45"), json!(345_678_901), json!(156_789_012), json!(45_678_901)]
    );
    let page = get(&sandbox, "/v3.1/Leads?skip=1&top=2&count_total=true");
    let ids: Vec<Value> = page.json().as_array().unwrap().iter().map(|lead| lead["LEAD_ID"].clone()).collect();
    assert_eq!(ids, [json!(78_572_690), json!(78_572_700)]);
    assert!(page.headers().contains(&("x-total-count", "5")));
    let none = get(&sandbox, "/v3.1/Leads/1");
    assert_eq!((none.status, none.text(), none.headers()), (404, "", BUDGET.to_vec()));
    assert_answer(&get(&sandbox, "/v3.1/Leads/L-1"), 400, &json!({"Message":"The request is invalid."}));
}

#[test]
fn sources_are_longer_than_the_longest_page_and_have_a_name_twice() {
    let sandbox = sandbox(PROVIDER);
    let page = |query: &str| get(&sandbox, &format!("/v3.1/LeadSources{query}")).json().as_array().cloned().unwrap();
    assert_eq!(page("").len(), 100);
    let mut all = page("?top=500");
    assert_eq!(all.len(), 500);
    assert!(all.iter().all(|row| row["LEAD_SOURCE"] != "Web"), "it stands on the second page");
    let rest = page("?skip=500&top=500");
    assert_eq!(rest.len(), 10);
    all.extend(rest);
    assert_eq!(page("?skip=510"), Vec::<Value>::new());
    let named = |name: &str| -> Vec<Value> { all.iter().filter(|row| row["LEAD_SOURCE"] == name).cloned().collect() };
    assert_eq!(
        named("Partner Application"),
        [
            json!({"FIELD_ORDER":90,"LEAD_SOURCE":"Partner Application","DEFAULT_VALUE":false,"LEAD_SOURCE_ID":830_625}),
            json!({"FIELD_ORDER":0,"LEAD_SOURCE":"Partner Application","DEFAULT_VALUE":true,"LEAD_SOURCE_ID":841_088})
        ]
    );
    assert_eq!(
        named("Web"),
        [json!({"FIELD_ORDER":1,"LEAD_SOURCE":"Web","DEFAULT_VALUE":false,"LEAD_SOURCE_ID":830_626})]
    );
    let total = get(&sandbox, "/v3.1/LeadSources?top=1&count_total=TRUE");
    assert_eq!(total.headers(), [("content-type", "application/json"), BUDGET[0], BUDGET[1], ("x-total-count", "510")]);
    for (query, field, value) in
        [("top=501", "top", "501"), ("top=0", "top", "0"), ("top=x", "top", "x"), ("skip=-1", "skip", "-1")]
    {
        let answer = get(&sandbox, &format!("/v3.1/LeadSources?{query}"));
        assert_answer(&answer, 400, &json!({"Message":format!("The parameter {field} is invalid: {value}.")}));
    }
}

#[test]
fn statuses_hide_the_converted_one_unless_asked() {
    let sandbox = sandbox(PROVIDER);
    let row = |id: u32, name: &str, default: bool, kind: u8, order: u8| json!({"LEAD_STATUS_ID":id,"LEAD_STATUS":name,"DEFAULT_STATUS":default,"STATUS_TYPE":kind,"FIELD_ORDER":order});
    let mut rows = vec![
        row(3_724_795, "Nurturing", false, 0, 4),
        row(823_514, "NotContacted", true, 0, 0),
        row(823_515, "AttemptedContact", false, 0, 1),
        row(823_516, "Contacted", false, 0, 2),
        row(823_517, "Disqualified", false, 1, 3),
    ];
    assert_answer(&get(&sandbox, "/v3.1/LeadStatuses"), 200, &json!(rows));
    rows.insert(1, row(3_724_799, "Converted", false, 1, 5));
    assert_answer(&get(&sandbox, "/v3.1/LeadStatuses?include_converted=true"), 200, &json!(rows));
    assert_answer(&get(&sandbox, "/v3.1/LeadStatuses?include_converted=true&skip=1&top=1"), 200, &json!([rows[1]]));
}

#[test]
fn metadata_tells_which_custom_fields_there_are() {
    let sandbox = sandbox(PROVIDER);
    let all = get(&sandbox, "/v3.1/CustomFields/Leads");
    assert_eq!(all.json(), get(&sandbox, "/v3.1/CustomFields/Lead").json());
    let all = all.json();
    let all = all.as_array().unwrap();
    let of = |name: &str| all.iter().find(|field| field["FIELD_NAME"] == name).cloned().unwrap();
    assert_eq!(
        of("Region__c"),
        json!({"FIELD_NAME":"Region__c","FIELD_ORDER":3,"FIELD_FOR":"LEAD","FIELD_LABEL":"Region","FIELD_TYPE":"DROPDOWN","FIELD_HELP_TEXT":null,"DEFAULT_VALUE":null,
            "EDITABLE":true,"VISIBLE":true,"CUSTOM_FIELD_OPTIONS":[{"OPTION_ID":1,"OPTION_VALUE":"North","OPTION_DEFAULT":false},{"OPTION_ID":2,"OPTION_VALUE":"South","OPTION_DEFAULT":false}],"DEPENDENCY":null,"JOIN_OBJECT":null})
    );
    assert_eq!(
        (of("Ticket__c")["EDITABLE"].clone(), of("Hobby__c")["CUSTOM_FIELD_OPTIONS"].clone()),
        (json!(false), json!([]))
    );
    let mut types: Vec<&str> = all.iter().map(|field| field["FIELD_TYPE"].as_str().unwrap()).collect();
    types.sort_unstable();
    assert_eq!(
        types,
        [
            "AUTONUMBER",
            "BIT",
            "DATE",
            "DATETIME",
            "DROPDOWN",
            "MULTILINETEXT",
            "MULTISELECT",
            "NUMERIC",
            "PERCENT",
            "TEXT"
        ]
    );
}

#[test]
fn users_are_shown() {
    let sandbox = sandbox(PROVIDER);
    let me = get(&sandbox, "/v3.1/Users/Me").json();
    assert_eq!((&me["USER_ID"], &me["EMAIL_ADDRESS"]), (&json!(2_240_727), &json!("iris@sales.example")));
    assert_eq!(get(&sandbox, "/v3.1/Users/2240727").json(), me);
    assert_eq!(get(&sandbox, "/v3.1/Users").json()[0], me);
    assert_eq!(get(&sandbox, "/v3.1/Users/5").status, 404);
}

#[test]
fn callers_without_the_key_are_refused() {
    let sandbox = sandbox(PROVIDER);
    let denied = json!({"Message":"Authorization has been denied for this request."});
    let uri = format!("{HOST}{LEAD}");
    assert_answer(&send(&sandbox, "GET", &uri, &[], ""), 401, &denied);
    for proof in
        [KEY_WITHOUT_COLON, KEY_WITH_PASSWORD, "Basic eDo=", "Basic ?", "Bearer aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"]
    {
        assert_answer(&send(&sandbox, "GET", &uri, &[("Authorization", proof)], ""), 401, &denied);
    }
    assert_answer(&send(&sandbox, "PUT", &format!("{HOST}{LEADS}"), &[JSON], BODY), 401, &denied);
    sandbox.expire_tokens();
    assert_eq!(get(&sandbox, LEAD).status, 200, "a key does not expire");
}

#[test]
fn wrong_requests_are_told_apart() {
    let sandbox = sandbox(PROVIDER);
    let told = |text: &str| json!({"Message":text});
    assert_answer(&get(&sandbox, "/v3.1/Lead"), 404, &told("No HTTP resource was found that matches the request."));
    assert_answer(&get(&sandbox, "/v2.1/Leads"), 404, &told("No HTTP resource was found that matches the request."));
    let answer = send(&sandbox, "PUT", &format!("{HOST}{LEADS}"), &[KEY, ("Content-Type", "text/plain")], BODY);
    assert_answer(&answer, 415, &told("The request's media type 'text/plain' is not supported for this resource."));
    let answer = send(&sandbox, "PATCH", &format!("{HOST}{LEADS}"), &[KEY, JSON], BODY);
    assert_eq!(
        (answer.status, answer.json()),
        (405, told("The requested resource does not support this http method."))
    );
    assert!(answer.headers().contains(&("allow", "GET, PUT")));
    let answer = put(&sandbox, &" ".repeat((1 << 20) + 1));
    assert_eq!((answer.status, answer.text()), (413, ""));
}

#[test]
fn errors_that_no_request_provokes_are_injected() {
    let sandbox = sandbox(PROVIDER);
    let fail = |name: &str| {
        sandbox.fail_next(name, 1).unwrap();
        put(&sandbox, BODY)
    };
    assert_answer(&fail("record_limit"), 402, &json!("Record limit reached."));
    assert_answer(&fail("leads_disabled"), 403, &json!("Lead Management disabled."));
    assert_answer(&fail("server_error"), 500, &json!({"Message":"An error has occurred."}));
    let plain = [("content-type", "text/plain; charset=utf-8"), BUDGET[0], BUDGET[1]];
    let answer = fail("no_access");
    assert_eq!(
        (answer.status, answer.text(), answer.headers()),
        (403, "API User does not have access to Leads.", plain.to_vec())
    );
    let answer = fail("burst_limit");
    assert_eq!((answer.status, answer.text(), answer.headers()), (429, "", BUDGET.to_vec()));
    let answer = fail("daily_limit");
    assert_eq!((answer.status, answer.json()), (429, json!("API daily request limit reached.")));
    assert!(answer.headers().contains(&("x-ratelimit-remaining", "0")));
    for (name, status, text) in [
        ("bad_gateway", 502, "<html><head><title>502 Bad Gateway</title></head></html>"),
        ("unavailable", 503, "<html><head><title>503 Service Unavailable</title></head></html>"),
    ] {
        let answer = fail(name);
        assert_eq!((answer.status, answer.text()), (status, text));
    }
    assert_answer(&put(&sandbox, BODY), 201, &updated());
}

#[test]
fn the_file_is_closed() {
    let unknown = refused(PROVIDER, "also = \"CUSTOM_FIELD_ID\"", "too = \"CUSTOM_FIELD_ID\"");
    assert!(unknown.contains("unknown field `too`"), "{unknown}");
    let list = refused(PROVIDER, "unless = \"with_converted\"", "unless = \"with_all\"");
    assert!(list.contains("no condition `with_all`; declared are with_converted, with_total"), "{list}");
    let series = refused(PROVIDER, "to = 4000500", "to = 4000000");
    assert!(series.contains("a series goes up, and has at most 10000 records"), "{series}");
    let record = refused(PROVIDER, "\"SALUTATION\":\"Ms\"", "\"SALUTE\":\"Ms\"");
    assert!(record.contains("no field `SALUTE` is declared"), "{record}");
}

#[test]
fn hostile_requests_are_answered_and_change_nothing() {
    let seeds = [("PUT", LEADS), ("GET", LEAD)];
    survives_hostile_requests(&sandbox(PROVIDER), &[KEY], &seeds);
}
