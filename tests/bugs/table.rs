//! The table of the bugs: how each is tried, and what names it. The tests take it from here, and the page is held to it.

use std::fmt::Write as _;
use std::path::Path;

/// One attempt at a bug.
pub(crate) struct Row {
    /// The bug.
    pub(crate) id: &'static str,
    /// Which attempt at it, from one.
    pub(crate) number: usize,
    /// What goes wrong.
    pub(crate) bug: &'static str,
    /// The file that is edited.
    pub(crate) on: &'static str,
    /// What names it: a code of `check`, a case of the mapping, or the run in the test itself.
    pub(crate) named: &'static str,
    /// The file of the test and its name.
    pub(crate) test: (&'static str, &'static str),
}

/// Every attempt.
pub(crate) const ROWS: [Row; 43] = [
    Row {
        id: "B1",
        number: 1,
        bug: "a default stands in for a value that is not there, and overwrites it",
        on: "dynamics365_sales/leads.toml",
        named: "`unknown-key`",
        test: ("words", "a_default_for_an_absent_value_is_no_word_of_the_language"),
    },
    Row {
        id: "B1",
        number: 2,
        bug: "a name that no row has becomes Other",
        on: "dynamics365_sales/leads.toml",
        named: "`unknown-word`",
        test: ("words", "a_name_without_a_row_becomes_no_other_name"),
    },
    Row {
        id: "B2",
        number: 1,
        bug: "an update is sent as a creation",
        on: "zoho_crm/leads.toml",
        named: "`request-id`",
        test: ("words", "an_update_is_no_creation"),
    },
    Row {
        id: "B2",
        number: 2,
        bug: "an update carries a field that a creation needs",
        on: "insightly/leads.toml",
        named: "`two-owners`",
        test: ("words", "an_update_carries_no_field_that_only_a_creation_needs"),
    },
    Row {
        id: "B3",
        number: 1,
        bug: "a name is composed, and nothing shows what becomes of partial input",
        on: "zendesk_sell/leads.toml",
        named: "`case-missing`",
        test: ("values", "a_composed_name_needs_a_case"),
    },
    Row {
        id: "B3",
        number: 2,
        bug: "a name composed of what the patch does not say",
        on: "zendesk_sell/leads.toml",
        named: "`expression-unknown-path`",
        test: ("values", "a_composed_name_of_a_part_that_is_not_there_is_refused"),
    },
    Row {
        id: "B3",
        number: 3,
        bug: "a part that the patch leaves out is composed as missing",
        on: "zendesk_sell/leads.toml",
        named: "run",
        test: ("values", "a_composed_name_takes_the_missing_part_from_the_record"),
    },
    Row {
        id: "B4",
        number: 1,
        bug: "a number is scaled on the write only",
        on: "zoho_crm/leads.toml",
        named: "case `every-field`",
        test: ("values", "a_scale_on_the_write_alone_fails_the_case_that_it_names"),
    },
    Row {
        id: "B4",
        number: 2,
        bug: "a scale in words of the slot",
        on: "zoho_crm/leads.toml",
        named: "`unknown-key`",
        test: ("words", "a_scale_is_no_word_of_the_language"),
    },
    Row {
        id: "B5",
        number: 1,
        bug: "a status is set along with another field",
        on: "zendesk_sell/leads.toml",
        named: "`bad-value`",
        test: ("words", "a_status_is_not_set_along_with_another_field"),
    },
    Row {
        id: "B6",
        number: 1,
        bug: "only the first item of a list has a place",
        on: "zoho_crm/leads.toml",
        named: "`loss-undeclared`",
        test: ("lists", "a_list_without_its_second_slot_states_a_loss"),
    },
    Row {
        id: "B6",
        number: 2,
        bug: "a list is written to element 0",
        on: "zoho_crm/leads.toml",
        named: "`write-missing`",
        test: ("lists", "a_list_is_not_written_to_its_first_element"),
    },
    Row {
        id: "B7",
        number: 1,
        bug: "an item beyond the first few is cut off",
        on: "dynamics365_sales/leads.toml",
        named: "case `phones-of-other-types`",
        test: ("lists", "a_slot_fewer_fails_a_case"),
    },
    Row {
        id: "B7",
        number: 2,
        bug: "a shorter list leaves the old value in a slot",
        on: "dynamics365_sales/leads.toml",
        named: "case `phones-shortened`",
        test: ("lists", "a_slot_that_keeps_its_old_value_fails_a_case"),
    },
    Row {
        id: "B8",
        number: 1,
        bug: "null does not reach the provider",
        on: "dynamics365_sales/leads.toml",
        named: "case `cleared`",
        test: ("values", "a_null_that_does_not_arrive_fails_a_case"),
    },
    Row {
        id: "B8",
        number: 2,
        bug: "nulls are left out of the request",
        on: "dynamics365_sales/leads.toml",
        named: "`unknown-key`",
        test: ("words", "leaving_nulls_out_is_no_word_of_the_language"),
    },
    Row {
        id: "B9",
        number: 1,
        bug: "a test for truth loses 0",
        on: "zoho_crm/leads.toml",
        named: "`expression-truthiness`",
        test: ("values", "a_test_for_truth_is_told"),
    },
    Row {
        id: "B9",
        number: 2,
        bug: "0 and empty text are taken for nothing on the way",
        on: "zoho_crm/leads.toml",
        named: "run",
        test: ("values", "zero_reaches_the_provider"),
    },
    Row {
        id: "B10",
        number: 1,
        bug: "a field is written to another place than it is read from",
        on: "dynamics365_sales/leads.toml",
        named: "`read-elsewhere`",
        test: ("words", "a_field_is_read_where_it_is_written"),
    },
    Row {
        id: "B10",
        number: 2,
        bug: "two leaves are written to one place",
        on: "dynamics365_sales/leads.toml",
        named: "`two-owners`",
        test: ("words", "two_leaves_have_two_places"),
    },
    Row {
        id: "B11",
        number: 1,
        bug: "a telephone of another type is dropped",
        on: "dynamics365_sales/leads.toml",
        named: "case `phones-of-other-types`",
        test: ("lists", "a_type_without_a_slot_fails_a_case"),
    },
    Row {
        id: "B12",
        number: 1,
        bug: "a constant is written with every patch",
        on: "insightly/leads.toml",
        named: "`two-owners`",
        test: ("words", "a_constant_beside_the_changes_is_refused"),
    },
    Row {
        id: "B12",
        number: 2,
        bug: "a field has a constant as its value",
        on: "zoho_crm/leads.toml",
        named: "`unknown-key`",
        test: ("words", "a_constant_is_no_value_of_a_field"),
    },
    Row {
        id: "B13",
        number: 1,
        bug: "a field is written and never read",
        on: "dynamics365_sales/leads.toml",
        named: "`read-missing`",
        test: ("words", "what_is_written_is_read"),
    },
    Row {
        id: "B14",
        number: 1,
        bug: "a name is split, and its middle is lost",
        on: "zoho_crm/leads.toml",
        named: "`loss-undeclared`",
        test: ("values", "a_split_name_states_its_loss"),
    },
    Row {
        id: "B14",
        number: 2,
        bug: "the middle of a name goes missing on the way",
        on: "zoho_crm/leads.toml",
        named: "run",
        test: ("values", "a_split_name_keeps_every_word"),
    },
    Row {
        id: "B15",
        number: 1,
        bug: "a helper drops what looks empty to it",
        on: "zendesk_sell/leads.toml",
        named: "`expression-unknown-function`",
        test: ("values", "there_is_no_helper_that_drops_what_is_empty"),
    },
    Row {
        id: "B16",
        number: 1,
        bug: "a misspelt key of a record",
        on: "hubspot/leads.toml",
        named: "`unknown-key`",
        test: ("words", "a_misspelt_key_is_told"),
    },
    Row {
        id: "B17",
        number: 1,
        bug: "a misspelt path",
        on: "hubspot/leads.toml",
        named: "`unknown-path`",
        test: ("words", "a_misspelt_path_is_told"),
    },
    Row {
        id: "B18",
        number: 1,
        bug: "a form for several values gives one",
        on: "monday_crm/leads.toml",
        named: "`bad-value`",
        test: ("lists", "a_path_to_several_values_wants_many"),
    },
    Row {
        id: "B18",
        number: 2,
        bug: "a list of one becomes its element",
        on: "monday_crm/leads.toml",
        named: "case `custom-field-list-of-one`",
        test: ("lists", "a_list_of_one_that_collapses_fails_a_case"),
    },
    Row {
        id: "B18",
        number: 3,
        bug: "a list is read as a text",
        on: "nutshell/leads.toml",
        named: "`codec-mismatch`",
        test: ("lists", "a_list_is_not_read_as_a_text"),
    },
    Row {
        id: "B19",
        number: 1,
        bug: "a patch of an id that is not there makes a record",
        on: "dynamics365_sales/leads.toml",
        named: "case `upsert-guard`",
        test: ("runtime", "a_patch_without_its_guard_fails_a_case"),
    },
    Row {
        id: "B20",
        number: 1,
        bug: "an override of one field drops the others",
        on: "zoho_crm/leads.toml",
        named: "run",
        test: ("runtime", "an_override_of_one_field_leaves_the_others"),
    },
    Row {
        id: "B20",
        number: 2,
        bug: "an override replaces more than named entries",
        on: "zoho_crm/leads.toml",
        named: "`unknown-key`",
        test: ("runtime", "an_override_names_entries_and_nothing_else"),
    },
    Row {
        id: "B21",
        number: 1,
        bug: "the answer is the request",
        on: "zoho_crm/leads.toml",
        named: "`unknown-variable`",
        test: ("runtime", "the_changes_are_no_answer"),
    },
    Row {
        id: "B21",
        number: 2,
        bug: "a result without the record is taken for the record",
        on: "zoho_crm/leads.toml",
        named: "case `altered`",
        test: ("runtime", "a_result_that_is_no_record_fails_a_case"),
    },
    Row {
        id: "B22",
        number: 1,
        bug: "a field is stated as unsupported and mapped",
        on: "zoho_crm/leads.toml",
        named: "`unsupported-mapped`",
        test: ("words", "what_is_mapped_is_not_listed_as_unsupported"),
    },
    Row {
        id: "B22",
        number: 2,
        bug: "a field is stated as supported and not mapped",
        on: "zoho_crm/leads.toml",
        named: "`field-unmapped`",
        test: ("words", "what_is_not_mapped_is_told"),
    },
    Row {
        id: "B22",
        number: 3,
        bug: "the table of what works says more than a run does",
        on: "zoho_crm/leads.toml",
        named: "run",
        test: ("runtime", "the_table_of_what_works_follows_the_mapping"),
    },
    Row {
        id: "B23",
        number: 1,
        bug: "every request is sent again whatever it was answered",
        on: "nutshell/leads.toml",
        named: "`unknown-word`",
        test: ("runtime", "a_retry_of_everything_is_no_word_of_the_language"),
    },
    Row {
        id: "B23",
        number: 2,
        bug: "a request that adds is sent again after silence",
        on: "nutshell/leads.toml",
        named: "case `silence-of-the-outcome`",
        test: ("runtime", "a_second_outcome_after_silence_fails_a_case"),
    },
    Row {
        id: "B23",
        number: 3,
        bug: "a refusal for the rate is told as a success",
        on: "hubspot/provider.toml",
        named: "`unknown-word`",
        test: ("runtime", "a_refusal_is_no_class_of_success"),
    },
];

/// An attempt.
pub(crate) fn row(id: &str, number: usize) -> &'static Row {
    let row = ROWS.iter().find(|row| row.id == id && row.number == number);
    row.unwrap_or_else(|| panic!("{id} has no attempt {number}"))
}

fn page() -> String {
    let mut out = "# Bugs of mappings, and what names them

Each was shipped by somebody. Each is tried here as an edit of one of the mappings of this project, or as the closest that the
language has words for. A code is what `mapwright check` says of the edited mapping; a case is the one of the mapping that
fails with the edit and passes without; where it says *run*, the test itself runs the mapping against the simulated provider.

The command that tries all of them: `cargo test -p mapwright-cli --test bugs`. This page is made from the tests' own table:
`UPDATE=1 cargo test -p mapwright-cli --test bugs` writes it anew.

| bug | what goes wrong | tried on | named by | test |
|---|---|---|---|---|
"
    .to_owned();
    for row in &ROWS {
        let (file, test) = row.test;
        let named = if row.named == "run" { "run" } else { row.named };
        let _ = writeln!(out, "| {} | {} | `{}` | {named} | `{file}::{test}` |", row.id, row.bug, row.on);
    }
    out
}

#[test]
fn the_page_is_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/laws/bugs.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, page()).expect("the page");
    }
    assert_eq!(std::fs::read_to_string(&path).expect("the page"), page(), "see it with UPDATE=1");
}

#[test]
fn every_bug_is_tried_by_a_test_that_is_there() {
    let ids: Vec<String> = (1..=23).map(|number| format!("B{number}")).collect();
    let mut tried: Vec<&str> = ROWS.iter().map(|row| row.id).collect();
    tried.dedup();
    assert_eq!(tried, ids);
    for row in &ROWS {
        let (file, test) = row.test;
        let source = match file {
            "lists" => include_str!("lists.rs"),
            "runtime" => include_str!("runtime.rs"),
            "values" => include_str!("values.rs"),
            "words" => include_str!("words.rs"),
            other => panic!("{other} is no file of tests"),
        };
        let body = source.split(&format!("#[test]\nfn {test}() {{")).nth(1).and_then(|rest| rest.split("\n}").next());
        let body = body.unwrap_or_else(|| panic!("{file}.rs has no test {test}"));
        assert!(body.contains(&format!("\"{}\", {},", row.id, row.number)), "{test} tries {} ({})", row.id, row.number);
    }
}
