//! Every field of a provider, alone and together with all others.

use serde_json::{Map, Value, json};

use crate::bench::{Bench, Ran};
use crate::overlay::{blank, differences, put};
use crate::sheet::{Does, Sheet, Step, json, object};

/// A step of one field or of several: a whole patch with all that is expected of it.
struct Expected {
    patch: Map<String, Value>,
    record: Map<String, Value>,
    shows: Map<String, Value>,
    follows: Map<String, Value>,
    outcomes: Vec<String>,
    merge: bool,
}

/// Each field on a fresh lead, step by step.
pub(crate) async fn alone(provider: &str) {
    let (bench, sheet) = (Bench::open(provider), Sheet::read(provider));
    let mut wrong = Vec::new();
    for (name, field) in &sheet.fields {
        bench.reset();
        if let Some(first) = &field.first {
            assert_eq!(bench.patch(&bench.lead(), &json(first)).await.class(), "ok", "{provider} {name}");
        }
        let mut lead = bench.get(&bench.lead()).await.lead();
        for (index, step) in field.steps.iter().enumerate() {
            let mut found = Vec::new();
            if let Some(refused) = &step.refused {
                let mut patch = step.with.as_deref().map(object).unwrap_or_default();
                patch.insert(name.clone(), step.patch());
                found.extend(refuse(&bench, &Value::Object(patch), refused).await);
            } else {
                let is_bound = field.is_fixed(Does::Clear) || field.remains.is_some() || step.is_not_written();
                let is_filled = has_value(&lead[name], step);
                let fits = match step.does {
                    Does::Set => is_bound || !is_filled,
                    Does::Change | Does::Clear => is_bound || is_filled,
                    Does::Also => true,
                };
                if !fits {
                    found.push(format!("{:?} of {}", step.does, lead[name]));
                }
                let (otherwise, after) = hold(&bench, &sheet, &expected(name, step, &lead), lead).await;
                found.extend(otherwise);
                lead = after;
                if step.does == Does::Clear && !is_bound && has_value(&lead[name], step) {
                    found.push(format!("after it there is {}", lead[name]));
                }
            }
            wrong.extend(found.iter().map(|line| format!("{name}, step {index}: {line}")));
        }
    }
    assert!(wrong.is_empty(), "{provider}:\n{}", wrong.join("\n"));
}

/// All fields in one patch: cleared where they have values, set, changed, cleared.
pub(crate) async fn together(provider: &str) {
    let (bench, sheet) = (Bench::open(provider), Sheet::read(provider));
    let mut wrong = Vec::new();
    let mut refused = Vec::new();
    let mut refusing = Map::new();
    let mut lead = bench.get(&bench.lead()).await.lead();
    for phase in 0..4 {
        let mut all = Expected {
            patch: Map::new(),
            record: Map::new(),
            shows: Map::new(),
            follows: Map::new(),
            outcomes: Vec::new(),
            merge: false,
        };
        for (name, field) in sheet.fields.iter().filter(|(_, field)| field.alone.is_none()) {
            let main: Vec<&Step> = field.steps.iter().filter(|step| step.does != Does::Also).collect();
            let begins_empty = main.first().is_some_and(|step| step.does == Does::Set);
            let Some(step) = main.get(if begins_empty { phase.max(1) - 1 } else { phase }) else { continue };
            if begins_empty && phase == 0 {
                continue;
            }
            if let Some(why) = &step.refused {
                // What only the provider refuses is not heard of where the mapping refuses something.
                if !why.iter().all(|line| line.contains(" not-clearable: ")) {
                    continue;
                }
                refusing.insert(name.clone(), step.patch());
                refused.extend(why.clone());
                continue;
            }
            let one = expected(name, step, &lead);
            all.patch.extend(one.patch);
            all.record.extend(one.record);
            all.shows.extend(one.shows);
            all.follows.extend(one.follows);
            all.outcomes.extend(one.outcomes);
        }
        if !all.patch.is_empty() {
            let (found, after) = hold(&bench, &sheet, &all, lead).await;
            lead = after;
            wrong.extend(found.iter().map(|line| format!("phase {phase}: {line}")));
        }
    }
    if !refusing.is_empty() {
        wrong.extend(refuse(&bench, &Value::Object(refusing), &refused).await);
    }
    assert!(wrong.is_empty(), "{provider}:\n{}", wrong.join("\n"));
}

/// Every name that a field takes, on one lead after the other; read back as it was written.
pub(crate) async fn names(provider: &str) {
    let (bench, sheet) = (Bench::open(provider), Sheet::read(provider));
    let mut wrong = Vec::new();
    for (field, names) in sheet.fields.iter().filter_map(|(name, field)| Some((name, field.names.as_ref()?))) {
        for (name, kept) in &names.kept {
            bench.reset();
            let answer = bench.patch(&bench.lead(), &json!({ field: name })).await;
            let records = bench.records();
            let is = records.pointer(&sheet.place(&names.at)).cloned().unwrap_or_default();
            if (&is, &answer.lead()[field]) != (&json(kept), &json!(name)) {
                wrong.push(format!("{field} {name}: record {is}, answer {}", answer.lead()[field]));
            }
        }
    }
    assert!(wrong.is_empty(), "{provider}:\n{}", wrong.join("\n"));
}

/// What a lead shows and nobody can write is accepted as it was read and as another value, told, and not written.
pub(crate) async fn only_read(provider: &str) {
    let bench = Bench::open(provider);
    let before = bench.records();
    let mapping = &bench.mapping;
    let patch: Map<String, Value> = mapping
        .model
        .fields
        .iter()
        .filter(|field| field.read_only)
        .map(|field| (field.name.clone(), if field.name == "urls" { json!([]) } else { json!("1999-12-31T23:59:59Z") }))
        .collect();
    let names: Vec<&str> = patch.keys().map(String::as_str).collect();
    assert_eq!(names, ["id", "converted_at", "last_activity_at", "updated_at", "urls"], "{provider}");
    let ran = bench.patch(&bench.lead(), &Value::Object(patch.clone())).await;
    let told: Vec<String> =
        ran.outcomes().iter().map(|line| line.split([':', ' ']).take(2).collect::<Vec<_>>().join(" ")).collect();
    let legal = |line: &String| line.ends_with(" read_only") || line.ends_with(" unsupported");
    assert!(told.len() == 5 && told.iter().all(legal), "{provider}: {told:?}");
    assert!(!ran.wrote(), "{provider}");
    assert_eq!(differences(&before, &bench.records()), Vec::<String>::new(), "{provider}");
}

/// All that is expected of a step.
fn expected(name: &str, step: &Step, before: &Value) -> Expected {
    let patch = step.patch();
    let shows = match &step.shows {
        Some(shows) => object(shows),
        None => Map::from_iter([(name.to_owned(), shown(&patch, &before[name]))]),
    };
    let outcomes = step
        .outcomes
        .clone()
        .unwrap_or_else(|| leaves(name, &patch).iter().map(|leaf| format!("{leaf} written")).collect());
    let follows = step.follows.as_deref().map(object).unwrap_or_default();
    let patch = Map::from_iter([(name.to_owned(), patch)]);
    Expected { patch, record: step.record(), shows, follows, outcomes, merge: step.merge }
}

/// What shows a value that reads back as it was written.
fn shown(patch: &Value, before: &Value) -> Value {
    match (patch, before) {
        (Value::Null, Value::Array(_)) => json!([]),
        (Value::Null, Value::Object(members)) => members.keys().map(|name| (name.clone(), Value::Null)).collect(),
        (Value::Object(members), Value::Object(old)) => {
            Value::Object(old.clone().into_iter().chain(members.clone()).collect())
        }
        _ => patch.clone(),
    }
}

/// The places of a patch's leaves.
fn leaves(name: &str, patch: &Value) -> Vec<String> {
    match patch {
        Value::Object(members) => {
            members.keys().map(|key| format!("/{name}/{}", key.replace('~', "~0").replace('/', "~1"))).collect()
        }
        Value::Array(items) if !items.is_empty() => {
            let of = |(index, item): (usize, &Value)| {
                let members = item.as_object().cloned().unwrap_or_default();
                let names: Vec<String> = members.keys().map(|key| format!("/{name}/{index}/{key}")).collect();
                names
            };
            items.iter().enumerate().flat_map(of).collect()
        }
        Value::Null if matches!(name, "account" | "contact" | "owner") => vec![format!("/{name}/id")],
        _ => vec![format!("/{name}")],
    }
}

/// Runs a patch on a lead, and gives what is otherwise than expected: answer, outcomes, and every record of the provider;
/// and the lead as it is read afterwards.
async fn hold(bench: &Bench, sheet: &Sheet, expected: &Expected, mut lead: Value) -> (Vec<String>, Value) {
    let id = bench.lead();
    let mut records = bench.records();
    let patch = Value::Object(expected.patch.clone());
    let ran: Ran = if expected.merge { bench.merge(&id, &patch).await } else { bench.patch(&id, &patch).await };
    if ran.class() != "ok" {
        return (vec![format!("it is refused: {} {:?}", ran.class(), ran.refusal())], lead);
    }
    for (pointer, value) in &expected.record {
        put(&mut records, &sheet.place(pointer), value);
    }
    for (name, value) in &expected.shows {
        lead[name] = value.clone();
    }
    for (pointer, value) in &expected.follows {
        put(&mut lead, pointer, value);
    }
    let mut is = bench.records();
    for stamp in &sheet.stamps {
        let parts: Vec<&str> = stamp.split('/').skip(1).collect();
        blank(&mut is, &parts);
        blank(&mut records, &parts);
    }
    let after = bench.get(&id).await.lead();
    let mut answers = [lead, ran.lead(), after.clone()];
    for answer in &mut answers {
        blank(answer, &["updated_at"]);
        for stamp in &sheet.shown_stamps {
            blank(answer, &stamp.split('/').skip(1).collect::<Vec<_>>());
        }
    }
    let [lead, answer, read] = answers;
    let mut wrong: Vec<String> = differences(&records, &is).iter().map(|line| format!("record {line}")).collect();
    wrong.extend(differences(&lead, &answer).iter().map(|line| format!("answer {line}")));
    wrong.extend(differences(&answer, &read).iter().map(|line| format!("read again {line}")));
    let (mut want, mut outcomes) = (expected.outcomes.clone(), ran.outcomes());
    want.sort();
    outcomes.sort();
    if want != outcomes {
        wrong.push(format!("outcomes: want {want:#?}, is {outcomes:#?}"));
    }
    (wrong, after)
}

/// Runs a patch that is refused, and gives what is otherwise than expected; no record is touched.
async fn refuse(bench: &Bench, patch: &Value, refused: &[String]) -> Vec<String> {
    let before = bench.records();
    let ran = bench.patch(&bench.lead(), patch).await;
    let mut wrong: Vec<String> =
        differences(&before, &bench.records()).iter().map(|line| format!("record {line}")).collect();
    if ran.refusal() != refused {
        wrong.push(format!("refused: want {refused:#?}, is {:#?}", ran.refusal()));
    }
    wrong
}

/// Whether the answer shows a value of what a step speaks of: of a map, its keys.
fn has_value(shown: &Value, step: &Step) -> bool {
    match (shown, step.patch()) {
        (Value::Null, _) => false,
        (Value::Array(items), _) => !items.is_empty(),
        (Value::Object(members), Value::Object(keys)) => {
            keys.keys().any(|key| members.get(key).is_some_and(|value| !value.is_null()))
        }
        (Value::Object(members), _) => members.values().any(|value| !value.is_null()),
        _ => true,
    }
}
