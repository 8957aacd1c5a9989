//! Operations and variables against a schema of our own.

use serde_json::{Value, json};

use crate::graphql::GraphQl;
use crate::sent::Sent;
use crate::verdict::Verdict;

const SHOP: &str = "
scalar JSON
type Query { book(id: ID!): Book }
type Mutation { change(id: ID!, values: JSON!): Book }
type Book { id: ID!, title: String }
";

const CHANGE: &str = "mutation M($id: ID!, $values: JSON!) { change(id: $id, values: $values) { id title } }";

fn judged(query: &str, variables: &Value) -> Verdict {
    let sent = Sent {
        origin: "a test".to_owned(),
        method: "POST".to_owned(),
        url: "https://shop.example.com/v2".to_owned(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: json!({ "query": query, "variables": variables }).to_string().into_bytes(),
        credentials: true,
        status: None,
    };
    GraphQl::new(SHOP, "https://shop.example.com/v2").judge(&sent)
}

#[test]
fn an_operation_with_its_variables_is_validated() {
    let verdict = judged(CHANGE, &json!({ "id": "7", "values": "{}" }));
    assert_eq!(verdict.refused, []);
    assert_eq!(verdict.operation.as_deref(), Some("mutation { change }"));
    assert_eq!(verdict.silent.into_iter().collect::<Vec<_>>(), ["credentials", "variable values/*"]);
}

#[test]
fn an_unknown_field_is_refused() {
    let verdict = judged("{ book(id: 7) { pages } }", &json!({}));
    let is_told = verdict.refused.iter().any(|refused| refused.reason == "type `Book` does not have a field `pages`");
    assert!(is_told, "{:?}", verdict.refused);
}

#[test]
fn variables_are_missing_wrong_or_unknown() {
    for (variables, why) in [
        (json!({ "values": "{}" }), "missing value for non-null variable 'id'"),
        (json!({ "id": true, "values": "{}" }), "could not coerce variable id: true to type ID"),
        (json!({ "id": "7", "values": "{}", "more": 1 }), "no variable `more`"),
    ] {
        let verdict = judged(CHANGE, &variables);
        assert!(verdict.refused.len() == 1 && verdict.refused[0].reason.contains(why), "{:?}", verdict.refused);
    }
}
