//! A checked chain of codecs.

use std::borrow::Cow;

use serde_json::Value;

use super::around::{Around, Variables};
use super::error::CodecError;
use super::kind::Kind;
use super::raw::{RawChain, RawCodec};
use super::step::Step;

/// A checked chain of codecs. The default is the identity, for a field without `as`.
///
/// ```
/// use mapwright_mapping::codec::{Chain, Kind, RawChain};
/// use serde_json::json;
///
/// let raw: RawChain = serde_json::from_value(json!(["text", "unix_ms"]))?;
/// let chain = Chain::new(&raw)?;
/// assert_eq!(chain.decode(&json!("1700000000250"))?, json!("2023-11-14T22:13:20.25Z"));
/// assert_eq!(chain.encode(&json!("2023-11-15T00:13:20.250+02:00"))?, json!("1700000000250"));
/// assert_eq!((chain.wire_kind(), chain.unified_kind()), (Some(Kind::Text), Some(Kind::Instant)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// Wire side first.
    steps: Vec<Step>,
}

/// Why a written chain is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ChainError {
    /// The codec at fault, counted from zero from the wire side; 0 for a chain that is one codec.
    pub index: usize,
    /// What is wrong with it.
    pub message: String,
}

impl Chain {
    /// Checks a written chain: each codec's options, and that neighbours fit together. The first fault is reported.
    pub fn new(raw: &RawChain) -> Result<Chain, ChainError> {
        let written: &[RawCodec] = match raw {
            RawChain::One(one) => std::slice::from_ref(one),
            RawChain::Many(many) => many,
        };
        if written.is_empty() {
            return Err(ChainError { index: 0, message: "the chain has no codec; leave `as` out".to_owned() });
        }
        let mut steps: Vec<Step> = Vec::with_capacity(written.len());
        for (index, raw) in written.iter().enumerate() {
            let step = Step::new(raw).map_err(|message| ChainError { index, message })?;
            if let Some(outer) = steps.last_mut() {
                join(outer, &step).map_err(|message| ChainError { index, message })?;
            }
            steps.push(step);
        }
        Ok(Chain { steps })
    }

    /// Turns the provider's value into the unified value. Null stays null, also where it appears on the way.
    pub fn decode(&self, wire: &Value) -> Result<Value, CodecError> {
        self.decode_for(wire, &|_| None).map(Cow::into_owned)
    }

    /// The same for an account, whose variables may stand in the text of `around`. What no codec changes is borrowed.
    pub fn decode_for<'v>(&self, wire: &'v Value, variables: &Variables<'_>) -> Result<Cow<'v, Value>, CodecError> {
        let mut value = Cow::Borrowed(wire);
        for step in &self.steps {
            if value.is_null() {
                break;
            }
            value = Cow::Owned(step.decode(&value, variables)?);
        }
        Ok(value)
    }

    /// Turns the unified value into the provider's value. Null stays null.
    pub fn encode(&self, unified: &Value) -> Result<Value, CodecError> {
        self.encode_from(Cow::Borrowed(unified)).map(Cow::into_owned)
    }

    /// The same for a value that may be borrowed; what no codec changes is given back.
    pub fn encode_from<'v>(&self, unified: Cow<'v, Value>) -> Result<Cow<'v, Value>, CodecError> {
        let mut value = unified;
        for step in self.steps.iter().rev() {
            if value.is_null() {
                break;
            }
            value = Cow::Owned(step.encode(&value)?);
        }
        Ok(value)
    }

    /// What the chain loses; none if it is exact on its stated domain.
    pub fn loss(&self) -> Option<&'static str> {
        self.steps.iter().find_map(Step::loss)
    }

    /// What changes in values that the chain takes although they lie outside the domain on which it is exact; none
    /// if it refuses all such values. Each such value is still stable after one trip.
    pub fn beyond(&self) -> Option<&'static str> {
        self.steps.iter().find_map(Step::beyond)
    }

    /// Whether the chain only reads: `encode` refuses every value but null.
    pub fn is_read_only(&self) -> bool {
        self.steps.iter().any(Step::is_read_only)
    }

    /// Each codec in words, wire side first.
    pub fn in_words(&self) -> Vec<String> {
        self.steps.iter().map(Step::in_words).collect()
    }

    /// The variables of an account that reading needs.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.steps
            .iter()
            .filter_map(|step| if let Step::Around(around) = step { Some(around) } else { None })
            .flat_map(Around::variables)
    }

    /// The kind of the provider's values; none if any value is taken.
    pub fn wire_kind(&self) -> Option<Kind> {
        self.steps.first().map(Step::wire).filter(|kind| *kind != Kind::Any)
    }

    /// The kind of the unified values; none if any value is taken. [`Kind::Integer`] stands for digits as text: that
    /// is what `decode` gives, while `encode` also takes a JSON integer.
    pub fn unified_kind(&self) -> Option<Kind> {
        self.steps.last().map(Step::unified).filter(|kind| *kind != Kind::Any)
    }

    /// Whether every value passes unchanged because there is no codec.
    pub fn is_identity(&self) -> bool {
        self.steps.is_empty()
    }
}

/// Checks that `outer`, the neighbour on the wire side, and `inner` fit, and tells `text` what it holds.
fn join(outer: &mut Step, inner: &Step) -> Result<(), String> {
    if outer.ends_chain() {
        return Err(format!(
            "`{}` comes last, on the unified side: it would change the text that `{}` reads",
            outer.name(),
            inner.name()
        ));
    }
    let takes = inner.wire();
    let fits = match outer {
        Step::Text(text) => text.hold(takes),
        _ => match outer.unified() {
            Kind::Any => true,
            // The digits of an integer are text.
            Kind::Integer => takes == Kind::Text,
            Kind::Text => takes.is_text(),
            Kind::Number => matches!(takes, Kind::Number | Kind::Integer),
            kind => kind == takes,
        },
    };
    if fits {
        return Ok(());
    }
    let gives = match &*outer {
        Step::Integer => "digits as text".to_owned(),
        other => other.unified().to_string(),
    };
    Err(format!("`{}` gives {gives}, but `{}` takes {takes}", outer.name(), inner.name()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Chain, Kind, RawChain};

    fn chain(written: &Value) -> Result<Chain, String> {
        let raw: RawChain = serde_json::from_value(written.clone()).map_err(|error| error.to_string())?;
        Chain::new(&raw).map_err(|error| format!("{}: {error}", error.index))
    }

    #[test]
    fn the_default_chain_passes_everything() {
        let identity = Chain::default();
        for value in [Value::Null, json!(0), json!({ "colour": [""] })] {
            assert_eq!(identity.decode(&value), Ok(value.clone()));
            assert_eq!(identity.encode(&value), Ok(value));
        }
        assert!(identity.is_identity());
        assert_eq!((identity.wire_kind(), identity.unified_kind(), identity.loss()), (None, None, None));
    }

    #[test]
    fn values_go_from_left_to_right_when_read_and_back_when_written() {
        let chain = chain(&json!([{ "split": ";" }, "first", { "prefix": "nr " }])).unwrap();
        assert_eq!(chain.decode(&json!("nr 7;nr 8")), Ok(json!("7")));
        assert_eq!(chain.encode(&json!("7")), Ok(json!("nr 7")));
        assert_eq!((chain.wire_kind(), chain.unified_kind()), (Some(Kind::Text), Some(Kind::Text)));
        assert_eq!(chain.loss(), Some("elements after the first are dropped"));
    }

    #[test]
    fn null_stays_null_wherever_it_appears() {
        let chain = chain(&json!(["first", { "suffix": "-books" }])).unwrap();
        assert_eq!(chain.decode(&Value::Null), Ok(Value::Null));
        assert_eq!(chain.encode(&Value::Null), Ok(Value::Null));
        assert_eq!(chain.decode(&json!([])), Ok(Value::Null));
    }

    #[test]
    fn text_holds_what_the_next_codec_takes() {
        for (written, wire, unified) in [
            (json!(["text", "integer"]), json!("7"), json!("7")),
            (json!(["text", "number"]), json!("0.5"), json!(0.5)),
            (json!(["text", "boolean"]), json!("false"), json!(false)),
            (json!(["text", "unix"]), json!("0"), json!("1970-01-01T00:00:00Z")),
            (json!(["text", "date"]), json!("2024-02-29"), json!("2024-02-29")),
            (json!(["json", "boolean"]), json!("false"), json!(false)),
            (json!(["integer", { "datetime": "YYYYMMDD" }]), json!(20_240_229), json!("2024-02-29T00:00:00Z")),
        ] {
            let chain = chain(&written).unwrap();
            assert_eq!(chain.decode(&wire), Ok(unified.clone()), "{written}");
            assert_eq!(chain.encode(&unified), Ok(wire), "{written}");
            assert_eq!((chain.loss(), chain.beyond()), (None, None), "{written}");
        }
    }

    #[test]
    fn only_text_that_comes_last_takes_other_scalars() {
        assert_eq!(chain(&json!("text")).unwrap().beyond(), Some("a number or boolean reads back as text"));
        assert_eq!(chain(&json!(["text", { "prefix": "a" }])).unwrap().beyond(), None);
    }

    #[test]
    fn a_chain_that_only_reads_writes_null_alone() {
        let chain = chain(&json!(["first", "last_segment"])).unwrap();
        assert!(chain.is_read_only());
        assert_eq!(chain.decode(&json!(["/shelf/7"])), Ok(json!("7")));
        assert_eq!(chain.encode(&Value::Null), Ok(Value::Null));
        assert_eq!(chain.encode(&json!("7")).unwrap_err().to_string(), "`last_segment` only reads: it has no way back");
    }

    #[test]
    fn neighbours_that_do_not_fit_are_refused() {
        for (written, message) in [
            (json!([]), "0: the chain has no codec; leave `as` out"),
            (json!(["integer", "unix"]), "1: `integer` gives digits as text, but `unix` takes an integer"),
            (json!(["text", "first"]), "1: `text` gives text, but `first` takes a list"),
            (json!(["number", "datetime"]), "1: `number` gives a number, but `datetime` takes an RFC 3339 date-time"),
            (json!(["unix", { "prefix": "a" }]), "1: `unix` gives an RFC 3339 date-time, but `prefix` takes text"),
            (json!(["first", { "split": ";" }, "text"]), "2: `split` gives a list, but `text` takes text"),
            (
                json!(["lower", { "suffix": "-Books" }]),
                "1: `lower` comes last, on the unified side: it would change the text that `suffix` reads",
            ),
            (
                json!([{ "suffix": "-books", "keep": true }, "json"]),
                "1: `suffix` comes last, on the unified side: it would change the text that `json` reads",
            ),
            (json!([{ "affix": "books" }]), "0: `affix` needs `{}` exactly once, where the value stands"),
        ] {
            assert_eq!(chain(&written).unwrap_err(), message, "{written}");
        }
    }
}
