//! What the tests know about each simulated provider besides its mapping: ids that exist, the account's names and
//! custom keys, where the simulated record keeps what a request names, and the facts that bound a law. Written from the
//! sandbox files and the facts alone; each exception says where it is known from.

use serde_json::Value;

use crate::snapshot::Snapshot;

#[path = "hints/dynamics365_sales.rs"]
pub(crate) mod dynamics365_sales;
#[path = "hints/hubspot.rs"]
pub(crate) mod hubspot;
#[path = "hints/insightly.rs"]
pub(crate) mod insightly;
#[path = "hints/monday_crm.rs"]
pub(crate) mod monday_crm;
#[path = "hints/nutshell.rs"]
pub(crate) mod nutshell;
#[path = "hints/pipedrive.rs"]
pub(crate) mod pipedrive;
#[path = "hints/pipeliner.rs"]
pub(crate) mod pipeliner;
#[path = "hints/zendesk_sell.rs"]
pub(crate) mod zendesk_sell;
#[path = "hints/zoho_crm.rs"]
pub(crate) mod zoho_crm;

/// What is known about one simulated provider.
#[derive(Debug)]
pub(crate) struct Hints {
    /// The provider's directory under `mappings`.
    pub(crate) provider: &'static str,
    /// The header that proves who the caller is.
    pub(crate) authorization: &'static str,
    /// Leads that can be written, in every spelling that the service takes.
    pub(crate) leads: &'static [&'static str],
    /// A lead that the provider refuses to change, and where that is known from.
    pub(crate) locked: Option<(&'static str, &'static str)>,
    /// An id that no lead has.
    pub(crate) missing: &'static str,
    /// Where the simulated provider keeps the records of the mapping.
    pub(crate) records: &'static [Kept],
    /// Where the changes stand in the body of a write.
    pub(crate) changes: Changes,
    /// Names that are written otherwise than they are kept: under another name, or an object of which the id is kept.
    pub(crate) renamed: &'static [(&'static str, &'static str)],
    /// Leaves that name another record, and records that exist.
    pub(crate) linked: &'static [(&'static str, &'static [&'static str])],
    /// Leaves of which the provider wants one to be set, and where that is known from.
    pub(crate) one_of: &'static [(&'static [&'static str], &'static str)],
    /// Leaves that hold one of the account's names: the name, and what is kept for it, as JSON.
    pub(crate) names: Names,
    /// The account's own keys.
    pub(crate) custom: &'static [(&'static str, Custom)],
    /// Leaves that are set by a request of their own, and what that request changes.
    pub(crate) actions: &'static [(&'static str, Acted)],
    /// Leaves for which the provider keeps another value than the one that the leaf says.
    pub(crate) keeps: &'static [(&'static str, Keeps)],
    /// Leaves that the provider shows otherwise than they were sent.
    pub(crate) altered: &'static [Altered],
    /// What the provider refuses although it showed it itself.
    pub(crate) refuses_back: Option<(Refuses, &'static str)>,
    /// Leaves of which the record holds more than is shown, so that sending them back takes something away; where that
    /// is known from.
    pub(crate) holds_more: &'static [(&'static str, &'static str)],
    /// What other people and programs may have put into a lead: the place below the record, and values in JSON.
    pub(crate) others: &'static [(&'static str, &'static [&'static str])],
    /// Raw values that move what nothing else moves, in JSON: `remote_data` of a patch.
    pub(crate) raw: &'static [&'static str],
    /// Further accounts of the same provider.
    pub(crate) accounts: &'static [Account],
}

/// What the provider keeps for a value.
pub(crate) type Keeps = fn(&Value) -> Value;

/// Whether the provider refuses a resource that it showed.
pub(crate) type Refuses = fn(&Value) -> bool;

/// Leaves with the names that they take, and what is kept for each, as JSON.
pub(crate) type Names = &'static [(&'static str, &'static [(&'static str, &'static str)])];

/// An account that is another one than the demo's.
#[derive(Debug)]
pub(crate) struct Account {
    /// Its variables, in JSON, where they are others than the demo's.
    pub(crate) variables: &'static [(&'static str, &'static str)],
    /// Records that are others: collection, id, and the record in JSON.
    pub(crate) records: &'static [(&'static str, &'static str, &'static str)],
    /// The names that it has, for leaves that have others.
    pub(crate) names: Names,
    /// The keys that are no custom keys there.
    pub(crate) taken: &'static [&'static str],
}

/// A fact that bounds put-get: what the provider shows in place of what was sent.
pub(crate) struct Altered {
    /// The leaf.
    pub(crate) leaf: &'static str,
    /// What is shown for what was sent, null where that cleared; none where the fact says nothing of this value.
    pub(crate) shows: fn(&Value, &Look<'_>) -> Option<Value>,
    /// Whether what is shown is the next of several, so that the same null takes that away when it is sent again.
    pub(crate) is_next: bool,
    /// Where that is known from.
    pub(crate) source: &'static str,
}

impl std::fmt::Debug for Altered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.leaf, self.source)
    }
}

/// What the provider has after a write.
pub(crate) struct Look<'a> {
    /// The lead's id as it is kept.
    pub(crate) id: &'a str,
    /// The lead as the provider shows it.
    pub(crate) lead: &'a Value,
    /// All that it keeps.
    pub(crate) state: &'a Snapshot,
}

/// Where the simulated provider keeps a record of the mapping.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The name of the record in the mapping.
    pub(crate) record: &'static str,
    /// The collection.
    pub(crate) collection: &'static str,
    /// The members from the kept record to its fields.
    pub(crate) below: &'static [&'static str],
}

/// Where the changes stand in the body of a write.
#[derive(Debug)]
pub(crate) enum Changes {
    /// They are the members of the object at this pointer.
    Members(&'static str),
    /// They are the body's own members, beside one of this name that holds the record's id.
    Beside(&'static str),
    /// They are the operations of a JSON Patch with paths below this pointer.
    Operations(&'static str),
    /// They are the members of the JSON in the text at `at`; the record's id stands at `id`.
    Text {
        /// The pointer to the text.
        at: &'static str,
        /// The pointer to the id.
        id: &'static str,
    },
}

/// What a custom key takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Custom {
    /// Any text.
    Text,
    /// A number; as a text where the provider keeps all values so.
    Number,
    /// True or false, as a text.
    Truth,
    /// A day.
    Date,
    /// A moment.
    Moment,
    /// A moment that is kept in UTC and without a zone.
    Utc,
    /// One of these instants, which the provider may show in another offset.
    Instant(&'static [&'static str]),
    /// One of these.
    One(&'static [&'static str]),
    /// Some of these, joined by semicolons.
    Some(&'static [&'static str]),
    /// A list of some of these.
    List(&'static [&'static str]),
    /// One of these, which are written as JSON.
    Json(&'static [&'static str]),
    /// The same, and what the provider keeps for it.
    Kept(&'static [&'static str], fn(&Value) -> Value),
}

/// What the request of an action changes.
#[derive(Debug)]
pub(crate) enum Acted {
    /// The links of this name: the new one has this kind.
    Link(&'static str, i64),
    /// The first of these members of the main record is the value; the others go with it.
    Members(&'static [&'static str]),
}
