//! What the report says of a mapping that uses every construct.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::Direction::{Request, Response};
use super::{Assurance, Comparison, Contract, Direction, Gap, Pair, ProviderCoverage, Report, Tally, coverage_schema};
use crate::catalog::{Catalog, FileSet};

fn collect(directory: &Path, prefix: &str, files: &mut FileSet) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let entry = entry.expect("an entry");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read(entry.path()).expect("bytes"));
        }
    }
}

/// The catalog of the fixture: one provider, one resource.
fn catalog() -> Catalog {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let (mut models, mut mappings) = (FileSet::new(), FileSet::new());
    collect(&root.join("schemas"), "", &mut models);
    collect(&root.join("mappings"), "", &mut mappings);
    Catalog::load(&models, &mappings).catalog
}

fn report(catalog: &Catalog) -> Report {
    Report::new("library/books", catalog.mappings().map(AsRef::as_ref))
}

/// What is said of a field in a request and in a response.
fn said(report: &Report, field: &str) -> [Value; 2] {
    let shop: &ProviderCoverage = &report.providers["shop"];
    [Request, Response].map(|direction| json!(shop.find(direction, field)))
}

#[test]
fn each_kind_of_field_has_its_status_and_its_assurance() {
    let catalog = catalog();
    let report = report(&catalog);
    // What is only read makes no claim.
    let read_only = json!({ "status": "read_only", "reasons": ["the shop sets it"], "confirmed": true });
    assert_eq!(said(&report, "added_at"), [read_only, json!({ "status": "read", "confirmed": true })]);
    let read = json!({ "status": "read", "assurance": "proven", "confirmed": true });
    let title = json!({ "status": "written", "assurance": "proven", "confirmed": true, "clearable": false });
    assert_eq!(said(&report, "title"), [title, read]);
    let words = |field: &str, member: &str| said(&report, field)[0].get(member).cloned().unwrap_or_default();
    for (field, assurance, member, value) in [
        ("subtitle", "lossy", "losses", json!(["an empty one reads as the short title"])),
        ("keeper.id", "tested", "cases", json!(["cases/keeper.toml"])),
        ("keeper", "tested", "cases", json!(["cases/keeper.toml"])),
        ("code", "lossy", "losses", json!(["small letters read back as capital ones"])),
        ("stars", "tested", "reasons", json!(["readers give them"])),
        ("author.id", "tested", "clearable", json!(false)),
        ("series", "tested", "cases", json!(["cases/keeper.toml", "cases/worn.toml"])),
        ("bought_at", "proven", "unconfirmed", json!(["whether the shop keeps seconds"])),
        ("room", "proven", "clearable", json!(true)),
        ("labels", "proven", "names", json!({ "from": "any" })),
        ("marks", "proven", "names", json!({ "from": "pattern", "pattern": "mark_[a-z]+" })),
        ("genre", "proven", "names", json!({ "from": "account", "look_up": "GET /genres", "others": "refused" })),
        (
            "binding",
            "lossy",
            "names",
            json!({ "from": "mapping", "names": ["hard cover", "leather", "soft cover"], "also": { "cloth": "hard cover" }, "others": "refused" }),
        ),
        (
            "condition",
            "tested",
            "names",
            json!({ "from": "mapping", "names": ["lost", "new", "worn"], "others": "refused" }),
        ),
    ] {
        assert_eq!((words(field, "assurance"), words(field, member)), (json!(assurance), value), "{field}");
    }
    assert_eq!(said(&report, "loans")[0].get("status"), Some(&json!("unsupported")));
}

#[test]
fn a_list_says_which_types_have_a_slot() {
    let catalog = catalog();
    let report = report(&catalog);
    let [request, response] = said(&report, "copies");
    let of_types = |cover: &Value, pointer: &str| {
        let types = cover.get("types").and_then(Value::as_object).expect("types").iter();
        types
            .map(|(name, cover)| (name.clone(), cover.pointer(pointer).cloned().unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    let named = |values: [&str; 4]| {
        ["lending", "reading", "archive", "old"]
            .map(str::to_owned)
            .into_iter()
            .zip(values.map(Value::from))
            .collect::<Vec<_>>()
    };
    assert_eq!(of_types(&request, "/status"), named(["written", "written", "written", "read_only"]));
    assert_eq!(of_types(&response, "/status"), named(["read"; 4]));
    assert_eq!(
        of_types(&request, "/fields/shelf/status"),
        named(["written", "unsupported", "unsupported", "unsupported"])
    );
    assert_eq!(request.pointer("/reasons"), Some(&json!(["old: they are history"])));
    assert_eq!(request.pointer("/types/reading/clearable"), Some(&json!(false)));
    let names = json!({ "from": "mapping", "names": ["lending", "reading", "archive"], "also": { "spare": "lending" }, "others": "free_slot" });
    assert_eq!(request.pointer("/fields/kind/names"), Some(&names));
    let shown = json!({ "from": "mapping", "names": ["lending", "reading", "archive", "old"] });
    assert_eq!(response.pointer("/fields/kind/names"), Some(&shown));
}

#[test]
fn every_field_is_counted_under_one_word() {
    let catalog = catalog();
    let mapping = catalog.mappings().next().expect("a mapping");
    let tally = Tally::of(mapping);
    let names = |assurance: Option<Assurance>| {
        let fields = tally.fields.iter().filter(move |field| field.assurance == assurance);
        fields.map(|field| field.field.as_str()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        names(Some(Assurance::Proven)),
        "title summary blurb room bay genre pages price lendable bought_at copies[lending].barcode \
         copies[reading].barcode editions[].isbn editions[].format labels marks mark motto published_on lent_at \
         returned_at"
    );
    assert_eq!(names(Some(Assurance::Tested)), "series condition stars author.id keeper.id links[cover].url");
    assert_eq!(
        names(Some(Assurance::Lossy)),
        "subtitle code language binding author.given author.family copies[lending].shelf copies[lending].row \
         copies[archive].barcode copies[].kind extras extras[choice] extras[people] initials reader.id"
    );
    assert_eq!(names(None), "id added_at copies[old].barcode links[shop].url links[].kind");
    assert_eq!(tally.unsupported, ["loans"]);
    assert_eq!(Assurance::ALL.map(|kind| tally.count(kind)).iter().sum::<usize>(), tally.assured());
    let silent: Vec<&str> = tally
        .of_kind(Assurance::Tested)
        .filter(|field| field.cases.is_empty())
        .map(|field| field.field.as_str())
        .collect();
    assert_eq!(silent, Vec::<&str>::new(), "what is tested names its cases");
    let silent: Vec<&str> = tally
        .of_kind(Assurance::Lossy)
        .filter(|field| field.losses.is_empty())
        .map(|field| field.field.as_str())
        .collect();
    assert_eq!(silent, Vec::<&str>::new(), "what is lossy says what is lost");
}

#[test]
fn the_report_fits_its_schema() {
    let catalog = catalog();
    let mut report = report(&catalog);
    let contract = r#"{ "providers": { "shop": { "request_fields": ["stars"], "response_fields": ["loans"] } } }"#;
    let contract: Contract = serde_json::from_str(contract).expect("a contract");
    let model = catalog.models().next().expect("a model");
    report.against = Some(Comparison::new(&contract, &report, model, &|_, _| true));
    let validator = jsonschema::validator_for(&coverage_schema()).expect("a schema");
    let wrong: Vec<String> = validator.iter_errors(&json!(report)).map(|error| error.to_string()).collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_contract_names_what_is_missing_what_is_only_read_and_what_is_more() {
    let catalog = catalog();
    let report = report(&catalog);
    let contract = r#"{ "note": "anything", "providers": {
        "shop": { "label": "Shop", "request_fields": ["title", "stars", "loans", "colour"], "response_fields": ["title", "loans"] },
        "mill": { "request_fields": ["title"], "response_fields": [] } } }"#;
    let contract: Contract = serde_json::from_str(contract).expect("a contract");
    let model = catalog.models().next().expect("a model");
    let few = |_: &str, field: &str| ["title", "stars", "loans", "colour", "code"].contains(&field);
    let comparison = Comparison::new(&contract, &report, model, &few);
    let pair = |provider: &str, direction: Direction, field: &str, gap: Option<Gap>| Pair {
        provider: provider.to_owned(),
        direction,
        field: field.to_owned(),
        reasons: Vec::new(),
        gap,
    };
    assert_eq!(
        comparison.missing,
        [
            pair("mill", Request, "title", Some(Gap::UnknownProvider)),
            pair("shop", Request, "loans", Some(Gap::Unsupported)),
            pair("shop", Request, "colour", Some(Gap::UnknownField)),
            pair("shop", Response, "loans", Some(Gap::Unsupported)),
        ]
    );
    let stars = Pair { reasons: vec!["readers give them".to_owned()], ..pair("shop", Request, "stars", None) };
    assert_eq!(comparison.read_only, [stars]);
    assert_eq!(
        comparison.gains,
        [
            pair("shop", Request, "code", None),
            pair("shop", Response, "code", None),
            pair("shop", Response, "stars", None)
        ]
    );
    assert_eq!((comparison.request.promised, comparison.request.there), (5, 2));
    assert_eq!((comparison.response.promised, comparison.response.there), (2, 1));
    assert!(!comparison.holds(None));
    let whole = Comparison { missing: Vec::new(), ..comparison };
    assert!(whole.holds(None) && whole.holds(Some(1)) && !whole.holds(Some(0)));
}
