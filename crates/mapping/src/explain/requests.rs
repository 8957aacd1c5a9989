//! The requests that carry a leaf.

use serde::Serialize;

use crate::mapping::{Address, Body, Mapping, Origin, RecordId, Request, Rows, TableId};

/// A request that carries a leaf or is needed for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Carrier {
    /// What it does.
    pub does: Does,
    /// The record, table or leaf that it is for.
    pub on: String,
    /// Method and path below the base, with the names of its holes.
    pub send: String,
    /// When it is sent, where that is not always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

/// What a request does for a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// Brings the rows of a table.
    LookUp,
    /// Reads the value.
    Read,
    /// Writes the value.
    Write,
    /// Sets the value by a request of its own.
    Set,
    /// Clears the value by a request of its own.
    Unset,
}

impl Does {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Does::LookUp => "look up",
            Does::Read => "read",
            Does::Write => "write",
            Does::Set => "set",
            Does::Unset => "unset",
        }
    }
}

impl Carrier {
    pub(super) fn new(does: Does, on: &str, request: &Request, when: Option<String>) -> Carrier {
        let graphql = if matches!(request.body, Body::GraphQl { .. }) { " (GraphQL)" } else { "" };
        Carrier { does, on: on.to_owned(), send: format!("{} {}{graphql}", request.method, request.path), when }
    }
}

impl Mapping {
    /// The request that brings a table's rows.
    pub(super) fn look_up(&self, id: TableId) -> Option<Carrier> {
        let table = self.table(id);
        let Rows::Fetched(fetch) = &table.rows else { return None };
        Some(Carrier::new(Does::LookUp, &table.name, &fetch.request, None))
    }

    /// The requests that read these addresses, each record once; one inside another is read with that.
    pub(super) fn readers(&self, addresses: &[Address]) -> Vec<Carrier> {
        let mut found: Vec<Carrier> = Vec::new();
        for address in addresses {
            let outer = self.outer(address.record);
            let record = self.record(outer);
            let Some(request) = &record.read else { continue };
            let answer = record.write.as_ref().is_some_and(|write| write.answer.is_some());
            let when = answer.then(|| "after a write its own answer shows it".to_owned());
            let carrier = Carrier::new(Does::Read, &record.name, request, when);
            if !found.contains(&carrier) {
                found.push(carrier);
            }
        }
        found
    }

    /// The request that writes an address.
    pub(super) fn writer(&self, address: &Address) -> Option<Carrier> {
        let record = self.record(address.record);
        Some(Carrier::new(Does::Write, &record.name, record.write.as_ref()?, None))
    }

    fn outer(&self, mut id: RecordId) -> RecordId {
        for _ in 0..self.records.len() {
            match self.record(id).found {
                crate::mapping::Found::Inside { record, .. } => id = record,
                crate::mapping::Found::Id | crate::mapping::Found::Leaf(_) => return id,
            }
        }
        id
    }

    /// Where a record is written in the files.
    pub(super) fn record_origin(&self, id: RecordId) -> Option<Origin> {
        self.origins.get(&format!("records.{}", self.record(id).name)).cloned()
    }
}
