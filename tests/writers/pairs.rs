//! The patches of two writers, for each provider.

use serde_json::{Value, json};

/// The patches of two writers on one lead.
pub(crate) struct Pair {
    pub(crate) name: &'static str,
    pub(crate) bodies: [Value; 2],
    /// Whether both name the version that they have read.
    pub(crate) versioned: bool,
    /// Where it is said that an update may be lost, where it is.
    pub(crate) may_lose: Option<&'static str>,
}

/// A pair of patches; neither names a version, and nothing may be lost.
fn pair(name: &'static str, one: Value, other: Value) -> Pair {
    Pair { name, bodies: [one, other], versioned: false, may_lose: None }
}

/// What the pairs of a provider are made of.
struct Leaves {
    one: Value,
    /// The same leaf with another value.
    again: Value,
    /// Another leaf of the same record where there is one.
    other: Value,
    further: Vec<Pair>,
}

/// The pairs of a provider.
pub(crate) fn pairs(provider: &str) -> Vec<Pair> {
    let Leaves { one, again, other, further } = leaves(provider);
    let mut pairs = vec![
        pair("different leaves", one.clone(), other.clone()),
        pair("one leaf", one.clone(), again.clone()),
        Pair { versioned: true, ..pair("different leaves, both name the version", one.clone(), other) },
        Pair { versioned: true, ..pair("one leaf, both name the version", one, again) },
    ];
    pairs.extend(further);
    pairs
}

fn phones() -> Pair {
    let list = |phone: &str, mobile: &str| json!({"phone_numbers": [{"number": phone, "type": "phone"}, {"number": mobile, "type": "mobile"}]});
    pair("one list", list("+1 1", "+1 2"), json!({"phone_numbers": [{"number": "+1 3", "type": "phone"}]}))
}

fn emails() -> Pair {
    let list = |email: &str| json!({"email_addresses": [{"email": email, "type": "primary"}]});
    pair("one list", list("ada@example.com"), list("byron@example.com"))
}

fn addresses() -> Pair {
    let list = |street: &str, city: &str| json!({"addresses": [{"street_1": street, "street_2": "Floor 2", "city": city, "type": "primary"}]});
    pair("addresses", list("12 Square", "London"), list("1 Quay", "Hull"))
}

fn custom(one: &Value, other: &Value) -> Pair {
    pair("two custom fields", json!({"custom_fields": one}), json!({"custom_fields": other}))
}

fn accounts(one: &str, other: &str) -> Pair {
    pair("one account", json!({"account": {"id": one}}), json!({"account": {"id": other}}))
}

fn leaves(provider: &str) -> Leaves {
    let name = |first: &str| json!({"first_name": first});
    let title = |title: &str| json!({"title": title});
    match provider {
        "dynamics365_sales" => Leaves {
            one: name("Ada"),
            again: name("Grace"),
            other: json!({"last_name": "Byron"}),
            further: vec![phones(), addresses()],
        },
        "hubspot" => Leaves {
            one: name("Ada"),
            again: name("Grace"),
            other: json!({"last_name": "Byron"}),
            further: vec![
                pair("leaves of two records", name("Ada"), title("Fifty desks")),
                emails(),
                custom(&json!({"campaign_code": "X"}), &json!({"region": "south"})),
                accounts("5790939777", "5790939450"),
                pair("the contact and its name", json!({"contact": {"id": "30177"}}), name("Ada")),
            ],
        },
        "insightly" => Leaves {
            one: name("Ada"),
            again: name("Grace"),
            other: json!({"last_name": "Byron"}),
            further: vec![phones(), addresses(), custom(&json!({"Hobby__c": "Chess"}), &json!({"Seats__c": 12.5}))],
        },
        "monday_crm" => Leaves {
            one: title("Ada"),
            again: title("Grace"),
            other: json!({"status": "contacted"}),
            further: vec![emails(), custom(&json!({"text_mm2q5tw8": "X"}), &json!({"numeric_mm2q7r4t": 3.5}))],
        },
        "nutshell" => Leaves {
            one: title("Ada"),
            again: title("Grace"),
            other: json!({"contact": {"id": "7-contacts"}}),
            further: vec![
                pair("a leaf and the status", title("Ada"), json!({"status": "won"})),
                pair("one account, and none", json!({"account": {"id": "4-accounts"}}), json!({"account": null})),
                Pair {
                    may_lose: Some("docs/laws/writers.md"),
                    ..pair(
                        "one contact",
                        json!({"contact": {"id": "7-contacts"}}),
                        json!({"contact": {"id": "55-contacts"}}),
                    )
                },
                custom(&json!({"Seats": 50}), &json!({"Deal size": "large"})),
            ],
        },
        "pipedrive" => Leaves {
            one: title("Ada"),
            again: title("Grace"),
            other: json!({"contact": {"id": "1094"}}),
            further: vec![custom(
                &json!({"2a1d4f6b8cae3d5f7091a2b3c4d5e6f708192a3b": "X"}),
                &json!({"9dc80c50d78a15643bfc4ca79d76156a73a1ca0e": "191"}),
            )],
        },
        "pipeliner" => Leaves {
            one: json!({"description": "Ada"}),
            again: json!({"description": "Grace"}),
            other: json!({"name": "Fifty desks"}),
            further: vec![
                emails(),
                accounts("0bc376a4-c579-413a-9221-e86e4a134766", "0bc376a4-c579-413a-9221-e86e4a134777"),
            ],
        },
        "zendesk_sell" => Leaves {
            one: name("Ada"),
            again: name("Grace"),
            other: json!({"last_name": "Byron"}),
            further: vec![
                phones(),
                addresses(),
                Pair {
                    may_lose: Some("mappings/zendesk_sell/leads.toml"),
                    ..custom(&json!({"lead_score": "85"}), &json!({"seats": 7}))
                },
            ],
        },
        "zoho_crm" => Leaves {
            one: name("Ada"),
            again: name("Grace"),
            other: json!({"last_name": "Byron"}),
            further: vec![phones(), addresses(), custom(&json!({"Seat_Count": 7}), &json!({"Campaign_Code": "X"}))],
        },
        other => panic!("no patches of two writers are stated for `{other}`"),
    }
}
