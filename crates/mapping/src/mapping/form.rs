//! A form: a named wire shape around one value. Its constants travel with the value.

use serde_json::Value;

use super::request::BodyTemplate;
use super::{Clear, Resolver};
use crate::codec::{Chain, CodecError};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::pointer;
use crate::path::{Path, Segment};
use crate::raw::{RawForm, RawPlace};
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
    /// The conversion of the value inside the shape; for reading where `read_codec` is none.
    pub codec: Chain,
    /// A conversion for reading alone.
    pub read_codec: Option<Chain>,
    /// How null is spelled for the whole shape.
    pub clear: Option<Clear>,
    /// Whether the shape holds several values.
    pub many: bool,
    /// Why the provider takes no value of this shape.
    pub read_only: Option<String>,
    /// What is lost.
    pub loss: Option<String>,
    /// The cases that show values of an open map in it, where reading is not the inverse of writing.
    pub tested: Vec<String>,
}

impl Form {
    /// The value in the shape's hole; of a form for several values a list, in which a single value stands alone.
    pub fn encode(&self, value: &Value) -> Result<Value, CodecError> {
        match value {
            Value::Array(items) if self.many => {
                items.iter().map(|item| self.codec.encode(item)).collect::<Result<_, _>>().map(Value::Array)
            }
            Value::Null => Ok(Value::Null),
            value if self.many => Ok(Value::Array(vec![self.codec.encode(value)?])),
            value => self.codec.encode(value),
        }
    }

    /// The value that what stands in the hole reads back as.
    pub fn back(&self, wire: &Value) -> Result<Value, CodecError> {
        match wire {
            Value::Array(items) if self.many => {
                items.iter().map(|item| self.codec.decode(item)).collect::<Result<_, _>>().map(Value::Array)
            }
            wire => self.codec.decode(wire),
        }
    }

    /// The conversion for reading.
    pub fn reading(&self) -> &Chain {
        self.read_codec.as_ref().unwrap_or(&self.codec)
    }
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
        if raw.read_only.is_some() && (raw.write.is_some() || raw.clear.is_some()) {
            let key = if raw.write.is_some() { "write" } else { "clear" };
            let place = self.doc.key(&pointer(at, key));
            self.error(Code::BadValue, place, "a form with `read_only` is not written");
        }
        let read_at = pointer(at, "read");
        let read_codec = raw.read.as_ref().and_then(RawPlace::codec);
        let read_codec = read_codec.map(|codec| self.chain(Some(codec), &pointer(&read_at, "as")));
        if let (Some(read), false) = (&raw.read, raw.many)
            && let Some(path) = self.path(read.path(), &read.path_at(&read_at))
            && path.segments.contains(&Segment::Every)
        {
            let place = self.doc.place(&read.path_at(&read_at));
            let help = "add `many = true`, or name one element";
            self.diagnostics.push(
                Diagnostic::error(Code::BadValue, place, "the path leads to several values, and the form holds one")
                    .with_help(help),
            );
        }
        Form {
            name: name.to_owned(),
            write,
            read: raw.read.as_ref().and_then(|read| self.path(read.path(), &read.path_at(&read_at))),
            read_codec,
            many: raw.many,
            read_only: raw.read_only.clone(),
            codec: self.chain(raw.codec.as_ref(), &pointer(at, "as")),
            clear: raw.clear.as_ref().and_then(|clear| self.clear(clear, &pointer(at, "clear"))),
            loss: raw.loss.clone(),
            tested: super::slot::named(raw.tested.as_ref()),
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
