//! A patch that is refused before anything is sent writes nothing, whatever else it says.

use mapwright_mapping::mapping::{Clear, Mapping};
use mapwright_mapping::model::{FieldKind, Scalar};
use mapwright_mapping::plan::Options;
use mapwright_mapping::provider::Class;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::desk::Desk;
use crate::hints::{Acted, Hints};
use crate::judge::{Says, Trial};
use crate::patches::nested;
use crate::story::Story;

/// A reason for which a patch is refused.
#[derive(Clone, Debug)]
struct Poison {
    /// The id in the path, where that is what is wrong.
    id: Option<&'static str>,
    /// What is put into the patch.
    patch: Value,
    strict: bool,
}

/// The law: any patch with one thing in it that is refused at plan time.
pub(crate) fn law(hints: &'static Hints) {
    let desk = Desk::open(hints);
    let (stories, poisons) = (desk.stories(), poisons(&desk));
    let trial = Trial { provider: hints.provider, test: "a_refused_patch_writes_nothing", cases: 100, percent: 100 };
    let cases = |case: u32| {
        let poison = poisons[case as usize % poisons.len()].clone();
        (stories.of(case.wrapping_mul(5)).prop_map(|story| Story { account: 0, ..story }), Just(poison))
    };
    trial.holds(cases, |(case, poison)| {
        desk.begin(&case);
        let before = desk.snapshot();
        let patch = merged(&case.patch, &poison.patch);
        let options = Options { strict: poison.strict, ..case.options() };
        let ended = desk.patch(poison.id.unwrap_or(&case.id), &patch, options);
        let Err(failure) = ended.result else { return Err(TestCaseError::fail(format!("{patch} is not refused"))) };
        prop_assert!(failure.fault.is_none(), "the provider had to refuse it: {failure:#?}");
        prop_assert!(poison.id.is_some() || !failure.violations.is_empty(), "refused without a reason: {failure:#?}");
        prop_assert_eq!(before.changed(&desk.snapshot()), Vec::<Vec<String>>::new());
        prop_assert!(ended.writes.is_empty(), "it is sent all the same: {:#?}", ended.writes);
        Ok(Says::Something)
    });
}

/// A patch of a lead that is not there fails and creates nothing.
pub(crate) fn unknown_lead(hints: &'static Hints) {
    let desk = Desk::open(hints);
    let stories = desk.stories();
    let test = "a_lead_that_is_not_there_is_not_created";
    let trial = Trial { provider: hints.provider, test, cases: 60, percent: 30 };
    trial.holds(
        |case| stories.of(case.wrapping_mul(11)),
        |case| {
            desk.begin(&case);
            let before = desk.snapshot();
            let ended = desk.patch(hints.missing, &case.patch, case.options());
            prop_assert_eq!(before.changed(&desk.snapshot()), Vec::<Vec<String>>::new());
            match ended.result {
                Ok(success) => Err(TestCaseError::fail(format!("{} is patched: {success:#?}", hints.missing))),
                Err(failure) => Ok(if failure.class == Class::NotFound { Says::Something } else { Says::Nothing }),
            }
        },
    );
}

/// A patch with members of another one put over it.
fn merged(patch: &Value, over: &Value) -> Value {
    let mut all: Map<String, Value> = patch.as_object().cloned().unwrap_or_default();
    all.extend(over.as_object().cloned().unwrap_or_default());
    all.into()
}

fn poisons(desk: &Desk) -> Vec<Poison> {
    let plain = |patch: Value| Poison { id: None, patch, strict: false };
    let mapping = &desk.mapping;
    let mut all: Vec<Poison> = ["", ".", "..", "a\nb"]
        .into_iter()
        .map(|id| Poison { id: Some(id), patch: json!({}), strict: false })
        .collect();
    // Where names that are not known go through, the provider judges them.
    for (leaf, _) in desk.hints.names.iter().filter(|(leaf, _)| !desk.passes(leaf)) {
        all.push(plain(nested(leaf, &json!("no such name é"))));
        all.push(plain(nested(leaf, &json!(""))));
    }
    for (leaf, acted) in desk.hints.actions {
        if matches!(acted, Acted::Link(..)) {
            all.extend(["", ".", "..", "1\u{0}"].map(|id| plain(nested(leaf, &json!(id)))));
        }
    }
    all.extend(never(mapping).iter().map(|leaf| plain(nested(leaf, &Value::Null))));
    for field in &mapping.model.fields {
        let wrong = match field.kind {
            FieldKind::Scalar(_) | FieldKind::List { .. } if field.read_only => continue,
            FieldKind::Scalar(_) => json!([1]),
            FieldKind::List { .. } => json!([{ "no_such_leaf": "x" }]),
            _ => json!("text"),
        };
        all.push(plain(json!({ &field.name: wrong })));
    }
    all.push(plain(json!({ "no_such_field": 1 })));
    all.push(plain(json!({ "custom_fields": null })));
    all.push(plain(json!({ "phone_numbers": [{ "number": "1" }] })));
    for name in &mapping.unsupported {
        let scalar = mapping.model.field(name).is_some_and(|field| field.scalar() == Some(Scalar::Text));
        if scalar {
            all.push(Poison { id: None, patch: json!({ name: "x" }), strict: true });
        }
    }
    all.push(Poison { id: None, patch: json!({ "id": "1" }), strict: true });
    all
}

/// The leaves that the mapping says cannot be cleared.
fn never(mapping: &Mapping) -> Vec<String> {
    let fields =
        mapping.fields.iter().filter(|field| field.slot.clear == Some(Clear::Never)).map(|field| field.leaf.clone());
    let actions = mapping.actions.iter().filter(|action| action.unset.is_none()).map(|action| action.leaf.clone());
    fields.chain(actions).collect()
}
