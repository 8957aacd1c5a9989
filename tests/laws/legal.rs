//! Legal values: what the account has is taken.

use mapwright_mapping::outcome::Fate;
use mapwright_mapping::plan::ListMode;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::hints::Hints;
use crate::patches::Case;

/// Every name and every id that the account has is taken, whatever the lead was before.
pub(crate) fn law(hints: &'static Hints) {
    let desk = Desk::open(hints);
    let names = hints.names.iter().flat_map(|(leaf, names)| names.iter().map(move |(name, _)| (*leaf, *name)));
    let ids = hints.linked.iter().flat_map(|(leaf, ids)| ids.iter().map(move |id| (*leaf, *id)));
    for (leaf, value) in names.chain(ids) {
        for id in hints.leads {
            desk.reset();
            let patch = nested(leaf, &json!(value));
            let case = Case { id: (*id).to_owned(), patch, lists: ListMode::Replace };
            let success = desk
                .patch(id, &case.patch, case.options())
                .result
                .unwrap_or_else(|e| panic!("{} of {id}: {e:#?}", case.patch));
            let fates: Vec<Fate> = success.outcomes.iter().map(|outcome| outcome.outcome).collect();
            assert!(
                matches!(fates.as_slice(), [Fate::Written | Fate::Lossy | Fate::Unchanged]),
                "{} of {id}: {:#?}",
                case.patch,
                success.outcomes
            );
            for leaf in desk.leaves(&case.patch) {
                desk.check_visible(&desk.snapshot(), &case, &leaf)
                    .unwrap_or_else(|e| panic!("{} of {id}: {e}", case.patch));
            }
        }
    }
}

/// A patch of one dotted leaf.
pub(crate) fn nested(leaf: &str, value: &Value) -> Value {
    match leaf.split_once('.') {
        Some((object, inner)) => json!({ object: { inner: value } }),
        None => json!({ leaf: value }),
    }
}
