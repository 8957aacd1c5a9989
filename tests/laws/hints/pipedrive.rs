//! Pipedrive.

use super::{Changes, Custom, Hints, Kept};

/// What is known about it.
pub(crate) const HINTS: Hints = Hints {
    provider: "pipedrive",
    authorization: "Bearer sandbox-access-0",
    leads: &[
        "adf21080-0e10-11eb-879b-05d71fb426ec",
        "b0e1f3c2-1a2b-4c3d-8e4f-5a6b7c8d9e0f",
        "c7d2a4e6-5f60-4718-92a3-b4c5d6e7f809",
        "d8e3b5f7-6071-4829-a3b4-c5d6e7f8091a",
    ],
    locked: None,
    missing: "00000000-0000-4000-8000-000000000000",
    records: &[Kept { record: "lead", collection: "leads", below: &[] }],
    changes: Changes::Members(""),
    renamed: &[],
    linked: &[
        ("owner.id", &["1", "2"]),
        ("account.id", &["1001", "1002", "1003"]),
        ("contact.id", &["1092", "1093", "1094"]),
    ],
    // Section 2 of the facts: a lead keeps a person or an organization, and taking the last one away is refused.
    one_of: &[&["account.id", "contact.id"]],
    names: &[(
        "lead_source",
        &[
            ("Billboards", "52"),
            ("Trade Show", "53"),
            ("trade  show", "53"),
            ("Web", "54"),
            ("Référence d'employé", "55"),
        ],
    )],
    custom: &[
        ("9dc80c50d78a15643bfc4ca79d76156a73a1ca0e", Custom::One(&["190", "191", "192"])),
        ("1f0c3e5a7b9d2c4e6f8091a2b3c4d5e6f7081920", Custom::One(&["123", "124,125", "123,124,125"])),
        ("2a1d4f6b8cae3d5f7091a2b3c4d5e6f708192a3b", Custom::Text),
        ("3b2e507c9dbf4e6081a2b3c4d5e6f708192a3b4c", Custom::Text),
        ("4c3f618daec05f7192b3c4d5e6f708192a3b4c5d", Custom::Number),
        ("5d40729ebfd16082a3c4d5e6f708192a3b4c5d6e", Custom::Number),
        ("5d40729ebfd16082a3c4d5e6f708192a3b4c5d6e_currency", Custom::One(&["EUR", "JPY"])),
        ("6e5183afc0e27193b4d5e6f708192a3b4c5d6e7f", Custom::Json(&["1", "2"])),
        ("7f6294b0d1f382a4c5e6f708192a3b4c5d6e7f80", Custom::Json(&["1092", "1094"])),
        ("8073a5c1e20493b5d6f708192a3b4c5d6e7f8091", Custom::Json(&["1001", "1003"])),
        ("9184b6d2f315a4c6e708192a3b4c5d6e7f8091a2", Custom::Date),
        ("a295c7e30426b5d7f8192a3b4c5d6e7f8091a2b3", Custom::Date),
        ("a295c7e30426b5d7f8192a3b4c5d6e7f8091a2b3_until", Custom::Date),
        ("b3a6d8f41537c6e8092a3b4c5d6e7f8091a2b3c4", Custom::One(&["00:00:00", "23:59:59"])),
        ("b3a6d8f41537c6e8092a3b4c5d6e7f8091a2b3c4_timezone_id", Custom::Json(&["0", "374"])),
        ("c4b7e9052648d7f91a3b4c5d6e7f8091a2b3c4d5", Custom::One(&["08:30:00"])),
        ("c4b7e9052648d7f91a3b4c5d6e7f8091a2b3c4d5_until", Custom::One(&["17:00:00"])),
        ("d5c8fa163759e80a2b4c5d6e7f8091a2b3c4d5e6", Custom::One(&["Kauppatori 3, 00170 Helsinki, Finland", "東京都"])),
        ("d5c8fa163759e80a2b4c5d6e7f8091a2b3c4d5e6_locality", Custom::Text),
    ],
    actions: &[],
    altered: &[],
    refuses_back: |_| false,
};
