//! Custom fields of an account, whose names a look-up tells.

use mapwright_mapping::plan::{Step, StepKind};
use mapwright_mapping::reply::Ending;
use serde_json::{Map, Value, json};

use super::Settings;
use super::curve::{Chart, numbers};
use super::wide::{Files, ID, ONE_RECORD, drive, good, id_property, object};

/// The most custom fields.
const MOST: usize = 10_000;

/// Patches and reads over the number of custom fields.
pub(crate) fn chart(settings: &Settings) -> Vec<Chart> {
    let ready = files().ready();
    let mut chart = Chart::of_times("custom", "Custom fields of an account, told by a look-up", "custom fields");
    for fields in numbers(10, settings.most(MOST)) {
        let rows: Vec<Value> =
            (0..fields).map(|i| json!({"id": format!("c{i}"), "name": format!("Column {i}")})).collect();
        let columns = good(&json!({"columns": rows}));
        let mut record = Map::from_iter([("Id".to_owned(), json!(ID))]);
        record.extend((0..fields).map(|i| (format!("c{i}"), json!(format!("value {i}")))));
        let record = good(&record.into());
        let answer =
            |step: &Step| -> Ending { if step.key.kind == StepKind::Table { columns.clone() } else { record.clone() } };
        let all: Map<String, Value> =
            (0..fields).map(|i| (format!("Column {i}"), json!(format!("value {i}")))).collect();
        let all = json!({"custom_fields": all});
        let one = json!({"custom_fields": {"Column 0": "value 0"}});
        chart.add("whole patch of one", fields, settings.clock.time(|| drive(&ready.patch(&one), answer)));
        chart.add("whole patch of all", fields, settings.clock.time(|| drive(&ready.patch(&all), answer)));
        chart.add("read all", fields, settings.clock.time(|| drive(&ready.get(), answer)));
        settings.progress("custom", fields);
    }
    vec![chart]
}

fn files() -> Files {
    let properties = Map::from_iter([
        id_property(),
        (
            "custom_fields".to_owned(),
            json!({"type": "object", "description": "Anything.", "x-mapwright": {"role": "open_map"}}),
        ),
    ]);
    let leads = format!(
        "{ONE_RECORD}\n[rest.custom_fields]\npath = \"*\"\nkeys = {{ table = \"columns\" }}\n\n\
         [tables.columns]\nfetch = {{ send = \"GET /columns\" }}\nrows = \"columns[*]\"\nunified = \"name\"\nremote = \"id\"\n"
    );
    let text = || json!({"type": "string"});
    let open = json!({
        "type": "object", "additionalProperties": false, "properties": {"Id": text()}, "patternProperties": {"^c[0-9]+$": text()}
    });
    let row = object([("id".to_owned(), text()), ("name".to_owned(), text())]);
    let bodies = Map::from_iter([
        (
            "lead.write".to_owned(),
            json!({
                "type": "object", "additionalProperties": false, "properties": {}, "patternProperties": {"^c[0-9]+$": text()}
            }),
        ),
        ("lead.read".to_owned(), open),
        ("table.columns".to_owned(), object([("columns".to_owned(), json!({"type": "array", "items": row}))])),
    ]);
    Files::of(&properties, leads, bodies)
}
