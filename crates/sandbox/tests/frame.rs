//! The frame law of the simulated providers themselves: a write changes what it names and what is listed as computed.

mod support;

use std::collections::BTreeSet;

use mapwright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{sandbox, send};

/// The pointers of all scalars and lists that differ.
fn differences(path: &str, before: &Value, after: &Value, found: &mut BTreeSet<String>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for key in old.keys().chain(new.keys()) {
                let place = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
                let part = |object: &serde_json::Map<String, Value>| object.get(key).cloned().unwrap_or_default();
                differences(&place, &part(old), &part(new), found);
            }
        }
        _ if before == after => {}
        _ => {
            found.insert(path.trim_start_matches('/').to_owned());
        }
    }
}

/// Sends a write and checks that the first record changed at the named places, and elsewhere only where the
/// provider says that it computes.
#[track_caller]
fn assert_frame(sandbox: &Sandbox, request: (&str, &str, &str), headers: &[(&str, &str)], named: &[&str]) {
    let demo = sandbox.demo();
    let record = || sandbox.record(&demo.first_collection, &demo.first_id).unwrap();
    let before = record();
    let (method, path, body) = request;
    let answer = send(sandbox, method, path, headers, body);
    assert!((200..300).contains(&answer.status), "{path} {body}: {}", answer.text());
    let mut changed = BTreeSet::new();
    differences("", &before, &record(), &mut changed);
    for name in named {
        assert!(changed.remove(*name), "{path} {body} changes {name}");
    }
    for place in changed {
        let is_computed = |field: &str| place == field || place.starts_with(&format!("{field}/"));
        assert!(
            sandbox
                .computed()
                .iter()
                .any(|computed| computed.collection == demo.first_collection && is_computed(&computed.field)),
            "{path} {body} changed {place}, which is neither named nor computed"
        );
    }
}

#[test]
fn dynamics365_sales() {
    let sandbox = sandbox("dynamics365_sales");
    let path = "/api/data/v9.2/leads(4a1f7c3e-8d1b-4f0e-9b62-7c0f2f1f3a10)";
    let headers =
        [("Authorization", "Bearer sandbox-access-0"), ("Content-Type", "application/json"), ("If-Match", "*")];
    let cases: [(&str, &[&str]); 7] = [
        (r#"{"lastname":"Berg"}"#, &["lastname"]),
        (r#"{"address1_city":"Bern","address2_city":"Basel"}"#, &["address1_city", "address2_city"]),
        (r#"{"leadsourcecode":1}"#, &["leadsourcecode"]),
        (r#"{"ownerid@odata.bind":"/teams(6a7b8c9d-0e1f-4a2b-8c3d-4e5f60718293)"}"#, &["_ownerid_value"]),
        (r#"{"parentaccountid":null}"#, &["_parentaccountid_value"]),
        (r#"{"new_score":41,"new_vip":true}"#, &["new_score", "new_vip"]),
        (r#"{"statecode":2}"#, &["statecode"]),
    ];
    for (body, named) in cases {
        assert_frame(&sandbox, ("PATCH", path, body), &headers, named);
    }
}

#[test]
fn hubspot() {
    let sandbox = sandbox("hubspot");
    let lead = "/crm/v3/objects/leads/563417219";
    let links = "/crm/v4/objects/0-136/563417219/associations";
    let headers = [("Authorization", "Bearer sandbox-private-app-token"), ("Content-Type", "application/json")];
    let cases: [(&str, &str, &str, &[&str]); 6] = [
        ("PATCH", lead, r#"{"properties":{"hs_lead_name":"Jane"}}"#, &["properties/hs_lead_name"]),
        (
            "PATCH",
            lead,
            r#"{"properties":{"hs_pipeline":"86125213","hs_pipeline_stage":"171544001"}}"#,
            &["properties/hs_pipeline", "properties/hs_pipeline_stage"],
        ),
        (
            "PATCH",
            lead,
            r#"{"properties":{"region":"","seat_count":"13"}}"#,
            &["properties/region", "properties/seat_count"],
        ),
        (
            "PATCH",
            "/crm/v3/objects/contacts/29851",
            r#"{"properties":{"lastname":"Roe"}}"#,
            &["properties/hs_associated_contact_lastname"],
        ),
        (
            "PUT",
            &format!("{links}/contacts/30177"),
            r#"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":578}]"#,
            &["properties/hs_primary_contact_id"],
        ),
        (
            "PUT",
            &format!("{links}/companies/5790939777"),
            r#"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":580}]"#,
            &["properties/hs_primary_company_id"],
        ),
    ];
    for (method, path, body, named) in cases {
        assert_frame(&sandbox, (method, path, body), &headers, named);
    }
}

#[test]
fn insightly() {
    let sandbox = sandbox("insightly");
    let key = ("Authorization", "Basic YWFhYWFhYWEtYmJiYi00Y2NjLThkZGQtZWVlZWVlZWVlZWVlOg==");
    let headers = [key, ("Content-Type", "application/json")];
    let cases: [(&str, &[&str]); 6] = [
        (r#""TITLE":"Buyer""#, &["TITLE"]),
        (r#""MOBILE":null,"PHONE":"1""#, &["MOBILE", "PHONE"]),
        (r#""LEAD_SOURCE_ID":830626,"OWNER_USER_ID":2240728"#, &["LEAD_SOURCE_ID", "OWNER_USER_ID"]),
        (r#""ADDRESS_STREET":"1 Elgin Street""#, &["ADDRESS_STREET"]),
        (r#""CUSTOMFIELDS":[{"FIELD_NAME":"Vip__c","FIELD_VALUE":true}]"#, &["CUSTOMFIELDS"]),
        (r#""TAGS":[]"#, &["TAGS"]),
    ];
    for (members, named) in cases {
        let body = format!(r#"{{"LEAD_ID":78572651,{members}}}"#);
        assert_frame(&sandbox, ("PUT", "/v3.1/Leads", &body), &headers, named);
    }
}

#[test]
fn nutshell() {
    let sandbox = sandbox("nutshell");
    let basic = ("Authorization", "Basic amltQGRlbW8uZXhhbXBsZTpzYW5kYm94LWFwaS1rZXk=");
    let cases: [(&str, &[&str]); 5] = [
        (r#"[{"op":"replace","path":"/leads/0/description","value":"Chairs"}]"#, &["description"]),
        (r#"[{"op":"replace","path":"/leads/0/links/owner","value":"2-teams"}]"#, &["links/owner"]),
        (r#"[{"op":"add","path":"/leads/0/links/tags/-","value":"15-tags"}]"#, &["links/tags"]),
        (r#"[{"op":"replace","path":"/leads/0/manualValue","value":"1.00"}]"#, &["value/amount"]),
        (r#"[{"op":"add","path":"/leads/0/customFields/Region~1Area","value":"East"}]"#, &["customFields"]),
    ];
    for (body, named) in cases {
        let headers = [basic, ("Content-Type", "application/json-patch+json")];
        assert_frame(&sandbox, ("PATCH", "/rest/leads/1003-leads", body), &headers, named);
    }
    let headers = [basic, ("Content-Type", "application/json")];
    let close = ("POST", "/rest/leads/1003-leads/status", r#"{"outcomeId":"2-outcomes"}"#);
    assert_frame(&sandbox, close, &headers, &["status"]);
    assert_frame(&sandbox, ("POST", "/rest/leads/1003-leads/reopen", ""), &headers, &["status"]);
}

#[test]
fn pipedrive() {
    let sandbox = sandbox("pipedrive");
    let lead = "/api/v1/leads/adf21080-0e10-11eb-879b-05d71fb426ec";
    let headers = [("x-api-token", "sandbox-api-token"), ("Content-Type", "application/json")];
    let (seats, site) = ("4c3f618daec05f7192b3c4d5e6f708192a3b4c5d", "d5c8fa163759e80a2b4c5d6e7f8091a2b3c4d5e6");
    let cases: [(&str, &[&str]); 7] = [
        (r#"{"title":"Jane"}"#, &["title"]),
        (r#"{"person_id":null,"organization_id":1003}"#, &["person_id", "organization_id"]),
        (r#"{"value":{"amount":999,"currency":"EUR"}}"#, &["value/currency"]),
        (r#"{"label_ids":[]}"#, &["label_ids"]),
        (r#"{"channel":53,"visible_to":"7"}"#, &["channel", "visible_to"]),
        (&format!(r#"{{"{seats}":null}}"#), &[seats]),
        (&format!(r#"{{"{site}":"Storgatan 1, 11122 Stockholm, Sverige"}}"#), &[site]),
    ];
    for (body, named) in cases {
        assert_frame(&sandbox, ("PATCH", lead, body), &headers, named);
    }
}

#[test]
fn zendesk_sell() {
    let sandbox = sandbox("zendesk_sell");
    let headers = [
        ("Authorization", "Bearer sandbox-access-0"),
        ("Content-Type", "application/json"),
        ("User-Agent", "my-app/1.0"),
    ];
    let cases: [(&str, &[&str]); 5] = [
        (r#""title":"Buyer","phone":null"#, &["title", "phone"]),
        (r#""source_id":2940175,"owner_id":1290481"#, &["source_id", "owner_id"]),
        (
            r#""address":{"line1":"1 Market St","city":"Oakland","postal_code":"94103","state":"CA","country":"US"}"#,
            &["address/city"],
        ),
        (r#""custom_fields":{"lead_score":"85"}"#, &["custom_fields/lead_score"]),
        (r#""tags":["webinar"]"#, &["tags"]),
    ];
    for (attributes, named) in cases {
        let body = format!(r#"{{"data":{{{attributes}}}}}"#);
        assert_frame(&sandbox, ("PUT", "/v2/leads/3194720", &body), &headers, named);
    }
}

#[test]
fn zoho_crm() {
    let sandbox = sandbox("zoho_crm");
    let lead = "/crm/v8/Leads/6493490000001504003";
    let headers = [("Authorization", "Zoho-oauthtoken 1000.sandbox-access-0"), ("Content-Type", "application/json")];
    let cases: [(&str, &[&str]); 6] = [
        (r#"{"data":[{"Last_Name":"Berg"}]}"#, &["Last_Name"]),
        (r#"{"data":[{"First_Name":"","Email":null}]}"#, &["First_Name", "Email"]),
        (r#"{"data":[{"Owner":{"id":"6493490000000486002"}}]}"#, &["Owner/id", "Owner/name", "Owner/email"]),
        (r#"{"data":[{"Lead_Source":"-None-"}]}"#, &["Lead_Source"]),
        (r#"{"data":[{"Interests":["Desks"],"Partner":null}]}"#, &["Interests", "Partner"]),
        (r#"{"data":[{"Call_At":"2025-05-01T00:00:00Z"}]}"#, &["Call_At"]),
    ];
    for (body, named) in cases {
        assert_frame(&sandbox, ("PUT", lead, body), &headers, named);
    }
}

#[test]
fn monday_crm() {
    let sandbox = sandbox("monday_crm");
    let headers = [("Authorization", "sandbox-personal-token"), ("Content-Type", "application/json")];
    let query = "mutation ($v: JSON!) { change_multiple_column_values(board_id: 2001047343, item_id: 9876543210, column_values: $v) { id } }";
    let cases: [(Value, &[&str]); 5] = [
        (json!({"name": "Jane"}), &["columns/name"]),
        (json!({"text": "CTO"}), &["columns/text/text", "columns/text/value"]),
        (
            json!({"lead_status": {"label": "Contacted"}}),
            &[
                "columns/lead_status/text",
                "columns/lead_status/value",
                "columns/lead_status/index",
                "columns/lead_status/label",
                "columns/lead_status/label_style/color",
                "columns/lead_status/label_style/border",
            ],
        ),
        (
            json!({"numeric_mm2q7r4t": "7"}),
            &["columns/numeric_mm2q7r4t/text", "columns/numeric_mm2q7r4t/value", "columns/numeric_mm2q7r4t/number"],
        ),
        (
            json!({"connect_boards_mm2q9c1f": {"item_ids": [9_876_500_002_u64]}}),
            &[
                "columns/connect_boards_mm2q9c1f/linked_item_ids",
                "columns/connect_boards_mm2q9c1f/linked_items",
                "columns/connect_boards_mm2q9c1f/display_value",
            ],
        ),
    ];
    for (values, named) in cases {
        let body = json!({"query": query, "variables": {"v": values.to_string()}}).to_string();
        assert_frame(&sandbox, ("POST", "/v2", &body), &headers, named);
    }
}

#[test]
fn pipeliner() {
    let sandbox = sandbox("pipeliner");
    let lead = "/api/v100/rest/spaces/nv3_PipelinerDev/entities/Leads/0190978c-d6d1-de35-3f6d-7cf0a0e264db";
    let headers = [
        ("Authorization", "Basic dXNfTlYzX1BJUEVMSU5FUkRFVl9TQU5EQk9YOnNhbmRib3gtcDrDpHNzd29yZA=="),
        ("Content-Type", "application/json"),
    ];
    let cases: [(&str, &[&str]); 6] = [
        (r#"{"name":"N"}"#, &["name"]),
        (r#"{"description":null,"ranking":1}"#, &["description", "ranking"]),
        (r#"{"owner_id":"00000000-0000-0000-0000-000000008e97"}"#, &["owner_id"]),
        (r#"{"lead_source_id":"04444b3a-c669-03bc-2c49-bcd7f047d41a"}"#, &["lead_source_id"]),
        (r#"{"created":"2019-01-01T00:00:00","cf_seats":1}"#, &["created", "cf_seats"]),
        (r#"{"account_relations":[]}"#, &[]),
    ];
    for (body, named) in cases {
        assert_frame(&sandbox, ("PATCH", lead, body), &headers, named);
    }
}
