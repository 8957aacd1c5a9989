//! Requests against the vendors' own descriptions of their APIs, and the mappings' `payload.json` against the same.
//!
//! The descriptions belong to their vendors and are not part of the project. They are read from `shared/specs` beside
//! the checkout; without that folder the tests say that they skip, and with `MAPWRIGHT_SPECS=required` they fail then.
//! The report is printed (`--nocapture`) and written to `conformance.txt` in the target directory.
//!
//! | what | file |
//! |---|---|
//! | which description each provider has, and where it shows a record | `descriptions.toml`, `descriptions.rs` |
//! | where a description is wrong or too narrow, in the words of the facts sheets | `relaxations.toml`, `relaxations.rs` |
//! | a description as one JSON document | `document.rs`, `yaml.rs` |
//! | what JSON Schema says, and where it says nothing | `schema.rs` |
//! | OpenAPI: operations by address, parameters, credentials, bodies | `openapi/` |
//! | GraphQL: operations and variables | `graphql.rs` |
//! | a table of columns | `columns.rs` |
//! | properties against properties | `properties.rs` |
//! | the requests: of the cases, and of generated patches | `sent.rs`, `cases.rs`, `generated/` |
//! | the verdicts and their report | `verdict.rs`, `report.rs` |

#[path = "conformance/cases.rs"]
mod cases;
#[path = "conformance/columns.rs"]
mod columns;
#[path = "conformance/descriptions.rs"]
mod descriptions;
#[path = "conformance/document.rs"]
mod document;
#[path = "conformance/generated/mod.rs"]
mod generated;
#[path = "conformance/graphql.rs"]
mod graphql;
#[path = "conformance/openapi/mod.rs"]
mod openapi;
#[path = "conformance/properties.rs"]
mod properties;
#[path = "conformance/relaxations.rs"]
mod relaxations;
#[path = "conformance/report.rs"]
mod report;
#[path = "conformance/schema.rs"]
mod schema;
#[path = "conformance/sent.rs"]
mod sent;
#[path = "conformance/verdict.rs"]
mod verdict;
#[path = "conformance/yaml.rs"]
mod yaml;

#[path = "conformance/tests/mod.rs"]
mod tests;
