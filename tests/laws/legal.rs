//! Legal values: what the account has is taken.

use mapwright_mapping::outcome::Fate;
use serde_json::json;

use crate::desk::Desk;
use crate::hints::Hints;
use crate::patches::nested;
use crate::story::Story;

/// Every name and every id that an account has is taken, whatever the lead was before.
pub(crate) fn law(hints: &'static Hints) {
    let desk = Desk::open(hints);
    for account in 0..desk.accounts() {
        let leaves = hints.names.iter().map(|(leaf, _)| *leaf);
        let names = leaves.flat_map(|leaf| {
            let names = desk.names_in(account, leaf).into_iter().flatten();
            names.map(move |(name, _)| (leaf, *name))
        });
        let ids = hints.linked.iter().flat_map(|(leaf, ids)| ids.iter().map(move |id| (*leaf, *id)));
        for (leaf, value) in names.chain(ids) {
            for id in hints.leads {
                taken(&desk, account, id, leaf, value);
            }
        }
    }
}

fn taken(desk: &Desk, account: usize, id: &str, leaf: &str, value: &str) {
    let story = Story { account, ..Story::plain(id, nested(leaf, &json!(value))) };
    desk.begin(&story);
    let before = desk.snapshot();
    let patch = &story.patch;
    let success = desk
        .patch(id, patch, story.options())
        .result
        .unwrap_or_else(|e| panic!("account {account}: {patch} of {id}: {e:#?}"));
    let fates: Vec<Fate> = success.outcomes.iter().map(|outcome| outcome.outcome).collect();
    assert!(
        matches!(fates.as_slice(), [Fate::Written | Fate::Lossy | Fate::Unchanged]),
        "{patch} of {id}: {:#?}",
        success.outcomes
    );
    desk.honesty(&before, &desk.snapshot(), &story, &success).unwrap_or_else(|e| panic!("{patch} of {id}: {e}"));
}
