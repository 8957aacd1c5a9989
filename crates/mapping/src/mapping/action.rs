//! An action: a field whose write is a request of its own, such as linking another record.

use super::{Request, Resolver, Slot, TableId};
use crate::diagnostic::Code;
use crate::document::pointer;
use crate::model::Scalar;
use crate::raw::{OneOrMany, RawField};

/// A unified leaf that is set by a request of its own.
#[derive(Clone, Debug)]
pub struct Action {
    /// The dotted name of the unified leaf.
    pub leaf: String,
    /// Its type.
    pub scalar: Scalar,
    /// How the current value is read, and how the new one is converted.
    pub slot: Slot,
    /// The requests that set it, told apart by `is`.
    pub set: Vec<ActionRequest>,
    /// The request that unsets it; none: it cannot be cleared.
    pub unset: Option<Request>,
}

/// One request that sets the field.
#[derive(Clone, Debug)]
pub struct ActionRequest {
    /// The unified values that it is for; empty: all.
    pub is: Vec<String>,
    /// The table whose row the request uses.
    pub table: Option<TableId>,
    /// The request.
    pub request: Request,
}

impl Resolver<'_> {
    /// Whether the field is an action.
    pub(super) fn is_action(raw: &RawField) -> bool {
        matches!(raw, RawField::Table(slot) if slot.set.is_some() || slot.unset.is_some())
    }

    /// Checks an action as it is written at `at`.
    pub(super) fn action(&mut self, leaf: &str, raw: &RawField, at: &str) -> Option<Action> {
        let RawField::Table(table) = raw else { return None };
        let mut slot = self.slot(raw, at);
        if slot.write.is_some() && table.path.is_none() {
            let place = self.doc.key(&pointer(at, "write"));
            self.error(Code::BadValue, place, "an action is written by its requests, not by a path");
        }
        slot.write = None;
        let (scalar, _) = self.unified_leaf(leaf, at)?;
        let set_at = pointer(at, "set");
        let requests: Vec<_> = match &table.set {
            None => Vec::new(),
            Some(OneOrMany::One(one)) => vec![(one, set_at)],
            Some(OneOrMany::Many(many)) => {
                many.iter().enumerate().map(|(i, one)| (one, pointer(&set_at, &i.to_string()))).collect()
            }
        };
        let mut set: Vec<ActionRequest> = Vec::new();
        for (raw, at) in requests {
            let is: Vec<String> = raw.is.as_ref().map(|is| is.as_slice().to_vec()).unwrap_or_default();
            let doubled = set
                .iter()
                .any(|other| other.is.is_empty() || is.is_empty() || other.is.iter().any(|value| is.contains(value)));
            if doubled {
                let place = self.doc.place(&if raw.is.is_some() { pointer(&at, "is") } else { at.clone() });
                self.error(Code::ActionAmbiguous, place, "two requests set the same value; `is` tells them apart");
            }
            let table = raw.table.as_ref().and_then(|name| self.table_id(name, &pointer(&at, "table")));
            if let Some(request) = self.action_request(raw, &at) {
                if table.is_none() {
                    for name in request
                        .names()
                        .into_iter()
                        .filter(|name| name.starts_with("row."))
                        .map(str::to_owned)
                        .collect::<Vec<_>>()
                    {
                        let place = self.doc.place(&at);
                        self.error(Code::UnknownColumn, place, format!("`{{{name}}}` needs a `table`"));
                    }
                }
                set.push(ActionRequest { is, table, request });
            }
        }
        let unset = table.unset.as_ref().and_then(|raw| self.action_request(raw, &pointer(at, "unset")));
        Some(Action { leaf: leaf.to_owned(), scalar, slot, set, unset })
    }
}
