//! The operation at an address.

use regex::Regex;
use serde_json::Value;

use super::OpenApi;
use crate::sent::decoded;

/// A path of a description that an address is one of.
pub(crate) struct Operation<'a> {
    /// The path, as the description has it.
    pub(crate) path: &'a str,
    /// What the description says of the path.
    pub(crate) item: &'a Value,
    /// The values of the path's parameters, decoded.
    pub(crate) values: Vec<(String, String)>,
}

impl OpenApi {
    /// Every path that the address may be, those with the fewest parameters alone.
    pub(crate) fn at(&self, address: &str) -> Vec<Operation<'_>> {
        let paths = self.schemas.document.get("paths").and_then(Value::as_object);
        let mut found: Vec<Operation<'_>> = Vec::new();
        for (path, item) in paths.into_iter().flatten() {
            let item = self.schemas.resolve(item);
            if let Some(values) = self.servers(item).iter().find_map(|server| taken(server, path, address)) {
                found.push(Operation { path, item, values });
            }
        }
        let fewest = found.iter().map(|found| found.values.len()).min();
        found.retain(|found| Some(found.values.len()) == fewest);
        found
    }

    /// What the description says of an operation, by its name: `GET /leads/{id}`.
    pub(crate) fn named(&self, name: &str) -> Option<&Value> {
        let (method, path) = name.split_once(' ')?;
        let item = self.schemas.document.get("paths")?.get(path)?;
        self.schemas.resolve(item).get(method.to_lowercase())
    }

    /// The addresses below which a path lies: its own, or those of the whole description. Variables stand in braces.
    fn servers(&self, item: &Value) -> Vec<String> {
        let operations = item.as_object().into_iter().flatten().filter_map(|(_, operation)| operation.get("servers"));
        let own = operations.chain(item.get("servers")).next();
        let servers = own.or_else(|| self.schemas.document.get("servers")).and_then(Value::as_array);
        let urls = servers.into_iter().flatten().filter_map(|server| server.get("url").and_then(Value::as_str));
        urls.map(|url| url.trim_end_matches('/').to_owned()).collect()
    }
}

/// The parameters of a path, where the address is of that server and path.
fn taken(server: &str, path: &str, address: &str) -> Option<Vec<(String, String)>> {
    let pattern = format!("^{}{}$", pattern(server, None), pattern(path, Some("([^/]+)")));
    let taken = Regex::new(&pattern).expect("a legal pattern").captures(address)?;
    let values = taken.iter().skip(1).flatten().map(|value| decoded(value.as_str()));
    Some(names(path).into_iter().zip(values).collect())
}

/// The names in braces.
fn names(path: &str) -> Vec<String> {
    let parts = path.split('{').skip(1).filter_map(|part| part.split_once('}'));
    parts.map(|(name, _)| name.to_owned()).collect()
}

/// A text with names in braces as a pattern.
fn pattern(text: &str, hole: Option<&str>) -> String {
    let mut parts = text.split('{');
    let mut pattern = regex::escape(parts.next().unwrap_or_default());
    for part in parts {
        let (_, rest) = part.split_once('}').unwrap_or(("", part));
        pattern.push_str(hole.unwrap_or("[^/]+"));
        pattern.push_str(&regex::escape(rest));
    }
    pattern
}
