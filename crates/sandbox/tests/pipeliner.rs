//! The simulated Pipeliner, against its facts sheet.

mod support;

use support::{sandbox, send};

#[test]
fn probe() {
    let sandbox = sandbox("pipeliner");
    let b = "https://us-east.api.pipelinersales.com/api/v100/rest/spaces/nv3_PipelinerDev/entities";
    let auth = format!("Basic {}", "dXNfTlYzX1BJUEVMSU5FUkRFVl9TQU5EQk9YOnNhbmRib3gtcDrDpHNzd29yZA==");
    for (m, p, body) in [
        ("GET", "/Leads/0190978c-d6d1-de35-3f6d-7cf0a0e264db?expand=lead_source,primary_account", ""),
        ("GET", "/Leads/0190978c-d6d1-de35-3f6d-7cf0a0e264dc", ""),
        ("GET", "/Fields?filter[entity_name]=Lead&filter[api_name]=lead_source_id&expand=data_set", ""),
        ("GET", "/Data?filter[option_name]=Web", ""),
        (
            "PATCH",
            "/Leads/0190978c-d6d1-de35-3f6d-7cf0a0e264db?validation-level=2",
            r#"{"name":"N","created":"2019-01-01T00:00:00","account_relations":[{"account_id":"0bc376a4-c579-413a-9221-e86e4a134766","is_primary":true}],"contact_relations":[]}"#,
        ),
        ("PATCH", "/Leads/0190978c-d6d1-de35-3f6d-7cf0a0e264dc", r#"{"name":"N"}"#),
        (
            "POST",
            "/LeadOpptyAccountRelations",
            r#"{"account_id":"0bc376a4-c579-413a-9221-e86e4a134766","is_primary":true,"lead_oppty_id":"0190978c-d6d1-de35-3f6d-7cf0a0e264dc"}"#,
        ),
        ("GET", "/Contact/1", ""),
    ] {
        let a = send(
            &sandbox,
            m,
            &format!("{b}{p}"),
            &[("Authorization", &auth), ("Content-Type", "application/json")],
            body,
        );
        println!("{m} {p} {} {}", a.status, a.text());
    }
}
