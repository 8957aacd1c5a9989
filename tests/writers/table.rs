//! What two writers have come to in every order of their requests.

use mapwright_interpreter::Finished;

use crate::pairs::Pair;
use crate::scene::Scene;
use crate::turns::Order;
use crate::verdict::{Record, Verdict};

/// What a pair has come to.
pub(crate) struct Row {
    provider: String,
    pair: &'static str,
    versioned: bool,
    may_lose: Option<&'static str>,
    /// Whether the provider itself holds a write to the version that it names.
    is_guarded: bool,
    pub(crate) requests: usize,
    orders: usize,
    both: usize,
    /// One value stands; the writer of the other was told.
    one_told: usize,
    /// One value stands; the writer of the other had read its own value back before.
    one_before: usize,
    refused: usize,
    /// Both named one version, and both were taken.
    both_taken: usize,
    /// A writer saw in what was read back that an update is lost.
    lost_told: usize,
    /// A writer was told that this may be so.
    lost_foretold: usize,
    lost_untold: usize,
    /// An order in which an update is lost and nobody is told.
    first_lost: Option<String>,
}

impl Row {
    pub(crate) fn new(scene: &Scene, pair: &Pair, is_guarded: bool) -> Row {
        Row {
            provider: scene.id().to_owned(),
            pair: pair.name,
            versioned: pair.versioned,
            may_lose: pair.may_lose,
            is_guarded,
            requests: 0,
            orders: 0,
            both: 0,
            one_told: 0,
            one_before: 0,
            refused: 0,
            both_taken: 0,
            lost_told: 0,
            lost_foretold: 0,
            lost_untold: 0,
            first_lost: None,
        }
    }

    /// Counts an order.
    pub(crate) fn count(&mut self, verdict: &Verdict, order: &Order, ended: &[Finished; 2]) {
        self.orders += 1;
        self.refused += usize::from(verdict.refused > 0);
        let is_told = verdict.told > 0;
        match verdict.record {
            Record::Both => self.both += 1,
            Record::One if is_told => self.one_told += 1,
            Record::One => self.one_before += 1,
            Record::Lost if is_told => self.lost_told += 1,
            Record::Lost if verdict.is_foretold => self.lost_foretold += 1,
            Record::Lost => self.lost_untold += 1,
        }
        let is_quiet = verdict.record == Record::Lost && !is_told && !verdict.is_foretold;
        if self.versioned && verdict.refused == 0 {
            self.both_taken += 1;
        }
        if is_quiet && self.first_lost.is_none() {
            let results = ended.each_ref().map(|finished| format!("{:?}", finished.result));
            self.first_lost = Some(format!("{:?}\n{}", order.lanes, results.join("\n")));
        }
    }

    /// What breaks the law.
    fn wrong(&self) -> Option<String> {
        let place = format!("{}, {}", self.provider, self.pair);
        if self.versioned && self.is_guarded && self.both_taken > 0 {
            return Some(format!("{place}: two writers of one version are both taken"));
        }
        if self.versioned && self.refused == 0 {
            return Some(format!("{place}: nobody is ever refused"));
        }
        if let Some(order) = &self.first_lost {
            return Some(format!("{place}: {} updates are lost, and nobody is told, as in {order}", self.lost_untold));
        }
        let lost = self.lost_told + self.lost_foretold;
        match (self.may_lose, lost) {
            (None, 1..) => Some(format!("{place}: {lost} updates are lost, and nothing says that they may be")),
            (Some(whence), 0) => Some(format!("{place}: nothing is lost, although {whence} says so")),
            _ => None,
        }
    }
}

/// Prints the rows as a table in Markdown, and fails where one breaks the law.
pub(crate) fn report(rows: &[Row]) {
    println!(
        "\n| provider | two writers of | requests | orders | both stand | one stands, other told | one stands, other before | refused | both taken | lost, told | lost, foretold | lost, untold |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for row in rows {
        let dash = |count: usize| if row.versioned { count.to_string() } else { "–".to_owned() };
        let guarded = if row.versioned && row.is_guarded { " (guarded)" } else { "" };
        println!(
            "| {} | {}{guarded} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            row.provider,
            row.pair,
            row.requests,
            row.orders,
            row.both,
            row.one_told,
            row.one_before,
            dash(row.refused),
            dash(row.both_taken),
            row.lost_told,
            row.lost_foretold,
            row.lost_untold
        );
    }
    println!("{} orders in all", rows.iter().map(|row| row.orders).sum::<usize>());
    let wrong: Vec<String> = rows.iter().filter_map(Row::wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
