//! What is counted as proven, put to the proof: every such field of the shipped mappings, with values, account tables
//! and keys that are made up, through the code that decides and reads.
//!
//! A value is either refused, or it reads back as the same; the one exception is a value that the provider's record takes
//! for none, which is told to read back as null. Rows of an account's table may share a name or a remote value.
//! `PROVEN_CASES` is the number of cases of each field, `PROVEN_SEED` (0 to 255) another row of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use super::changes::insert;
use super::drive::{Drive, Stop};
use super::state::State;
use super::step::{Replies, Step};
use super::verdict::{Compare, Expect};
use super::{Options, Run};
use crate::catalog::{Catalog, FileSet};
use crate::coverage::{Assurance, Tally};
use crate::mapping::{Found, Keys, Mapping, RecordId, Row, Rows, TableRows};
use crate::model::{Field, FieldKind, Scalar};
use crate::outcome::Fate;
use crate::path::Segment;
use crate::reply::{Ending, Reply};
use crate::variables::Bound;

/// Keys of open maps; each pattern of a shipped mapping takes one of them.
const KEYS: [&str; 3] = ["cf_note", "dcf558aac1ae4e8c4f849ba5e668430d8df9be12", "Deal source"];

fn collect(directory: &Path, prefix: &str, files: &mut FileSet) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let entry = entry.expect("an entry");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read(entry.path()).expect("bytes"));
        }
    }
}

/// The shipped mappings, each with the variables of its demo.
fn shipped() -> Vec<(Arc<Mapping>, Arc<Bound>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut models, mut mappings) = (FileSet::new(), FileSet::new());
    collect(&root.join("schemas/unified"), "", &mut models);
    collect(&root.join("mappings"), "", &mut mappings);
    let catalog = Catalog::load(&models, &mappings).catalog;
    let all = catalog.mappings().map(|mapping| {
        let file = &mappings[&format!("{}/sandbox.toml", mapping.provider.id)];
        let file: toml::Value = toml::from_str(std::str::from_utf8(file).expect("UTF-8")).expect("TOML");
        let variables = file["demo"].get("variables").and_then(toml::Value::as_table).cloned().unwrap_or_default();
        let variables: BTreeMap<String, Value> =
            variables.into_iter().map(|(name, value)| (name, json!(value.as_str()))).collect();
        let bound = Bound::new(&mapping.provider.variables, &variables).expect("the demo's variables");
        (Arc::clone(mapping), Arc::new(bound))
    });
    all.collect()
}

/// A field of the tally, as a patch has it.
struct Subject {
    name: String,
    scalar: Option<Scalar>,
    /// The patch with a value in it, the pointer of the leaf in it, and where the answer holds it.
    place: Place,
}

enum Place {
    Leaf(String),
    Item { list: String, key: String, is: String, leaf: String, others: Vec<String> },
    Key { list: String, key: String, kinds: Vec<String>, leaf: String },
    Member { map: String, key: String },
}

impl Subject {
    fn find(mapping: &Mapping, name: &str) -> Subject {
        let subject = |scalar, place| Subject { name: name.to_owned(), scalar, place };
        let Some((whole, inner)) = name.split_once('[') else {
            return match mapping.model.field(name).map(|field| &field.kind) {
                Some(FieldKind::OpenMap) => {
                    subject(None, Place::Member { map: name.to_owned(), key: key(mapping, name) })
                }
                _ => subject(mapping.model.leaf(name).and_then(Field::scalar), Place::Leaf(name.to_owned())),
            };
        };
        let field = mapping.model.field(whole).expect("a field of the model");
        let FieldKind::List { key: by, required, leaves } = &field.kind else {
            return subject(None, Place::Member { map: whole.to_owned(), key: key(mapping, whole) });
        };
        let (is, leaf) = inner.split_once("].").expect("a type and a leaf");
        if is.is_empty() {
            let list = mapping.lists.iter().find(|list| list.name == whole).expect("a list");
            let crate::mapping::ListShape::Slots(slots) = &list.shape else { panic!("{name}: an array") };
            let writable = slots.iter().filter(|slot| slot.is_writable());
            let kinds = writable.clone().map(|slot| slot.is.clone()).collect();
            let leaf = slots[0].leaves[0].parts()[0].clone();
            return subject(Some(Scalar::Text), Place::Key { list: whole.to_owned(), key: by.clone(), kinds, leaf });
        }
        let scalar = leaves.iter().find(|known| known.name == leaf).and_then(Field::scalar);
        let others = required.iter().filter(|other| *other != leaf && *other != by).cloned().collect();
        let (list, key, is, leaf) = (whole.to_owned(), by.clone(), is.to_owned(), leaf.to_owned());
        subject(scalar, Place::Item { list, key, is, leaf, others })
    }

    fn patch(&self, value: &Value) -> (Value, String) {
        match &self.place {
            Place::Leaf(leaf) => {
                let mut patch = Map::new();
                let names: Vec<String> = leaf.split('.').map(str::to_owned).collect();
                insert(&mut patch, &names, value.clone());
                (patch.into(), format!("/{}", names.join("/")))
            }
            Place::Item { list, key, is, leaf, others } => {
                let mut item = json!({ key: is, leaf: value });
                for other in others {
                    item[other] = json!("x");
                }
                (json!({ list: [item] }), format!("/{list}/0/{leaf}"))
            }
            Place::Key { list, key, leaf, .. } => {
                (json!({ list: [{ key: value, leaf: "x" }] }), format!("/{list}/0/{key}"))
            }
            Place::Member { map, key } => {
                let at = crate::document::pointer(&format!("/{map}"), key);
                (json!({ map: { key: value } }), at)
            }
        }
    }

    fn read<'v>(&self, resource: &'v Value) -> &'v Value {
        let found = match &self.place {
            Place::Leaf(leaf) => resource.pointer(&format!("/{}", leaf.replace('.', "/"))),
            Place::Item { list, key, is, leaf, .. } => {
                let items = resource.get(list).and_then(Value::as_array).into_iter().flatten();
                let mut own = items.filter(|item| item[key] == is.as_str());
                own.next().and_then(|item| item.get(leaf))
            }
            Place::Key { list, key, .. } => resource.pointer(&format!("/{list}/0/{key}")),
            Place::Member { map, key } => resource.get(map).and_then(|map| map.get(key)),
        };
        found.unwrap_or(&Value::Null)
    }

    fn values(&self, names: &[String]) -> BoxedStrategy<Value> {
        if let Place::Key { kinds, .. } = &self.place {
            return prop::sample::select(kinds.clone()).prop_map(Value::from).boxed();
        }
        let text = || text(names.to_vec());
        match self.scalar {
            Some(Scalar::Text) => text(),
            Some(Scalar::Instant) => instant(),
            Some(Scalar::Boolean) => any::<bool>().prop_map(Value::from).boxed(),
            Some(Scalar::Integer) => integer(),
            Some(Scalar::Number) => {
                prop_oneof![integer(), (-1.0e9..1.0e9).prop_map(|number: f64| json!(number))].boxed()
            }
            None => {
                let leaf = prop_oneof![
                    3 => text(),
                    1 => integer(),
                    2 => day(""),
                    2 => day("T10:00:00Z"),
                    1 => instant(),
                    1 => any::<bool>().prop_map(Value::from)
                ];
                let leaf = leaf.boxed();
                let deep = leaf.clone().prop_recursive(2, 6, 3, |inner| {
                    prop_oneof![
                        prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                        prop::collection::btree_map("[a-z]{1,3}", inner, 0..3).prop_map(|map| json!(map)),
                    ]
                });
                prop_oneof![3 => leaf, 1 => deep].boxed()
            }
        }
    }
}

/// A key that the map takes.
fn key(mapping: &Mapping, map: &str) -> String {
    let rest = mapping.rests.iter().find(|rest| rest.name == map).expect("an open map");
    let takes = |key: &&&str| match &rest.keys {
        Keys::All | Keys::Table(_) => true,
        Keys::Pattern { regex, .. } => regex.is_match(key),
    };
    KEYS.iter().find(takes).map(|key| (*key).to_owned()).expect("a key that the pattern takes")
}

fn text(names: Vec<String>) -> BoxedStrategy<Value> {
    let names = if names.is_empty() { vec!["Web".to_owned()] } else { names };
    let name = || prop::sample::select(names.clone());
    prop_oneof![
        4 => any::<String>().prop_map(Value::from),
        4 => name().prop_map(Value::from),
        1 => name().prop_map(|name| name.to_uppercase().into()),
        1 => name().prop_map(|name| format!(" {} ", name.to_lowercase()).into()),
        2 => any::<i64>().prop_map(|id| id.to_string().into()),
        2 => "[0-9]{1,19}(-users|-leads)?".prop_map(Value::from),
        1 => r"/(accounts|people)\([0-9a-f-]{0,12}\)".prop_map(Value::from),
        1 => prop::sample::select(vec!["", " ", "\n", "0", "00", "null", "true", "-None-", "e\u{301}", "\u{1F9EA}"]).prop_map(Value::from),
        1 => "[a-z]{1,5}( x|, |;|\n)[a-z0-9]{0,5}".prop_map(Value::from),
        1 => day(""),
    ]
    .boxed()
}

/// A day, and what stands behind it.
fn day(time: &'static str) -> BoxedStrategy<Value> {
    "[12][0-9]{3}-0[1-9]-[0-2][1-8]".prop_map(move |day| format!("{day}{time}").into()).boxed()
}

fn integer() -> BoxedStrategy<Value> {
    prop_oneof![any::<i64>(), -3..3_i64, Just(i64::MAX), Just(9_007_199_254_740_993)].prop_map(Value::from).boxed()
}

fn instant() -> BoxedStrategy<Value> {
    let zone = prop::sample::select(vec!["Z", "+00:00", "+05:30", "-11:00"]);
    let fraction = prop::sample::select(vec!["", ".5", ".250", ".000001", ".123456789"]);
    (1970..2100_u16, 1..13_u8, 1..29_u8, 0..24_u8, fraction, zone)
        .prop_map(|(y, m, d, h, fraction, zone)| json!(format!("{y:04}-{m:02}-{d:02}T{h:02}:30:09{fraction}{zone}")))
        .boxed()
}

/// Rows of an account's table: names and remote values may stand twice.
fn rows() -> BoxedStrategy<Vec<Row>> {
    let names = vec!["Web", "web", "Trade Show", "trade_show", "Other", "é", "7"];
    let remotes = vec![json!(1), json!(2), json!("1"), json!("b"), json!("Web"), json!(9_007_199_254_740_993_i64)];
    let row = (prop::sample::select(names), prop::sample::select(remotes)).prop_map(|(name, remote)| Row {
        unified: name.to_owned(),
        remote,
        columns: BTreeMap::new(),
    });
    prop::collection::vec(row, 1..5).boxed()
}

/// The mapping with rows in the place of those that an account would have, and a key of the given type.
fn furnished(mapping: &Mapping, rows: &[Row], subject: &Subject) -> Mapping {
    let mut mapping = mapping.clone();
    let rests = mapping.rests.clone();
    for (index, table) in
        mapping.tables.iter_mut().enumerate().filter(|(_, table)| matches!(table.rows, Rows::Fetched(_)))
    {
        table.prefer.clear();
        let of_keys = rests.iter().find(|rest| {
            let by = rest.form.as_ref().is_some_and(|by| by.table.0 == index);
            by || matches!(rest.keys, Keys::Table(id) if id.0 == index)
        });
        let rows = match (of_keys, &subject.place) {
            (Some(rest), Place::Member { map, key }) if *map == rest.name => {
                let kind = subject.name.split_once('[').map_or("of no form", |(_, kind)| kind.trim_end_matches(']'));
                let by = rest.form.iter().map(|by| (by.by.clone(), json!(kind)));
                vec![Row { unified: key.clone(), remote: json!(key), columns: by.collect() }]
            }
            (Some(_), _) => Vec::new(),
            (None, _) => rows.to_vec(),
        };
        table.rows = Rows::Static(Arc::new(TableRows::new(rows, table.fold)));
    }
    mapping
}

/// A record in the answer that a request asks for: one without any value but its id.
fn empty_record(mapping: &Mapping, bound: &Bound, id: &Value, step: &Step) -> Reply {
    let record = mapping.records.iter().find(|record| record.name == step.key.on).expect("a record is read");
    let mut own = own(
        mapping,
        bound,
        id,
        RecordId(mapping.records.iter().position(|one| one.name == record.name).unwrap_or_default()),
        Map::new(),
    );
    for segment in record.at.iter().flat_map(|at| at.segments.iter().rev()) {
        own = match segment {
            Segment::Index(_) => json!([own]),
            Segment::Key(name) => json!({ name.literal().expect("a literal name"): own }),
            other => panic!("{other:?} leads to a record"),
        };
    }
    if let Some(root) = own.as_object_mut() {
        root.entry("id").or_insert_with(|| id.clone());
    }
    Reply { status: 200, headers: Vec::new(), body: own.to_string().into_bytes().into() }
}

/// A record with the changes in it, as its provider would show it.
fn own(mapping: &Mapping, bound: &Bound, id: &Value, record: RecordId, mut changes: Map<String, Value>) -> Value {
    if let Some(index) = &mapping.record(record).index {
        let items: Vec<Value> = changes
            .iter()
            .map(|(name, value)| {
                if let Some(member) = &index.value {
                    return json!({ &index.by: name, member: value });
                }
                let mut item = value.as_object().cloned().unwrap_or_default();
                item.insert(index.by.clone(), json!(name));
                item.into()
            })
            .collect();
        match &index.at {
            Some(at) => insert(&mut changes, &at.names(bound).expect("names"), items.into()),
            None => return items.into(),
        }
    }
    let field = mapping.fields.iter().find(|field| field.leaf == "id").and_then(|field| field.slot.read.first());
    if let Some(address) = field.filter(|address| address.record == record && !address.path.root) {
        insert(&mut changes, &address.path.names(bound).expect("names"), id.clone());
    }
    changes.into()
}

/// What became of a value.
#[derive(Debug, PartialEq)]
enum Became {
    Refused,
    Same,
    Nothing,
}

/// Takes a value there and back.
fn trip(mapping: Mapping, bound: &Arc<Bound>, subject: &Subject, value: &Value) -> Result<Became, String> {
    let (mut patch, pointer) = subject.patch(value);
    // A record that a leaf names is there.
    for record in &mapping.records {
        if let Found::Leaf(leaf) = &record.found
            && let Some(patch) = patch.as_object_mut()
        {
            let names: Vec<String> = leaf.split('.').map(str::to_owned).collect();
            insert(patch, &names, json!("5"));
        }
    }
    let id = if mapping.id.encode(&json!("7")).is_ok() { "7" } else { "7-leads" };
    let Ok(run) = Run::patch(Arc::new(mapping), Arc::clone(bound), id, &patch, Options::default()) else {
        return Ok(Became::Refused);
    };
    let mut replies = Replies::new();
    for _ in 0..8 {
        let mut drive = Drive::new(&run, &replies, true);
        let need = match drive.decide() {
            Err(Stop::Trouble(trouble)) if !trouble.failure.violations.is_empty() => return Ok(Became::Refused),
            Err(Stop::Trouble(trouble)) => return Err(format!("it fails: {}", trouble.failure.message)),
            Err(Stop::Need(step)) => Some(step),
            Ok(()) => None,
        };
        let need = match need {
            Some(step) => step,
            None => match seen(&run, &mut drive, subject, &pointer, value) {
                Ok(became) => return became,
                Err(step) => step,
            },
        };
        replies.insert(need.key.clone(), Ending::Answered(empty_record(&run.mapping, bound, &run.id, &need)));
    }
    Err("it does not end".to_owned())
}

/// Reads what was decided out of records that hold the changes; else the request that reading needs.
fn seen(
    run: &Run,
    drive: &mut Drive<'_>,
    subject: &Subject,
    pointer: &str,
    value: &Value,
) -> Result<Result<Became, String>, Box<Step>> {
    for (id, changes) in drive.work.changes.clone() {
        let mut holes = Vec::new();
        let Value::Object(object) = changes.object(&mut holes) else { panic!("changes are an object") };
        assert_eq!(holes, Vec::<String>::new(), "{pointer}");
        let own = own(&run.mapping, &run.bound, &run.id, id, object);
        let state = State::apart(Arc::new(json!({ "id": &run.id })), own, run.mapping.record(id), &run.bound)
            .expect("a record");
        drive.answers.insert(id, Arc::new(state));
    }
    let verdict = drive.work.verdicts.iter().find(|verdict| verdict.outcome.pointer == pointer);
    let Some(verdict) = verdict.cloned() else { return Ok(Err("there is no verdict".to_owned())) };
    let resource = match drive.resource() {
        Ok(resource) => resource,
        Err(Stop::Need(step)) => return Err(step),
        Err(Stop::Trouble(trouble)) => return Ok(Err(format!("reading fails: {}", trouble.failure.message))),
    };
    let back = subject.read(&resource);
    let compare = verdict.expect.as_ref().map_or(Compare::Exact, |Expect { compare, .. }| *compare);
    Ok(match verdict.outcome.outcome {
        Fate::Send if compare.same(back, value) => Ok(Became::Same),
        Fate::Send => Err(format!("it reads back as {back}")),
        Fate::Lossy if verdict.outcome.reads == Some(Value::Null) && back.is_null() => Ok(Became::Nothing),
        other => Err(format!("it is {}: reads {:?}, {back}", other.as_str(), verdict.outcome.reads)),
    })
}

/// The names that a slot's table may have.
fn names(mapping: &Mapping) -> Vec<String> {
    let written = mapping.tables.iter().filter_map(|table| match &table.rows {
        Rows::Static(rows) => Some(rows.iter().map(|row| row.unified.clone())),
        Rows::Fetched(_) => None,
    });
    written.flatten().chain(["Web", "trade show", "Other", "é", "7"].map(str::to_owned)).collect()
}

#[test]
fn every_field_that_is_counted_as_proven_reads_back_what_was_written() {
    let number = |name: &str| std::env::var_os(name).and_then(|text| text.to_str()?.parse::<u32>().ok());
    let cases = number("PROVEN_CASES").unwrap_or(40);
    let seed = number("PROVEN_SEED").and_then(|seed| u8::try_from(seed).ok()).unwrap_or(1);
    let mut wrong = Vec::new();
    let mut proven = 0;
    for (mapping, bound) in shipped() {
        let names = names(&mapping);
        for field in Tally::of(&mapping).of_kind(Assurance::Proven) {
            proven += 1;
            let subject = Subject::find(&mapping, &field.field);
            let config = Config { cases, failure_persistence: None, ..Config::default() };
            let taken = std::cell::Cell::new(0);
            let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
            let outcome =
                TestRunner::new_with_rng(config, rng).run(&(subject.values(&names), rows()), |(value, rows)| {
                    let became = trip(furnished(&mapping, &rows, &subject), &bound, &subject, &value);
                    let became = became.map_err(|why| TestCaseError::fail(format!("{value} with {rows:?}: {why}")))?;
                    taken.set(taken.get() + u32::from(became == Became::Same));
                    Ok(())
                });
            let name = format!("{} {}", mapping.provider.id, field.field);
            match outcome {
                Err(error) => wrong.push(format!("{name}: {error}")),
                Ok(()) if taken.get() == 0 => wrong.push(format!("{name}: not one of {cases} values is taken")),
                Ok(()) => {}
            }
        }
    }
    println!("{proven} fields, {cases} cases each");
    assert!(proven > 100, "only {proven} fields are proven");
    assert!(wrong.is_empty(), "{} of {proven}:\n{}", wrong.len(), wrong.join("\n"));
}
