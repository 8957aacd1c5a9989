//! Parameters of path, query and header.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{OpenApi, Operation};
use crate::schema::Schemas;
use crate::sent::Sent;
use crate::verdict::Verdict;

/// Headers that are no parameters: what `OpenAPI` describes elsewhere, and what HTTP itself has.
const NOT_PARAMETERS: &[&str] = &["accept", "authorization", "content-length", "content-type", "host", "user-agent"];

impl OpenApi {
    pub(super) fn judge_parameters(
        &self,
        operation: &Operation<'_>,
        described: &Value,
        sent: &Sent,
        name: &str,
        verdict: &mut Verdict,
    ) {
        let all = self.parameters(operation.item, described);
        let mut query = sent.query();
        for ((place, parameter), described) in &all {
            let at = format!("{name} › parameter {parameter}");
            let is_required = described.get("required") == Some(&Value::Bool(true));
            let values: Vec<String> = match place.as_str() {
                "path" => {
                    let known = operation.values.iter().filter(|(known, _)| known == parameter);
                    known.map(|(_, value)| value.clone()).collect()
                }
                "query" => {
                    if described.get("style").and_then(Value::as_str) == Some("deepObject") {
                        self.judge_deep(parameter, described, &mut query, &at, verdict);
                        continue;
                    }
                    query.extract_if(.., |(known, _)| known == parameter).map(|(_, value)| value).collect()
                }
                "header" if parameter.eq_ignore_ascii_case("authorization") && !sent.credentials => continue,
                "header" => sent.header(parameter).map(str::to_owned).into_iter().collect(),
                _ => continue,
            };
            if values.is_empty() {
                if is_required {
                    verdict.refuse(&at, format!("the {place} parameter `{parameter}` is missing"));
                }
                continue;
            }
            if let Some(schema) = described.get("schema") {
                let value = self.schemas.value_of(schema, described, &values);
                self.schemas.judge(schema, &value, &at, &format!("{place} {parameter}"), verdict);
            }
        }
        for (left, _) in query {
            verdict.silent(format!("query {left}"));
        }
        let described = |header: &str| {
            all.keys().any(|(place, parameter)| place == "header" && parameter.eq_ignore_ascii_case(header))
        };
        for (header, _) in &sent.headers {
            let header = header.to_lowercase();
            if !NOT_PARAMETERS.contains(&header.as_str()) && !described(&header) && !self.is_credential(&header) {
                verdict.silent(format!("header {header}"));
            }
        }
    }

    /// An object over several parameters: `filter[name]=x`.
    fn judge_deep(
        &self,
        parameter: &str,
        described: &Value,
        query: &mut Vec<(String, String)>,
        at: &str,
        verdict: &mut Verdict,
    ) {
        let inner =
            |known: &str| known.strip_prefix(parameter)?.strip_prefix('[')?.strip_suffix(']').map(str::to_owned);
        let taken = query.extract_if(.., |(known, _)| inner(known).is_some());
        let object: Map<String, Value> =
            taken.filter_map(|(known, value)| Some((inner(&known)?, value.into()))).collect();
        if let Some(schema) = described.get("schema")
            && !object.is_empty()
        {
            self.schemas.judge(schema, &object.into(), at, &format!("query {parameter}"), verdict);
        }
    }

    /// The parameters of an operation, by place and name: its own over those of the path.
    fn parameters<'a>(&'a self, item: &'a Value, described: &'a Value) -> BTreeMap<(String, String), &'a Value> {
        let lists = [item, described].into_iter().filter_map(|holder| holder.get("parameters")?.as_array());
        let mut found = BTreeMap::new();
        for parameter in lists.flatten() {
            let parameter = self.schemas.resolve(parameter);
            let text = |key: &str| parameter.get(key).and_then(Value::as_str).map(str::to_owned);
            if let (Some(place), Some(name)) = (text("in"), text("name")) {
                found.insert((place, name), parameter);
            }
        }
        found
    }
}

impl Schemas {
    /// The texts of a parameter as the value that its schema describes.
    fn value_of(&self, schema: &Value, described: &Value, texts: &[String]) -> Value {
        let types = self.types(&[schema]).unwrap_or_default();
        if types.contains("array") {
            let together = described.get("explode") == Some(&Value::Bool(false));
            let texts: Vec<&str> = texts
                .iter()
                .flat_map(|text| if together { text.split(',').collect() } else { vec![text.as_str()] })
                .collect();
            let items = self.items(&[schema]);
            return texts.into_iter().map(|text| self.scalar(&items, text)).collect();
        }
        self.scalar(&[schema], &texts[0])
    }

    /// A text as the value that schemas describe: a text where it is none of their types.
    pub(super) fn scalar(&self, schemas: &[&Value], text: &str) -> Value {
        let types = self.types(schemas).unwrap_or_default();
        let is = |name: &str| types.contains(name);
        if is("string") || types.is_empty() {
            return text.into();
        }
        match serde_json::from_str::<Value>(text) {
            Ok(Value::Number(number)) if is("integer") || is("number") => number.into(),
            Ok(Value::Bool(truth)) if is("boolean") => truth.into(),
            _ => text.into(),
        }
    }
}
