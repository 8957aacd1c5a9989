//! Fields per mapping.

use serde_json::{Value, json};

use super::Settings;
use super::curve::{Chart, numbers};
use super::wide::{Wide, drive, good};

/// The most fields.
const MOST: usize = 10_000;

/// Loading, patching and reading over the number of fields.
pub(crate) fn chart(settings: &Settings) -> Vec<Chart> {
    let mut chart = Chart::of_times("fields", "Fields per mapping", "fields");
    for fields in numbers(10, settings.most(MOST)) {
        let wide = Wide::of(fields);
        let (ready, load) = settings.clock.time_and_keep(|| wide.files.ready());
        chart.add("load and check", fields, load);
        let one = json!({"f00000": "another value"});
        let answer = good(&wide.record);
        let end = |patch: Option<&Value>| {
            let run = patch.map_or_else(|| ready.get(), |patch| ready.patch(patch));
            drive(&run, |_| answer.clone())
        };
        assert_eq!(end(None).get("f00004"), Some(&json!(4)));
        chart.add("plan a patch of all", fields, settings.clock.time(|| ready.plan(&wide.patch)));
        chart.add("plan a patch of one", fields, settings.clock.time(|| ready.plan(&one)));
        chart.add("whole patch of all", fields, settings.clock.time(|| end(Some(&wide.patch))));
        chart.add("read all", fields, settings.clock.time(|| end(None)));
        settings.progress("fields", fields);
    }
    vec![chart]
}
