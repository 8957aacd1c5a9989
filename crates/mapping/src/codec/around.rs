//! `around`: the unified value has text around the provider's value, in which variables of the account may stand. It
//! only reads: it makes an address out of an id.

use serde_json::Value;

use super::error::CodecError;
use super::raw::RawAround;
use crate::path::text_of;
use crate::template::Template;

/// The codec's name.
pub(super) const NAME: &str = "around";

/// Why there is no way back.
pub(super) const LOSS: &str = "the text around the value is made for reading";

/// The values of an account's variables, by name.
pub type Variables<'v> = dyn Fn(&str) -> Option<String> + 'v;

/// The text with its hole `{}` and variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Around {
    text: Template,
}

impl Around {
    /// Checks `{ around = … }`.
    pub(super) fn new(raw: &RawAround) -> Result<Around, String> {
        let text = Template::parse(&raw.around).map_err(|e| e.message)?;
        if text.names().filter(|name| name.is_empty()).count() != 1 {
            return Err(format!("`{NAME}` needs `{{}}` exactly once, where the value stands"));
        }
        if text.sole().is_some() {
            return Err(format!("`{NAME}` has no text"));
        }
        Ok(Around { text })
    }

    /// The variables in the text.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.text.names().filter(|name| !name.is_empty())
    }

    /// Wire to unified.
    pub(super) fn decode(&self, wire: &Value, variables: &Variables<'_>) -> Result<Value, CodecError> {
        let inner = text_of(Some(wire)).ok_or_else(|| CodecError::unexpected("text", wire))?;
        let text = self.text.render(|name| match name {
            "" => Ok(inner.to_string()),
            name => variables(name).ok_or_else(|| CodecError::no_variable(name)),
        })?;
        Ok(Value::String(text))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Around, RawAround};

    fn around(text: &str) -> Result<Around, String> {
        Around::new(&RawAround { around: text.to_owned() })
    }

    #[test]
    fn the_text_stands_around_what_is_read() {
        let shop = around("https://{town}.example.com/book/{}").unwrap();
        let variables = |name: &str| (name == "town").then(|| "bonn".to_owned());
        assert_eq!(shop.decode(&json!("7"), &variables), Ok(json!("https://bonn.example.com/book/7")));
        assert_eq!(shop.decode(&json!(7), &variables), Ok(json!("https://bonn.example.com/book/7")));
        assert_eq!(shop.variables().collect::<Vec<_>>(), ["town"]);
        assert_eq!(
            shop.decode(&json!("7"), &|_| None).unwrap_err().to_string(),
            "the account has no value for the variable `town`"
        );
        assert!(shop.decode(&json!({}), &variables).is_err());
    }

    #[test]
    fn it_needs_one_hole_and_some_text() {
        for text in ["", "shelf", "{}", "{}/{}", "{town}"] {
            assert!(around(text).is_err(), "{text:?}");
        }
    }
}
