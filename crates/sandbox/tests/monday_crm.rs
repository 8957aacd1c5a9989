//! The simulated Monday CRM, against its facts sheet.

mod support;

use support::{sandbox, send};

#[test]
fn probe() {
    let sandbox = sandbox("monday_crm");
    for body in [
        r#"{"query":"query Q($i: [ID!]) { items(ids: $i) { id } }","variables":{"i":["9876543210"]}}"#,
        r#"{"query":"{ boards(ids: 2001047343) { columns(ids: [\"lead_status\",\"name\",\"text\",\"lead_owner\"]) { id } } }"}"#,
        r#"{"query":"mutation { change_multiple_column_values(board_id: 2001047343, item_id: 9876543210, column_values: \"{\\\"lead_status\\\":{\\\"label\\\":\\\"X\\\"}}\") { id } }"}"#,
        r#"{"query":"mutation { change_multiple_column_values(board_id: 2001047343, item_id: 9876543211, column_values: \"{\\\"lead_status\\\":{\\\"label\\\":\\\"Contacted\\\"}}\") { id } }"}"#,
    ] {
        let a = send(&sandbox, "POST", "https://api.monday.com/v2", &[("Authorization", "sandbox-personal-token"), ("Content-Type", "application/json")], body);
        println!("{} {}", a.status, a.text());
    }
}
