//! `last_segment`: the last segment of a URI's path, percent-decoded. Read only: the rest of the URI is not known when
//! a value is written.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::error::CodecError;

/// The codec's name.
pub(super) const NAME: &str = "last_segment";

/// What is lost.
pub(super) const LOSS: &str = "only the last segment of the URI is read, and nothing is written";

/// Wire to unified. A slash at the end, a query and a fragment are ignored; text without a slash is its own segment.
pub(super) fn decode(wire: &Value) -> Result<Value, CodecError> {
    wire.as_str().and_then(last).map(Value::String).ok_or_else(|| CodecError::unexpected("a URI with a path", wire))
}

/// The refusal of every write.
pub(super) fn read_only() -> CodecError {
    CodecError::ReadOnly { codec: NAME }
}

/// The last segment of a path that is not empty.
fn last(uri: &str) -> Option<String> {
    let end = uri.find(['?', '#']).unwrap_or(uri.len());
    let (address, _) = uri.split_at_checked(end)?;
    let path = match address.split_once("://") {
        Some((_, after)) => after.split_once('/')?.1,
        None => address,
    };
    let segment = path.trim_end_matches('/').rsplit('/').next().filter(|segment| !segment.is_empty())?;
    percent_decode_str(segment).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{decode, read_only};

    #[test]
    fn the_last_segment_is_read() {
        for (uri, segment) in [
            ("https://host.example/shelf/42", "42"),
            ("https://host.example/shelf/42/?page=1/2#top", "42"),
            ("/shelf/a%20b%2Fc", "a b/c"),
            ("42", "42"),
            ("//host/é", "é"),
        ] {
            assert_eq!(decode(&json!(uri)), Ok(json!(segment)), "{uri}");
        }
    }

    #[test]
    fn a_uri_without_a_path_is_refused() {
        for uri in ["", "/", "https://host.example", "https://host.example/", "?a=/b", "/shelf/%FF"] {
            assert!(decode(&json!(uri)).is_err(), "{uri}");
        }
        assert!(decode(&json!(42)).is_err());
    }

    #[test]
    fn nothing_is_written() {
        assert_eq!(read_only().to_string(), "`last_segment` only reads: it has no way back");
    }
}
