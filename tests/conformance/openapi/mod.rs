//! `OpenAPI`: which operation a request is, and what the description says of each part of it.
//!
//! | what | file |
//! |---|---|
//! | the operation at an address | `operation.rs` |
//! | parameters of path, query and header | `parameters.rs` |
//! | credentials | `security.rs` |
//! | bodies | `body.rs` |

mod body;
mod operation;
mod parameters;
mod security;

use serde_json::Value;

use crate::document;
use crate::schema::Schemas;
use crate::sent::Sent;
use crate::verdict::Verdict;

pub(crate) use operation::Operation;
use operation::Route;

/// A description in `OpenAPI` 3.0 or 3.1.
pub(crate) struct OpenApi {
    pub(crate) schemas: Schemas,
    routes: Vec<Route>,
}

impl OpenApi {
    /// Takes a joined document.
    pub(crate) fn new(mut document: Value) -> OpenApi {
        document::modernize(&mut document);
        let schemas = Schemas::new(document);
        OpenApi { routes: operation::routes(&schemas), schemas }
    }

    /// What it says of a request.
    pub(crate) fn judge(&self, sent: &Sent) -> Verdict {
        let found = self.at(sent.address());
        if found.is_empty() {
            return Verdict::nothing();
        }
        let method = sent.method.to_lowercase();
        let with_method: Vec<&Operation<'_>> = found.iter().filter(|found| found.item.get(&method).is_some()).collect();
        let judged = with_method.iter().map(|operation| self.judge_as(operation, &method, sent));
        // One address may be that of several operations: the request is the one that takes it.
        if let Some(best) = judged.min_by_key(|verdict| verdict.refused.len()) {
            return best;
        }
        let mut verdict = Verdict::of(found[0].path);
        verdict.refuse(format!("paths {}", found[0].path), format!("it has no {}", sent.method));
        verdict
    }

    fn judge_as(&self, operation: &Operation<'_>, method: &str, sent: &Sent) -> Verdict {
        let name = format!("{} {}", sent.method, operation.path);
        let mut verdict = Verdict::of(&name);
        let described = &operation.item[method];
        self.judge_parameters(operation, described, sent, &name, &mut verdict);
        self.judge_credentials(described, sent, &name, &mut verdict);
        self.judge_body(described, sent, &name, &mut verdict);
        verdict
    }
}
