//! The simulated Dynamics 365 Sales, against its facts sheet.

mod support;

use serde_json::{Value, json};
use support::{Answer, over_the_wire, refused, sandbox, send, survives_hostile_requests};

const PROVIDER: &str = "dynamics365_sales";
const BASE: &str = "https://contoso.api.crm4.dynamics.com/api/data/v9.2";
const LEAD: &str = "4a1f7c3e-8d1b-4f0e-9b62-7c0f2f1f3a10";
const NOBODY: &str = "00000000-0000-0000-0000-000000000001";
const SELECT: &str = "$select=leadid,firstname,lastname,jobtitle,emailaddress1,emailaddress2,telephone1,mobilephone,fax,address1_line1,address1_city,leadsourcecode,createdon,modifiedon,_ownerid_value,_parentaccountid_value,_parentcontactid_value";
const BODY: &str = r#"{"firstname":"Rene","jobtitle":"Purchasing Manager","emailaddress1":"rene@adatum.example","emailaddress2":null,
 "mobilephone":"+49 170 5550101","leadsourcecode":7,
 "ownerid@odata.bind":"/systemusers(3f2504e0-4f89-41d3-9a0c-0305e82c3301)",
 "parentaccountid@odata.bind":"/accounts(9c8b7a65-1111-4222-8333-444455556666)"}"#;
const REPRESENTATION: (&str, &str) =
    ("Prefer", r#"return=representation,odata.include-annotations="OData.Community.Display.V1.FormattedValue""#);
const TOKEN: (&str, &str) = ("Authorization", "Bearer sandbox-access-0");
const JSON: (&str, &str) = ("Content-Type", "application/json; charset=utf-8");
const ANY: (&str, &str) = ("If-Match", "*");

fn headers() -> Vec<(&'static str, &'static str)> {
    vec![
        TOKEN,
        ("Accept", "application/json"),
        JSON,
        ("OData-MaxVersion", "4.0"),
        ("OData-Version", "4.0"),
        ANY,
        REPRESENTATION,
    ]
}

/// The body of section 5.
fn updated() -> Value {
    json!({
        "@odata.context": format!("{BASE}/$metadata#leads({})/$entity", SELECT.trim_start_matches("$select=")),
        "@odata.etag": "W/\"536537\"", "leadid": LEAD,
        "firstname": "Rene", "lastname": "Valdes", "jobtitle": "Purchasing Manager",
        "emailaddress1": "rene@adatum.example", "emailaddress2": null, "telephone1": "+49 30 5550100",
        "mobilephone": "+49 170 5550101", "fax": null,
        "address1_line1": "Unter den Linden 1", "address1_city": "Berlin",
        "address1_composite": "Unter den Linden 1\r\nBerlin",
        "leadsourcecode@OData.Community.Display.V1.FormattedValue": "Trade Show", "leadsourcecode": 7,
        "createdon": "2024-03-04T09:15:00Z", "modifiedon": "2024-03-11T16:40:22Z",
        "_ownerid_value@OData.Community.Display.V1.FormattedValue": "Nancy Anderson",
        "_ownerid_value": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "_parentaccountid_value": "9c8b7a65-1111-4222-8333-444455556666", "_parentcontactid_value": null
    })
}

fn patch(sandbox: &mapwright_sandbox::Sandbox, body: &str) -> Answer {
    send(sandbox, "PATCH", &format!("{BASE}/leads({LEAD})"), &[TOKEN, JSON, ANY], body)
}

/// An error body of section 4.
fn error(code: &str, message: &str) -> Value {
    json!({"error": {"code": code, "message": message}})
}

#[track_caller]
fn assert_error(answer: &Answer, status: u16, code: &str, message: &str) {
    assert_eq!(answer.status, status);
    assert_eq!(answer.json(), error(code, message));
    assert_eq!(answer.headers(), [("content-type", "application/json")]);
}

#[test]
fn the_update_of_section_5_answers_with_the_sheet_s_record() {
    let sandbox = sandbox(PROVIDER);
    let answer = send(&sandbox, "PATCH", &format!("{BASE}/leads({LEAD})?{SELECT}"), &headers(), BODY);
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.headers(),
        [
            ("content-type", "application/json; odata.metadata=minimal"),
            ("odata-version", "4.0"),
            ("preference-applied", "return=representation"),
        ]
    );
    assert_eq!(answer.json(), updated());
    let read = send(&sandbox, "GET", &format!("{BASE}/leads({LEAD})?{SELECT}"), &[TOKEN, REPRESENTATION], "");
    assert_eq!((read.status, read.json()), (200, updated()));
}

#[test]
fn over_a_socket_the_answer_is_the_same() {
    let sandbox = sandbox(PROVIDER);
    let target = format!("/api/data/v9.2/leads({LEAD})?{SELECT}");
    let answer = over_the_wire(&sandbox, "PATCH", &target, &headers(), BODY);
    assert_eq!((answer.status, answer.json()), (200, updated()));
    let log = sandbox.log();
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].path_and_query, target);
    assert_eq!(log[0].body, BODY);
    assert!(log[0].headers.contains(&("authorization".to_owned(), "[redacted]".to_owned())));
}

#[test]
fn without_a_preference_a_write_has_no_body() {
    let sandbox = sandbox(PROVIDER);
    let answer = patch(&sandbox, r#"{"firstname":"Rene"}"#);
    assert_eq!((answer.status, answer.text()), (204, ""));
    let location = format!("{BASE}/leads({LEAD})");
    assert_eq!(answer.headers(), [("odata-entityid", location.as_str()), ("odata-version", "4.0")]);
}

#[test]
fn a_write_changes_what_it_names_and_what_is_computed() {
    let sandbox = sandbox(PROVIDER);
    let mut expected = sandbox.record("leads", LEAD).unwrap();
    assert_eq!(patch(&sandbox, r#"{"firstname":"Rene"}"#).status, 204);
    expected["firstname"] = json!("Rene");
    expected["fullname"] = json!("Rene Valdes");
    expected["modifiedon"] = json!("2024-03-11T16:40:22Z");
    expected["@odata.etag"] = json!("W/\"536537\"");
    assert_eq!(sandbox.record("leads", LEAD).unwrap(), expected);
    let computed: Vec<&str> = sandbox.computed().iter().map(|computed| computed.field.as_str()).collect();
    for field in ["fullname", "modifiedon", "@odata.etag"] {
        assert!(computed.contains(&field), "{field} is listed as computed");
    }
}

#[test]
fn a_write_without_if_match_on_an_unknown_id_makes_a_row() {
    let sandbox = sandbox(PROVIDER);
    let uri = format!("{BASE}/leads({NOBODY})?$select=firstname,statuscode");
    let made =
        send(&sandbox, "PATCH", &uri, &[TOKEN, JSON, ("Prefer", "return=representation")], r#"{"firstname":"Rene"}"#);
    assert_eq!(made.status, 201);
    assert_eq!(
        made.json(),
        json!({
            "@odata.context": format!("{BASE}/$metadata#leads(firstname,statuscode)/$entity"),
            "@odata.etag": "W/\"536537\"", "leadid": NOBODY, "firstname": "Rene", "statuscode": 1
        })
    );
    let other = "00000000-0000-0000-0000-000000000002";
    let made = send(&sandbox, "PATCH", &format!("{BASE}/leads({other})"), &[TOKEN, JSON], "{}");
    assert_eq!((made.status, made.text()), (204, ""));
    assert!(sandbox.record("leads", other).is_some());
}

#[test]
fn with_if_match_an_unknown_id_is_not_found() {
    let sandbox = sandbox(PROVIDER);
    let answer = send(&sandbox, "PATCH", &format!("{BASE}/leads({NOBODY})"), &[TOKEN, JSON, ANY], "{}");
    assert_error(&answer, 404, "0x80040217", &format!("Entity 'lead' With Id = {NOBODY} Does Not Exist"));
    assert_eq!(sandbox.record("leads", NOBODY), None);
    let read = send(&sandbox, "GET", &format!("{BASE}/leads({NOBODY})"), &[TOKEN], "");
    assert_error(&read, 404, "0x80040217", &format!("Entity 'lead' With Id = {NOBODY} Does Not Exist"));
}

#[test]
fn another_version_is_refused_and_the_right_one_taken() {
    let sandbox = sandbox(PROVIDER);
    let uri = format!("{BASE}/leads({LEAD})");
    let with = |etag| send(&sandbox, "PATCH", &uri, &[TOKEN, JSON, ("If-Match", etag)], "{}");
    assert_error(
        &with("W/\"1\""),
        412,
        "",
        "The version of the existing record doesn't match the RowVersion property provided.",
    );
    assert_eq!(with("W/\"536536\"").status, 204);
    assert_eq!(with("W/\"536536\"").status, 412);
}

#[test]
fn wrong_values_are_refused_in_the_provider_s_words() {
    let sandbox = sandbox(PROVIDER);
    let payload = "Error identified in Payload provided by the user for Entity :'leads'.";
    let long = json!({"firstname": "x".repeat(51)}).to_string();
    let cases: [(&str, u16, &str, String); 14] = [
        (&long, 400, "0x80044331", "A validation error occurred. The length of the 'firstname' attribute of the 'lead' entity exceeded the maximum allowed length of '50'.".to_owned()),
        (r#"{"leadsourcecode":99}"#, 400, "0x8004431a", "A validation error occurred. The value 99 of 'leadsourcecode' on record of type 'lead' is outside the valid range. Accepted Values: 1,2,3,4,5,6,7,8,9,10".to_owned()),
        (r#"{"numberofemployees":-1}"#, 400, "0x8004431a", "A validation error occurred. The value -1 of 'numberofemployees' on record of type 'lead' is outside the valid range. Accepted Values: 0 to 1000000".to_owned()),
        (r#"{"foo":1}"#, 400, "0x80048d19", format!("{payload} Invalid property 'foo' was found in entity 'Microsoft.Dynamics.CRM.lead'.")),
        (r#"{"createdon":"2024-01-01T00:00:00Z"}"#, 400, "0x80048d19", format!("{payload} The property 'createdon' of 'Microsoft.Dynamics.CRM.lead' cannot be set.")),
        (r#"{"_ownerid_value":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}"#, 400, "0x80048d19", format!("{payload} The property '_ownerid_value' of 'Microsoft.Dynamics.CRM.lead' cannot be set.")),
        (r#"{"leadsourcecode":"7"}"#, 400, "0x80048d19", format!("{payload} Cannot convert the value of 'leadsourcecode' to the expected type.")),
        (r#"{"firstname":7}"#, 400, "0x80048d19", format!("{payload} Cannot convert the value of 'firstname' to the expected type.")),
        (r#"{"numberofemployees":1.5}"#, 400, "0x80048d19", format!("{payload} Cannot convert the value of 'numberofemployees' to the expected type.")),
        (r#"{"ownerid@odata.bind":null}"#, 400, "0x80040203", "The attribute 'ownerid@odata.bind' of the 'lead' entity cannot be set to NULL.".to_owned()),
        (r#"{"parentaccountid":"9c8b7a65-1111-4222-8333-444455556666"}"#, 400, "0x80048d19", format!("{payload} Cannot convert the value of 'parentaccountid' to the expected type.")),
        (r#"{"parentaccountid@odata.bind":"/contacts(b1e2c3d4-5555-4666-8777-888899990000)"}"#, 400, "0x80048d19", format!("{payload} Cannot convert the value of 'parentaccountid@odata.bind' to the expected type.")),
        (r#"{"parentaccountid@odata.bind":"/accounts(00000000-0000-0000-0000-000000000001)"}"#, 404, "0x80040217", format!("Entity 'account' With Id = {NOBODY} Does Not Exist")),
        (r#"{"statuscode":5}"#, 400, "0x80048408", format!("5 is not a valid status code for state code 0 on lead with Id {LEAD}.")),
    ];
    let before = sandbox.state()["collections"].clone();
    for (body, status, code, message) in cases {
        assert_error(&patch(&sandbox, body), status, code, &message);
    }
    assert_eq!(sandbox.state()["collections"], before, "a refused write changes nothing");
}

#[test]
fn a_lookup_is_cleared_by_null_on_either_name() {
    for body in [r#"{"parentaccountid@odata.bind":null}"#, r#"{"parentaccountid":null}"#] {
        let sandbox = sandbox(PROVIDER);
        assert_eq!(patch(&sandbox, body).status, 204);
        assert_eq!(sandbox.record("leads", LEAD).unwrap()["_parentaccountid_value"], Value::Null);
    }
}

#[test]
fn a_closed_lead_is_read_only_until_it_is_opened_again() {
    let sandbox = sandbox(PROVIDER);
    assert_eq!(patch(&sandbox, r#"{"statecode":2}"#).status, 204);
    assert_eq!(sandbox.record("leads", LEAD).unwrap()["statuscode"], 4);
    assert_error(
        &patch(&sandbox, r#"{"firstname":"Rene"}"#),
        400,
        "0x80040265",
        "The lead is qualified or disqualified and cannot be updated until it is reactivated.",
    );
    assert_eq!(patch(&sandbox, r#"{"statecode":0,"statuscode":2}"#).status, 204);
    assert_eq!(sandbox.record("leads", LEAD).unwrap()["statuscode"], 2);
}

#[test]
fn annotations_tell_a_team_from_a_user_when_they_are_asked_for() {
    let sandbox = sandbox(PROVIDER);
    let uri = format!("{BASE}/leads(77d0a1c2-3b4e-4f5a-9c6d-8e7f60514233)?$select=_ownerid_value,leadsourcecode");
    let read = |prefer| {
        let mut body = send(&sandbox, "GET", &uri, &[TOKEN, ("Prefer", prefer)], "").json();
        body.as_object_mut().unwrap().retain(|key, _| key.contains("_ownerid_value") || key.contains("leadsource"));
        body
    };
    let team = "6a7b8c9d-0e1f-4a2b-8c3d-4e5f60718293";
    assert_eq!(read("handling=strict"), json!({"_ownerid_value": team, "leadsourcecode": null}));
    assert_eq!(
        read(r#"odata.include-annotations="*""#),
        json!({
            "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "team",
            "_ownerid_value@OData.Community.Display.V1.FormattedValue": "Inside Sales",
            "_ownerid_value": team, "leadsourcecode": null
        })
    );
}

#[test]
fn without_a_good_token_the_answer_has_no_body() {
    let sandbox = sandbox(PROVIDER);
    let uri = format!("{BASE}/leads({LEAD})");
    let challenge = "Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize, resource_id=https://contoso.crm4.dynamics.com/";
    let assert_unauthorized = |headers: &[(&str, &str)]| {
        let answer = send(&sandbox, "GET", &uri, headers, "");
        assert_eq!((answer.status, answer.text()), (401, ""));
        assert_eq!(answer.headers(), [("www-authenticate", challenge)]);
    };
    assert_unauthorized(&[]);
    assert_unauthorized(&[("Authorization", "Bearer other")]);
    assert_unauthorized(&[("Authorization", "Basic c2FuZGJveA==")]);
    sandbox.expire_tokens();
    assert_unauthorized(&[TOKEN]);
}

#[test]
fn a_refresh_gives_new_tokens_and_ends_the_old_refresh_token() {
    let sandbox = sandbox(PROVIDER);
    let secrets = &sandbox.demo().secrets["oauth"];
    let form = |grant: &str, secret: &str, refresh: &str| {
        format!(
            "grant_type={grant}&client_id={}&client_secret={secret}&refresh_token={refresh}&scope=x",
            secrets["client_id"]
        )
    };
    let uri = "https://login.microsoftonline.com/common/oauth2/v2.0/token";
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let ask = |body: &str| send(&sandbox, "POST", uri, &[kind], body);
    let good = form("refresh_token", &secrets["client_secret"], "sandbox-refresh-0");
    let answer = ask(&good);
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json(),
        json!({
            "token_type": "Bearer", "scope": "https://contoso.crm4.dynamics.com/user_impersonation offline_access",
            "expires_in": 3599, "ext_expires_in": 3599,
            "access_token": "sandbox-access-1", "refresh_token": "sandbox-refresh-1"
        })
    );
    let read =
        send(&sandbox, "GET", &format!("{BASE}/leads({LEAD})"), &[("Authorization", "Bearer sandbox-access-1")], "");
    assert_eq!(read.status, 200);
    let assert_refused = |answer: &Answer, status, error: &str, text: &str| {
        assert_eq!(answer.status, status);
        assert_eq!(answer.json(), json!({"error": error, "error_description": text}));
    };
    assert_refused(&ask(&good), 400, "invalid_grant", "The refresh token has expired or was used before.");
    assert_refused(
        &ask(&form("refresh_token", "no", "sandbox-refresh-1")),
        401,
        "invalid_client",
        "The client secret is wrong.",
    );
    assert_refused(
        &ask(&form("password", &secrets["client_secret"], "")),
        400,
        "unsupported_grant_type",
        "The grant type is not supported.",
    );
    let app = ask(&form("client_credentials", &secrets["client_secret"], ""));
    assert_eq!(app.json()["access_token"], "sandbox-access-2");
    assert_eq!(app.json().get("refresh_token"), None);
    let log = sandbox.log();
    assert_eq!((&log[0].body[..], &log[0].reply_body[..]), (&b"[redacted]"[..], &b"[redacted]"[..]));
}

#[test]
fn wrong_requests_are_told_apart() {
    let sandbox = sandbox(PROVIDER);
    let row = format!("{BASE}/leads({LEAD})");
    let answer = send(&sandbox, "PATCH", &row, &[TOKEN, JSON, ANY], "{");
    assert_error(&answer, 400, "0x80048d19", "Error identified in Payload provided by the user.");
    let answer = send(&sandbox, "PATCH", &row, &[TOKEN, JSON, ANY], "[]");
    assert_error(&answer, 400, "0x80048d19", "Error identified in Payload provided by the user.");
    let answer = send(&sandbox, "PATCH", &row, &[TOKEN, ("Content-Type", "text/plain"), ANY], "{}");
    assert_error(&answer, 415, "", "The content type 'text/plain' is not supported.");
    let answer = send(&sandbox, "GET", &format!("{BASE}/conacs"), &[TOKEN], "");
    assert_error(&answer, 404, "0x80060888", "Resource not found for the segment 'conacs'.");
    let answer = send(&sandbox, "GET", &format!("{row}?$select=foo"), &[TOKEN], "");
    assert_error(
        &answer,
        400,
        "0x80060888",
        "Could not find a property named 'foo' on type 'Microsoft.Dynamics.CRM.lead'.",
    );
    let answer = send(&sandbox, "PATCH", &format!("{BASE}/leads(7)"), &[TOKEN, JSON], "{}");
    assert_error(&answer, 400, "0x80060888", "The key '7' is not a valid GUID.");
    let answer = send(&sandbox, "DELETE", &row, &[TOKEN], "");
    assert_eq!(
        (answer.status, answer.json()),
        (405, error("0x80060888", "The requested resource does not support this method."))
    );
    assert!(answer.headers().contains(&("allow", "GET, PATCH")));
    let answer = send(&sandbox, "PATCH", &row, &[TOKEN, JSON, ANY], &" ".repeat((1 << 20) + 1));
    assert_error(&answer, 413, "", "The request is too large.");
    let answer = send(&sandbox, "GET", "https://contoso.api.crm4.dynamics.com/elsewhere", &[TOKEN], "");
    assert_eq!((answer.status, answer.text()), (404, "<html><body><h1>Not Found</h1></body></html>"));
}

#[test]
fn errors_that_no_request_provokes_are_injected() {
    let sandbox = sandbox(PROVIDER);
    let row = format!("{BASE}/leads({LEAD})");
    let fail = |name: &str| {
        sandbox.fail_next(name, 1).unwrap();
        send(&sandbox, "GET", &row, &[TOKEN], "")
    };
    let limited: [(&str, &str, &str); 2] = [
        (
            "too_many_requests",
            "0x80072322",
            "Number of requests exceeded the limit of 6000 over time window of 300 seconds.",
        ),
        (
            "too_much_time",
            "0x80072321",
            "Combined execution time of incoming requests exceeded limit of 1200000 milliseconds over time window of 300 seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.",
        ),
    ];
    for (name, code, message) in limited {
        let answer = fail(name);
        assert_eq!((answer.status, answer.json()), (429, error(code, message)));
        assert_eq!(answer.headers(), [("content-type", "application/json"), ("retry-after", "30")]);
    }
    assert_error(
        &fail("too_many_at_once"),
        429,
        "0x80072326",
        "Number of concurrent requests exceeded the limit of 52.",
    );
    assert_error(
        &fail("no_privilege"),
        403,
        "0x80040220",
        "Principal user (Id=3f2504e0-4f89-41d3-9a0c-0305e82c3301, type=8) is missing prvWriteLead privilege",
    );
    assert_error(&fail("plugin_refusal"), 400, "0x80040265", "The update was refused by a plug-in.");
    assert_error(&fail("duplicate"), 412, "0x80040333", "A record that has the same values already exists.");
    assert_error(&fail("server_error"), 500, "0x80040216", "An unexpected error occurred.");
    assert_error(&fail("not_implemented"), 501, "", "The requested operation is not implemented.");
    let answer = fail("unavailable");
    assert_eq!((answer.status, answer.text()), (503, "<html><body><h1>Service Unavailable</h1></body></html>"));
    assert_eq!(answer.headers(), [("content-type", "text/html")]);
    assert_eq!(send(&sandbox, "GET", &row, &[TOKEN], "").status, 200, "the fault is over");
    assert_eq!(sandbox.fail_next("nothing", 1).unwrap_err().to_string(), "no error named `nothing` is declared");
}

#[test]
fn a_state_comes_back_as_it_was() {
    let sandbox = sandbox(PROVIDER);
    let before = sandbox.state();
    assert_eq!(patch(&sandbox, r#"{"firstname":"Rene"}"#).status, 204);
    let after = sandbox.state();
    assert_ne!(before, after);
    sandbox.restore(&before).unwrap();
    assert_eq!(sandbox.state(), before);
    sandbox.restore(&after).unwrap();
    assert_eq!(sandbox.state(), after);
    let mut strange = before;
    strange["collections"]["leads"][LEAD]["colour"] = json!("red");
    assert_eq!(
        sandbox.restore(&strange).unwrap_err().to_string(),
        format!("state refused: `leads` `{LEAD}`: no field `colour` is declared")
    );
    assert_eq!(sandbox.state(), after);
}

#[test]
fn the_file_is_closed() {
    assert_eq!(
        refused(PROVIDER, "language = 1", "language = 2"),
        "sandbox.toml:4:12: language 2 is not known; this is version 1"
    );
    let unknown = refused(PROVIDER, "language = 1", "language = 1\ncolour = 1");
    assert!(unknown.starts_with("sandbox.toml:5:1: unknown field `colour`"), "{unknown}");
    let unknown = refused(PROVIDER, r#"firstname = { type = "text","#, r#"firstname = { type = "text", colour = 1,"#);
    assert!(unknown.contains("unknown field `colour`"), "{unknown}");
    let unknown = refused(PROVIDER, r#"no_route = "no_path""#, r#"no_route = "no_pat""#);
    assert!(unknown.contains("no error `no_pat`; declared are "), "{unknown}");
    let unused = refused(PROVIDER, "does = \"read\"\n", "does = \"read\"\ncreates = true\n");
    assert!(unused.contains("`creates` has no meaning in a route that does `read`"), "{unused}");
    let hole = refused(PROVIDER, "{violation/max}", "{violatoin/max}");
    assert!(hole.contains("unknown root `violatoin`"), "{hole}");
    let record = refused(PROVIDER, r#""jobtitle": "Buyer""#, r#""jobtitel": "Buyer""#);
    assert!(record.contains("no field `jobtitel` is declared"), "{record}");
    let json = refused(PROVIDER, r#""jobtitle": "Buyer","#, r#""jobtitle" "Buyer","#);
    assert!(json.contains("not JSON: "), "{json}");
}

#[test]
fn hostile_requests_are_answered_and_change_nothing() {
    let row = format!("/api/data/v9.2/leads({LEAD})");
    let seeds = [("PATCH", row.as_str()), ("PATCH", "/api/data/v9.2/leads"), ("POST", "/common/oauth2/v2.0/token")];
    survives_hostile_requests(&sandbox(PROVIDER), &[TOKEN, ("If-Match", "W/\"0\"")], &seeds);
}
