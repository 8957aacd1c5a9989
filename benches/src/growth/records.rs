//! Records per mapping. The language knows no bound; a run has at most 100 requests, which are 99 records read, or 49
//! written and read back.

use super::Settings;
use super::curve::Chart;
use super::wide::{Wide, drive, good};

/// The numbers of records; the last two are beyond what a run sends.
const RECORDS: [usize; 9] = [1, 2, 5, 10, 20, 49, 99, 200, 400];

/// Loading, patching and reading over the number of records.
pub(crate) fn chart(settings: &Settings) -> Vec<Chart> {
    let mut chart = Chart::of_times("records", "Records per mapping", "records");
    for records in RECORDS.into_iter().filter(|records| *records <= settings.most(400)) {
        let wide = Wide::of_records(records);
        let (ready, load) = settings.clock.time_and_keep(|| wide.files.ready());
        chart.add("load and check", records, load);
        let answer = good(&wide.record);
        chart.add("plan a patch of all", records, settings.clock.time(|| ready.plan(&wide.patch)));
        let patch = || drive(&ready.patch(&wide.patch), |_| answer.clone());
        chart.add("whole patch of all", records, settings.clock.time(patch));
        let get = || drive(&ready.get(), |_| answer.clone());
        chart.add("read all", records, settings.clock.time(get));
        settings.progress("records", records);
    }
    vec![chart]
}
