//! What goes wrong.

use std::fmt;
use std::time::Duration;

use http::StatusCode;

/// The statuses that a fault may have.
pub(crate) const STATUSES: std::ops::RangeInclusive<u16> = 300..=599;

/// The longest that an answer may take.
const LONGEST: Duration = Duration::from_mins(10);

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// An answer of this status.
    Status(StatusCode),
    /// The declared error of this name.
    Declared(String),
    /// A page from somebody else.
    Html,
    /// Half of the body, as if it were all of it.
    Half,
    /// Half of the body, and the end of the connection.
    Truncated,
    /// An answer that is late.
    Slow(Duration),
    /// The end of the connection before the request is looked at.
    CutBefore,
    /// The end of the connection after the request is done.
    CutAfter,
}

impl What {
    /// The faults that are words, with an example of each that takes a value.
    pub(crate) const WORDS: [&'static str; 6] = ["html", "half", "truncated", "slow=2s", "cut-before", "cut-after"];

    /// What a command takes in place of a fault, to show those that there are.
    pub(crate) const LIST: &'static str = "list";

    /// Reads one. A word that is not known may be the name of an error, which its provider's file tells.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Some(("slow", span)) = text.split_once('=') {
            return span_of(span).map(Self::Slow);
        }
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            let code = text.parse().ok().filter(|code| STATUSES.contains(code));
            let status = code.and_then(|code| StatusCode::from_u16(code).ok());
            return status
                .map(Self::Status)
                .ok_or_else(|| format!("a status goes from {} to {}", STATUSES.start(), STATUSES.end()));
        }
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        match text {
            "html" => Ok(Self::Html),
            "half" => Ok(Self::Half),
            "truncated" => Ok(Self::Truncated),
            "slow" => Err("how long it takes is said too, as in slow=2s".to_owned()),
            "cut-before" => Ok(Self::CutBefore),
            "cut-after" => Ok(Self::CutAfter),
            name if !name.is_empty() && name.bytes().all(is_name) => Ok(Self::Declared(name.to_owned())),
            _ => Err(format!(
                "a fault is a status such as 429, one of {}, or the name of an error of the provider",
                Self::WORDS.join(", ")
            )),
        }
    }

    /// Whether it is about the connection, so that no answer alone can show it.
    pub(crate) fn is_of_connection(&self) -> bool {
        matches!(self, Self::Truncated | Self::Slow(_) | Self::CutBefore | Self::CutAfter)
    }
}

fn span_of(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time up to {} s, as in slow=2s or slow=500ms", LONGEST.as_secs());
    let number = |digits: &str| digits.parse::<u32>().map(u64::from).map_err(|_| wrong());
    let span = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(digits), _) => Duration::from_millis(number(digits)?),
        (None, Some(digits)) => Duration::from_secs(number(digits)?),
        (None, None) => return Err(wrong()),
    };
    if span > LONGEST { Err(wrong()) } else { Ok(span) }
}

impl fmt::Display for What {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => formatter.write_str(status.as_str()),
            Self::Declared(name) => formatter.write_str(name),
            Self::Html => formatter.write_str("html"),
            Self::Half => formatter.write_str("half"),
            Self::Truncated => formatter.write_str("truncated"),
            Self::Slow(span) if span.subsec_millis() == 0 => write!(formatter, "slow={}s", span.as_secs()),
            Self::Slow(span) => write!(formatter, "slow={}ms", span.as_millis()),
            Self::CutBefore => formatter.write_str("cut-before"),
            Self::CutAfter => formatter.write_str("cut-after"),
        }
    }
}
