//! Clear: null leaves the provider's record empty and reads back as null, or it is refused; nothing else changes.

use mapwright_mapping::outcome::Fate;
use mapwright_mapping::plan::{ListMode, Options};
use mapwright_mapping::provider::Class;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::desk::Desk;
use crate::hints::Hints;
use crate::judge::{Says, Trial};
use crate::story::{Story, nulls};

/// The law: any one null, on a record that any patch may have filled before.
pub(crate) fn law(hints: &'static Hints) {
    let desk = Desk::open(hints);
    let stories = desk.stories();
    let nulls = nulls(&desk);
    let trial = Trial { provider: hints.provider, test: "null_clears_or_is_refused", cases: 120, percent: 60 };
    let cases = |case: u32| {
        // Each null once, and then any.
        let nulls = if (case as usize) < nulls.len() { vec![nulls[case as usize].clone()] } else { nulls.clone() };
        (stories.of(case.wrapping_mul(7)), select(nulls))
    };
    trial.holds(cases, |(fill, patch)| {
        desk.begin(&fill);
        let _ = desk.patch(&fill.id, &fill.patch, fill.options());
        let read = desk.get(&fill.id).resource;
        let before = desk.snapshot();
        let ended = desk.patch(&fill.id, &patch, Options::default());
        let after = desk.snapshot();
        desk.check_wire(&patch, ListMode::Replace, &before, &ended.writes)?;
        desk.check_frame(&before, &after, &ended.writes)?;
        let story = Story { account: fill.account, ..Story::plain(&fill.id, patch.clone()) };
        let success = match ended.result {
            Err(failure) if failure.fault.is_some() => {
                let is_locked = hints.locked.is_some_and(|(locked, _)| locked == fill.id);
                prop_assert!(is_locked || desk.is_last_of(&patch, &read), "the provider refuses null: {failure:#?}");
                prop_assert_eq!(failure.class, Class::Invalid);
                prop_assert_eq!(before.changed(&after), Vec::<Vec<String>>::new());
                return Ok(if is_locked { Says::Nothing } else { Says::Something });
            }
            Err(failure) => {
                let codes: Vec<&str> = failure.violations.iter().map(|violation| violation.code).collect();
                prop_assert!(
                    !codes.is_empty() && codes.iter().all(|code| *code == "not-clearable"),
                    "null is refused otherwise: {failure:#?}"
                );
                prop_assert!(ended.writes.is_empty(), "refused, and written all the same: {:#?}", ended.writes);
                return Ok(Says::Something);
            }
            Ok(success) => success,
        };
        desk.honesty(&before, &after, &story, &success)?;
        desk.check_loss(&after, &story, &success.outcomes)?;
        for leaf in desk.leaves(&patch) {
            let told = success.outcomes.iter().find(|outcome| outcome.pointer == leaf.pointer);
            let Some(outcome) = told else {
                return Err(TestCaseError::fail(format!("{} has no outcome", leaf.pointer)));
            };
            let shown = success.resource.pointer(&leaf.pointer).cloned().unwrap_or_default();
            match outcome.outcome {
                Fate::Written | Fate::Unchanged => {
                    let items = shown.as_array();
                    let is_empty = shown.is_null() || items.is_some_and(|items| desk.kept_only(&leaf.pointer, items));
                    prop_assert!(is_empty, "{} was cleared and reads {shown}", leaf.pointer);
                    if leaf.item.is_none() && !shown.is_array() {
                        desk.check_kept(&after, &fill.id, &leaf, &Value::Null)?;
                    }
                }
                // Its own place is empty, and another one is shown, as a fact of the provider says.
                Fate::Altered => desk.check_kept(&after, &fill.id, &leaf, &Value::Null)?,
                Fate::ReadOnly | Fate::Unsupported => {
                    let changed = before.changed(&after);
                    prop_assert_eq!(changed, Vec::<Vec<String>>::new(), "{} leaves a trace", leaf.pointer);
                }
                other => prop_assert!(false, "null is `{}`", other.as_str()),
            }
        }
        Ok(Says::Something)
    });
}

impl Desk {
    /// Whether a patch clears the last leaf of those of which the provider wants one.
    pub(crate) fn is_last_of(&self, patch: &Value, read: &Value) -> bool {
        let at = |value: &Value, leaf: &str| value.pointer(&format!("/{}", leaf.replace('.', "/"))).cloned();
        let cleared = |leaf: &str| {
            let object = leaf.split('.').next().unwrap_or_default();
            patch.get(object).is_some_and(Value::is_null) || at(patch, leaf) == Some(Value::Null)
        };
        let holds = |leaf: &str| at(read, leaf).is_some_and(|value| !value.is_null());
        self.hints.one_of.iter().any(|(leaves, _)| {
            leaves.iter().any(|leaf| cleared(leaf)) && leaves.iter().all(|leaf| cleared(leaf) || !holds(leaf))
        })
    }
}
