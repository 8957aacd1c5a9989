//! A list of all codecs, for documentation.

/// How faithful a codec is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exactness {
    /// What is written reads back as the same value.
    Exact,
    /// Stable after one trip; the text says what is lost.
    Lossy(&'static str),
    /// Only reads.
    ReadOnly,
}

/// One way to write a codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodecInfo {
    /// The codec's name: what is written, or the first key of its table.
    pub name: &'static str,
    /// One line for a reader.
    pub summary: &'static str,
    /// An example of `as`, in TOML.
    pub example: &'static str,
    /// A provider's value for the example, as JSON.
    pub wire: &'static str,
    /// The unified value for it, as JSON.
    pub unified: &'static str,
    /// How faithful it is.
    pub exactness: Exactness,
}

/// All codecs, in the order of the manual.
///
/// ```
/// use mapwright_mapping::codec::catalog;
/// for codec in catalog() {
///     println!("{}: {} ({:?})", codec.name, codec.summary, codec.exactness);
/// }
/// ```
pub fn catalog() -> &'static [CodecInfo] {
    CATALOG
}

const CATALOG: &[CodecInfo] = &[
    CodecInfo {
        name: "integer",
        summary: "a JSON integer; digits as text in the unified value, exact to 64 bits",
        example: r#""integer""#,
        wire: "1234567890123456789",
        unified: r#""1234567890123456789""#,
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "number",
        summary: "a JSON number on both sides",
        example: r#""number""#,
        wire: "85.5",
        unified: "85.5",
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "boolean",
        summary: "true or false on both sides",
        example: r#""boolean""#,
        wire: "false",
        unified: "false",
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "text",
        summary: "every value as text; before another codec, that codec's integer, number or boolean as text",
        example: r#"["text", "boolean"]"#,
        wire: r#""true""#,
        unified: "true",
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "datetime",
        summary: "an RFC 3339 date-time, turned to UTC",
        example: r#""datetime""#,
        wire: r#""2025-01-10T10:09:14Z""#,
        unified: r#""2025-01-10T10:09:14Z""#,
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "datetime",
        summary: "a date-time in UTC in a form of its own: YYYY MM DD HH MM SS, .fff for the fraction",
        example: r#"{ datetime = "YYYY/MM/DD HH:MM:SS" }"#,
        wire: r#""2025/01/10 10:09:14""#,
        unified: r#""2025-01-10T10:09:14Z""#,
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "datetime",
        summary: "the same, but what is finer than the form is cut off when it is written",
        example: r#"{ datetime = "YYYY-MM-DD", truncate = true }"#,
        wire: r#""2025-01-10""#,
        unified: r#""2025-01-10T00:00:00Z""#,
        exactness: Exactness::Lossy("what is finer than the provider's form is cut off"),
    },
    CodecInfo {
        name: "date",
        summary: "a day as YYYY-MM-DD on both sides",
        example: r#""date""#,
        wire: r#""2025-01-10""#,
        unified: r#""2025-01-10""#,
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "unix",
        summary: "whole seconds since 1970",
        example: r#""unix""#,
        wire: "1736503754",
        unified: r#""2025-01-10T10:09:14Z""#,
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "unix_ms",
        summary: "milliseconds since 1970",
        example: r#""unix_ms""#,
        wire: "1736503754250",
        unified: r#""2025-01-10T10:09:14.25Z""#,
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "lower",
        summary: "small letters on both sides",
        example: r#""lower""#,
        wire: r#""dark red""#,
        unified: r#""dark red""#,
        exactness: Exactness::Lossy("capital letters read back as small letters"),
    },
    CodecInfo {
        name: "upper",
        summary: "capital letters on both sides",
        example: r#""upper""#,
        wire: r#""DARK RED""#,
        unified: r#""DARK RED""#,
        exactness: Exactness::Lossy("small letters read back as capital letters"),
    },
    CodecInfo {
        name: "affix",
        summary: "text before and after the value",
        example: r#"{ affix = "/shelf({})" }"#,
        wire: r#""/shelf(7)""#,
        unified: r#""7""#,
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "prefix",
        summary: "text before the value",
        example: r#"{ prefix = "shelf-" }"#,
        wire: r#""shelf-7""#,
        unified: r#""7""#,
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "suffix",
        summary: "text after the value; with `optional` it may be missing or there already, and is read without it",
        example: r#"{ suffix = "-books", optional = true }"#,
        wire: r#""7-books""#,
        unified: r#""7""#,
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "suffix",
        summary: "the same, but the text stays in the unified value",
        example: r#"{ suffix = "-books", keep = true }"#,
        wire: r#""7-books""#,
        unified: r#""7-books""#,
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "last_segment",
        summary: "the last segment of the path of a URI",
        example: r#""last_segment""#,
        wire: r#""https://host.example/shelf/7""#,
        unified: r#""7""#,
        exactness: Exactness::ReadOnly,
    },
    CodecInfo {
        name: "json",
        summary: "a text that is itself JSON",
        example: r#""json""#,
        wire: r#""{\"colour\":[\"red\"]}""#,
        unified: r#"{"colour":["red"]}"#,
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "around",
        summary: "text around the value as it is read, with variables of the account; makes an address out of an id",
        example: r#"{ around = "https://shop.example.com/books/{}" }"#,
        wire: r#""42""#,
        unified: r#""https://shop.example.com/books/42""#,
        exactness: Exactness::ReadOnly,
    },
    CodecInfo {
        name: "split",
        summary: "a list of texts as one text",
        example: r#"{ split = ";" }"#,
        wire: r#""red;blue""#,
        unified: r#"["red","blue"]"#,
        exactness: Exactness::Exact,
    },
    CodecInfo {
        name: "first",
        summary: "the first element of a list; written as a list of one",
        example: r#""first""#,
        wire: r#"["red"]"#,
        unified: r#""red""#,
        exactness: Exactness::Lossy("elements after the first are dropped"),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::Deserialize;
    use serde_json::Value;

    use super::{CodecInfo, Exactness, catalog};
    use crate::codec::{Chain, RawChain, RawCodec};

    /// A line of a mapping file that states a codec.
    #[derive(Deserialize)]
    struct Line {
        r#as: RawChain,
    }

    fn chain(info: &CodecInfo) -> Chain {
        let line: Line = toml::from_str(&format!("as = {}", info.example)).unwrap();
        Chain::new(&line.r#as).unwrap()
    }

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_example_runs_in_both_directions() {
        for info in catalog() {
            let chain = chain(info);
            assert_eq!(chain.decode(&value(info.wire)), Ok(value(info.unified)), "{}", info.example);
            let written = chain.encode(&value(info.unified));
            if info.exactness == Exactness::ReadOnly {
                assert!(written.is_err(), "{}", info.example);
            } else {
                assert_eq!(written, Ok(value(info.wire)), "{}", info.example);
            }
        }
    }

    #[test]
    fn every_example_is_as_faithful_as_it_says() {
        for info in catalog() {
            let chain = chain(info);
            assert_eq!(chain.is_read_only(), info.exactness == Exactness::ReadOnly, "{}", info.example);
            match info.exactness {
                Exactness::Exact => assert_eq!(chain.loss(), None, "{}", info.example),
                Exactness::Lossy(loss) => assert_eq!(chain.loss(), Some(loss), "{}", info.example),
                Exactness::ReadOnly => assert!(chain.loss().is_some(), "{}", info.example),
            }
        }
    }

    /// The names that a mapping file may use: the values of the enumeration, and the required key of each table.
    fn names(schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(object) => {
                let named = object
                    .get("const")
                    .into_iter()
                    .chain(object.get("enum").and_then(Value::as_array).into_iter().flatten());
                let required = object.get("required").and_then(Value::as_array).into_iter().flatten();
                found.extend(named.chain(required).filter_map(Value::as_str).map(str::to_owned));
                object.values().for_each(|inner| names(inner, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| names(inner, found)),
            _ => {}
        }
    }

    #[test]
    fn every_codec_is_listed() {
        let mut found = BTreeSet::new();
        names(schemars::schema_for!(RawCodec).as_value(), &mut found);
        let listed: BTreeSet<String> = catalog().iter().map(|info| info.name.to_owned()).collect();
        assert_eq!(found, listed);
        assert_eq!(found.len(), 18);
    }
}
