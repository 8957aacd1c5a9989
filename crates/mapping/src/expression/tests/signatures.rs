//! The table of functions against the catalog of the default backend.

use jlens_core::signature::Signature as Parsed;

use super::super::{Context, SIGNATURES, Signature, signature};

#[test]
fn names_are_sorted_and_unique() {
    let names: Vec<_> = SIGNATURES.iter().map(|signature| signature.name).collect();
    assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
}

#[test]
fn the_table_has_what_the_default_backend_has_and_one_more() {
    let mut catalog: Vec<_> = jlens_core::function_catalog().iter().map(|function| function.name).collect();
    catalog.push("uuid");
    catalog.sort_unstable();
    let names: Vec<_> = SIGNATURES.iter().map(|signature| signature.name).collect();
    assert_eq!(names, catalog);
}

#[test]
fn arities_are_those_of_the_catalog() {
    for function in jlens_core::function_catalog() {
        let parsed = Parsed::parse(&function.signature).expect("parses");
        let optional = parsed.params.iter().filter(|p| p.pattern.ends_with('?'));
        let context = parsed.params.iter().any(|param| param.context);
        // A parameter that the context may fill is optional in the pattern.
        let optional = optional.filter(|param| !param.context).count();
        let max = (function.name != "zip").then_some(parsed.params.len());
        let Signature { min, max: most, context: from_context, .. } =
            *signature(function.name).expect("is in the table");
        assert_eq!(
            (min, most, from_context != Context::Never),
            (parsed.params.len() - optional, max, context),
            "{} {}",
            function.name,
            function.signature
        );
    }
}
