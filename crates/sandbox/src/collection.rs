//! The shape of collections: records, their fields, and what the provider computes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use crate::children::Children;
use crate::file::{JsonText, Name};
use crate::hole::TextTemplate;
use crate::local_time::TimeForm;
use crate::pair_list::Pairs;
use crate::pattern::Pattern;
use crate::pick::Pick;
use crate::pointer::Pointer;
use crate::series::Series;
use crate::template::{JsonTemplate, Template};
use crate::wrap::Wrapped;

/// One kind of record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Collection {
    /// What error texts call one record.
    #[serde(default)]
    pub(crate) called: String,
    /// The full form of an id that is given as digits alone, with `{}` for the digits.
    pub(crate) id_form: Option<String>,
    /// The form of ids; others are refused.
    pub(crate) id_pattern: Option<Pattern>,
    /// The object of a record that holds the fields; the record itself where it is not stated.
    #[serde(default)]
    pub(crate) fields_at: Pointer,
    /// How values are written.
    #[serde(default)]
    pub(crate) values: Values,
    /// Whether an empty text is stored as no value.
    #[serde(default)]
    pub(crate) empty_is_null: bool,
    /// The errors of wrong values.
    pub(crate) refusals: Option<Name>,
    /// The fields, by pointer below `fields_at`. Without any, records are free and cannot be written.
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, Spanned<Field>>,
    /// Only what is asked for is answered.
    pub(crate) select: Option<Select>,
    /// What the provider sets by itself.
    #[serde(default)]
    pub(crate) computed: Vec<Spanned<Computed>>,
    /// Records that refuse writes.
    pub(crate) locked: Option<Locked>,
    /// A write is refused while a required field of the record has no value, written or not.
    pub(crate) whole: Option<Whole>,
    /// A new record, where a write may create one.
    pub(crate) blank: Option<JsonTemplate>,
    /// Sets of fields of which one at least has a text.
    #[serde(default)]
    pub(crate) one_of: Vec<Vec<Name>>,
    /// The first records.
    #[serde(default)]
    pub(crate) records: BTreeMap<String, Spanned<JsonText>>,
    /// Further first records, many of one form.
    #[serde(default)]
    pub(crate) series: Vec<Spanned<Series>>,
}

/// How a collection's values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Values {
    /// As JSON of the field's own type; `null` clears.
    #[default]
    Json,
    /// As texts, whatever the type; the empty text clears and `null` is refused.
    Text,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FieldType {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// True or false.
    Boolean,
    /// A date with time and offset, or milliseconds since 1970.
    Datetime,
    /// A day.
    Date,
    /// Any JSON.
    Json,
    /// The id of a record.
    Reference,
    /// A list of ids of records, changed element by element.
    References,
    /// Records of another collection, written with this one.
    Children,
    /// An object whose members are fields of their own.
    Map,
    /// A list of objects with a name and a value (`pairs`); each name is a field of its own, and the fields that are
    /// not named keep their values.
    Pairs,
}

impl FieldType {
    /// The name used in a file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Datetime => "datetime",
            Self::Date => "date",
            Self::Json => "json",
            Self::Reference => "reference",
            Self::References => "references",
            Self::Children => "children",
            Self::Map => "map",
            Self::Pairs => "pairs",
        }
    }
}

/// One field.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the file, and they are independent")]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    /// What it holds.
    #[serde(rename = "type")]
    pub(crate) kind: FieldType,
    /// What people call it.
    pub(crate) label: Option<String>,
    /// Longest text, in characters.
    pub(crate) max: Option<usize>,
    /// Least and greatest whole number.
    pub(crate) range: Option<[i64; 2]>,
    /// The form of a text. In a reference the group `id` is the id and `collection` the collection.
    pub(crate) pattern: Option<Pattern>,
    /// The only values.
    #[serde(default)]
    pub(crate) options: Vec<Choice>,
    /// The only values: those that records hold.
    pub(crate) options_from: Option<OptionsFrom>,
    /// Several options in one text, with this separator.
    pub(crate) many: Option<String>,
    /// The field whose value an option must fit (`within` of a choice).
    pub(crate) within: Option<Name>,
    /// Writes are refused.
    #[serde(default)]
    pub(crate) read_only: bool,
    /// A date or a time that is `kept` in a form is taken without a zone too, as UTC.
    #[serde(default)]
    pub(crate) zoneless: bool,
    /// Where each element of `pairs` has its name and its value.
    pub(crate) pairs: Option<Pairs>,
    /// What a cleared field holds in place of no value.
    pub(crate) cleared: Option<Value>,
    /// A write of the object replaces all its members.
    #[serde(default)]
    pub(crate) whole: bool,
    /// A read-only field that a write may state, with the value that it has.
    #[serde(default)]
    pub(crate) repeats: bool,
    /// The form in which a time is kept, whatever the form that it is written in.
    pub(crate) kept: Option<TimeForm>,
    /// It cannot be cleared.
    #[serde(default)]
    pub(crate) required: bool,
    /// No two records share a value, letter case aside.
    #[serde(default)]
    pub(crate) unique: bool,
    /// Only clearing is taken.
    #[serde(default)]
    pub(crate) null_only: bool,
    /// The collections that a reference may lead to.
    #[serde(default)]
    pub(crate) to: Vec<Name>,
    /// The field that a write of this one sets; this one is never shown.
    pub(crate) sets: Option<Name>,
    /// A list of such values, which a write replaces.
    #[serde(default)]
    pub(crate) list: bool,
    /// The members of an object of JSON: a write states all of them and no others.
    #[serde(default)]
    pub(crate) members: BTreeMap<String, FieldType>,
    /// Not shown while it has no value.
    #[serde(default)]
    pub(crate) shown_if_set: bool,
    /// A reference that is written and shown as an object.
    pub(crate) wrapped: Option<Wrapped>,
    /// Texts that clear it.
    #[serde(default)]
    pub(crate) clears_with: Vec<String>,
    /// The records that a field of type `children` stands for.
    pub(crate) children: Option<Children>,
    /// The form: how it is written and shown.
    pub(crate) form: Option<Name>,
    /// Made by the provider's customer.
    #[serde(default)]
    pub(crate) custom: bool,
    /// Facts about the field that only replies use.
    #[serde(default)]
    pub(crate) about: BTreeMap<String, Value>,
}

/// One value of a field with options.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    /// The value stored.
    pub(crate) value: Value,
    /// What people call it.
    #[serde(default)]
    pub(crate) label: String,
    /// The value of the field named by `within` that this option belongs to.
    pub(crate) within: Option<Value>,
    /// Facts about the option that only replies use.
    #[serde(default)]
    pub(crate) about: BTreeMap<String, Value>,
    /// Taken when the field named by `within` changes to a value that the old option does not fit.
    #[serde(default)]
    pub(crate) default: bool,
}

/// Options that are records, or elements of a list in records.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptionsFrom {
    /// The collection.
    pub(crate) collection: Name,
    /// The list in each record; an option then belongs to the record's id.
    pub(crate) list: Option<Pointer>,
    /// The option's value.
    pub(crate) value: Pointer,
    /// The option's label.
    pub(crate) label: Option<Pointer>,
}

/// Which fields a reply shows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Select {
    /// The query parameter with the names, separated by commas.
    pub(crate) query: String,
    /// Shown in any case.
    #[serde(default)]
    pub(crate) always: Vec<String>,
    /// Shown where nothing is asked for; everything where it is not stated.
    pub(crate) default: Option<Vec<String>>,
    /// Shown beside what a write names, where the reply to the write shows only that.
    #[serde(default)]
    pub(crate) beside_written: Vec<String>,
    /// Whether an unknown name is refused; else it is passed over.
    #[serde(default)]
    pub(crate) closed: bool,
}

/// One value that the provider sets by itself: exactly one of the ways is stated.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Computed {
    /// Where in the record, from its root.
    pub(crate) field: Pointer,
    /// The text that the behaviour is known from.
    pub(crate) source: String,
    /// Stored with every write.
    pub(crate) stamp: Option<Template>,
    /// Stored with a write of this field: the same value.
    pub(crate) copy: Option<Name>,
    /// Stored in place of `copy` where that has no value.
    pub(crate) otherwise: Option<Template>,
    /// Texts of fields, the empty ones left out; no value where all are empty.
    pub(crate) join: Option<Vec<Name>>,
    /// Between the texts of `join`.
    #[serde(default)]
    pub(crate) separator: String,
    /// The label of the option that this field holds.
    pub(crate) label: Option<Name>,
    /// From the record that this reference leads to.
    pub(crate) via: Option<Name>,
    /// The collection that this reference leads to.
    pub(crate) kind_of: Option<Name>,
    /// What `kind_of` shows for each collection; the collection's name where it is not stated.
    #[serde(default)]
    pub(crate) names: BTreeMap<String, String>,
    /// From the first record linked so.
    pub(crate) link: Option<Linked>,
    /// The place in the other record, for `via` and `link`; the id where it is not stated.
    pub(crate) shows: Option<Pointer>,
    /// A text made from the record.
    pub(crate) text: Option<TextTemplate>,
    /// A part of a field's text; not there where the text has no such part.
    pub(crate) pick: Option<Pick>,
    /// Set by routes or by another field's rules; only listed here.
    #[serde(default)]
    pub(crate) elsewhere: bool,
    /// Shown only where this is asked for.
    pub(crate) asked: Option<Name>,
    /// Shown only where this field is shown and has a value.
    pub(crate) follows: Option<Name>,
    /// Selected along with any of these.
    #[serde(default, rename = "with")]
    pub(crate) along: Vec<Name>,
}

/// Records that are checked as a whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Whole {
    /// Where this is asked for, only what is written is checked.
    pub(crate) unless: Option<Name>,
}

/// Links of one kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Linked {
    /// The name of the links.
    pub(crate) name: Name,
    /// The number of the kind.
    pub(crate) kind: i64,
}

/// Records that refuse writes while a field has certain values.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Locked {
    /// The field.
    pub(crate) field: Name,
    /// Its values that lock.
    pub(crate) values: Vec<Value>,
    /// A write that sets the field to one of these is taken all the same.
    #[serde(default)]
    pub(crate) free: Vec<Value>,
    /// The error that answers.
    pub(crate) error: Name,
}

/// The answers to wrong values, by what is wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefusalSet {
    /// A field that the collection does not have.
    pub(crate) unknown: Option<Refusal>,
    /// A field that cannot be written.
    pub(crate) read_only: Option<Refusal>,
    /// Another JSON type, or a text that does not read as the field's type.
    #[serde(rename = "type")]
    pub(crate) kind: Option<Refusal>,
    /// A text that is too long.
    pub(crate) length: Option<Refusal>,
    /// A value that is not among the options.
    pub(crate) option: Option<Refusal>,
    /// A number out of range.
    pub(crate) range: Option<Refusal>,
    /// A text of another form.
    pub(crate) format: Option<Refusal>,
    /// Clearing what cannot be cleared.
    pub(crate) required: Option<Refusal>,
    /// A reference to a record that does not exist.
    pub(crate) reference: Option<Refusal>,
    /// A value that another record has.
    pub(crate) taken: Option<Refusal>,
    /// An option that does not fit another field.
    pub(crate) within: Option<Refusal>,
    /// An operation of a JSON Patch that cannot be done.
    pub(crate) operation: Option<Refusal>,
    /// All that is not stated.
    pub(crate) other: Refusal,
}

/// One answer to a wrong value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    /// The error.
    pub(crate) error: Name,
    /// The provider's code, for the error's body.
    #[serde(default)]
    pub(crate) code: String,
    /// The provider's words, for the error's body: a template over `violation`.
    pub(crate) says: Option<TextTemplate>,
}
