//! Reads `as = …`: text and tables are one codec, arrays a chain, and nothing else is taken for either.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::raw::{RawChain, RawCodec, RawName};

impl<'de> Deserialize<'de> for RawChain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ChainVisitor)
    }
}

impl<'de> Deserialize<'de> for RawCodec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CodecVisitor)
    }
}

struct ChainVisitor;

impl<'de> Visitor<'de> for ChainVisitor {
    type Value = RawChain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a codec or a list of codecs")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<RawChain, E> {
        CodecVisitor.visit_str(name).map(RawChain::One)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawChain, A::Error> {
        CodecVisitor.visit_map(map).map(RawChain::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<RawChain, A::Error> {
        let mut codecs = Vec::new();
        while let Some(codec) = seq.next_element()? {
            codecs.push(codec);
        }
        Ok(RawChain::Many(codecs))
    }
}

struct CodecVisitor;

impl<'de> Visitor<'de> for CodecVisitor {
    type Value = RawCodec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a codec, or a table for a codec with options")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<RawCodec, E> {
        RawName::deserialize(name.into_deserializer()).map(RawCodec::Name)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawCodec, A::Error> {
        let map = Map::deserialize(MapAccessDeserializer::new(map))?;
        table(map).map_err(A::Error::custom)
    }
}

/// The codec of a table, which its own key tells.
fn table(map: Map<String, Value>) -> Result<RawCodec, serde_json::Error> {
    let has = |key: &str| map.contains_key(key);
    if has("affix") {
        serde_json::from_value(Value::Object(map)).map(RawCodec::Affix)
    } else if has("prefix") {
        serde_json::from_value(Value::Object(map)).map(RawCodec::Prefix)
    } else if has("suffix") {
        serde_json::from_value(Value::Object(map)).map(RawCodec::Suffix)
    } else if has("around") {
        serde_json::from_value(Value::Object(map)).map(RawCodec::Around)
    } else if has("split") {
        serde_json::from_value(Value::Object(map)).map(RawCodec::Split)
    } else if has("datetime") {
        serde_json::from_value(Value::Object(map)).map(RawCodec::Datetime)
    } else {
        Err(Error::custom("a codec's table needs one of `affix`, `prefix`, `suffix`, `around`, `split`, `datetime`"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::codec::{RawChain, RawCodec, RawName, RawSuffix};

    fn read(written: Value) -> Result<RawChain, String> {
        serde_json::from_value(written).map_err(|error| error.to_string())
    }

    #[test]
    fn a_codec_is_a_name_or_a_table() {
        assert_eq!(read(json!("unix_ms")), Ok(RawChain::One(RawCodec::Name(RawName::UnixMs))));
        assert_eq!(read(json!(["json"])), Ok(RawChain::Many(vec![RawCodec::Name(RawName::Json)])));
        let suffix = RawSuffix { suffix: "-books".to_owned(), optional: true, keep: false };
        assert_eq!(
            read(json!(["first", { "suffix": "-books", "optional": true }])),
            Ok(RawChain::Many(vec![RawCodec::Name(RawName::First), RawCodec::Suffix(suffix)]))
        );
    }

    #[test]
    fn every_other_form_is_refused() {
        for (written, message) in [
            (
                json!({ "suffix": "-books", "colour": true }),
                "unknown field `colour`, expected one of `suffix`, `optional`, `keep`",
            ),
            (
                json!({ "suffix": "-books", "prefix": "a" }),
                "unknown field `suffix`, expected one of `prefix`, `optional`, `keep`",
            ),
            (json!({ "split": ";", "optional": true }), "unknown field `optional`, expected `split`"),
            (
                json!({ "optional": true }),
                "a codec's table needs one of `affix`, `prefix`, `suffix`, `around`, `split`, `datetime`",
            ),
            (json!({ "datetime": 1 }), "invalid type: integer `1`, expected a string"),
            (
                json!([["integer"]]),
                "invalid type: sequence, expected the name of a codec, or a table for a codec with options",
            ),
            (json!(null), "invalid type: null, expected a codec or a list of codecs"),
        ] {
            assert_eq!(read(written.clone()), Err(message.to_owned()), "{written}");
        }
        assert!(
            read(json!("Integer")).unwrap_err().starts_with("unknown variant `Integer`, expected one of `integer`")
        );
    }
}
