//! The operation at an address.

use regex::Regex;
use serde_json::Value;

use super::OpenApi;
use crate::schema::Schemas;
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

/// A path below one of its servers, as a pattern of addresses.
pub(super) struct Route {
    path: String,
    pattern: Regex,
}

impl OpenApi {
    /// Every path that the address may be, those with the fewest parameters alone.
    pub(crate) fn at(&self, address: &str) -> Vec<Operation<'_>> {
        let mut found: Vec<Operation<'_>> = Vec::new();
        for Route { path, pattern } in &self.routes {
            let Some(taken) = pattern.captures(address) else { continue };
            let values = taken.iter().skip(1).flatten().map(|value| decoded(value.as_str()));
            let values = names(path).into_iter().zip(values).collect();
            let item = self.schemas.resolve(&self.schemas.document["paths"][path]);
            if !found.iter().any(|known| known.path == path) {
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
}

/// Every path of a description below each of its servers.
pub(super) fn routes(schemas: &Schemas) -> Vec<Route> {
    let paths = schemas.document.get("paths").and_then(Value::as_object);
    let mut routes = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        for server in servers(schemas, schemas.resolve(item)) {
            let pattern = format!("^{}{}$", pattern(&server, "[^/]+"), pattern(path, "([^/]+)"));
            let pattern = Regex::new(&pattern).expect("a legal pattern");
            routes.push(Route { path: path.clone(), pattern });
        }
    }
    routes
}

/// The addresses below which a path lies: its own, or those of the whole description. Variables stand in braces.
fn servers(schemas: &Schemas, item: &Value) -> Vec<String> {
    let operations = item.as_object().into_iter().flatten().filter_map(|(_, operation)| operation.get("servers"));
    let own = operations.chain(item.get("servers")).next();
    let servers = own.or_else(|| schemas.document.get("servers")).and_then(Value::as_array);
    let urls = servers.into_iter().flatten().filter_map(|server| server.get("url").and_then(Value::as_str));
    urls.map(|url| url.trim_end_matches('/').to_owned()).collect()
}

/// The names in braces.
fn names(path: &str) -> Vec<String> {
    let parts = path.split('{').skip(1).filter_map(|part| part.split_once('}'));
    parts.map(|(name, _)| name.to_owned()).collect()
}

/// A text with names in braces as a pattern.
fn pattern(text: &str, hole: &str) -> String {
    let mut parts = text.split('{');
    let mut pattern = regex::escape(parts.next().unwrap_or_default());
    for part in parts {
        let (_, rest) = part.split_once('}').unwrap_or(("", part));
        pattern.push_str(hole);
        pattern.push_str(&regex::escape(rest));
    }
    pattern
}
