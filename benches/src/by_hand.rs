//! The translation as somebody would write it: a match over the names, and one insert for each field.

use serde_json::{Map, Value};

macro_rules! texts {
    ($($unified:literal => $wire:literal),* $(,)?) => {
        /// The fields that are texts: the unified name and the provider's.
        pub const TEXTS: &[(&str, &str)] = &[$(($unified, $wire)),*];

        fn wire_name(unified: &str) -> Option<&'static str> {
            Some(match unified {
                $($unified => $wire,)*
                _ => return None,
            })
        }
    };
}

texts! {
    "first_name" => "FirstName",
    "last_name" => "LastName",
    "title" => "Title",
    "description" => "Description",
    "industry" => "Industry",
    "website" => "Website",
    "company" => "Company",
    "email" => "Email",
    "phone" => "Phone",
    "city" => "City",
    "country" => "Country",
    "rating" => "Rating",
    "salutation" => "Salutation",
    "middle_name" => "MiddleName",
    "suffix" => "Suffix",
    "department" => "Department",
    "mobile_phone" => "MobilePhone",
    "fax" => "Fax",
    "assistant" => "Assistant",
    "street" => "Street",
    "state" => "State",
    "postal_code" => "PostalCode",
    "region" => "Region",
    "latitude" => "Latitude",
    "longitude" => "Longitude",
    "time_zone" => "TimeZone",
    "language" => "Language",
    "currency" => "Currency",
    "campaign" => "Campaign",
    "referrer" => "Referrer",
    "landing_page" => "LandingPage",
    "utm_source" => "UtmSource",
    "utm_medium" => "UtmMedium",
    "utm_campaign" => "UtmCampaign",
    "utm_term" => "UtmTerm",
    "utm_content" => "UtmContent",
    "product_interest" => "ProductInterest",
    "competitor" => "Competitor",
    "budget" => "Budget",
    "timeline" => "Timeline",
    "authority" => "Authority",
    "need" => "Need",
    "next_step" => "NextStep",
    "notes" => "Notes",
    "linked_in" => "LinkedIn",
    "twitter" => "Twitter",
    "facebook" => "Facebook",
    "skype" => "Skype",
    "birth_date" => "BirthDate",
    "gender" => "Gender",
    "annual_revenue" => "AnnualRevenue",
    "ticker" => "Ticker",
    "sic_code" => "SicCode",
    "naics_code" => "NaicsCode",
    "tax_number" => "TaxNumber",
    "duns_number" => "DunsNumber",
    "partner" => "Partner",
}

/// The field that is a whole number.
pub const NUMBER: (&str, &str) = ("number_of_employees", "Employees");

/// The names of the sources of leads, and the provider's.
pub const SOURCES: &[(&str, &str)] = &[
    ("web", "WEB"),
    ("phone", "PHONE_INQUIRY"),
    ("partner", "PARTNER_REFERRAL"),
    ("list", "PURCHASED_LIST"),
    ("other", "OTHER"),
];

/// The names of a lead's states, and the provider's.
pub const STATUSES: &[(&str, &str)] =
    &[("new", "OPEN_NEW"), ("working", "IN_WORK"), ("qualified", "SQL"), ("lost", "CLOSED_LOST")];

/// A checked patch as the provider's body.
pub fn to_body(patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return Value::Null };
    let mut body = Map::with_capacity(patch.len());
    for (name, value) in patch {
        if let Some(wire) = wire_name(name) {
            body.insert(wire.to_owned(), value.clone());
            continue;
        }
        match name.as_str() {
            "number_of_employees" => drop(body.insert("Employees".to_owned(), value.clone())),
            "lead_source" => drop(body.insert("LeadSource".to_owned(), source_to_wire(value))),
            "status" => drop(body.insert("Status".to_owned(), status_to_wire(value))),
            _ => {}
        }
    }
    Value::Object(body)
}

/// The provider's record as a lead of so many fields.
pub fn to_lead(record: &Value, fields: usize) -> Value {
    let Value::Object(record) = record else { return Value::Null };
    let get = |wire: &str| record.get(wire).cloned().unwrap_or(Value::Null);
    let mut lead = Map::with_capacity(fields + 1);
    lead.insert("id".to_owned(), get("Id"));
    for (unified, wire) in &TEXTS[..fields - 3] {
        lead.insert((*unified).to_owned(), get(wire));
    }
    lead.insert("lead_source".to_owned(), record.get("LeadSource").map_or(Value::Null, source_to_name));
    lead.insert("status".to_owned(), record.get("Status").map_or(Value::Null, status_to_name));
    lead.insert("number_of_employees".to_owned(), get("Employees"));
    Value::Object(lead)
}

fn source_to_wire(value: &Value) -> Value {
    let Some(name) = value.as_str() else { return Value::Null };
    Value::from(match name {
        "web" => "WEB",
        "phone" => "PHONE_INQUIRY",
        "partner" => "PARTNER_REFERRAL",
        "list" => "PURCHASED_LIST",
        _ => "OTHER",
    })
}

fn source_to_name(value: &Value) -> Value {
    let Some(name) = value.as_str() else { return Value::Null };
    Value::from(match name {
        "WEB" => "web",
        "PHONE_INQUIRY" => "phone",
        "PARTNER_REFERRAL" => "partner",
        "PURCHASED_LIST" => "list",
        "OTHER" => "other",
        _ => return Value::Null,
    })
}

fn status_to_wire(value: &Value) -> Value {
    let Some(name) = value.as_str() else { return Value::Null };
    Value::from(match name {
        "new" => "OPEN_NEW",
        "working" => "IN_WORK",
        "qualified" => "SQL",
        _ => "CLOSED_LOST",
    })
}

fn status_to_name(value: &Value) -> Value {
    let Some(name) = value.as_str() else { return Value::Null };
    Value::from(match name {
        "OPEN_NEW" => "new",
        "IN_WORK" => "working",
        "SQL" => "qualified",
        "CLOSED_LOST" => "lost",
        _ => return Value::Null,
    })
}
