//! Bugs that the language has no words for, or that the checker refuses by the words alone.

use crate::attempt::Attempt;

const SOURCE: &str = r#"lead_source         = { path = "leadsourcecode", table = "sources" }"#;
const SPREAD: &str = r#"{ LEAD_ID = "{id}", "*" = "{changes}" }"#;

#[test]
fn a_default_for_an_absent_value_is_no_word_of_the_language() {
    let with = r#"lead_source         = { path = "leadsourcecode", table = "sources", default = "Other" }"#;
    Attempt::at("B1", 1, "dynamics365_sales").with(SOURCE, with).refused_as(&["unknown-key at default"]);
}

#[test]
fn a_name_without_a_row_becomes_no_other_name() {
    Attempt::at("B1", 2, "dynamics365_sales")
        .with("[tables.sources.rows]", "[tables.sources]\nunknown = \"Other\"\n\n[tables.sources.rows]")
        .refused_as(&["unknown-word at \"Other\""]);
}

#[test]
fn an_update_is_no_creation() {
    Attempt::at("B2", 1, "zoho_crm")
        .with(r#"send  = "PUT /Leads/{id}""#, r#"send  = "POST /Leads""#)
        .refused_as(&["request-id at \"POST /Leads\""]);
}

#[test]
fn an_update_carries_no_field_that_only_a_creation_needs() {
    Attempt::at("B2", 2, "insightly")
        .with(SPREAD, r#"{ LEAD_ID = "{id}", LAST_NAME = "{last_name}", "*" = "{changes}" }"#)
        .refused_as(&["two-owners at LAST_NAME", "bad-value at \"{last_name}\""]);
}

#[test]
fn a_scale_is_no_word_of_the_language() {
    Attempt::at("B4", 2, "zoho_crm")
        .with(
            r#"number_of_employees = "No_of_Employees""#,
            r#"number_of_employees = { path = "No_of_Employees", scale = 100 }"#,
        )
        .refused_as(&["unknown-key at scale"]);
}

#[test]
fn a_status_is_not_set_along_with_another_field() {
    Attempt::at("B5", 1, "zendesk_sell")
        .with("title       = \"title\"", "title       = { path = \"title\", with = { status = \"New\" } }")
        .refused_as(&["bad-value at \"New\"", "two-owners at \"status\""]);
}

#[test]
fn leaving_nulls_out_is_no_word_of_the_language() {
    Attempt::at("B8", 2, "dynamics365_sales")
        .with("clear = \"null\"\nempty", "clear = \"null\"\nskip_null = true\nempty")
        .refused_as(&["unknown-key at skip_null"]);
}

#[test]
fn a_field_is_read_where_it_is_written() {
    Attempt::at("B10", 1, "dynamics365_sales")
        .with(
            r#"title               = { path = "jobtitle","#,
            r#"title               = { read = "jobtitle", write = "subject","#,
        )
        .refused_as(&["read-elsewhere at \"jobtitle\""]);
}

#[test]
fn two_leaves_have_two_places() {
    Attempt::at("B10", 2, "dynamics365_sales")
        .with("street_2 = \"address2_line2\"", "street_2 = \"address2_line1\"")
        .refused_as(&["two-owners at \"address2_line1\""]);
}

#[test]
fn a_constant_beside_the_changes_is_refused() {
    Attempt::at("B12", 1, "insightly")
        .with(SPREAD, r#"{ LEAD_ID = "{id}", LEAD_STATUS_ID = 1, "*" = "{changes}" }"#)
        .refused_as(&["two-owners at LEAD_STATUS_ID"]);
}

#[test]
fn a_constant_is_no_value_of_a_field() {
    Attempt::at("B12", 2, "zoho_crm")
        .with(
            "\nstatus              = { path = \"Lead_Status\",",
            "\nstatus              = { path = \"Lead_Status\", value = \"Not Contacted\",",
        )
        .refused_as(&["unknown-key at value"]);
}

#[test]
fn what_is_written_is_read() {
    let with = r#"lead_source         = { write = "leadsourcecode", table = "sources" }"#;
    Attempt::at("B13", 1, "dynamics365_sales").with(SOURCE, with).refused_as(&["read-missing at lead_source"]);
}

#[test]
fn a_misspelt_key_is_told() {
    Attempt::at("B16", 1, "hubspot")
        .with("absent = \"refuse\"", "abset = \"refuse\"")
        .refused_as(&["unknown-key at abset"]);
}

#[test]
fn a_misspelt_path_is_told() {
    Attempt::at("B17", 1, "hubspot")
        .with("\"contact:firstname\"", "\"contact:fistname\"")
        .refused_as(&["unknown-path at fistname"]);
}

#[test]
fn what_is_mapped_is_not_listed_as_unsupported() {
    Attempt::at("B22", 1, "zoho_crm")
        .with("unsupported = [\"account\",", "unsupported = [\"title\", \"account\",")
        .refused_as(&["unsupported-mapped at \"title\""]);
}

#[test]
fn what_is_not_mapped_is_told() {
    Attempt::at("B22", 2, "zoho_crm")
        .with("title               = \"Designation\"\n", "")
        .refused_as(&["field-unmapped at [\"account\", \"contact\", \"lead_type\", \"urls\"]"]);
}
