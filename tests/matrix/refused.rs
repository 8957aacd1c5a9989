//! Patches that no provider takes: whole lists of what is wrong, and no record is touched.

use serde_json::{Value, json};

use crate::PROVIDERS;
use crate::bench::{Bench, Ran};
use crate::overlay::differences;

/// Runs a patch that is refused, without a request that changes something.
async fn refused(bench: &Bench, patch: &Value) -> Vec<String> {
    let ran = untouched(bench, patch).await;
    assert!(!ran.wrote(), "{}: {patch}", bench.mapping.provider.id);
    ran.refusal()
}

/// Runs a patch that fails, whoever refuses it; no record is touched.
async fn untouched(bench: &Bench, patch: &Value) -> Ran {
    let before = bench.records();
    let ran = bench.patch(&bench.lead(), patch).await;
    assert_eq!(ran.class(), "invalid", "{}: {:?}", bench.mapping.provider.id, ran.outcomes());
    assert_eq!(differences(&before, &bench.records()), Vec::<String>::new(), "{}", bench.mapping.provider.id);
    ran
}

#[tokio::test(start_paused = true)]
async fn what_the_model_refuses_is_the_same_everywhere() {
    let known = "id, account, addresses, contact, converted_account, converted_at, converted_contact, created_at, custom_fields, \
                 description, email_addresses, first_name and 15 more";
    let patch = json!({
        "frist_name": "Ada",
        "a/b~c": 1,
        "": null,
        "first_name": 5,
        "title": {},
        "custom_fields": 7,
        "owner": {"id": [], "nmae": "x"},
        "addresses": "here",
        "email_addresses": [{"type": "work"}, 5, {"email": 7, "typo": 1}],
        "phone_numbers": [{"type": "fax"}, {"number": "1"}, {}],
        "created_at": "2020-02-30T00:00:00Z",
        "number_of_employees": 1.5,
        "remote_data": [],
        "status": false,
    });
    let want = [
        "/frist_name unknown-field: there is no field `frist_name`; did you mean `first_name`?",
        &format!("/a~1b~0c unknown-field: there is no field `a/b~c`; known here: {known}"),
        &format!("/ unknown-field: there is no field ``; known here: {known}"),
        "/first_name wrong-type: expected a string, found an integer",
        "/title wrong-type: expected a string, found an object",
        "/custom_fields wrong-type: expected an object, found an integer",
        "/owner/id wrong-type: expected a string, found a list",
        "/owner/nmae unknown-field: there is no field `nmae`; known here: id",
        "/addresses wrong-type: expected a list, found a string",
        "/email_addresses/0/email missing-leaf: an item has to have `email`",
        "/email_addresses/1 wrong-type: expected an object, found an integer",
        "/email_addresses/2/email wrong-type: expected a string, found an integer",
        "/email_addresses/2/typo unknown-field: there is no field `typo`; did you mean `type`?",
        "/email_addresses/2/type missing-leaf: an item has to have `type`",
        "/phone_numbers/0/number missing-leaf: an item has to have `number`",
        "/phone_numbers/1/type missing-leaf: an item has to have `type`",
        "/phone_numbers/2/number missing-leaf: an item has to have `number`",
        "/phone_numbers/2/type missing-leaf: an item has to have `type`",
        "/created_at bad-date-time: `2020-02-30T00:00:00Z` is not a date-time as in RFC 3339",
        "/number_of_employees wrong-type: expected an integer, found a number",
        "/remote_data wrong-type: expected an object, found a list",
        "/status wrong-type: expected a string, found a boolean",
    ];
    for provider in PROVIDERS {
        let bench = Bench::open(provider);
        assert_eq!(refused(&bench, &patch).await, want, "{provider}");
    }
}

#[tokio::test(start_paused = true)]
async fn date_times_that_are_none() {
    for text in [
        "",
        "yesterday",
        "2020-01-01",
        "2020-01-01T00:00:00",
        "2020-13-01T00:00:00Z",
        "2020-01-01T25:00:00Z",
        "1577836800",
    ] {
        let want = format!("/created_at bad-date-time: `{text}` is not a date-time as in RFC 3339");
        for provider in PROVIDERS {
            let bench = Bench::open(provider);
            assert_eq!(refused(&bench, &json!({"created_at": text})).await, [want.as_str()], "{provider}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_object() {
    for (patch, kind) in
        [(json!([]), "a list"), (json!(null), "null"), (json!("x"), "a string"), (json!(5), "an integer")]
    {
        for provider in PROVIDERS {
            let bench = Bench::open(provider);
            let want = format!(" wrong-type: a patch is an object, this is {kind}");
            assert_eq!(refused(&bench, &patch).await, [want.as_str()], "{provider}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_open_map_is_not_cleared_as_a_whole() {
    let want = "/custom_fields not-clearable: an open map is not cleared as a whole; set its keys to null one by one";
    for provider in PROVIDERS {
        assert_eq!(refused(&Bench::open(provider), &json!({"custom_fields": null})).await, [want], "{provider}");
    }
}

/// Names that the account does not have, with those that it has. A long row of campaigns is cut.
#[tokio::test(start_paused = true)]
async fn unknown_names_list_those_that_there_are() {
    let source = |names: &str| {
        format!("/lead_source unknown-value: the provider has no value for `Levitation`; known are {names}")
    };
    let status =
        |names: &str| format!("/status unknown-value: the provider has no value for `Levitating`; known are {names}");
    let kind =
        |names: &str| format!("/lead_type unknown-value: the provider has no value for `Levitated`; known are {names}");
    for (provider, want) in [
        (
            "dynamics365_sales",
            vec![source(
                "Advertisement, Employee Referral, External Referral, Other, Partner, Public Relations, Seminar, Trade Show, \
                 Web, Word of Mouth",
            )],
        ),
        (
            "hubspot",
            vec![
                source("Advertisement, Employee Referral, Partner, Trade Show, Web, Other"),
                status("New, Introduced, Handed over, Attempting, Connected, Qualified, Disqualified"),
                kind("New business, Re-attempting, Upsell"),
            ],
        ),
        (
            "insightly",
            vec![
                source(
                    "Partner Application, Web, Phone Enquiry, Partner Referral, Purchased List, Other, Trade Show, \
                     Cold Call , Messe München …",
                ),
                status("NotContacted, AttemptedContact, Contacted, Disqualified, Nurturing, Converted"),
            ],
        ),
        ("monday_crm", vec![status("new lead, attempted to contact, contacted, qualified, unqualified")]),
        ("nutshell", vec![source("Google, Trade Show, Word of Mouth"), status("open, won, lost, cancelled")]),
        ("pipedrive", vec![source("Billboards, Trade Show, Web, Référence d'employé")]),
        ("pipeliner", vec![source("Web, Trade Show, Empfehlung (Ñandú) 🦤")]),
        ("zendesk_sell", vec![source("Advertisement, Partner, Trade Show, Research & Development, Web …")]),
        (
            "zoho_crm",
            vec![
                source(
                    "Advertisement, Chat, Cold Call, Employee Referral, External Referral, Facebook, Internal Seminar, \
                     Online Store, Partner, Public Relations, Sales Email Alias, Seminar, Trade Show, Web, Web Download, \
                     X (Twitter)",
                ),
                status(
                    "attempted to contact, contact in future, contacted, junk lead, lost lead, not contacted, \
                     pre-qualified, unqualified",
                ),
            ],
        ),
    ] {
        // Zendesk Sell's accounts have statuses of their own, so there one is not refused here.
        let mut patch = json!({"lead_source": "Levitation", "status": "Levitating", "lead_type": "Levitated"});
        if provider == "zendesk_sell" {
            patch["status"].take();
            patch = json!({"lead_source": patch["lead_source"]});
        }
        let cut = |line: &String| {
            line.split_once(", Campaign ").map_or_else(|| line.clone(), |(names, _)| format!("{names} …"))
        };
        let is: Vec<String> = refused(&Bench::open(provider), &patch).await.iter().map(cut).collect();
        assert_eq!(is, want, "{provider}");
    }
}

/// Keys of the account's own fields that there are not; where the account is not asked, what a key has to look like.
#[tokio::test(start_paused = true)]
async fn unknown_custom_fields() {
    let hash = "is no custom field: those match `[0-9a-f]{40}(_[a-z0-9_]+)?`";
    let asked = |provider: &str, known: &str| {
        let line = |at: &str, key: &str| {
            format!("/custom_fields/{at} unknown-key: the account has no custom field `{key}`; known here: {known}")
        };
        (provider.to_owned(), vec![line("no_such", "no_such"), line("", ""), line("a~1\0", "a/\0")])
    };
    let control = "unknown-key: a key is not empty and has no control characters";
    for (provider, want) in [
        asked("hubspot", "campaign_code, demo_date, interests, region, seat_count, wants_demo"),
        asked(
            "insightly",
            "Background__c, Discount__c, Hobby__c, Interests__c, Next_Call__c, Region__c, Renewal__c, Seats__c, Ticket__c, \
             Vip__c",
        ),
        asked(
            "monday_crm",
            "autonumber_mm2q9r9y, boolean_mm2q94fz, button, color_mm2q8d2k, connect_boards_mm2q9c1f, country_mm2q97ne, \
             date__1, date_mm2q8y7v, dropdown_mm2q8x5p, enrolled_sequences_mkn3bg52, formula_mm2q9g8m, lead_company and 17 \
             more",
        ),
        (
            "nutshell".to_owned(),
            vec![
                "/custom_fields/ unknown-key: `` is no custom field: those match `.+`".to_owned(),
                format!("/custom_fields/a~1\0 {control}"),
            ],
        ),
        (
            "pipedrive".to_owned(),
            vec![
                format!("/custom_fields/no_such unknown-key: `no_such` {hash}"),
                format!("/custom_fields/ unknown-key: `` {hash}"),
                format!("/custom_fields/a~1\0 unknown-key: `a/\0` {hash}"),
            ],
        ),
        (
            "zendesk_sell".to_owned(),
            vec![format!("/custom_fields/ {control}"), format!("/custom_fields/a~1\0 {control}")],
        ),
        asked(
            "zoho_crm",
            "Budget, Call_At, Campaign_Code, Demo_Date, Discount, Interests, Legacy_Number, Partner, Reference_No, Region, \
             Seat_Count, Site_Notes and 1 more",
        ),
    ] {
        let patch = json!({"custom_fields": {"no_such": "1", "": "1", "a/\0": "1"}});
        assert_eq!(refused(&Bench::open(&provider), &patch).await, want, "{provider}");
    }
}

/// Raw values go beside the mapped ones, and touch neither the id nor the envelope.
#[tokio::test(start_paused = true)]
async fn raw_values_do_not_touch_the_id() {
    for (provider, key) in [
        ("dynamics365_sales", "leadid"),
        ("insightly", "LEAD_ID"),
        ("monday_crm", "id"),
        ("nutshell", "id"),
        ("pipedrive", "id"),
        ("pipeliner", "id"),
        ("zendesk_sell", "id"),
        ("zoho_crm", "id"),
    ] {
        let want = format!(
            "/remote_data/{key} guarded: raw values may not touch the record's id, its guard or what stands beside the changes"
        );
        for value in [json!("1"), json!(1), json!(null), json!({"id": 1})] {
            assert_eq!(
                refused(&Bench::open(provider), &json!({"remote_data": {key: value}})).await,
                [want.as_str()],
                "{provider}"
            );
        }
    }
}

/// What stands beside the changes in a request keeps its value: raw values of its names stand among the changes, where
/// the provider has no such field. Where the id is a property, the provider refuses to change it.
#[tokio::test(start_paused = true)]
async fn raw_values_do_not_leave_the_envelope() {
    for (provider, keys) in [
        ("hubspot", &["properties", "id", "hs_object_id", "associations"][..]),
        ("monday_crm", &["boardId", "board_id", "itemId", "item_id", "query"]),
        ("zendesk_sell", &["data", "meta"]),
        ("zoho_crm", &["data", "trigger"]),
    ] {
        for key in keys {
            let ran = untouched(&Bench::open(provider), &json!({"remote_data": {*key: "1"}})).await;
            assert!(!ran.refusal().is_empty(), "{provider} {key}");
        }
    }
}

/// Owners that no provider has: whoever refuses, nothing is changed, and no path is made of them.
#[tokio::test(start_paused = true)]
async fn ids_of_others_that_are_none() {
    for provider in PROVIDERS {
        let bench = Bench::open(provider);
        for id in ["1/../2", "..", "a b", "ü", "{id}", "92233720368547758089", "007", "1)?x=1#"] {
            untouched(&bench, &json!({"owner": {"id": id}})).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn huge_and_deep_values_are_refused() {
    let deep = (0..200).fold(json!(1), |inner, _| json!([inner]));
    let huge = "x".repeat(5_000_000);
    for provider in PROVIDERS {
        let bench = Bench::open(provider);
        untouched(&bench, &json!({"remote_data": {"deep": deep}})).await;
        let field = if provider == "pipeliner" { "description" } else { "title" };
        let ran = untouched(&bench, &json!({field: huge})).await;
        assert_eq!(ran.outcomes(), [format!("/{field} rejected")], "{provider}");
    }
}

/// Of two items of one type the first counts; what has no slot is told, and so is each slot that the list empties.
#[tokio::test(start_paused = true)]
async fn items_of_the_same_type() {
    let patch = json!({"email_addresses": [
        {"email": "first@example.com", "type": "primary"},
        {"email": "second@example.com", "type": "primary"},
    ]});
    for (provider, has, emptied) in [
        ("dynamics365_sales", "primary, secondary", Some("emptied: slot `secondary` is not in the list")),
        (
            "hubspot",
            "primary, secondary",
            Some("kept: slot `secondary` keeps what it has: the provider merges contacts itself"),
        ),
        ("insightly", "primary", None),
        ("monday_crm", "primary", None),
        ("pipeliner", "primary", None),
        ("zendesk_sell", "primary", None),
        ("zoho_crm", "primary, secondary", Some("emptied: slot `secondary` is not in the list")),
    ] {
        let bench = Bench::open(provider);
        let ran = bench.patch(&bench.lead(), &patch).await;
        let no_slot = |leaf: &str| {
            format!("/email_addresses/1/{leaf} no_slot: no slot is left for `primary`; the provider has {has}")
        };
        let mut want = vec![
            "/email_addresses/0/email written".to_owned(),
            "/email_addresses/0/type written".to_owned(),
            no_slot("email"),
            no_slot("type"),
        ];
        want.extend(emptied.map(|why| format!("/email_addresses {why}")));
        assert_eq!(ran.outcomes(), want, "{provider}");
        assert_eq!(
            ran.lead()["email_addresses"][0],
            json!({"email": "first@example.com", "type": "primary"}),
            "{provider}"
        );
    }
}
