//! `as = …` as it is written in a mapping file.

use schemars::JsonSchema;
use serde::Deserialize;

/// `as = …`: one codec, or a chain of codecs with the wire side first.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum RawChain {
    /// One codec.
    One(RawCodec),
    /// Several codecs, wire side first: a value that is read goes through them from left to right, a value that is
    /// written from right to left.
    Many(#[schemars(length(min = 1))] Vec<RawCodec>),
}

/// One codec: its name or, where it needs options, a table.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum RawCodec {
    /// A codec without options.
    Name(RawName),
    /// Text around the value, before and after it.
    Affix(RawAffix),
    /// Text before the value.
    Prefix(RawPrefix),
    /// Text after the value.
    Suffix(RawSuffix),
    /// Text around the unified value, for reading.
    Around(RawAround),
    /// Several values in one text.
    Split(RawSplit),
    /// A date-time in a form of its own.
    Datetime(RawDatetime),
}

/// A codec without options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawName {
    /// The provider holds a JSON integer, the unified value is its digits as text (an integer is taken too).
    Integer,
    /// Both sides hold a JSON number.
    Number,
    /// Both sides hold `true` or `false`.
    Boolean,
    /// The provider holds every value as text. In a chain the value inside may be an integer, number or boolean.
    Text,
    /// Both sides hold RFC 3339 date-times; they are turned to UTC.
    Datetime,
    /// Both sides hold a date as `YYYY-MM-DD`.
    Date,
    /// The provider holds whole seconds since 1970 as a JSON integer.
    Unix,
    /// The provider holds milliseconds since 1970 as a JSON integer.
    UnixMs,
    /// Lower-case letters on both sides. Lossy.
    Lower,
    /// Upper-case letters on both sides. Lossy.
    Upper,
    /// The last segment of the path of a URI. Read only.
    LastSegment,
    /// The provider holds a text that is itself JSON.
    Json,
    /// The provider holds a list; its first element is the value. Lossy.
    First,
}

/// `{ affix = "/shelf({})" }`: the provider holds the value with text around it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAffix {
    /// The text around the value, with `{}` exactly once where the value stands.
    pub affix: String,
    /// Take values without the text when reading, and values that already have it when writing. What is read is the
    /// bare value, unless `keep` is set.
    #[serde(default)]
    pub optional: bool,
    /// Keep the text in the unified value: it is read with the text, and written from both forms.
    #[serde(default)]
    pub keep: bool,
}

/// `{ prefix = "shelf-" }`: the provider holds the value with text before it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPrefix {
    /// The text before the value.
    pub prefix: String,
    /// Take values without the text when reading, and values that already have it when writing. What is read is the
    /// bare value, unless `keep` is set.
    #[serde(default)]
    pub optional: bool,
    /// Keep the text in the unified value: it is read with the text, and written from both forms.
    #[serde(default)]
    pub keep: bool,
}

/// `{ suffix = "-books" }`: the provider holds the value with text after it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSuffix {
    /// The text after the value.
    pub suffix: String,
    /// Take values without the text when reading, and values that already have it when writing. What is read is the
    /// bare value, unless `keep` is set.
    #[serde(default)]
    pub optional: bool,
    /// Keep the text in the unified value: it is read with the text, and written from both forms.
    #[serde(default)]
    pub keep: bool,
}

/// `{ around = "https://{shop}.example.com/books/{}" }`: the unified value has text around the provider's value. It only
/// reads.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAround {
    /// The text, with `{}` exactly once where the value stands, and variables of the account.
    pub around: String,
}

/// `{ split = ";" }`: the provider holds a list as one text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSplit {
    /// The text between two parts.
    pub split: String,
}

/// `{ datetime = "YYYY/MM/DD HH:MM:SS" }`: the provider holds a date-time in UTC in a form of its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawDatetime {
    /// The form: `YYYY`, `MM`, `DD`, `HH`, `MM` after `HH` for minutes, `SS`, and `.fff` with one `f` for each digit
    /// of the fraction. All else stands for itself; letters other than `T` and `Z`, and an offset that is not zero,
    /// are refused.
    pub datetime: String,
    /// Cut off what is finer than the form when writing, instead of refusing the value. Lossy.
    #[serde(default)]
    pub truncate: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::RawChain;

    #[test]
    fn the_schema_is_closed_and_describes_every_key() {
        let schema = schemars::schema_for!(RawChain);
        let definitions = schema.get("$defs").and_then(Value::as_object).unwrap();
        let mut tables = 0;
        for (name, definition) in definitions {
            let Some(properties) = definition.get("properties").and_then(Value::as_object) else {
                continue;
            };
            tables += 1;
            assert_eq!(definition.get("additionalProperties"), Some(&json!(false)), "{name}");
            for (key, property) in properties {
                assert!(property.get("description").is_some(), "{name}.{key}");
            }
        }
        assert_eq!(tables, 6);
    }
}
