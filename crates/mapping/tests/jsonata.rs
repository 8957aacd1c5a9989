//! Both `JSONata` engines on expressions that a grammar brings forth, over records of the shipped cases and simulated
//! providers.
//!
//! What `check` lets into a mapping without a word about engines gives the same on both. What it names may differ, and
//! is counted by kind. `JSONATA_EXPRESSIONS` is the number of expressions, `JSONATA_SEED` another row of them,
//! `JSONATA_RECORDS` how many records each meets; with `JSONATA_TABLE` set to a path the kinds are written there.
#![cfg(feature = "jsonata-rs")]

#[path = "jsonata/chance.rs"]
mod chance;
#[path = "jsonata/compare.rs"]
mod compare;
#[path = "jsonata/grammar.rs"]
mod grammar;
#[path = "jsonata/records.rs"]
mod records;
#[path = "jsonata/table.rs"]
mod table;
#[path = "jsonata/words.rs"]
mod words;
#[path = "jsonata/worker.rs"]
mod worker;

use chance::Chance;
use compare::{Compared, LENIENT, compare, is_let_in};
use grammar::Grammar;
use table::Table;
use words::Words;
use worker::Second;

/// Expressions in a test that nobody asks for more.
const USUAL: usize = 1500;

/// Records that each expression meets.
const RECORDS: usize = 4;

/// The most differences that a failure shows.
const SHOWN: usize = 40;

fn number(name: &str) -> Option<usize> {
    let text = std::env::var_os(name)?;
    Some(text.to_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{name} is a number")))
}

#[test]
fn what_check_lets_in_gives_the_same_on_both_engines() {
    let records = records::all();
    let count = number("JSONATA_EXPRESSIONS").unwrap_or(USUAL);
    let seed = number("JSONATA_SEED").unwrap_or(1);
    let met = number("JSONATA_RECORDS").unwrap_or(RECORDS);
    let mut second = Second::default();
    let mut table = Table::default();
    let mut wrong = Vec::new();
    for index in 0..count {
        let mut chance = Chance::of(seed, index);
        let home = chance.below(records.len());
        let words = Words::of(&records[home]);
        let text = Grammar::new(&mut chance, &words).expression();
        // The record that it was made for, an empty one, and others.
        let others = (0..met.saturating_sub(2)).map(|_| &records[chance.below(records.len())]);
        let empty = serde_json::json!({});
        let inputs: Vec<_> = [&records[home], &empty].into_iter().chain(others).take(met).collect();
        let let_in = is_let_in(&text, &inputs);
        let compared = compare(&mut second, &text, &inputs);
        if let (true, Compared::Different(difference)) = (let_in, &compared)
            && !LENIENT.contains(&difference.kind)
        {
            wrong.push(difference.shown(&text));
        }
        table.count(&text, let_in, compared);
    }
    println!("{}", table.text(count, seed, records.len(), met));
    if let Some(path) = std::env::var_os("JSONATA_TABLE") {
        std::fs::write(path, table.text(count, seed, records.len(), met)).expect("the table is written");
    }
    // The shortest tell most.
    wrong.sort_by_key(String::len);
    wrong.truncate(SHOWN);
    assert!(wrong.is_empty(), "expressions that are let in differ:\n{}", wrong.join("\n"));
    assert!(table.let_in * 3 > count, "only {} of {count} expressions are let in", table.let_in);
}
