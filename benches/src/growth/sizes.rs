//! The size of a patch, up to the largest body that the service takes, and of a provider's record, up to the largest
//! answer that the interpreter takes.

use mapwright_interpreter::LARGEST_REPLY;
use mapwright_server::limits::Limits;
use serde_json::{Value, json};

use super::Settings;
use super::bag::{self, items, members, record, text};
use super::curve::{Chart, numbers};
use super::wide::{drive, good};

/// The smallest size.
const LEAST: usize = 1_000;

/// A patch of each kind, decided and sent; and patches that are refused.
pub(crate) fn patches(settings: &Settings) -> Vec<Chart> {
    let ready = bag::files().ready();
    let mut plan = Chart::of_times("patch-size", "The size of a patch: up to its first request", "bytes of the patch");
    let mut whole = Chart::of_times("patch-size-whole", "The size of a patch: the whole run", "bytes of the patch");
    let mut refused =
        Chart::of_times("patch-size-refused", "The size of a patch that is refused", "bytes of the patch");
    for bytes in numbers(LEAST, settings.most(Limits::default().body)) {
        let kinds = [
            ("one text", json!({"title": text(bytes)}), record([("Title".to_owned(), text(bytes))])),
            (
                "items of a list",
                json!({"plain": items(["type", "value"], bytes)}),
                record([("Plain".to_owned(), items(["T", "V"], bytes))]),
            ),
            (
                "items of a list that keeps",
                json!({"merged": items(["type", "value"], bytes)}),
                record([("Merged".to_owned(), items(["T", "V"], bytes))]),
            ),
            (
                "keys of an open map",
                json!({"custom_fields": members("cf_", bytes)}),
                record([("Custom".to_owned(), members("cf_", bytes))]),
            ),
            ("raw values", json!({"remote_data": members("raw_", bytes)}), record([])),
        ];
        for (name, patch, record) in kinds {
            plan.add(name, bytes, settings.clock.time(|| ready.plan(&patch)));
            let answer = good(&record);
            whole.add(name, bytes, settings.clock.time(|| drive(&ready.patch(&patch), |_| answer.clone())));
            settings.progress(&format!("patches: {name}"), bytes);
        }
        for (name, patch) in [
            ("unknown fields", members("field_", bytes)),
            ("keys that are not of the map", json!({"custom_fields": members("CF_", bytes)})),
            ("items that are none", json!({"plain": vec![Value::from(0); bytes / 2]})),
        ] {
            let refuse = || ready.try_patch(&patch).expect_err("it is refused").violations.len();
            refused.add(name, bytes, settings.clock.time(refuse));
            settings.progress(&format!("refused patches: {name}"), bytes);
        }
    }
    vec![plan, whole, refused]
}

/// A read of a record of each kind.
pub(crate) fn records(settings: &Settings) -> Vec<Chart> {
    let ready = bag::files().ready();
    let mut read = Chart::of_times("record-size", "The size of a provider's record: a read", "bytes of the record");
    for bytes in numbers(LEAST, settings.most(LARGEST_REPLY)) {
        for (name, record) in [
            ("unknown members", record([("Unknown".to_owned(), members("u", bytes))])),
            ("one text", record([("Title".to_owned(), text(bytes))])),
            ("items of a list", record([("Plain".to_owned(), items(["T", "V"], bytes))])),
            ("keys of an open map", record([("Custom".to_owned(), members("cf_", bytes))])),
        ] {
            let answer = good(&record);
            read.add(name, bytes, settings.clock.time(|| drive(&ready.get(), |_| answer.clone())));
        }
        settings.progress("records", bytes);
    }
    vec![read]
}
