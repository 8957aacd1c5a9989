//! What a query may say, and in which encodings.

use mapwright_mapping::model::Model;
use mapwright_mapping::plan::{ListMode, Options};
use mapwright_mapping::version::EntityTag;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{DryRun, Format, Operation, Query, refuse_all};

const ACCOUNT: &str = "62f44730-dd91-461e-bd6a-aedd9e0ad79d";

fn model() -> Model {
    let text = json!({ "type": "string" });
    Model::from_schema(json!({
        "x-mapwright": { "resource": "shop/books" },
        "type": "object",
        "required": ["id"],
        "properties": { "id": text, "colour": text, "shelf": text, "price": text },
    }))
    .expect("a model")
}

fn plain() -> Query {
    Query {
        account: ACCOUNT.parse().expect("a UUID"),
        format: Format::Unified,
        ignore_remote: false,
        exclude: vec![],
        remote_query: vec![],
        strict: false,
        dry_run: DryRun::No,
        outcome: false,
        lists: ListMode::Replace,
    }
}

/// A query that names the account.
fn patch(rest: &str) -> Query {
    let text = format!("integrated_account_id={ACCOUNT}&{rest}");
    Query::parse(&text, Operation::Patch, &model()).unwrap_or_else(|problem| panic!("{rest}: {}", problem.to_json()))
}

/// The reasons of a query that names the account: parameter, code, suggestion.
fn reasons(rest: &str) -> Vec<(String, &'static str, Option<String>)> {
    reasons_of(&format!("integrated_account_id={ACCOUNT}&{rest}"), Operation::Patch)
}

fn reasons_of(text: &str, operation: Operation) -> Vec<(String, &'static str, Option<String>)> {
    let problem = Query::parse(text, operation, &model()).expect_err("refused");
    assert_eq!((problem.code().as_str(), problem.status().as_u16()), ("bad-query", 400));
    let reasons = problem.reasons().iter();
    reasons.map(|one| (one.parameter.clone().unwrap_or_default(), one.code, one.suggestion.clone())).collect()
}

fn reason(parameter: &str, code: &'static str) -> (String, &'static str, Option<String>) {
    (parameter.to_owned(), code, None)
}

#[test]
fn the_account_is_enough() {
    assert_eq!(patch(""), plain());
    assert_eq!(Query::parse(&format!("integrated_account_id={ACCOUNT}"), Operation::Get, &model()), Ok(plain()));
}

#[test]
fn every_parameter_is_read() {
    let query = patch(
        "truto_response_format=normalized&truto_ignore_remote_data=true&truto_exclude_fields=colour&remote_query[a]=b\
         &mapwright_strict=true&mapwright_dry_run=reads&mapwright_outcome=true&mapwright_lists=merge",
    );
    let want = Query {
        format: Format::Normalized,
        ignore_remote: true,
        exclude: vec!["colour".to_owned()],
        remote_query: vec![("a".to_owned(), json!("b"))],
        strict: true,
        dry_run: DryRun::Reads,
        outcome: true,
        lists: ListMode::Merge,
        ..plain()
    };
    assert_eq!(query, want);
    let options = Options {
        strict: true,
        lists: ListMode::Merge,
        remote_query: vec![("a".to_owned(), json!("b"))],
        if_match: Some(vec![EntityTag::Any]),
    };
    assert_eq!(query.options(Some(vec![EntityTag::Any])), options);
}

#[test]
fn a_list_is_the_same_in_every_spelling() {
    for spelling in [
        "truto_exclude_fields[0]=colour&truto_exclude_fields[1]=shelf",
        "truto_exclude_fields%5B1%5D=shelf&truto_exclude_fields%5B0%5D=colour",
        "truto_exclude_fields[]=colour&truto_exclude_fields[]=shelf",
        "truto_exclude_fields%5B%5D=colour&truto_exclude_fields%5b%5d=shelf",
        "truto_exclude_fields=colour&truto_exclude_fields=shelf",
        "truto_exclude_fields=colour,shelf",
        "truto_exclude_fields=colour%2C+shelf",
        "truto_exclude_fields=colour&truto_exclude_fields=shelf&truto_exclude_fields=colour",
    ] {
        assert_eq!(patch(spelling).exclude, ["colour", "shelf"], "{spelling}");
    }
}

#[test]
fn what_clients_write_for_null_is_as_if_it_were_not_there() {
    for value in ["", "None"] {
        let rest = format!(
            "truto_response_format={value}&truto_ignore_remote_data={value}&truto_exclude_fields={value}\
             &remote_query={value}&mapwright_dry_run={value}&truto_exclude_fields[]={value}"
        );
        assert_eq!(patch(&rest), plain(), "{rest}");
    }
    assert_eq!(patch("truto_response_format"), plain());
    let missing = [reason("integrated_account_id", "missing-parameter")];
    assert_eq!(reasons_of("integrated_account_id=None", Operation::Get), missing);
    assert_eq!(reasons_of("", Operation::Get), missing);
}

#[test]
fn booleans_are_spelled_in_two_ways() {
    assert!(patch("mapwright_strict=True").strict);
    assert!(!patch("mapwright_strict=False").strict);
    assert_eq!(patch("mapwright_dry_run=True").dry_run, DryRun::Plan);
    assert_eq!(reasons("mapwright_strict=yes"), [reason("mapwright_strict", "wrong-value")]);
}

#[test]
fn what_goes_on_to_the_provider_keeps_its_form() {
    let remote = |rest: &str| -> Vec<(String, Value)> { patch(rest).remote_query };
    let one = |name: &str, value: Value| vec![(name.to_owned(), value)];
    assert_eq!(remote("remote_query[$select]=a+b%20c%2Bd"), one("$select", json!("a b c+d")));
    assert_eq!(remote("remote_query[deep][a][b]=c"), one("deep[a][b]", json!("c")));
    assert_eq!(remote("remote_query%5Bdeep%5D%5Ba%5D%5Bb%5D=c"), one("deep[a][b]", json!("c")));
    for list in [
        "remote_query[ids][]=1&remote_query[ids][]=2",
        "remote_query[ids][1]=2&remote_query[ids][0]=1",
        "remote_query[ids]=1&remote_query[ids]=2",
    ] {
        assert_eq!(remote(list), one("ids", json!(["1", "2"])), "{list}");
    }
    assert_eq!(remote("remote_query[in][ids][]=1&remote_query[in][ids][]=2"), one("in[ids]", json!(["1", "2"])));
    assert_eq!(remote("remote_query[by][0][name]=a"), one("by[0][name]", json!("a")));
    assert_eq!(remote("remote_query[by][][name]=a"), one("by[0][name]", json!("a")));
    assert_eq!(remote("remote_query[by][7]=a"), one("by[7]", json!("a")));
    assert_eq!(remote("remote_query[a]="), one("a", json!("")));
    assert_eq!(remote("remote_query[a]=None"), one("a", json!("None")));
}

#[test]
fn every_reason_is_told_at_once() {
    let query = "integrated_account_id=7&truto_respnse_format=raw&truto_response_format=rav&mapwright_strict=1\
                 &truto_exclude_fields=color&mapwright_lists=merge&mapwright_lists=merge&colour=red";
    let suggested = |parameter: &str, code, near: &str| (parameter.to_owned(), code, Some(near.to_owned()));
    assert_eq!(
        reasons_of(query, Operation::Patch),
        [
            suggested("truto_respnse_format", "unknown-parameter", "truto_response_format"),
            reason("colour", "unknown-parameter"),
            reason("integrated_account_id", "wrong-value"),
            suggested("truto_response_format", "wrong-value", "raw"),
            suggested("truto_exclude_fields", "unknown-field", "colour"),
            reason("mapwright_strict", "wrong-value"),
            reason("mapwright_lists", "doubled-parameter"),
        ]
    );
}

#[test]
fn a_uuid_has_its_hyphens_and_may_be_in_capitals() {
    let account = |text: &str| {
        Query::parse(&format!("integrated_account_id={text}"), Operation::Get, &model()).map(|query| query.account)
    };
    let uuid: Uuid = ACCOUNT.parse().expect("a UUID");
    assert_eq!(account(&ACCOUNT.to_uppercase()), Ok(uuid));
    for text in ["62f44730dd91461ebd6aaedd9e0ad79d", "{62f44730-dd91-461e-bd6a-aedd9e0ad79d}", "1", "..", "%00"] {
        assert!(account(text).is_err(), "{text}");
    }
}

#[test]
fn a_read_has_no_parameters_of_a_patch() {
    let query = format!("integrated_account_id={ACCOUNT}&mapwright_strict=true&mapwright_lists=merge");
    let problem = Query::parse(&query, Operation::Get, &model()).expect_err("refused");
    let reason = |name: &str| json!({ "parameter": name, "code": "unknown-parameter", "message": format!("`{name}` is for PATCH alone") });
    assert_eq!(problem.to_json()["errors"], json!([reason("mapwright_strict"), reason("mapwright_lists")]));
}

#[test]
fn a_read_takes_parameters_for_the_provider_too() {
    let query = format!("integrated_account_id={ACCOUNT}&remote_query[a]=b");
    let read = Query::parse(&query, Operation::Get, &model()).map(|query| query.remote_query);
    assert_eq!(read, Ok(vec![("a".to_owned(), json!("b"))]));
}

#[test]
fn what_cannot_be_decoded_is_refused_by_name() {
    assert_eq!(reasons("remote_query[a]=%"), [reason("remote_query[a]", "malformed-parameter")]);
    assert_eq!(reasons("remote_query[a]=%zz"), [reason("remote_query[a]", "malformed-parameter")]);
    assert_eq!(reasons("remote_query[a]=%ff"), [reason("remote_query[a]", "not-utf8")]);
    assert_eq!(reasons("%ff=a"), [reason("%ff", "not-utf8")]);
}

#[test]
fn brackets_have_to_match() {
    for name in ["remote_query[a", "remote_query]a[", "remote_query[a]b", "remote_query[a[b]]", "[a]", "remote_query]"]
    {
        assert_eq!(reasons(&format!("{name}=1")), [reason(name, "malformed-parameter")], "{name}");
    }
    assert_eq!(reasons("mapwright_strict[]=true"), [reason("mapwright_strict", "malformed-parameter")]);
    assert_eq!(reasons("remote_query[]=1"), [reason("remote_query", "wrong-value")]);
    assert_eq!(reasons("remote_query=a"), [reason("remote_query", "wrong-value")]);
    assert_eq!(reasons("truto_exclude_fields[a]=id"), [reason("truto_exclude_fields", "malformed-parameter")]);
    assert_eq!(
        reasons("truto_exclude_fields[0]=id&truto_exclude_fields[0]=shelf"),
        [reason("truto_exclude_fields", "doubled-parameter")]
    );
    assert_eq!(reasons("remote_query[a]=1&remote_query[a][b]=2"), [reason("remote_query[a]", "malformed-parameter")]);
}

#[test]
fn depth_and_number_are_capped() {
    let deep = |depth: usize| format!("remote_query{}=1", "[a]".repeat(depth));
    assert_eq!(patch(&deep(8)).remote_query, [(format!("a{}", "[a]".repeat(7)), json!("1"))]);
    assert_eq!(reasons(&deep(9)), [reason(deep(9).trim_end_matches("=1"), "too-deep")]);
    let many =
        |number: usize| (0..number).map(|index| format!("remote_query[n{index}]=1")).collect::<Vec<_>>().join("&");
    assert_eq!(patch(&many(199)).remote_query.len(), 199);
    assert_eq!(reasons(&many(200)), [reason("", "too-many")]);
}

#[test]
fn a_route_without_parameters_refuses_each() {
    assert_eq!(refuse_all(""), Ok(()));
    let problem = refuse_all("a=1&b[]=2").expect_err("refused");
    let names: Vec<_> = problem.reasons().iter().filter_map(|one| one.parameter.as_deref()).collect();
    assert_eq!(names, ["a", "b"]);
}
