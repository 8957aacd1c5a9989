//! What a method of a resource takes and gives with one integration: asked without an account.

use mapwright_mapping::catalog::{Catalog, MissingMapping};
use mapwright_mapping::coverage::ProviderCoverage;
use mapwright_mapping::model::Model;
use serde_json::{Map, Value, json};

use super::problem::Problem;
use super::query::{Operation, Parameter, refuse_all};
use super::schema::{self, Form};

/// The methods that can be asked about, by all their names; the first of an operation is its own.
const METHODS: [(&str, Operation); 3] =
    [("update", Operation::Patch), ("patch", Operation::Patch), ("get", Operation::Get)];

/// Where people read which field works where.
const DOCUMENTATION: &str = "/docs";

/// The answer about a method. Its two body schemas hold only what the mapping really writes and fills.
pub fn meta(catalog: &Catalog, resource: &str, integration: &str, method: &str, query: &str) -> Result<Value, Problem> {
    if !catalog.models().any(|model| model.resource == resource) {
        return Err(Problem::unknown_resource(resource, catalog.models().map(|model| model.resource.as_str())));
    }
    let mapping = catalog.mapping(integration, resource).map_err(|missing| match missing {
        MissingMapping::Provider { .. } => {
            let with_it = catalog.mappings().filter(|mapping| mapping.model.resource == resource);
            Problem::unknown_integration(integration, with_it.map(|mapping| mapping.provider.id.as_str()))
        }
        MissingMapping::Resource { .. } => Problem::unmapped(&missing),
    })?;
    let operation = METHODS.iter().find(|(name, _)| *name == method).map(|(_, operation)| *operation);
    let operation = operation.ok_or_else(|| Problem::unknown_method(method, METHODS.iter().map(|(name, _)| *name)))?;
    refuse_all(query)?;
    let (model, coverage) = (&mapping.model, ProviderCoverage::new(mapping));
    let body = match operation {
        Operation::Patch => schema::of_mapping(model, Form::Patch, &coverage.request),
        Operation::Get => Value::Null,
    };
    let name = METHODS.iter().find(|(_, known)| *known == operation).map(|(name, _)| *name);
    Ok(json!({
        "method": name,
        "schema": schema::of_model(model, Form::Answer),
        "response_schema": schema::of_mapping(model, Form::Answer, &coverage.response),
        "query_schema": query_schema(operation, model),
        "request_body_schema": body,
        "default_query": {},
        "default_body": {},
        "documentation_link": DOCUMENTATION,
    }))
}

/// The query as the JSON Schema of an object.
fn query_schema(operation: Operation, model: &Model) -> Value {
    let fields: Vec<&str> = model.fields.iter().map(|field| field.name.as_str()).collect();
    let mut properties = Map::new();
    for parameter in Parameter::of(operation) {
        let mut schema = parameter.schema(&fields);
        schema["description"] = json!(parameter.description);
        properties.insert(parameter.name.to_owned(), schema);
    }
    let required: Vec<&str> =
        Parameter::of(operation).filter(|parameter| parameter.required).map(|parameter| parameter.name).collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties, "required": required })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::fixture::{catalog, refused};
    use crate::http::problem::Code;

    fn asked(method: &str) -> Value {
        meta(&catalog(), "library/books", "shop", method, "").expect("an answer")
    }

    fn names(schema: &Value) -> Vec<&str> {
        schema["properties"].as_object().expect("properties").keys().map(String::as_str).collect()
    }

    #[test]
    fn an_answer_has_all_its_members() {
        let answer = asked("update");
        let members: Vec<&str> = answer.as_object().expect("an object").keys().map(String::as_str).collect();
        let want = [
            "method",
            "schema",
            "response_schema",
            "query_schema",
            "request_body_schema",
            "default_query",
            "default_body",
            "documentation_link",
        ];
        assert_eq!(members, want);
        assert_eq!((&answer["method"], &answer["documentation_link"]), (&json!("update"), &json!("/docs")));
        assert_eq!(asked("patch"), answer);
    }

    #[test]
    fn the_body_holds_only_what_is_written() {
        let answer = asked("update");
        let body = &answer["request_body_schema"];
        let written = names(body);
        for read_only in ["id", "added_at", "stars", "links", "loans"] {
            assert!(!written.contains(&read_only), "{read_only}");
        }
        for field in ["title", "series", "author", "copies", "extras", "raw_book"] {
            assert!(written.contains(&field), "{field}");
        }
        let good = json!({
            "title": "Emma", "pages": null, "binding": "leather", "series": { "id": "3" }, "copies": [],
            "bought_at": "2026-03-01T10:00:00Z", "raw_book": { "x": 1 },
        });
        assert_eq!(refused(body, &good), Vec::<String>::new());
        for wrong in [
            json!({ "loans": 3 }),
            json!({ "pages": "3" }),
            json!({ "binding": "paper" }),
            json!({ "copies": [{ "kind": "first" }] }),
            json!({ "bought_at": "yesterday" }),
            json!({ "marks": { "other": 1 } }),
        ] {
            assert_eq!(refused(body, &wrong).len(), 1, "{wrong}");
        }
    }

    #[test]
    fn the_answer_holds_only_what_is_filled() {
        let answer = asked("get");
        let shown = names(&answer["response_schema"]);
        assert!(shown.contains(&"id") && shown.contains(&"added_at") && !shown.contains(&"loans"), "{shown:?}");
        assert!(names(&answer["schema"]).contains(&"loans"));
        assert_eq!(answer["response_schema"]["required"], json!(["id"]));
        assert_eq!((&answer["request_body_schema"], &answer["method"]), (&Value::Null, &json!("get")));
    }

    #[test]
    fn the_query_is_that_of_the_method() {
        let query = |method| asked(method)["query_schema"].clone();
        assert_eq!(
            names(&query("get")),
            [
                "integrated_account_id",
                "truto_response_format",
                "truto_ignore_remote_data",
                "truto_exclude_fields",
                "remote_query"
            ]
        );
        assert_eq!(names(&query("update")).len(), 9);
        assert_eq!(query("get")["required"], json!(["integrated_account_id"]));
    }

    #[test]
    fn what_is_not_there_is_told_with_the_nearest_name() {
        let of = |resource: &str, integration: &str, method: &str, query: &str| {
            let problem = meta(&catalog(), resource, integration, method, query).expect_err("refused");
            (problem.code(), problem.detail().to_owned())
        };
        let (code, words) = of("library/book", "shop", "get", "");
        assert_eq!(code, Code::UnknownResource);
        assert_eq!(words, "there is no unified resource `library/book`; did you mean `library/books`?");
        let (code, words) = of("library/books", "shpo", "get", "");
        assert_eq!(
            (code, words.as_str()),
            (Code::UnknownIntegration, "there is no integration `shpo`; did you mean `shop`?")
        );
        let (code, words) = of("library/books", "shop", "updat", "");
        assert_eq!((code, words.as_str()), (Code::UnknownMethod, "there is no method `updat`; did you mean `update`?"));
        assert_eq!(of("library/books", "shop", "get", "a=1").0, Code::BadQuery);
    }
}
