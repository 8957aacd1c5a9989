//! Bodies: the media type, and the value against its schema.

use serde_json::{Map, Value};

use super::OpenApi;
use crate::sent::{Sent, pairs};
use crate::verdict::Verdict;

/// The media type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

impl OpenApi {
    pub(super) fn judge_body(&self, described: &Value, sent: &Sent, name: &str, verdict: &mut Verdict) {
        let Some(body) = described.get("requestBody").map(|body| self.schemas.resolve(body)) else {
            if !sent.body.is_empty() {
                verdict.silent("body");
            }
            return;
        };
        let at = format!("{name} › requestBody");
        if sent.body.is_empty() {
            if body.get("required") == Some(&Value::Bool(true)) {
                verdict.refuse(&at, "the body is missing");
            }
            return;
        }
        let media = plain(sent.header("content-type").unwrap_or_default());
        let all = body.get("content").and_then(Value::as_object);
        let Some((_, content)) = all.into_iter().flatten().find(|(known, _)| plain(known) == media) else {
            let known: Vec<&String> = all.into_iter().flatten().map(|(known, _)| known).collect();
            verdict.refuse(&at, format!("the body is `{media}`, and it takes {known:?}"));
            return;
        };
        let Some(schema) = content.get("schema") else {
            verdict.silent("body");
            return;
        };
        let value = if media == FORM { Ok(self.form(schema, &sent.body)) } else { serde_json::from_slice(&sent.body) };
        match value {
            Ok(value) => self.schemas.judge(schema, &value, &at, "body", verdict),
            Err(error) => verdict.refuse(&at, format!("the body is no JSON: {error}")),
        }
    }

    /// A form as the object that its schema describes.
    fn form(&self, schema: &Value, body: &[u8]) -> Value {
        let members = pairs(&String::from_utf8_lossy(body)).into_iter().map(|(name, text)| {
            let value = self.schemas.scalar(&self.schemas.member(&[schema], &name), &text);
            (name, value)
        });
        members.collect::<Map<_, _>>().into()
    }
}

/// A media type without its parameters; some descriptions put blanks into it.
fn plain(media: &str) -> String {
    media.split(';').next().unwrap_or_default().replace(' ', "").to_lowercase()
}
