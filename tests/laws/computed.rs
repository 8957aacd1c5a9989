//! What a provider computes itself: the whole list, written out, so that a further entry is seen in review; and each entry
//! is one that some write moves, so that the list excludes no more than it has to.

use std::collections::BTreeSet;

use mapwright_mapping::plan::Options;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::answer::escape;
use crate::desk::Desk;
use crate::hints::Hints;

/// Collection and field of everything that a provider computes.
type List = &'static [(&'static str, &'static [&'static str])];

/// The list of a provider.
fn expected(provider: &str) -> List {
    match provider {
        "dynamics365_sales" => &[(
            "leads",
            &[
                "@odata.etag",
                "modifiedon",
                "statuscode",
                "fullname",
                "address1_composite",
                "address2_composite",
                "leadsourcecode@OData.Community.Display.V1.FormattedValue",
                "leadqualitycode@OData.Community.Display.V1.FormattedValue",
                "statecode@OData.Community.Display.V1.FormattedValue",
                "statuscode@OData.Community.Display.V1.FormattedValue",
                "_ownerid_value@OData.Community.Display.V1.FormattedValue",
                "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname",
                "_parentaccountid_value@Microsoft.Dynamics.CRM.lookuplogicalname",
                "_parentcontactid_value@Microsoft.Dynamics.CRM.lookuplogicalname",
            ],
        )],
        "hubspot" => &[
            (
                "leads",
                &[
                    "updatedAt",
                    "properties/hs_lastmodifieddate",
                    "properties/hs_primary_contact_id",
                    "properties/hs_associated_contact_firstname",
                    "properties/hs_associated_contact_lastname",
                    "properties/hs_associated_contact_email",
                    "properties/hs_primary_company_id",
                    "properties/hs_associated_company_name",
                    "properties/hs_associated_company_domain",
                ],
            ),
            ("contacts", &["updatedAt", "properties/lastmodifieddate"]),
        ],
        "insightly" => &[("leads", &["DATE_UPDATED_UTC"])],
        "monday_crm" => &[(
            "leads",
            &["updated_at", "columns/pulse_updated_mm2q9m6c", "columns/lookup_mm2q9e3s", "columns/formula_mm2q9g8m"],
        )],
        "nutshell" => &[("leads", &["name", "ownerType", "value/formatted", "closedTime", "status"])],
        "pipedrive" => &[(
            "leads",
            &[
                "update_time",
                "d5c8fa163759e80a2b4c5d6e7f8091a2b3c4d5e6_route",
                "d5c8fa163759e80a2b4c5d6e7f8091a2b3c4d5e6_postal_code",
                "d5c8fa163759e80a2b4c5d6e7f8091a2b3c4d5e6_locality",
                "d5c8fa163759e80a2b4c5d6e7f8091a2b3c4d5e6_country",
            ],
        )],
        "pipeliner" => &[
            (
                "leads",
                &[
                    "modified",
                    "revision",
                    "formatted_name",
                    "lead_source",
                    "reason_of_close",
                    "owner",
                    "lead_type",
                    "step",
                    "unit",
                ],
            ),
            ("account_relations", &["modified", "revision"]),
            ("contact_relations", &["modified", "revision"]),
        ],
        "zendesk_sell" => &[("leads", &["updated_at"])],
        "zoho_crm" => &[("leads", &["Full_Name", "Modified_Time", "Modified_By"])],
        other => panic!("what `{other}` computes is not listed"),
    }
}

/// The list is the whole list, and each entry names the text that it is known from.
pub(crate) fn list(hints: &'static Hints) {
    let desk = Desk::open(hints);
    let known: BTreeSet<(&str, &str)> =
        desk.sandbox.computed().iter().map(|one| (one.collection.as_str(), one.field.as_str())).collect();
    let listed = expected(hints.provider).iter();
    let listed: BTreeSet<(&str, &str)> =
        listed.flat_map(|(collection, fields)| fields.iter().map(move |field| (*collection, *field))).collect();
    assert_eq!(known, listed, "what the sandbox file says is computed, and what is listed here");
    for one in desk.sandbox.computed() {
        // A section of the facts sheet, or one of its sources by its mark.
        let names_a_text = one.source.split([',', ';', ':', ' ']).any(|word| {
            let mark = word.trim_start_matches('§');
            (word.starts_with('§') && mark.starts_with(|c: char| c.is_ascii_digit()))
                || (word.len() == 2 && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()))
        });
        assert!(names_a_text, "`{}` of {}: {}", one.field, one.collection, one.source);
    }
}

/// Each entry is moved by some write: one that none moves hides nothing, or hides what nobody knows.
pub(crate) fn moves(hints: &'static Hints) {
    let desk = Desk::open(hints);
    let computed = desk.sandbox.computed();
    let mut still: BTreeSet<usize> = (0..computed.len()).collect();
    let mut runner = TestRunner::deterministic();
    let mut patches: Vec<Value> = hints
        .raw
        .iter()
        .map(|raw| serde_json::json!({ "remote_data": serde_json::from_str::<Value>(raw).expect("JSON") }))
        .collect();
    patches.extend(desk.deck(0).parts.iter().map(|part| part.new_tree(&mut runner).expect("a patch").current()));
    for patch in patches {
        for id in hints.leads {
            if still.is_empty() {
                return;
            }
            desk.reset(0);
            let before: Vec<Vec<Value>> =
                computed.iter().map(|one| shown(&desk, &one.collection, &one.field)).collect();
            if desk.patch(id, &patch, Options::default()).result.is_ok() {
                still.retain(|at| shown(&desk, &computed[*at].collection, &computed[*at].field) == before[*at]);
            }
        }
    }
    let dead: Vec<_> = still.into_iter().map(|at| &computed[at]).collect();
    assert!(dead.is_empty(), "no write moves these: {dead:#?}");
}

/// What every record of a collection shows in a field.
fn shown(desk: &Desk, collection: &str, field: &str) -> Vec<Value> {
    let moment = desk.sandbox.moment();
    let ids = moment.records(collection).into_iter().flat_map(std::collections::BTreeMap::keys);
    let pointer = field.split('/').fold(String::new(), |at, name| at + "/" + &escape(&name.replace("~1", "/")));
    ids.map(|id| {
        let record = desk.sandbox.record(collection, id).unwrap_or_default();
        record.pointer(&pointer).cloned().unwrap_or_default()
    })
    .collect()
}
