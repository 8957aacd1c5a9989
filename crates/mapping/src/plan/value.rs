//! One value through one slot, both ways: table, codec, form; and what is lost on the way there and back.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::drive::{Chosen, Drive, Fetched, Phase, Stop, text};
use super::known::Known;
use super::verdict::Compare;
use crate::diagnostic::suggest::{did_you_mean, suggest};
use crate::mapping::{FormId, RecordId, Row, Rows, Slot, TableId, Unknown};
use crate::model::Scalar;
use crate::patch::{Violation, cut, kind_of};
use crate::path::text_of;

/// A value on its way to the provider.
#[derive(Clone, Debug)]
pub(crate) struct Encoded<'v> {
    /// The value on the wire.
    pub(crate) wire: Known<Value>,
    /// The value as it reads back; none when that is not known before a reply.
    pub(crate) reads: Option<Cow<'v, Value>>,
    /// The row of the slot's table.
    pub(crate) row: Option<Known<Chosen>>,
}

/// What a table has for a value.
enum Hit {
    Row(Chosen),
    Pass,
    Omit,
    Refused(Box<Violation>),
}

/// What came of encoding a value.
pub(crate) enum Encoding<'v> {
    Done(Encoded<'v>),
    /// The table says to leave it out.
    Omitted,
    Refused(Box<Violation>),
}

/// A value after table and codec, and before its form.
enum Converted<'v> {
    Done {
        wire: Cow<'v, Value>,
        row: Option<Chosen>,
    },
    /// A row is still to be fetched.
    Hole(String),
    Omitted,
    Refused(Box<Violation>),
}

impl Drive<'_> {
    /// Encodes a unified value for a slot.
    pub(crate) fn encode<'v>(
        &mut self,
        slot: &Slot,
        scalar: Scalar,
        value: &'v Value,
        pointer: &str,
    ) -> Result<Encoding<'v>, Stop> {
        let (wire, row) = match self.convert(slot, value, pointer)? {
            Converted::Done { wire, row } => (wire, row),
            // A slot that holds a list of one keeps its shape around the hole.
            Converted::Hole(hole) => {
                let row = Some(Known::Hole(hole.clone()));
                return Ok(Encoding::Done(Encoded { wire: Known::Hole(hole), reads: None, row }));
            }
            Converted::Omitted => return Ok(Encoding::Omitted),
            Converted::Refused(violation) => return Ok(Encoding::Refused(violation)),
        };
        let reads = Some(self.reads_back(slot, scalar, value, &wire, row.as_deref())?);
        Ok(match self.shape(slot, wire, pointer) {
            Ok(wire) => Encoding::Done(Encoded { wire: Known::Value(wire), reads, row: row.map(Known::Value) }),
            Err(violation) => Encoding::Refused(Box::new(violation)),
        })
    }

    /// The wire value of a unified one, and nothing else about it; none where it needs more than the mapping, or cannot be
    /// sent.
    pub(super) fn translate(&mut self, slot: &Slot, value: &Value) -> Option<Value> {
        match self.convert(slot, value, "").ok()? {
            Converted::Done { wire, .. } => self.shape(slot, wire, "").ok(),
            Converted::Hole(_) | Converted::Omitted | Converted::Refused(_) => None,
        }
    }

    /// Takes a value through table and codec.
    fn convert<'v>(&mut self, slot: &Slot, value: &'v Value, pointer: &str) -> Result<Converted<'v>, Stop> {
        if slot.table.is_none() && slot.codec.is_identity() {
            return Ok(Converted::Done { wire: Cow::Borrowed(value), row: None });
        }
        let mut row = None;
        let mut inner = Cow::Borrowed(value);
        if let Some(table) = slot.table {
            match self.find(table, slot, value, pointer)? {
                Known::Hole(hole) => return Ok(Converted::Hole(hole)),
                Known::Value(Hit::Row(found)) => {
                    inner = Cow::Owned(found.remote.clone());
                    row = Some(found);
                }
                Known::Value(Hit::Pass) => {}
                Known::Value(Hit::Omit) => return Ok(Converted::Omitted),
                Known::Value(Hit::Refused(violation)) => return Ok(Converted::Refused(violation)),
            }
        }
        let refused =
            |message: String| Converted::Refused(Box::new(Violation::new(pointer, "not-representable", message)));
        Ok(match slot.codec.encode_from(inner) {
            Ok(wire) if value.as_str() == Some("") && is_text_around_nothing(&wire) => {
                refused("an empty text is no value here; null clears".to_owned())
            }
            Ok(wire) => Converted::Done { wire, row },
            Err(e) => refused(format!("the provider cannot hold it: {e}")),
        })
    }

    /// Puts a converted value into the slot's form, where it has one.
    fn shape(&self, slot: &Slot, wire: Cow<'_, Value>, pointer: &str) -> Result<Value, Violation> {
        match slot.form {
            None => Ok(wire.into_owned()),
            Some(form) => self.fill_form(form, &wire, pointer),
        }
    }

    /// What a converted value reads back as.
    fn reads_back<'v>(
        &mut self,
        slot: &Slot,
        scalar: Scalar,
        value: &'v Value,
        wire: &Value,
        row: Option<&Row>,
    ) -> Result<Cow<'v, Value>, Stop> {
        // What the record takes for no value reads back as null.
        if slot.write.as_ref().is_some_and(|address| self.is_empty(slot, address.record, wire)) {
            return Ok(Cow::Owned(Value::Null));
        }
        // A conversion for reading alone is shown by a case.
        let back = if slot.read_codec.is_some() {
            None
        } else if slot.form.is_none() && slot.codec.is_identity() && row.is_none() {
            Some(Cow::Borrowed(value))
        } else {
            let back = slot.form.map_or(Cow::Borrowed(wire), |form| Cow::Owned(self.form_trip(form, wire)));
            slot.codec.decode(&back).ok().map(Cow::Owned)
        };
        // Several rows may have one remote value, or values that are one on the wire: the first names what is read.
        let own = |row: &Row| Value::String(row.unified.clone());
        let reads = match (row, back, slot.table) {
            (Some(row), Some(back), Some(table)) => {
                Cow::Owned(self.name_of(table, &back)?.unwrap_or_else(|_| own(row)))
            }
            (Some(row), _, _) => Cow::Owned(own(row)),
            (None, back, _) => back.unwrap_or(Cow::Borrowed(value)),
        };
        Ok(to_scalar(reads, scalar).unwrap_or_else(|reads| reads))
    }

    /// Puts a value into a form's shape.
    pub(crate) fn fill_form(&self, form: FormId, value: &Value, pointer: &str) -> Result<Value, Violation> {
        let form = self.mapping().form(form);
        let value = form
            .encode(value)
            .map_err(|e| Violation::new(pointer, "not-representable", format!("the provider cannot hold it: {e}")))?;
        let Some(shape) = &form.write else { return Ok(value) };
        let fill = &mut |name: &str| {
            let value = if name.is_empty() { Some(&value) } else { self.run.bound.get(name) };
            Ok(value.map_or(Cow::Owned(Value::Null), Cow::Borrowed))
        };
        shape.fill(fill).map(Cow::into_owned)
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
        let Some(name) = text_of(Some(value)) else {
            let message = format!("expected a name, found {}", kind_of(value));
            return Ok(Known::Value(Hit::Refused(Box::new(Violation::new(pointer, "wrong-type", message)))));
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
        let mut found = table.named(&rows, &name);
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
                found = vec![*row];
            }
            for (column, current) in &preferred {
                let near: Vec<&Row> =
                    found.iter().copied().filter(|row| current.is_some() && row.column(column) == *current).collect();
                if !near.is_empty() {
                    found = near;
                }
            }
        }
        let chosen = |row: &Row| {
            let at = rows.position(row).unwrap_or(usize::MAX);
            Chosen::new(&rows, at).map_or(Hit::Omit, Hit::Row)
        };
        Ok(Known::Value(match found.as_slice() {
            [row] => chosen(row),
            [row, ..] if table.first => chosen(row),
            [_, _, ..] => {
                let candidates: Vec<String> = found.iter().map(|row| text(&row.remote)).collect();
                let message =
                    format!("`{}` stands for several of the provider's values: {}", cut(&name), candidates.join(", "));
                Hit::Refused(Box::new(Violation::new(pointer, "ambiguous-name", message)))
            }
            [] => match table.unknown_write {
                Unknown::Pass => match rows.of_text(&name) {
                    Some(row) => {
                        let message =
                            format!("`{}` is the provider's value for `{}`; write that", cut(&name), row.unified);
                        Hit::Refused(Box::new(Violation {
                            suggestion: Some(row.unified.clone()),
                            ..Violation::new(pointer, "unknown-value", message)
                        }))
                    }
                    None => Hit::Pass,
                },
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
                    Hit::Refused(Box::new(Violation {
                        suggestion,
                        ..Violation::new(pointer, "unknown-value", message)
                    }))
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
                Ok(Some(value)) => to_scalar(Cow::Owned(value), scalar)
                    .map(|value| Some(value.into_owned()))
                    .map_err(|value| format!("the expression gives {}", kind_of(&value))),
                Err(e) => Err(format!("the expression failed: {e}")),
            });
        }
        match self.with_current(slot, "", phase, |this, wire| this.decode_wire(slot, scalar, wire))? {
            Known::Value(decoded) => Ok(decoded.unwrap_or(Ok(None))),
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
        let wrong = |value: Cow<'_, Value>| format!("it is {}, which is not {}", kind_of(&value), scalar.in_words());
        if slot.form.is_none() && slot.table.is_none() && slot.reading().is_identity() {
            let is_empty = wire.is_null() || slot.empty.contains(wire);
            let own = || to_scalar(Cow::Borrowed(wire), scalar).map(Cow::into_owned).map_err(wrong);
            return Ok(if is_empty { Ok(None) } else { own().map(Some) });
        }
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
            Ok(value) if value.is_null() => return Ok(Ok(None)),
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
                Ok(name) => Cow::Owned(name),
                Err(why) => return Ok(Err(why)),
            },
        };
        Ok(to_scalar(value, scalar).map(|value| Some(value.into_owned())).map_err(wrong))
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
pub(crate) fn to_scalar(value: Cow<'_, Value>, scalar: Scalar) -> Result<Cow<'_, Value>, Cow<'_, Value>> {
    let own = match (scalar, &*value) {
        (Scalar::Text | Scalar::Instant, Value::String(_))
        | (Scalar::Boolean, Value::Bool(_))
        | (Scalar::Number, Value::Number(_)) => return Ok(value),
        (Scalar::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => return Ok(value),
        (Scalar::Text, value) => text_of(Some(value)).map(|text| Value::String(text.into_owned())),
        (Scalar::Integer, Value::String(digits)) => digits.parse::<i64>().ok().map(Value::from),
        _ => None,
    };
    own.map(Cow::Owned).ok_or(value)
}

/// How a slot's values are compared.
pub(crate) fn compare(mapping: &crate::mapping::Mapping, slot: &Slot, scalar: Scalar) -> Compare {
    Compare::Scalar(scalar, slot.table.map(|table| mapping.table(table).fold).unwrap_or_default())
}
