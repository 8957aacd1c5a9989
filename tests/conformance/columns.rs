//! A table of columns, with schemas of what a write takes and an answer gives: what there is where the vendor's own
//! description can only be had inside an account.

use regex::Regex;
use serde_json::Value;

use crate::schema::Schemas;
use crate::sent::Sent;
use crate::verdict::Verdict;

/// A description of one table.
pub(crate) struct Columns {
    pub(crate) schemas: Schemas,
    /// The set of entities, as the address of a row begins.
    set: String,
    /// The names of the columns that can be asked for.
    names: Vec<String>,
    /// The definition of a body that changes a row.
    update: String,
}

impl Columns {
    pub(crate) fn new(table: &Value, schema: Value, update: &str, row: &str) -> Columns {
        let own = table["columns"].as_array().into_iter().flatten().filter_map(|column| column["logicalName"].as_str());
        let read = schema["$defs"][row]["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
        let names = own.map(str::to_owned).chain(read).collect();
        let set = table["entitySet"].as_str().unwrap_or_default().to_owned();
        Columns { schemas: Schemas::new(schema), set, names, update: update.to_owned() }
    }

    /// What it says of a request.
    pub(crate) fn judge(&self, sent: &Sent) -> Verdict {
        let row = Regex::new(&format!(r"/{}\([^/]*\)$", regex::escape(&self.set))).expect("a legal pattern");
        if !row.is_match(sent.address()) {
            return Verdict::nothing();
        }
        let mut verdict = Verdict::of(format!("{} {}(…)", sent.method, self.set));
        for (name, value) in sent.query() {
            if name != "$select" {
                verdict.silent(format!("query {name}"));
                continue;
            }
            for column in value.split(',').filter(|column| !self.names.iter().any(|known| known == column)) {
                verdict.silent(format!("query $select {column}"));
            }
        }
        for (header, _) in &sent.headers {
            verdict.silent(format!("header {}", header.to_lowercase()));
        }
        match sent.method.as_str() {
            "GET" => {}
            "PATCH" => match serde_json::from_slice::<Value>(&sent.body) {
                Ok(body) => {
                    let schema = &self.schemas.document["$defs"][&self.update];
                    self.schemas.judge(schema, &body, &format!("$defs {}", self.update), "body", &mut verdict);
                }
                Err(error) => verdict.refuse(&self.set, format!("the body is no JSON: {error}")),
            },
            other => verdict.silent(format!("method {other}")),
        }
        verdict
    }

    /// A definition of the schema.
    pub(crate) fn definition(&self, name: &str) -> Option<&Value> {
        self.schemas.document["$defs"].get(name)
    }
}
