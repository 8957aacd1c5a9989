//! One value through one slot, both ways: table, codec, form; and what is lost on the way there and back.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::drive::{Drive, Fetched, Phase, Stop, text};
use super::known::Known;
use super::verdict::Compare;
use crate::diagnostic::suggest::{did_you_mean, suggest};
use crate::mapping::{FormId, RecordId, Row, Rows, Slot, TableId, Unknown};
use crate::model::Scalar;
use crate::patch::{Violation, cut, kind_of};
use crate::path::text_of;

/// A value on its way to the provider.
#[derive(Clone, Debug)]
pub(crate) struct Encoded {
    /// The value on the wire.
    pub(crate) wire: Known<Value>,
    /// The value as it reads back; none when that is not known before a reply.
    pub(crate) reads: Option<Value>,
    /// The row of the slot's table.
    pub(crate) row: Option<Known<Row>>,
}

/// What a table has for a value.
enum Hit {
    Row(Row),
    Pass(Value),
    Omit,
    Refused(Violation),
}

/// What came of encoding a value.
pub(crate) enum Encoding {
    Done(Encoded),
    /// The table says to leave it out.
    Omitted,
    Refused(Violation),
}

impl Drive<'_> {
    /// Encodes a unified value for a slot.
    pub(crate) fn encode(
        &mut self,
        slot: &Slot,
        scalar: Scalar,
        value: &Value,
        pointer: &str,
    ) -> Result<Encoding, Stop> {
        let mut row = None;
        let mut inner = Known::Value(Cow::Borrowed(value));
        let mut name = None;
        if let Some(table) = slot.table {
            match self.find(table, slot, value, pointer)? {
                Known::Hole(hole) => {
                    row = Some(Known::Hole(hole.clone()));
                    inner = Known::Hole(hole);
                }
                Known::Value(Hit::Row(found)) => {
                    inner = Known::Value(Cow::Owned(found.remote.clone()));
                    name = Some(Value::String(found.unified.clone()));
                    row = Some(Known::Value(found));
                }
                Known::Value(Hit::Pass(value)) => inner = Known::Value(Cow::Owned(value)),
                Known::Value(Hit::Omit) => return Ok(Encoding::Omitted),
                Known::Value(Hit::Refused(violation)) => return Ok(Encoding::Refused(violation)),
            }
        }
        let inner = match inner {
            Known::Value(inner) => inner,
            // A slot that holds a list of one keeps its shape around the hole.
            Known::Hole(hole) => return Ok(Encoding::Done(Encoded { wire: Known::Hole(hole), reads: None, row })),
        };
        let wire = match slot.codec.encode(&inner) {
            Ok(wire) => wire,
            Err(e) => {
                return Ok(Encoding::Refused(Violation::new(
                    pointer,
                    "not-representable",
                    format!("the provider cannot hold it: {e}"),
                )));
            }
        };
        if value.as_str() == Some("") && is_text_around_nothing(&wire) {
            let message = "an empty text is no value here; null clears";
            return Ok(Encoding::Refused(Violation::new(pointer, "not-representable", message)));
        }
        // A conversion for reading alone is shown by a case.
        let back = if slot.read_codec.is_some() {
            None
        } else {
            let back = slot.form.map_or(Cow::Borrowed(&wire), |form| Cow::Owned(self.form_trip(form, &wire)));
            slot.codec.decode(&back).ok()
        };
        // Several rows may have one remote value, or values that are one on the wire: the first names what is read.
        let reads = match (name, back, slot.table) {
            (Some(name), Some(back), Some(table)) => self.name_of(table, &back)?.unwrap_or(name),
            (Some(name), _, _) => name,
            (None, back, _) => back.unwrap_or_else(|| value.clone()),
        };
        // What the record takes for no value reads back as null.
        let is_nothing = slot.write.as_ref().is_some_and(|address| self.is_empty(slot, address.record, &wire));
        let reads = if is_nothing { Value::Null } else { to_scalar(reads, scalar).unwrap_or_else(|reads| reads) };
        let reads = Some(reads);
        let wire = match slot.form {
            None => wire,
            Some(form) => match self.fill_form(form, &wire, pointer) {
                Ok(wire) => wire,
                Err(violation) => return Ok(Encoding::Refused(violation)),
            },
        };
        Ok(Encoding::Done(Encoded { wire: Known::Value(wire), reads, row }))
    }

    /// Puts a value into a form's shape.
    pub(crate) fn fill_form(&self, form: FormId, value: &Value, pointer: &str) -> Result<Value, Violation> {
        let form = self.mapping().form(form);
        let value = form
            .encode(value)
            .map_err(|e| Violation::new(pointer, "not-representable", format!("the provider cannot hold it: {e}")))?;
        let Some(shape) = &form.write else { return Ok(value) };
        shape.fill(&mut |name| {
            Ok(if name.is_empty() { value.clone() } else { self.run.bound.get(name).cloned().unwrap_or(Value::Null) })
        })
    }

    /// A value as it comes back out of a form's shape; one that does not fit is unchanged.
    pub(crate) fn form_trip(&self, form: FormId, value: &Value) -> Value {
        let form = self.mapping().form(form);
        form.encode(value).and_then(|wire| form.back(&wire)).unwrap_or_else(|_| value.clone())
    }

    /// What a value in a form's shape reads back as: null where the record takes it for no value.
    pub(crate) fn form_reads(&self, form: FormId, record: RecordId, value: &Value) -> Value {
        let empty = &self.mapping().record(record).empty;
        let form = self.mapping().form(form);
        let Ok(mut wire) = form.encode(value) else { return value.clone() };
        if let (Value::Array(items), true) = (&mut wire, form.many) {
            items.retain(|item| !item.is_null() && !empty.contains(item));
            if items.is_empty() {
                return Value::Null;
            }
        }
        if empty.contains(&wire) {
            return Value::Null;
        }
        form.back(&wire).unwrap_or_else(|_| value.clone())
    }

    /// The value inside a form's shape as it is read from a record: none where it is empty there.
    pub(crate) fn read_form(&self, form: FormId, record: RecordId, wire: &Value) -> Result<Option<Value>, String> {
        let form = self.mapping().form(form);
        let empty = &self.mapping().record(record).empty;
        if form.many {
            let inner = match &form.read {
                Some(path) => path.all(wire, &self.run.bound),
                None => wire.as_array().map(|items| items.iter().collect()).unwrap_or_default(),
            };
            let inner = inner.into_iter().filter(|inner| !inner.is_null() && !empty.contains(inner));
            let values = inner.map(|inner| form.reading().decode(inner)).collect::<Result<Vec<_>, _>>();
            return values
                .map(|values| (!values.is_empty()).then_some(Value::Array(values)))
                .map_err(|e| e.to_string());
        }
        let inner = match &form.read {
            Some(path) => path.get(wire, &self.run.bound),
            None => Some(wire),
        };
        match inner.filter(|inner| !inner.is_null() && !empty.contains(inner)) {
            None => Ok(None),
            Some(inner) => form.reading().decode(inner).map(Some).map_err(|e| e.to_string()),
        }
    }

    /// Looks a unified value up in a table; a miss in rows that were kept from before fetches once more.
    fn find(&mut self, id: TableId, slot: &Slot, value: &Value, pointer: &str) -> Result<Known<Hit>, Stop> {
        let table = self.mapping().table(id);
        let Some(name) = text_of(Some(value)).map(std::borrow::Cow::into_owned) else {
            let message = format!("expected a name, found {}", kind_of(value));
            return Ok(Known::Value(Hit::Refused(Violation::new(pointer, "wrong-type", message))));
        };
        // A tie is broken by the current record, so it is read first whenever it may be.
        let mut preferred = Vec::new();
        // Whether a plan lacks the record that breaks a tie.
        let mut is_open = false;
        for (column, address) in &table.prefer {
            let current = match self.state(address.record, Phase::First)? {
                Known::Hole(_) => {
                    is_open = true;
                    None
                }
                Known::Value(state) => state.and_then(|state| state.get(&address.path, &self.run.bound).cloned()),
            };
            preferred.push((column.clone(), current));
        }
        let mut fetched = match self.rows(id, 0)? {
            Known::Hole(hole) => return Ok(Known::Hole(format!("{hole}: {name}"))),
            Known::Value(fetched) => fetched,
        };
        if fetched.cached && table.named(&fetched.rows, &name).is_empty() {
            match self.rows(id, 1)? {
                Known::Value(fresh) => fetched = fresh,
                Known::Hole(hole) => return Ok(Known::Hole(format!("{hole}: {name}"))),
            }
        }
        let Fetched { rows, .. } = fetched;
        let mut found: Vec<Row> = table.named(&rows, &name).into_iter().cloned().collect();
        if found.len() > 1 {
            // The name that the record has already stays what it is.
            // An action reads another thing than it is set by.
            let own = slot.table == Some(id) && slot.write.is_some();
            let current = if own { self.current_inner(slot)? } else { None };
            if own && let Some(address) = slot.read.first() {
                is_open |= matches!(self.state(address.record, Phase::First)?, Known::Hole(_));
            }
            // A patch that is refused anyway is told of the tie as well.
            if is_open && self.run.violations.is_empty() {
                return Ok(Known::Hole(format!("{}: {name}", table.name)));
            }
            let same = |row: &Row| current.as_ref().is_some_and(|current| text(current) == text(&row.remote));
            if let Some(row) = found.iter().find(|row| same(row)) {
                found = vec![row.clone()];
            }
            for (column, current) in &preferred {
                let near: Vec<Row> =
                    found.iter().filter(|row| current.is_some() && row.column(column) == *current).cloned().collect();
                if !near.is_empty() {
                    found = near;
                }
            }
        }
        Ok(Known::Value(match found.as_slice() {
            [row] => Hit::Row(row.clone()),
            [row, ..] if table.first => Hit::Row(row.clone()),
            [_, _, ..] => {
                let candidates: Vec<String> = found.iter().map(|row| text(&row.remote)).collect();
                let message =
                    format!("`{}` stands for several of the provider's values: {}", cut(&name), candidates.join(", "));
                Hit::Refused(Violation::new(pointer, "ambiguous-name", message))
            }
            [] => match table.unknown_write {
                Unknown::Pass => {
                    match rows.iter().find(|row| text_of(Some(&row.remote)).as_deref() == Some(name.as_str())) {
                        Some(row) => {
                            let message =
                                format!("`{}` is the provider's value for `{}`; write that", cut(&name), row.unified);
                            Hit::Refused(Violation {
                                suggestion: Some(row.unified.clone()),
                                ..Violation::new(pointer, "unknown-value", message)
                            })
                        }
                        None => Hit::Pass(value.clone()),
                    }
                }
                Unknown::Omit => Hit::Omit,
                Unknown::Refuse => {
                    let mut seen = BTreeSet::new();
                    let known: Vec<&str> =
                        rows.iter().map(|row| row.unified.as_str()).filter(|name| seen.insert(*name)).collect();
                    let suggestion = suggest(&name, known.iter().copied()).map(str::to_owned);
                    let listed = if known.is_empty() {
                        "the account has no names".to_owned()
                    } else {
                        format!("known are {}", listed(&known))
                    };
                    let hint = suggestion
                        .as_ref()
                        .map(|_| did_you_mean(&name, known.iter().copied()))
                        .map(|hint| format!("{hint} "))
                        .unwrap_or_default();
                    let message = format!("the provider has no value for `{}`; {hint}{listed}", cut(&name));
                    Hit::Refused(Violation { suggestion, ..Violation::new(pointer, "unknown-value", message) })
                }
            },
        }))
    }

    /// The remote value that a slot has now, read first where it was not; none in a plan.
    fn current_inner(&mut self, slot: &Slot) -> Result<Option<Value>, Stop> {
        let Some(address) = slot.read.first() else { return Ok(None) };
        let Known::Value(Some(state)) = self.state(address.record, Phase::First)? else { return Ok(None) };
        let Some(wire) = state.get(&address.path, &self.run.bound) else { return Ok(None) };
        let inner = match slot.form.filter(|_| slot.read_codec.is_none()) {
            Some(form) => self.read_form(form, address.record, wire).ok().flatten(),
            None => Some(wire.clone()),
        };
        Ok(inner.and_then(|inner| slot.reading().decode(&inner).ok()))
    }

    /// Decodes a slot from the records: none where it is empty; an error where it cannot be represented.
    pub(crate) fn decode(
        &mut self,
        slot: &Slot,
        scalar: Scalar,
        phase: Phase,
    ) -> Result<Result<Option<Value>, String>, Stop> {
        if let Some(computed) = &slot.computed
            && let Some(read) = &computed.read
        {
            let record = slot.read.first().map_or(self.mapping().main, |address| address.record);
            let Known::Value(Some(state)) = self.state(record, phase)? else { return Ok(Ok(None)) };
            return Ok(match read.eval(state.record(), &BTreeMap::new()) {
                Ok(None | Some(Value::Null)) => Ok(None),
                Ok(Some(value)) => to_scalar(value, scalar)
                    .map(Some)
                    .map_err(|value| format!("the expression gives {}", kind_of(&value))),
                Err(e) => Err(format!("the expression failed: {e}")),
            });
        }
        match self.current(slot, "", phase)? {
            Known::Value(Some(wire)) => self.decode_wire(slot, scalar, &wire),
            Known::Value(None) => Ok(Ok(None)),
            // In a plan the value is still to come; if there is one, its name is looked up.
            Known::Hole(_) => {
                if let Some(table) = slot.table {
                    self.rows_for_reading(table, 0)?.ok();
                }
                Ok(Ok(None))
            }
        }
    }

    /// Decodes one wire value of a slot.
    pub(crate) fn decode_wire(
        &mut self,
        slot: &Slot,
        scalar: Scalar,
        wire: &Value,
    ) -> Result<Result<Option<Value>, String>, Stop> {
        // A conversion for reading alone says how the value lies there; the form then only writes.
        let inner = match slot.form.filter(|_| slot.read_codec.is_none()) {
            None => Cow::Borrowed(wire),
            Some(form) => {
                let record = slot.read.first().map_or(self.mapping().main, |address| address.record);
                match self.read_form(form, record, wire) {
                    Ok(Some(inner)) => Cow::Owned(inner),
                    Ok(None) => return Ok(Ok(None)),
                    Err(why) => return Ok(Err(why)),
                }
            }
        };
        let variables = |name: &str| text_of(self.run.bound.get(name)).map(std::borrow::Cow::into_owned);
        let value = match slot.reading().decode_for(&inner, &variables) {
            Ok(Value::Null) => return Ok(Ok(None)),
            Ok(value) => value,
            Err(e) => return Ok(Err(e.to_string())),
        };
        if slot.empty.contains(&value)
            || slot.table.is_some_and(|table| self.mapping().table(table).empty.contains(&value))
        {
            return Ok(Ok(None));
        }
        let value = match slot.table {
            None => value,
            Some(table) => match self.name_of(table, &value)? {
                Ok(name) => name,
                Err(why) => return Ok(Err(why)),
            },
        };
        Ok(to_scalar(value, scalar)
            .map(Some)
            .map_err(|value| format!("it is {}, which is not {}", kind_of(&value), scalar.in_words())))
    }

    /// The unified name of a remote value.
    pub(crate) fn name_of(&mut self, id: TableId, remote: &Value) -> Result<Result<Value, String>, Stop> {
        let table = self.mapping().table(id);
        // Rows that were fetched anew in this run know better than those that were kept.
        let mut rows = match self.rows_for_reading(id, u32::from(self.tables.contains_key(&(id, 1))))? {
            Ok(rows) => rows,
            Err(why) => return Ok(Err(why)),
        };
        if rows.cached
            && table.remote(&rows.rows, remote).is_none()
            && matches!(table.rows, Rows::Fetched(_))
            && let Ok(fresh) = self.rows_for_reading(id, 1)?
        {
            rows = fresh;
        }
        Ok(match table.remote(&rows.rows, remote) {
            Some(row) => Ok(Value::String(row.unified.clone())),
            None if table.unknown_read == Unknown::Pass => {
                self.passed = Some(format!(
                    "no name stands for the provider's value `{}`; it is shown as it is",
                    cut(&text(remote))
                ));
                Ok(remote.clone())
            }
            None => Err(format!("no name stands for the provider's value `{}`", cut(&text(remote)))),
        })
    }

    /// The rows of a table for reading: a table that fails costs its field, not the answer.
    pub(crate) fn rows_for_reading(&mut self, id: TableId, round: u32) -> Result<Result<Fetched, String>, Stop> {
        match self.rows(id, round) {
            Ok(Known::Value(fetched)) => Ok(Ok(fetched)),
            Ok(Known::Hole(hole)) => Ok(Err(format!("`{hole}` is not at hand"))),
            Err(Stop::Need(step)) => Err(Stop::Need(step)),
            Err(Stop::Trouble(trouble)) => Ok(Err(format!(
                "the look-up of `{}` failed: {}",
                self.mapping().table(id).name,
                trouble.failure.message
            ))),
        }
    }
}

/// Whether a conversion has put its constant text around an empty one.
fn is_text_around_nothing(wire: &Value) -> bool {
    match wire {
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => items.iter().any(is_text_around_nothing),
        _ => false,
    }
}

fn listed(names: &[&str]) -> String {
    const MOST: usize = 30;
    let shown = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if names.len() > MOST { format!("{shown} and {} more", names.len() - MOST) } else { shown }
}

/// A value as the scalar that the model states; a number or a truth where a text is stated becomes its text. The value
/// itself where it is no such scalar.
pub(crate) fn to_scalar(value: Value, scalar: Scalar) -> Result<Value, Value> {
    let own = match (scalar, &value) {
        (Scalar::Text | Scalar::Instant, Value::String(_))
        | (Scalar::Boolean, Value::Bool(_))
        | (Scalar::Number, Value::Number(_)) => return Ok(value),
        (Scalar::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => return Ok(value),
        (Scalar::Text, value) => text_of(Some(value)).map(|text| Value::String(text.into_owned())),
        (Scalar::Integer, Value::String(digits)) => digits.parse::<i64>().ok().map(Value::from),
        _ => None,
    };
    own.ok_or(value)
}

/// How a slot's values are compared.
pub(crate) fn compare(mapping: &crate::mapping::Mapping, slot: &Slot, scalar: Scalar) -> Compare {
    Compare::Scalar(scalar, slot.table.map(|table| mapping.table(table).fold).unwrap_or_default())
}
