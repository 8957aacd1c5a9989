//! A form: a named wire shape around one value. Its constants travel with the value.

use serde_json::Value;

use super::request::BodyTemplate;
use super::{Clear, Resolver};
use crate::codec::Chain;
use crate::diagnostic::Code;
use crate::document::pointer;
use crate::path::Path;
use crate::raw::RawForm;
use crate::template::Template;

/// A wire shape around one value.
#[derive(Clone, Debug)]
pub struct Form {
    /// Its name.
    pub name: String,
    /// The shape that is written; none: the value itself.
    pub write: Option<BodyTemplate>,
    /// Where the value lies in what is read; none: the value itself.
    pub read: Option<Path>,
    /// The conversion of the value inside the shape.
    pub codec: Chain,
    /// How null is spelled for the whole shape.
    pub clear: Option<Clear>,
    /// What is lost.
    pub loss: Option<String>,
}

impl Resolver<'_> {
    /// Checks a form as it is written at `at`.
    pub(super) fn form(&mut self, name: &str, raw: &RawForm, at: &str) -> Form {
        let write = raw.write.as_ref().and_then(|shape| self.shape(shape, &pointer(at, "write")));
        if let Some(shape) = &write
            && !shape.names().contains(&"")
        {
            let place = self.doc.place(&pointer(at, "write"));
            self.error(Code::TemplateSyntax, place, "the shape has no hole `{}` for the value");
        }
        Form {
            name: name.to_owned(),
            write,
            read: raw.read.as_ref().and_then(|path| self.path(path, &pointer(at, "read"))),
            codec: self.chain(raw.codec.as_ref(), &pointer(at, "as")),
            clear: raw.clear.as_ref().and_then(|clear| self.clear(clear, &pointer(at, "clear"))),
            loss: raw.loss.clone(),
        }
    }

    /// JSON with the hole `{}` and variables.
    fn shape(&mut self, value: &Value, at: &str) -> Option<BodyTemplate> {
        Some(match value {
            Value::String(text) => {
                let template: Template = self.template(text, at)?;
                for name in template.names().filter(|name| !name.is_empty()) {
                    self.variable_in(name, text, at);
                }
                match template.literal() {
                    Some(text) => BodyTemplate::Value(Value::String(text.to_owned())),
                    None => BodyTemplate::Text(template),
                }
            }
            Value::Object(object) => BodyTemplate::Object(
                object
                    .iter()
                    .filter_map(|(name, member)| Some((name.clone(), self.shape(member, &pointer(at, name))?)))
                    .collect(),
            ),
            Value::Array(items) => BodyTemplate::Array(
                items
                    .iter()
                    .enumerate()
                    .filter_map(|(i, item)| self.shape(item, &pointer(at, &i.to_string())))
                    .collect(),
            ),
            other => BodyTemplate::Value(other.clone()),
        })
    }
}
