//! The simulated Monday CRM, against its facts sheet.

mod support;

use mapwright_sandbox::Sandbox;
use serde_json::{Map, Value, json};
use support::{Answer, over_the_wire, refused, sandbox, send, survives_hostile_requests};

const PROVIDER: &str = "monday_crm";
const URL: &str = "https://api.monday.com/v2";
const BOARD: &str = "2001047343";
const FULL: &str = "9876543210";
const EMPTY: &str = "9876543211";
const ODD: &str = "90071992547409931";
const TOKEN: (&str, &str) = ("Authorization", "sandbox-personal-token");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const RATE: [(&str, &str); 2] =
    [("ratelimit", "\"default\";r=999;t=60"), ("ratelimit-policy", "\"default\";q=1000;w=60")];
/// The mutation of section 5.
const UPDATE: &str = "mutation UpdateLead($boardId: ID!, $itemId: ID!, $columnValues: JSON!) { change_multiple_column_values(board_id: $boardId, item_id: $itemId, column_values: $columnValues, create_labels_if_missing: false) { ...LeadItem } } fragment LeadItem on Item { id name state created_at updated_at url board { id } column_values { id type text value ... on StatusValue { index label } ... on EmailValue { email label } } }";

fn ask(sandbox: &Sandbox, query: &str, variables: &Value) -> Answer {
    let body = json!({"query": query, "variables": variables}).to_string();
    send(sandbox, "POST", URL, &[TOKEN, JSON], &body)
}

fn update(sandbox: &Sandbox, item: &str, columns: &Value) -> Answer {
    ask(sandbox, UPDATE, &json!({"boardId": BOARD, "itemId": item, "columnValues": columns.to_string()}))
}

fn read(sandbox: &Sandbox, item: &str) -> Value {
    let answer = ask(sandbox, "query ($ids: [ID!]!) { items(ids: $ids, limit: 1) { id } }", &json!({"ids": [item]}));
    assert_eq!(answer.status, 200);
    answer.json()["data"]["items"][0].clone()
}

/// The id of the nth request of a sandbox.
fn nth(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

#[track_caller]
fn assert_answer(answer: &Answer, status: u16, body: &Value) {
    assert_eq!(answer.status, status);
    assert_eq!(answer.json(), *body);
    assert_eq!(answer.headers(), [[("content-type", "application/json")].as_slice(), &RATE].concat());
}

/// An answer's envelope.
fn data(number: u32, data: &Value) -> Value {
    json!({"data": data, "extensions": {"request_id": nth(number)}, "account_id": 25_228_442})
}

/// A refusal of a column's value.
fn refusal(number: u32, message: &str, extensions: &Value) -> Value {
    json!({"data": {"change_multiple_column_values": null},
        "errors": [{"message": message, "locations": [{"line": 1, "column": 10}], "path": ["change_multiple_column_values"], "extensions": extensions}],
        "extensions": {"request_id": nth(number)}, "account_id": 25_228_442})
}

fn bad_value(number: u32, says: &str, kind: &str) -> Value {
    let message = format!(
        "invalid value - {says}. Please check our API documentation for the correct data structure for this column. https://developer.monday.com/api-reference/docs/change-column-values"
    );
    refusal(
        number,
        &message,
        &json!({"code": "ColumnValueException", "status_code": 200, "error_data": {"column_type": kind}}),
    )
}

/// One column value: what every type has, and its own members.
fn column(id: &str, title: &str, kind: &str, text: &Value, value: &Value, own: Value) -> (String, Value) {
    let mut all = json!({"id": id, "type": kind, "text": text, "value": value, "is_leaf": true,
        "column": {"id": id, "title": title, "type": kind}});
    if let (Value::Object(all), Value::Object(own)) = (&mut all, own) {
        all.extend(own);
    }
    (id.to_owned(), all)
}

/// Column values by column, whatever their order.
fn by_column(item: &Value) -> Value {
    let values = item["column_values"].as_array().expect("column values");
    let by: Map<String, Value> =
        values.iter().map(|value| (value["id"].as_str().expect("an id").to_owned(), value.clone())).collect();
    assert_eq!(by.len(), values.len(), "each column is there once");
    Value::Object(by)
}

/// The members of an item besides its columns.
fn head(item: &Value) -> Value {
    let mut head = item.clone();
    head.as_object_mut().expect("an item").remove("column_values");
    head
}

#[expect(clippy::too_many_lines, reason = "one line for each column")]
fn full_columns() -> Value {
    let none = Value::Null;
    let text = |text: &str| json!(text);
    let raw = |value: Value| json!(value.to_string());
    Value::Object(Map::from_iter([
        column(
            "lead_status",
            "Status",
            "status",
            &text("New Lead"),
            &raw(json!({"index": 5})),
            json!({"index": 5, "label": "New Lead", "is_done": false, "label_style": {"color": "#c4c4c4", "border": "#c4c4c4"}, "update_id": null}),
        ),
        column(
            "lead_owner",
            "Owner",
            "people",
            &text("Ömer Åberg"),
            &raw(json!({"personsAndTeams": [{"id": 48_202_304, "kind": "person"}]})),
            json!({"persons_and_teams": [{"id": "48202304", "kind": "person"}]}),
        ),
        column("lead_company", "Company", "text", &text("TechCorp"), &raw(json!("TechCorp")), json!({})),
        column("text", "Title", "text", &text("VP of Engineering"), &raw(json!("VP of Engineering")), json!({})),
        column(
            "lead_email",
            "Email",
            "email",
            &text("john@techcorp.example"),
            &raw(json!({"email": "john@techcorp.example", "text": "Work"})),
            json!({"email": "john@techcorp.example", "label": "Work"}),
        ),
        column(
            "lead_phone",
            "Phone",
            "phone",
            &text("442079460958"),
            &raw(json!({"phone": "442079460958", "countryShortName": "GB"})),
            json!({"phone": "442079460958", "country_short_name": "GB"}),
        ),
        column(
            "date__1",
            "Last interaction",
            "date",
            &text("2026-10-30"),
            &raw(json!({"date": "2026-10-30"})),
            json!({"date": "2026-10-30", "time": "", "icon": ""}),
        ),
        column(
            "button",
            "Create a contact",
            "button",
            &text(""),
            &none,
            json!({"label": "Create a contact", "color": "#0086c0"}),
        ),
        column("enrolled_sequences_mkn3bg52", "Active sequences", "unsupported", &none, &none, json!({})),
        column(
            "subtasks_mkrysmpk",
            "Subitems",
            "subtasks",
            &text(""),
            &none,
            json!({"display_value": "", "subitems_ids": [], "subitems": []}),
        ),
        column("text_mm2q5tw8", "Campaign code", "text", &text("SPRING-26"), &raw(json!("SPRING-26")), json!({})),
        column(
            "long_text_mm2q6ab1",
            "Notes",
            "long_text",
            &text("First line\nsecond line"),
            &raw(json!({"text": "First line\nsecond line"})),
            json!({}),
        ),
        column(
            "numeric_mm2q7r4t",
            "Seats",
            "numbers",
            &text("12.5"),
            &raw(json!("12.5")),
            json!({"number": 12.5, "symbol": null, "direction": null}),
        ),
        column(
            "color_mm2q8d2k",
            "Priority",
            "status",
            &text("Hot"),
            &raw(json!({"index": 10})),
            json!({"index": 10, "label": "Hot", "is_done": false, "label_style": {"color": "#333333", "border": "#333333"}, "update_id": null}),
        ),
        column(
            "dropdown_mm2q8x5p",
            "Interests",
            "dropdown",
            &text("Chairs, Lamps, standing"),
            &raw(json!({"ids": [1, 3]})),
            json!({"values": [{"id": "1", "label": "Chairs"}, {"id": "3", "label": "Lamps, standing"}]}),
        ),
        column(
            "date_mm2q8y7v",
            "Demo",
            "date",
            &text("2026-12-01 09:00:00"),
            &raw(json!({"date": "2026-12-01", "time": "09:00:00"})),
            json!({"date": "2026-12-01", "time": "09:00:00", "icon": ""}),
        ),
        column(
            "link_mm2q90aw",
            "Website",
            "link",
            &text("TechCorp - https://techcorp.example/"),
            &raw(json!({"url": "https://techcorp.example/", "text": "TechCorp"})),
            json!({"url": "https://techcorp.example/", "url_text": "TechCorp"}),
        ),
        column(
            "boolean_mm2q94fz",
            "Wants a demo",
            "checkbox",
            &text("v"),
            &raw(json!({"checked": "true"})),
            json!({"checked": true}),
        ),
        column(
            "location_mm2q96hj",
            "Office",
            "location",
            &text("London, UK"),
            &raw(json!({"lat": "51.5073", "lng": "-0.1277", "address": "London, UK"})),
            json!({"lat": 51.5073, "lng": -0.1277, "address": "London, UK", "city": null, "country": null, "street": null, "place_id": null}),
        ),
        column(
            "country_mm2q97ne",
            "Country",
            "country",
            &text("United Kingdom"),
            &raw(json!({"countryCode": "GB", "countryName": "United Kingdom"})),
            json!({"country": {"code": "GB", "name": "United Kingdom"}}),
        ),
        column(
            "multiple_person_mm2q98bd",
            "Team",
            "people",
            &text("Jane Roe, Sales EMEA"),
            &raw(json!({"personsAndTeams": [{"id": 48_202_303, "kind": "person"}, {"id": 51_166, "kind": "team"}]})),
            json!({"persons_and_teams": [{"id": "48202303", "kind": "person"}, {"id": "51166", "kind": "team"}]}),
        ),
        column(
            "connect_boards_mm2q9c1f",
            "Account",
            "board_relation",
            &none,
            &none,
            json!({"linked_item_ids": ["9876500001"], "linked_items": [{"id": "9876500001", "name": "TechCorp Ltd"}], "display_value": "TechCorp Ltd"}),
        ),
        column("lookup_mm2q9e3s", "Industry", "mirror", &none, &none, json!({"display_value": "Software"})),
        column("formula_mm2q9g8m", "Score", "formula", &text(""), &none, json!({"display_value": "12.5"})),
        column(
            "pulse_log_mm2q9k2x",
            "Created",
            "creation_log",
            &text("2026-01-15 10:30:00 UTC"),
            &raw(json!({"created_at": "2026-01-15T10:30:00Z", "creator_id": 48_202_303})),
            json!({"created_at": "2026-01-15T10:30:00Z", "creator_id": "48202303"}),
        ),
        column(
            "pulse_updated_mm2q9m6c",
            "Updated",
            "last_updated",
            &text("2026-11-02 09:00:00 UTC"),
            &raw(json!({"updated_at": "2026-11-02T09:00:00Z"})),
            json!({"updated_at": "2026-11-02T09:00:00Z", "updater_id": "48202303"}),
        ),
        column("pulse_id_mm2q9p4u", "Item ID", "item_id", &text(FULL), &none, json!({"item_id": FULL})),
        column("autonumber_mm2q9r9y", "Number", "auto_number", &text("1"), &none, json!({})),
    ]))
}

fn full_head() -> Value {
    json!({"id": FULL, "name": "John Smith", "state": "active", "created_at": "2026-01-15T10:30:00Z", "updated_at": "2026-11-02T09:00:00Z",
        "creator_id": "48202303", "url": "https://acme.monday.com/boards/2001047343/pulses/9876543210", "relative_link": "/boards/2001047343/pulses/9876543210",
        "email": "pulse-9876543210@acme.monday.com", "board": {"id": BOARD, "name": "Leads"},
        "group": {"id": "topics", "title": "New leads", "color": "#579bfc", "position": "65536.0", "archived": false, "deleted": false}})
}

/// The values of section 5, and what the columns then show.
fn section_5() -> (Value, Value, Value) {
    let sent = json!({"name": "John Smith - TechCorp", "lead_status": {"label": "Contacted"},
        "lead_email": {"email": "john.smith@techcorp.com", "text": "john.smith@techcorp.com"},
        "lead_phone": {"phone": "+12025550169", "countryShortName": "US"},
        "lead_owner": {"personsAndTeams": [{"id": 48_202_303, "kind": "person"}]}, "lead_company": "TechCorp Solutions"});
    let mut item = full_head();
    item["name"] = json!("John Smith - TechCorp");
    item["updated_at"] = json!("2026-11-20T08:12:45Z");
    let mut columns = full_columns();
    let mut set = |id: &str, members: Value| {
        if let (Some(Value::Object(column)), Value::Object(members)) = (columns.get_mut(id), members) {
            column.extend(members);
        }
    };
    set(
        "lead_owner",
        json!({"text": "Jane Roe", "value": "{\"personsAndTeams\":[{\"id\":48202303,\"kind\":\"person\"}]}", "persons_and_teams": [{"id": "48202303", "kind": "person"}]}),
    );
    set(
        "lead_status",
        json!({"text": "Contacted", "value": "{\"index\":2}", "index": 2, "label": "Contacted", "label_style": {"color": "#df2f4a", "border": "#df2f4a"}}),
    );
    set("lead_company", json!({"text": "TechCorp Solutions", "value": "\"TechCorp Solutions\""}));
    set(
        "lead_email",
        json!({"text": "john.smith@techcorp.com", "value": "{\"email\":\"john.smith@techcorp.com\",\"text\":\"john.smith@techcorp.com\"}", "email": "john.smith@techcorp.com", "label": "john.smith@techcorp.com"}),
    );
    set(
        "lead_phone",
        json!({"text": "12025550169", "value": "{\"phone\":\"12025550169\",\"countryShortName\":\"US\"}", "phone": "12025550169", "country_short_name": "US"}),
    );
    set(
        "pulse_updated_mm2q9m6c",
        json!({"text": "2026-11-20 08:12:45 UTC", "value": "{\"updated_at\":\"2026-11-20T08:12:45Z\"}", "updated_at": "2026-11-20T08:12:45Z"}),
    );
    (sent, item, columns)
}

#[track_caller]
fn assert_item(answer: &Answer, number: u32, call: &str, item: &Value, columns: &Value) {
    let body = answer.json();
    let found = &body["data"][call];
    assert_eq!(head(found), *item);
    assert_eq!(by_column(found), *columns);
    assert_answer(answer, 200, &data(number, &json!({ call: found })));
}

#[test]
fn the_update_of_section_5_answers_the_whole_item() {
    let sandbox = sandbox(PROVIDER);
    let (sent, item, columns) = section_5();
    assert_item(&update(&sandbox, FULL, &sent), 1, "change_multiple_column_values", &item, &columns);
    let after = read(&sandbox, FULL);
    assert_eq!((head(&after), by_column(&after)), (item, columns));
}

#[test]
fn names_literals_and_order_of_arguments_make_no_difference() {
    let (sent, item, columns) = section_5();
    let literal = json!(sent.to_string()).to_string();
    let asked = [
        (
            format!("mutation {{ change_multiple_column_values(item_id: {FULL}, board_id: {BOARD}, column_values: {literal}) {{ id }} }}"),
            json!({}),
        ),
        (
            "mutation M($v: JSON!, $b: ID! = \"2001047343\", $i: ID!) {\n  # items(ids: 1)\n  change_multiple_column_values (\n    column_values: $v\n    board_id: $b\n    item_id: $i\n  ) { id }\n}".to_owned(),
            json!({"v": sent.to_string(), "i": 9_876_543_210_u64}),
        ),
    ];
    for (query, variables) in asked {
        let answer = ask(&sandbox(PROVIDER), &query, &variables);
        assert_item(&answer, 1, "change_multiple_column_values", &item, &columns);
    }
}

#[test]
fn over_a_socket_the_answers_are_the_same() {
    let sandbox = sandbox(PROVIDER);
    let (sent, item, columns) = section_5();
    let body =
        json!({"query": UPDATE, "variables": {"boardId": BOARD, "itemId": FULL, "columnValues": sent.to_string()}})
            .to_string();
    let answer = over_the_wire(&sandbox, "POST", "/v2", &[TOKEN, JSON, ("API-Version", "2026-10")], &body);
    assert_item(&answer, 1, "change_multiple_column_values", &item, &columns);
    assert_eq!(sandbox.log()[0].body, body);
}

#[test]
fn a_read_shows_every_column_in_its_own_form() {
    let sandbox = sandbox(PROVIDER);
    let item = read(&sandbox, FULL);
    assert_eq!((head(&item), by_column(&item)), (full_head(), full_columns()));
}

#[test]
fn an_item_without_values_shows_every_column_empty() {
    let item = read(&sandbox(PROVIDER), EMPTY);
    let columns = by_column(&item);
    let shown =
        |id: &str, members: &[&str]| -> Vec<Value> { members.iter().map(|name| columns[id][name].clone()).collect() };
    assert_eq!(item["name"], "Empty lead");
    assert_eq!(columns.as_object().map(Map::len), full_columns().as_object().map(Map::len));
    assert_eq!(shown("lead_status", &["text", "value", "index", "label", "is_done"]), vec![Value::Null; 5]);
    assert_eq!(shown("lead_email", &["text", "value", "email", "label"]), vec![Value::Null; 4]);
    assert_eq!(shown("lead_phone", &["text", "value", "phone", "country_short_name"]), vec![Value::Null; 4]);
    assert_eq!(shown("lead_owner", &["text", "value", "persons_and_teams"]), [json!(""), json!(null), json!([])]);
    assert_eq!(shown("text", &["text", "value"]), [json!(""), json!(null)]);
    assert_eq!(shown("long_text_mm2q6ab1", &["text", "value"]), [json!(""), json!(null)]);
    assert_eq!(shown("date__1", &["text", "value", "date", "time"]), [json!(""), json!(null), json!(""), json!("")]);
    assert_eq!(shown("numeric_mm2q7r4t", &["text", "value", "number"]), [json!(""), json!(null), json!(null)]);
    assert_eq!(shown("dropdown_mm2q8x5p", &["text", "value", "values"]), [json!(null), json!(null), json!([])]);
    assert_eq!(shown("boolean_mm2q94fz", &["text", "value", "checked"]), [json!(""), json!(null), json!(null)]);
    assert_eq!(
        shown("connect_boards_mm2q9c1f", &["text", "value", "linked_item_ids", "display_value"]),
        [json!(null), json!(null), json!([]), json!("")]
    );
    assert_eq!(shown("pulse_id_mm2q9p4u", &["item_id"]), [json!(EMPTY)]);
}

#[test]
fn long_ids_and_unusual_texts_come_back_as_they_are() {
    let item = read(&sandbox(PROVIDER), ODD);
    let columns = by_column(&item);
    assert_eq!(item["id"], ODD);
    assert_eq!(item["name"], "Zoë O’Brien 👩🏽‍💻 \"quoted\" \\ العربية");
    assert_eq!(columns["text_mm2q5tw8"]["text"], "e\u{301} is not é");
    assert_eq!(columns["text_mm2q5tw8"]["value"], "\"e\u{301} is not é\"");
    assert_eq!(columns["text"]["text"], "  spaces kept  ");
    assert_eq!(columns["lead_status"]["label"], "Contacted");
    assert_eq!(columns["numeric_mm2q7r4t"]["number"], json!(9_007_199_254_740_993_u64));
    assert_eq!(columns["color_mm2q8d2k"]["index"], 11);
}

#[test]
fn items_are_asked_for_by_any_form_of_ids_and_unknown_ones_are_no_error() {
    let sandbox = sandbox(PROVIDER);
    let ids = |query: &str, variables: Value| {
        let items = ask(&sandbox, query, &variables).json()["data"]["items"].clone();
        let items = items.as_array().expect("items").iter().map(|item| item["id"].as_str().map(str::to_owned));
        items.map(Option::unwrap_or_default).collect::<Vec<_>>()
    };
    assert_eq!(ids("{ items(ids: [9876543210, \"9876543211\"]) { id } }", json!({})), [FULL, EMPTY]);
    assert_eq!(ids("query Q($a: ID!) { items(ids: [$a]) { id } }", json!({"a": ODD})), [ODD]);
    assert_eq!(ids("{ items(ids: 9876543210) { id } }", json!({})), [FULL], "a single value is a list of one");
    assert_eq!(ids("{ items(limit: 25) { id } }", json!({})), [ODD, FULL, EMPTY]);
    let none = ask(&sandbox, "{ items(ids: [1]) { id } }", &json!({}));
    assert_answer(&none, 200, &data(5, &json!({"items": []})));
}

#[test]
fn column_values_can_be_asked_for_by_id() {
    let sandbox = sandbox(PROVIDER);
    let query = "query ($i: [ID!], $c: [String!]) { items(ids: $i) { column_values(ids: $c) { id text } } }";
    let answer = ask(&sandbox, query, &json!({"i": [FULL], "c": ["text", "lead_company", "nothing"]}));
    let columns = by_column(&answer.json()["data"]["items"][0]);
    assert_eq!(columns, json!({"text": full_columns()["text"], "lead_company": full_columns()["lead_company"]}));
}

#[test]
fn every_type_is_written_in_its_own_forms() {
    let sandbox = sandbox(PROVIDER);
    let cases = [
        (
            "lead_status",
            json!({"label": "Unqualified"}),
            json!({"label": "Unqualified", "index": 3, "text": "Unqualified", "value": "{\"index\":3}"}),
        ),
        ("lead_status", json!({"index": 1}), json!({"label": "Qualified", "index": 1, "is_done": true})),
        ("lead_status", json!({"index": "0"}), json!({"label": "Attempted to contact", "index": 0})),
        (
            "lead_email",
            json!({"email": "a@b.example", "text": ""}),
            json!({"email": "a@b.example", "label": "", "text": "a@b.example"}),
        ),
        (
            "lead_phone",
            json!({"phone": "020 7946 0958", "countryShortName": "GB"}),
            json!({"phone": "02079460958", "country_short_name": "GB"}),
        ),
        (
            "lead_phone",
            json!({"phone": "+33 1 70 18 99 00", "countryShortName": "FR"}),
            json!({"phone": "33170189900", "country_short_name": "FR"}),
        ),
        (
            "lead_owner",
            json!({"personsAndTeams": [{"id": 51_166, "kind": "team"}]}),
            json!({"persons_and_teams": [{"id": "51166", "kind": "team"}], "text": "Sales EMEA"}),
        ),
        ("text", json!("<b>\"x\"</b>"), json!({"text": "<b>\"x\"</b>", "value": "\"<b>\\\"x\\\"</b>\""})),
        ("long_text_mm2q6ab1", json!("plain"), json!({"text": "plain", "value": "{\"text\":\"plain\"}"})),
        ("long_text_mm2q6ab1", json!({"text": "é".repeat(2000)}), json!({"text": "é".repeat(2000)})),
        ("date__1", json!({"date": "2026-06-15"}), json!({"date": "2026-06-15", "time": "", "text": "2026-06-15"})),
        (
            "date__1",
            json!({"date": "2026-06-15", "time": "09:00:00"}),
            json!({"date": "2026-06-15", "time": "09:00:00"}),
        ),
        (
            "dropdown_mm2q8x5p",
            json!({"labels": ["Desks"]}),
            json!({"values": [{"id": "2", "label": "Desks"}], "value": "{\"ids\":[2]}"}),
        ),
        ("dropdown_mm2q8x5p", json!({"ids": [2, 1]}), json!({"text": "Desks, Chairs"})),
        ("numeric_mm2q7r4t", json!("42"), json!({"number": 42, "text": "42", "value": "\"42\""})),
        ("numeric_mm2q7r4t", json!(-0.5), json!({"number": -0.5, "text": "-0.5", "value": "\"-0.5\""})),
        (
            "link_mm2q90aw",
            json!({"url": "https://x.example", "text": "X"}),
            json!({"url": "https://x.example", "url_text": "X"}),
        ),
        ("boolean_mm2q94fz", json!({"checked": "false"}), json!({"checked": false, "text": ""})),
        (
            "location_mm2q96hj",
            json!({"lat": 1.5, "lng": "-2", "address": "Sea"}),
            json!({"lat": 1.5, "lng": -2, "address": "Sea", "text": "Sea"}),
        ),
        (
            "country_mm2q97ne",
            json!({"countryCode": "DE", "countryName": "Germany"}),
            json!({"country": {"code": "DE", "name": "Germany"}, "text": "Germany"}),
        ),
        (
            "connect_boards_mm2q9c1f",
            json!({"item_ids": ["9876500002", 9_876_500_001_u64]}),
            json!({"linked_item_ids": ["9876500002", "9876500001"], "display_value": "Smørrebrød & Søn, TechCorp Ltd", "text": null, "value": null}),
        ),
        ("connect_boards_mm2q9c1f", json!({"item_ids": []}), json!({"linked_item_ids": [], "display_value": ""})),
    ];
    for (id, value, expected) in cases {
        let answer = update(&sandbox, FULL, &json!({ id: value })).json();
        let shown = by_column(&answer["data"]["change_multiple_column_values"])[id].clone();
        let found: Map<String, Value> =
            expected.as_object().expect("members").keys().map(|name| (name.clone(), shown[name].clone())).collect();
        assert_eq!(Value::Object(found), expected, "{id} {value}");
    }
}

#[test]
fn null_clears_every_column_but_the_name_and_an_empty_text_clears_texts() {
    let sandbox = sandbox(PROVIDER);
    let columns = [
        "lead_status",
        "lead_owner",
        "lead_email",
        "lead_phone",
        "date__1",
        "lead_company",
        "long_text_mm2q6ab1",
        "numeric_mm2q7r4t",
        "dropdown_mm2q8x5p",
        "link_mm2q90aw",
        "boolean_mm2q94fz",
        "location_mm2q96hj",
        "country_mm2q97ne",
        "multiple_person_mm2q98bd",
        "connect_boards_mm2q9c1f",
        "color_mm2q8d2k",
        "date_mm2q8y7v",
    ];
    let mut sent: Map<String, Value> = columns.iter().map(|id| ((*id).to_owned(), Value::Null)).collect();
    sent.insert("text".to_owned(), json!(""));
    sent.insert("text_mm2q5tw8".to_owned(), json!(""));
    let cleared = by_column(
        &update(&sandbox, FULL, &Value::Object(sent.clone())).json()["data"]["change_multiple_column_values"],
    );
    let empty = by_column(&read(&sandbox, EMPTY));
    for id in sent.keys() {
        assert_eq!(cleared[id], empty[id]);
    }
    assert_answer(
        &update(&sandbox, FULL, &json!({"name": null})),
        200,
        &bad_value(3, "this column cannot be cleared", "name"),
    );
    assert_answer(
        &update(&sandbox, FULL, &json!({"name": ""})),
        200,
        &bad_value(4, "the value does not fit the column", "name"),
    );
}

#[test]
fn wrong_values_are_refused_within_a_200_and_change_nothing() {
    let sandbox = sandbox(PROVIDER);
    let before = sandbox.state()["collections"].clone();
    let cases = [
        ("lead_status", json!({"label": "contacted"}), "label does not exist in column", "color"),
        ("lead_status", json!({"index": 4}), "label does not exist in column", "color"),
        ("lead_status", json!("Contacted"), "the value does not fit the column", "color"),
        ("lead_status", json!({}), "the value does not fit the column", "color"),
        ("lead_email", json!("a@b.example"), "the value does not fit the column", "email"),
        ("lead_email", json!({"email": "a@b.example"}), "the value does not fit the column", "email"),
        ("lead_email", json!({"email": "nobody", "text": "nobody"}), "the value does not fit the column", "email"),
        ("lead_email", json!({"email": "a@b.example", "text": null}), "the value does not fit the column", "email"),
        ("lead_phone", json!({"phone": "+12025550169"}), "the value does not fit the column", "phone"),
        (
            "lead_phone",
            json!({"phone": "+12025550169", "countryShortName": "GB"}),
            "the value does not fit the column",
            "phone",
        ),
        ("lead_phone", json!({"phone": "123", "countryShortName": "US"}), "the value does not fit the column", "phone"),
        (
            "lead_phone",
            json!({"phone": "call me", "countryShortName": "US"}),
            "the value does not fit the column",
            "phone",
        ),
        (
            "lead_owner",
            json!({"personsAndTeams": [{"id": "48202303", "kind": "person"}]}),
            "the value does not fit the column",
            "multiple-person",
        ),
        (
            "lead_owner",
            json!({"personsAndTeams": [{"id": 48_202_303, "kind": "robot"}]}),
            "the value does not fit the column",
            "multiple-person",
        ),
        ("lead_owner", json!(48_202_303), "the value does not fit the column", "multiple-person"),
        ("text", json!(7), "the value does not fit the column", "text"),
        ("text", json!({"text": "x"}), "the value does not fit the column", "text"),
        ("long_text_mm2q6ab1", json!({"text": "x".repeat(2001)}), "the value does not fit the column", "long-text"),
        ("date__1", json!("2026-06-15"), "the value does not fit the column", "date"),
        ("date__1", json!({"date": "15.06.2026"}), "the value does not fit the column", "date"),
        ("date__1", json!({"date": "2026-06-15", "time": "9:00"}), "the value does not fit the column", "date"),
        ("dropdown_mm2q8x5p", json!({"labels": ["Sofas"]}), "label does not exist in column", "dropdown"),
        ("dropdown_mm2q8x5p", json!({"ids": [9]}), "label does not exist in column", "dropdown"),
        ("numeric_mm2q7r4t", json!("many"), "the value does not fit the column", "numeric"),
        ("numeric_mm2q7r4t", json!(true), "the value does not fit the column", "numeric"),
        ("link_mm2q90aw", json!("https://x.example"), "the value does not fit the column", "link"),
        ("boolean_mm2q94fz", json!({"checked": true}), "the value does not fit the column", "boolean"),
        (
            "location_mm2q96hj",
            json!({"lat": "north", "lng": "0", "address": ""}),
            "the value does not fit the column",
            "location",
        ),
        (
            "country_mm2q97ne",
            json!({"countryCode": "Germany", "countryName": "Germany"}),
            "the value does not fit the column",
            "country",
        ),
        (
            "connect_boards_mm2q9c1f",
            json!({"linkedPulseIds": [{"linkedPulseId": 9_876_500_001_u64}]}),
            "the value does not fit the column",
            "board-relation",
        ),
        ("button", json!("x"), "this column cannot be changed", "button"),
        ("lookup_mm2q9e3s", json!("x"), "this column cannot be changed", "lookup"),
        ("formula_mm2q9g8m", json!(null), "this column cannot be changed", "formula"),
        ("pulse_log_mm2q9k2x", json!("2026-01-01"), "this column cannot be changed", "pulse-log"),
        ("pulse_updated_mm2q9m6c", json!("2026-01-01"), "this column cannot be changed", "pulse-updated"),
        ("pulse_id_mm2q9p4u", json!("1"), "this column cannot be changed", "pulse-id"),
        ("autonumber_mm2q9r9y", json!(5), "this column cannot be changed", "auto-number"),
        ("subtasks_mkrysmpk", json!("x"), "this column cannot be changed", "subtasks"),
    ];
    for (number, (id, value, says, kind)) in (1..).zip(cases) {
        let answer = update(&sandbox, FULL, &json!({"text": "never stored", id: value}));
        let answer = if id == "text" { update(&sandbox, FULL, &json!({ id: value })) } else { answer };
        assert_eq!(answer.status, 200);
        let mut expected = bad_value(number, says, kind);
        expected["extensions"] = answer.json()["extensions"].clone();
        assert_answer(&answer, 200, &expected);
    }
    assert_eq!(sandbox.state()["collections"], before, "a refused write changes nothing");
}

#[test]
fn unknown_columns_people_and_items_have_codes_of_their_own() {
    let sandbox = sandbox(PROVIDER);
    assert_answer(
        &update(&sandbox, FULL, &json!({"nothing": "x"})),
        200,
        &refusal(
            1,
            "This column ID doesn't exist for the board",
            &json!({"code": "InvalidColumnIdException", "status_code": 200, "error_data": {"column_id": "nothing"}}),
        ),
    );
    assert_answer(
        &update(&sandbox, FULL, &json!({"lead_owner": {"personsAndTeams": [{"id": 48_202_303, "kind": "team"}]}})),
        200,
        &refusal(
            2,
            "The user is not a member of the board",
            &json!({"code": "InvalidUserIdException", "status_code": 200, "error_data": {"column_id": "lead_owner"}}),
        ),
    );
    assert_answer(
        &update(&sandbox, FULL, &json!({"connect_boards_mm2q9c1f": {"item_ids": ["1"]}})),
        200,
        &refusal(
            3,
            "The linked item does not exist on a connected board",
            &json!({"code": "ColumnValueException", "status_code": 200, "error_data": {"column_id": "connect_boards_mm2q9c1f"}}),
        ),
    );
    assert_answer(
        &update(&sandbox, FULL, &json!({"name": "x".repeat(256)})),
        200,
        &refusal(
            4,
            "Item name is too long",
            &json!({"code": "ItemNameTooLongException", "status_code": 200, "error_data": {"max_length": 255}}),
        ),
    );
    assert_answer(
        &update(&sandbox, "1", &json!({"text": "x"})),
        200,
        &refusal(
            5,
            "Item not found",
            &json!({"code": "ResourceNotFoundException", "status_code": 404, "error_data": {"item_id": "1"}}),
        ),
    );
    assert_answer(
        &update(&sandbox, "first", &json!({"text": "x"})),
        200,
        &refusal(
            6,
            "The item ID is not valid",
            &json!({"code": "InvalidItemIdException", "status_code": 200, "error_data": {"item_id": "first"}}),
        ),
    );
    let board = ask(&sandbox, UPDATE, &json!({"boardId": "123", "itemId": FULL, "columnValues": "{}"}));
    assert_answer(
        &board,
        200,
        &json!({"errors": [{"message": "The board does not exist. Please check your board ID and try again", "extensions": {"code": "InvalidBoardIdException", "error_data": {"board_id": 123}}}],
            "extensions": {"request_id": nth(7)}, "account_id": 25_228_442}),
    );
}

#[test]
fn column_values_are_a_text_with_json() {
    let sandbox = sandbox(PROVIDER);
    let problem = |number| {
        json!({"errors": [{"message": "Variable $columnValues of type JSON! was provided invalid value", "locations": [{"line": 1, "column": 10}],
            "extensions": {"problems": [{"path": [], "explanation": "Syntax error in JSON input"}]}}], "extensions": {"request_id": nth(number)}, "account_id": 25_228_442})
    };
    for (number, values) in (1..).zip([json!("{\"text\":"), json!({"text": "x"}), json!("[]"), json!(null)]) {
        let answer = ask(&sandbox, UPDATE, &json!({"boardId": BOARD, "itemId": FULL, "columnValues": values}));
        assert_answer(&answer, 200, &problem(number));
    }
    let parse = |number| {
        json!({"errors": [{"message": "Parse error on the query or its variables", "locations": [{"line": 1, "column": 1}]}],
            "extensions": {"request_id": nth(number)}, "account_id": 25_228_442})
    };
    assert_answer(&ask(&sandbox, UPDATE, &json!("{}")), 200, &parse(5));
    assert_answer(&ask(&sandbox, "{ items(ids: [1 ", &json!({})), 200, &parse(6));
}

#[test]
fn one_column_can_be_changed_by_json_or_by_a_text() {
    let sandbox = sandbox(PROVIDER);
    let simple = "mutation ($b: ID!, $i: ID!, $c: String!, $v: String) { change_simple_column_value(board_id: $b, item_id: $i, column_id: $c, value: $v) { id } }";
    let with = |column: &str, value: Value| json!({"b": BOARD, "i": FULL, "c": column, "v": value});
    let renamed = ask(&sandbox, simple, &with("name", json!("Jane"))).json();
    assert_eq!(renamed["data"]["change_simple_column_value"]["name"], "Jane");
    let cleared = ask(&sandbox, simple, &with("lead_email", Value::Null)).json();
    assert_eq!(by_column(&cleared["data"]["change_simple_column_value"])["lead_email"]["email"], Value::Null);
    let json = simple.replace("simple_column", "column").replace("String)", "JSON!)");
    let changed = ask(&sandbox, &json, &with("lead_status", json!("{\"label\":\"Qualified\"}"))).json();
    assert_eq!(by_column(&changed["data"]["change_column_value"])["lead_status"]["index"], 1);
    let refused = ask(&sandbox, &json, &with("nothing", json!("{}"))).json();
    assert_eq!(refused["errors"][0]["path"], json!(["change_column_value"]));
    assert_eq!(refused["data"], json!({"change_column_value": null}));
}

#[test]
fn a_board_tells_its_columns_and_their_labels() {
    let sandbox = sandbox(PROVIDER);
    let query = "query ($b: [ID!], $c: [String]) { boards(ids: $b) { columns(ids: $c) { id settings } } }";
    let answer = ask(&sandbox, query, &json!({"b": [BOARD], "c": ["lead_status", "connect_boards_mm2q9c1f", "name"]}));
    let labels = json!({"labels": [
        {"id": 5, "label": "New Lead", "index": 0, "color": 5, "is_done": false},
        {"id": 0, "label": "Attempted to contact", "index": 1, "color": 0, "is_done": false},
        {"id": 2, "label": "Contacted", "index": 2, "color": 2, "is_done": false},
        {"id": 1, "label": "Qualified", "index": 3, "color": 1, "is_done": true},
        {"id": 3, "label": "Unqualified", "index": 4, "color": 3, "is_done": false},
    ]});
    let about = |id: &str, title: &str, kind: &str, settings: &Value| {
        json!({"id": id, "title": title, "description": null, "type": kind, "width": null, "archived": false, "revision": "1",
            "settings": settings, "settings_str": settings.to_string()})
    };
    let board = json!({"id": BOARD, "name": "Leads", "state": "active", "board_kind": "public", "url": "https://acme.monday.com/boards/2001047343", "items_count": 3,
        "groups": [{"id": "topics", "title": "New leads", "color": "#579bfc", "position": "65536.0", "archived": false, "deleted": false},
            {"id": "group_mm2q0z1w", "title": "Später ✨", "color": "#00c875", "position": "131072.0", "archived": false, "deleted": false}],
        "columns": [about("connect_boards_mm2q9c1f", "Account", "board_relation", &json!({"boardIds": ["2001047399"]})),
            about("lead_status", "Status", "status", &labels), about("name", "Name", "name", &json!({}))]});
    assert_answer(&answer, 200, &data(1, &json!({"boards": [board]})));
    let all = ask(&sandbox, "{ boards(ids: 2001047343) { columns { id } } }", &json!({})).json();
    assert_eq!(all["data"]["boards"][0]["columns"].as_array().map(Vec::len), Some(29));
    let none = ask(&sandbox, "{ boards(ids: [1]) { id } }", &json!({}));
    assert_answer(&none, 200, &data(3, &json!({"boards": []})));
}

#[test]
fn people_can_be_asked_for() {
    let sandbox = sandbox(PROVIDER);
    let jane = json!({"id": "48202303", "name": "Jane Roe", "email": "jane@acme.example"});
    let omer = json!({"id": "48202304", "name": "Ömer Åberg", "email": "omer@acme.example"});
    assert_answer(&ask(&sandbox, "{ me { id name email } }", &json!({})), 200, &data(1, &json!({"me": jane})));
    assert_answer(&ask(&sandbox, "{ users { id } }", &json!({})), 200, &data(2, &json!({"users": [jane, omer]})));
    assert_answer(
        &ask(&sandbox, "{ users(ids: [48202304]) { id } }", &json!({})),
        200,
        &data(3, &json!({"users": [omer]})),
    );
}

#[test]
fn credentials_are_raw_or_issued() {
    let sandbox = sandbox(PROVIDER);
    let body = r#"{"query":"{ me { id } }"}"#;
    let with = |headers: &[(&str, &str)]| send(&sandbox, "POST", URL, headers, body);
    let no = json!({"errors": ["Not Authenticated"]});
    assert_answer(&with(&[JSON]), 401, &no);
    assert_answer(&with(&[JSON, ("Authorization", "other")]), 401, &no);
    assert_answer(&with(&[JSON, ("Authorization", "Bearer sandbox-personal-token")]), 401, &no);
    for token in ["sandbox-personal-token", "Bearer sandbox-access-0", "sandbox-access-0"] {
        assert_eq!(with(&[JSON, ("Authorization", token)]).status, 200, "{token}");
    }
    sandbox.expire_tokens();
    assert_answer(&with(&[JSON, ("Authorization", "Bearer sandbox-access-0")]), 401, &no);
    assert_eq!(with(&[JSON, TOKEN]).status, 200, "a personal token does not expire");
}

#[test]
fn a_refresh_gives_a_new_refresh_token() {
    let sandbox = sandbox(PROVIDER);
    let refresh = |token: &str, secret: &str, grant: &str| {
        let body = json!({"client_id": "11111111222244443333888855556666", "client_secret": secret, "refresh_token": token, "grant_type": grant});
        send(&sandbox, "POST", "https://auth.monday.com/oauth_ms/oauth/token", &[JSON], &body.to_string())
    };
    let good = |number: u32| json!({"access_token": format!("sandbox-access-{number}"), "refresh_token": format!("sandbox-refresh-{number}"), "token_type": "Bearer", "scope": "boards:read boards:write users:read me:read"});
    let secret = "sandbox-client-secret";
    assert_answer(&refresh("sandbox-refresh-0", secret, "refresh_token"), 200, &good(1));
    let used =
        json!({"error": "invalid_grant", "error_description": "The refresh token has expired or was used before."});
    assert_answer(&refresh("sandbox-refresh-0", secret, "refresh_token"), 400, &used);
    assert_answer(&refresh("sandbox-refresh-1", secret, "refresh_token"), 200, &good(2));
    let client = json!({"error": "invalid_client", "error_description": "The client is not known."});
    assert_answer(&refresh("sandbox-refresh-2", "other", "refresh_token"), 401, &client);
    let grant = json!({"error": "unsupported_grant_type", "error_description": "The grant type is not supported."});
    assert_answer(&refresh("sandbox-refresh-2", secret, "password"), 400, &grant);
    let fresh = ("Authorization", "Bearer sandbox-access-2");
    assert_eq!(send(&sandbox, "POST", URL, &[JSON, fresh], r#"{"query":"{ me { id } }"}"#).status, 200);
}

#[test]
fn wrong_requests_are_told_apart() {
    let sandbox = sandbox(PROVIDER);
    let unknown = json!({"errors": [{"message": "Cannot query a field that does not exist on this type", "locations": [{"line": 1, "column": 1}], "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}],
        "extensions": {"request_id": nth(1)}, "account_id": 25_228_442});
    assert_answer(&ask(&sandbox, "{ next_items_page(cursor: 1) { id } }", &json!({})), 400, &unknown);
    let bad = send(&sandbox, "POST", URL, &[TOKEN, JSON], "{");
    assert_answer(
        &bad,
        400,
        &json!({"errors": [{"message": "The request body is not valid JSON"}], "extensions": {"request_id": nth(2)}}),
    );
    let media = send(&sandbox, "POST", URL, &[TOKEN, ("Content-Type", "text/plain")], r#"{"query":"{ me { id } }"}"#);
    assert_answer(&media, 415, &json!({"errors": [{"message": "Unsupported media type"}]}));
    let method = send(&sandbox, "GET", URL, &[TOKEN], "");
    assert_eq!((method.status, method.text()), (405, "Method Not Allowed"));
    let path = send(&sandbox, "POST", "https://api.monday.com/v3", &[TOKEN, JSON], "{}");
    assert_eq!((path.status, path.text()), (404, "<html><body><h1>Not Found</h1></body></html>"));
    let long = send(&sandbox, "POST", URL, &[TOKEN, JSON], &" ".repeat((1 << 20) + 1));
    assert_answer(&long, 413, &json!({"errors": [{"message": "Payload too large"}]}));
}

#[test]
fn errors_that_no_request_provokes_are_injected() {
    let sandbox = sandbox(PROVIDER);
    let fail = |name: &str| {
        sandbox.fail_next(name, 1).unwrap();
        ask(&sandbox, "{ me { id } }", &json!({}))
    };
    let limits = [
        (
            "complexity",
            "60",
            json!({"errors": [{"message": "Complexity budget exhausted", "extensions": {"code": "COMPLEXITY_BUDGET_EXHAUSTED", "complexity": 6182, "complexity_budget_left": 100, "complexity_budget_limit": 5_000_000, "retry_in_seconds": 60, "status_code": 429}}]}),
        ),
        (
            "minute_limit",
            "58",
            json!({"errors": [{"message": "Minute rate limit exceeded", "extensions": {"code": "MINUTE_RATE_LIMIT_EXCEEDED", "retry_in_seconds": 58}}], "extensions": {"request_id": nth(2)}}),
        ),
        (
            "daily_limit",
            "57600",
            json!({"errors": [{"message": "Daily limit exceeded", "extensions": {"code": "DAILY_LIMIT_EXCEEDED", "retry_in_seconds": 57600, "status_code": 429}}], "extensions": {"request_id": nth(3)}}),
        ),
        (
            "concurrency",
            "2",
            json!({"errors": [{"message": "Max concurrent queries exceeded", "extensions": {"code": "MAX_CONCURRENCY_EXCEEDED", "retry_in_seconds": 2, "status_code": 429}}], "extensions": {"request_id": nth(4)}}),
        ),
        (
            "ip_limit",
            "10",
            json!({"errors": [{"message": "IP rate limit exceeded", "extensions": {"code": "IP_RATE_LIMIT_EXCEEDED", "retry_in_seconds": 10, "status_code": 429}}], "extensions": {"request_id": nth(5)}}),
        ),
    ];
    for (name, wait, body) in limits {
        let answer = fail(name);
        assert_eq!((answer.status, answer.json()), (429, body));
        assert!(answer.headers().contains(&("retry-after", wait)), "{name}");
    }
    let partial = json!({"data": {"items": [{"id": FULL, "name": "John Smith", "column_values": null}]},
        "errors": [{"message": "Field rate limit exceeded", "path": ["items", 0, "column_values"], "extensions": {"code": "FIELD_MINUTE_RATE_LIMIT_EXCEEDED", "retry_in_seconds": 30}}],
        "extensions": {"request_id": nth(6)}, "account_id": 25_228_442});
    assert_answer(&fail("partial_data"), 200, &partial);
    let denied = json!({"data": [], "errors": [{"message": "User unauthorized to perform action", "locations": [{"line": 2, "column": 3}], "path": ["change_multiple_column_values"], "extensions": {"code": "UserUnauthorizedException", "error_data": {}, "status_code": 403}}], "account_id": 25_228_442});
    assert_answer(&fail("user_unauthorized"), 200, &denied);
    let within = ["field_limit", "missing_scopes"].map(|name| {
        let answer = fail(name);
        (answer.status, answer.json()["errors"][0]["extensions"]["code"].clone())
    });
    assert_eq!(within, [(200, json!("tooManyRequests")), (200, json!("missingRequiredPermissions"))]);
    let statuses = ["access_denied", "idempotency_conflict", "locked", "server_error", "bad_gateway", "timeout"]
        .map(|name| fail(name).status);
    assert_eq!(statuses, [403, 409, 423, 500, 502, 503]);
}

#[test]
fn the_file_is_closed() {
    let form = refused(PROVIDER, r#"form = "email""#, r#"form = "mail""#);
    assert!(form.contains("no form `mail`; declared are auto_number, board_relation"), "{form}");
    let shape = refused(PROVIDER, r#"shape = '{"label":"text"}'"#, r#"shape = '{"label":"words"}'"#);
    assert!(shape.contains("no type `words`; known are text, integer, number, boolean, null, any"), "{shape}");
    let collection = refused(PROVIDER, r#""$in":"accounts""#, r#""$in":"firms""#);
    assert!(collection.contains("a template looks into the collection `firms`, which is not declared"), "{collection}");
}

#[test]
fn hostile_requests_are_answered_and_change_nothing() {
    survives_hostile_requests(&sandbox(PROVIDER), &[TOKEN], &[("POST", "/v2"), ("POST", "/oauth_ms/oauth/token")]);
}
