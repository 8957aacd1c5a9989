//! GraphQL: the operation and its variables against the schema of the vendor.

use std::collections::BTreeSet;

use apollo_compiler::ast::Type;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::Value;

use crate::sent::Sent;
use crate::verdict::Verdict;

/// A description in GraphQL's own language.
pub(crate) struct GraphQl {
    pub(crate) schema: Valid<Schema>,
    /// The one address of the API.
    pub(crate) address: String,
}

impl GraphQl {
    pub(crate) fn new(text: &str, address: &str) -> GraphQl {
        // A service may print the scalars that GraphQL has by itself.
        let schema = Schema::builder().ignore_builtin_redefinitions().parse(text, "the description").build();
        let schema = schema.and_then(Schema::validate);
        let schema = schema.unwrap_or_else(|found| panic!("the description is no legal schema: {}", found.errors));
        GraphQl { schema, address: address.to_owned() }
    }

    /// What it says of a request.
    pub(crate) fn judge(&self, sent: &Sent) -> Verdict {
        if sent.address() != self.address {
            return Verdict::nothing();
        }
        let mut verdict = Verdict::of("an operation that does not parse");
        if sent.method != "POST" {
            verdict.refuse("GraphQL over HTTP", format!("an operation is sent with {}", sent.method));
        }
        let media = sent.header("content-type").unwrap_or_default();
        if !media.starts_with("application/json") {
            verdict.refuse("GraphQL over HTTP", format!("the body is `{media}`"));
        }
        let body: Value = match serde_json::from_slice(&sent.body) {
            Ok(body) => body,
            Err(error) => {
                verdict.refuse("GraphQL over HTTP", format!("the body is no JSON: {error}"));
                return verdict;
            }
        };
        let text = body.get("query").and_then(Value::as_str).unwrap_or_default();
        let document = match ExecutableDocument::parse_and_validate(&self.schema, text, "the operation") {
            Ok(document) => document,
            Err(found) => {
                for error in found.errors.iter() {
                    verdict.refuse("the schema", error.error.to_string());
                }
                return verdict;
            }
        };
        let name = body.get("operationName").and_then(Value::as_str);
        let Ok(operation) = document.operations.get(name) else {
            verdict.refuse("GraphQL over HTTP", "the body does not say which of its operations is meant");
            return verdict;
        };
        let fields: Vec<&str> = operation.root_fields(&document).map(|field| field.name.as_str()).collect();
        let place = format!("{} {{ {} }}", operation.operation_type, fields.join(" "));
        verdict.operation = Some(place.clone());
        let empty = Value::Object(serde_json::Map::new());
        let variables = body.get("variables").unwrap_or(&empty);
        match serde_json::from_value::<JsonMap>(variables.clone()) {
            Ok(values) => {
                if let Err(error) = coerce_variable_values(&self.schema, operation, &values) {
                    verdict.refuse(&place, format!("the variables: {}", error.message()));
                }
            }
            Err(_) => verdict.refuse(&place, "the variables are no object"),
        }
        for (variable, value) in variables.as_object().into_iter().flatten() {
            match operation.variables.iter().find(|known| known.name == variable.as_str()) {
                None => verdict.refuse(&place, format!("the operation has no variable `{variable}`")),
                // A scalar of the vendor's own that holds JSON says nothing about what is in it.
                Some(known) if known.ty.inner_named_type() == "JSON" && !value.is_null() => {
                    verdict.silent(format!("variable {variable}/*"));
                }
                Some(_) => {}
            }
        }
        for (header, _) in sent.headers.iter().filter(|(header, _)| header.starts_with("api")) {
            verdict.silent(format!("header {header}"));
        }
        verdict.silent("credentials");
        verdict
    }

    /// The types of JSON in which a field of a type comes; none where the type has no such field, and an empty set
    /// where its type is a scalar of the vendor's own. The type that it leads to stands beside.
    pub(crate) fn field(&self, of: &str, name: &str) -> Option<(BTreeSet<String>, Vec<String>)> {
        let own = self.schema.types.get(of)?;
        let found = match own {
            ExtendedType::Object(object) => object.fields.get(name),
            ExtendedType::Interface(interface) => interface.fields.get(name),
            _ => None,
        };
        // What a fragment asks of the types behind an interface stands beside the interface's own fields.
        let behind = self.schema.types.values().filter_map(|ty| match ty {
            ExtendedType::Object(object) if object.implements_interfaces.iter().any(|known| known.name == of) => {
                object.fields.get(name)
            }
            _ => None,
        });
        let fields: Vec<_> = found.into_iter().chain(behind).collect();
        let mut types = BTreeSet::new();
        let mut leads = BTreeSet::new();
        for field in &fields {
            types.extend(self.json_types(&field.ty));
            leads.insert(field.ty.inner_named_type().to_string());
        }
        if fields.is_empty() { None } else { Some((types, leads.into_iter().collect())) }
    }

    fn json_types(&self, ty: &Type) -> BTreeSet<String> {
        let mut types = BTreeSet::new();
        let own = match ty {
            Type::List(_) | Type::NonNullList(_) => Some("array"),
            Type::Named(name) | Type::NonNullNamed(name) => match name.as_str() {
                "ID" | "String" => Some("string"),
                "Int" => Some("integer"),
                "Float" => Some("number"),
                "Boolean" => Some("boolean"),
                other => match self.schema.types.get(other) {
                    Some(ExtendedType::Enum(_)) => Some("string"),
                    Some(ExtendedType::Scalar(_)) | None => None,
                    Some(_) => Some("object"),
                },
            },
        };
        types.extend(own.map(str::to_owned));
        if !ty.is_non_null() && own.is_some() {
            types.insert("null".to_owned());
        }
        types
    }
}
