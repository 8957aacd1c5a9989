//! Times of single ways, with their spread, kept from run to run by criterion.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    reason = "the macros of the harness make items and a main of their own"
)]

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use mapwright_benches::by_hand;
use mapwright_benches::lead::{Lead, read};
use mapwright_benches::shipped;
use mapwright_mapping::patch::Patch;

fn leads(criterion: &mut Criterion) {
    for fields in [15, 60] {
        let lead = Lead::of(fields);
        let (run, replies) = lead.answered();
        let mut group = criterion.benchmark_group(format!("{fields} fields"));
        let checked = lead.run();
        let record = Arc::new(lead.record.clone());
        group.bench_function("patch by hand", |bench| bench.iter(|| by_hand::to_body(&lead.patch)));
        group.bench_function("patch, translation", |bench| bench.iter(|| checked.translated()));
        group
            .bench_function("patch, validation", |bench| bench.iter(|| Patch::parse(&lead.patch, &lead.mapping.model)));
        group.bench_function("patch, whole", |bench| bench.iter(|| lead.plan()));
        group.bench_function("read by hand", |bench| bench.iter(|| by_hand::to_lead(&lead.record, fields)));
        group.bench_function("read, translation", |bench| bench.iter(|| run.shown(Arc::clone(&record))));
        group.bench_function("read, whole", |bench| bench.iter(|| read(&run, &replies)));
        group.finish();
    }
}

fn shipped(criterion: &mut Criterion) {
    for shipped in shipped::all() {
        let (patch, get) = (shipped.script(true), shipped.script(false));
        let mut group = criterion.benchmark_group(shipped.provider.clone());
        group.bench_function("patch", |bench| bench.iter(|| shipped.play(&patch, true)));
        group.bench_function("read", |bench| bench.iter(|| shipped.play(&get, false)));
        group.finish();
    }
}

criterion_group!(all, leads, shipped);
criterion_main!(all);
