//! Bugs of lists.

use crate::attempt::Attempt;

#[test]
fn a_list_without_its_second_slot_states_a_loss() {
    Attempt::at("B6", 1, "zoho_crm")
        .with("  { is = \"secondary\", email = \"Secondary_Email\" },\n", "")
        .refused_as(&["loss-undeclared at email_addresses"]);
}

#[test]
fn a_list_is_not_written_to_its_first_element() {
    Attempt::at("B6", 2, "zoho_crm")
        .with("{ is = \"primary\", email = \"Email\" }", "{ is = \"primary\", email = \"Email[0]\" }")
        .refused_as(&["write-missing at \"Email[0]\"", "unknown-path at [0]"]);
}

#[test]
fn a_slot_fewer_fails_a_case() {
    // The loss that the list declares speaks of the types that go to `other`: with that slot gone they go nowhere.
    Attempt::at("B7", 1, "dynamics365_sales")
        .with("  { is = \"other\", takes = \"any\", number = \"telephone3\" },\n", "")
        .fails_in("dynamics365_sales", "phones-of-other-types", &["telephone3"]);
}

#[test]
fn a_slot_that_keeps_its_old_value_fails_a_case() {
    Attempt::at("B7", 2, "dynamics365_sales")
        .with("number = \"fax\" }", "number = { path = \"fax\", clear = \"never\" } }")
        .fails_in("dynamics365_sales", "phones-shortened", &["never sent"]);
}

#[test]
fn a_type_without_a_slot_fails_a_case() {
    Attempt::at("B11", 1, "dynamics365_sales")
        .with("{ is = \"other\", takes = \"any\", number", "{ is = \"other\", number")
        .fails_in(
            "dynamics365_sales",
            "phones-of-other-types",
            &["-   \"telephone3\": \"+49 30 5550300\"", "+   \"telephone3\": null"],
        );
}

#[test]
fn a_path_to_several_values_wants_many() {
    Attempt::at("B18", 1, "monday_crm")
        .with("read   = \"values[*].label\"\nmany   = true\n", "read   = \"values[*].label\"\n")
        .refused_as(&["bad-value at \"values[*].label\""]);
}

#[test]
fn a_list_of_one_that_collapses_fails_a_case() {
    Attempt::at("B18", 2, "monday_crm")
        .with("read   = \"values[*].label\"\nmany   = true\n", "read   = \"values[0].label\"\n")
        .fails_in("monday_crm", "custom-field-list-of-one", &[r#"\"dropdown_mk3\":{\"labels\":\"A\"}"#]);
}

#[test]
fn a_list_is_not_read_as_a_text() {
    Attempt::at("B18", 3, "nutshell")
        .with(
            r#"as = ["first", { suffix = "-accounts", keep = true }]"#,
            r#"as = { suffix = "-accounts", keep = true }"#,
        )
        .refused_as(&[r#"codec-mismatch at { suffix = "-accounts", keep = true }"#]);
}
