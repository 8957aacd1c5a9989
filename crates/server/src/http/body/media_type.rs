//! Which content types the body may have.

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use crate::http::problem::Problem;

/// The content types of a patch.
const KNOWN: [&str; 2] = ["application/json", "application/merge-patch+json"];

/// Refuses a body of another content type, in another character set, or compressed.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Problem> {
    let wants = format!("send {}", KNOWN.join(" or "));
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let refuse = |detail: String| Err(Problem::unsupported_media_type(detail));
    let (Some(one), None) = (types.next(), types.next()) else {
        return refuse(format!("the body has not exactly one content type; {wants}"));
    };
    let text = String::from_utf8_lossy(one.as_bytes());
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    if !KNOWN.iter().any(|known| kind.eq_ignore_ascii_case(known)) {
        let shown: String = kind.chars().filter(|c| !c.is_control()).take(60).collect();
        return refuse(format!("the content type of the body is `{shown}`; {wants}"));
    }
    let charset = |part: &str| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    };
    if parts.filter_map(charset).any(|charset| !matches!(charset.as_str(), "utf-8" | "utf8" | "us-ascii")) {
        return refuse("the body is in another character set than UTF-8".to_owned());
    }
    let encodings = headers.get_all(CONTENT_ENCODING).iter();
    let mut encodings = encodings.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    if encodings.any(|encoding| !encoding.trim_ascii().eq_ignore_ascii_case(b"identity")) {
        return refuse("the body is compressed; send it as it is".to_owned());
    }
    Ok(())
}
