//! Instructions of single ways under valgrind: the same number on a busy machine and on an idle one.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    reason = "the macros of the harness make items and a main of their own"
)]

use std::hint::black_box;
use std::sync::Arc;

use gungraun::{library_benchmark, library_benchmark_group, main};
use mapwright_benches::by_hand;
use mapwright_benches::lead::{Lead, read};
use mapwright_mapping::patch::Patch;
use mapwright_mapping::plan::{Replies, Run, Step};
use serde_json::Value;

#[library_benchmark]
#[bench::of_15(Lead::of(15))]
#[bench::of_60(Lead::of(60))]
fn patch_by_hand(lead: Lead) -> (Lead, Value) {
    let body = black_box(by_hand::to_body(&lead.patch));
    (lead, body)
}

#[library_benchmark]
#[bench::of_15(Lead::of(15).run())]
#[bench::of_60(Lead::of(60).run())]
fn patch_translation(run: Run) -> (Run, Option<Value>) {
    let body = black_box(run.translated());
    (run, body)
}

#[library_benchmark]
#[bench::of_15(Lead::of(15))]
#[bench::of_60(Lead::of(60))]
fn patch_validation(lead: Lead) -> (Lead, bool) {
    let is_good = black_box(Patch::parse(&lead.patch, &lead.mapping.model)).is_ok();
    (lead, is_good)
}

#[library_benchmark]
#[bench::of_15(Lead::of(15))]
#[bench::of_60(Lead::of(60))]
fn patch_whole(lead: Lead) -> (Lead, Step) {
    let step = black_box(lead.plan());
    (lead, step)
}

#[library_benchmark]
#[bench::of_15(Lead::of(15))]
#[bench::of_60(Lead::of(60))]
fn read_by_hand(lead: Lead) -> (Lead, Value) {
    let shown = black_box(by_hand::to_lead(&lead.record, lead.fields));
    (lead, shown)
}

#[library_benchmark]
#[bench::of_15(to_read(&Lead::of(15)))]
#[bench::of_60(to_read(&Lead::of(60)))]
fn read_translation((run, record): (Run, Arc<Value>)) -> (Run, Arc<Value>, Option<Value>) {
    let shown = black_box(run.shown(Arc::clone(&record)));
    (run, record, shown)
}

/// A read with the record that is read.
fn to_read(lead: &Lead) -> (Run, Arc<Value>) {
    (lead.answered().0, Arc::new(lead.record.clone()))
}

#[library_benchmark]
#[bench::of_15(Lead::of(15).answered())]
#[bench::of_60(Lead::of(60).answered())]
fn read_whole((run, replies): (Run, Replies)) -> (Run, Replies, Value) {
    let shown = black_box(read(&run, &replies));
    (run, replies, shown)
}

library_benchmark_group!(
    name = leads;
    benchmarks = patch_by_hand, patch_translation, patch_validation, patch_whole, read_by_hand, read_translation, read_whole
);

main!(library_benchmark_groups = leads);
