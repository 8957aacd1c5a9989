//! A lead of some fields with its mapping: texts, a whole number and two tables, all in one record.

use std::sync::Arc;

use mapwright_mapping::catalog::{Catalog, FileSet};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::plan::{Next, Options, Replies, Run, Step};
use mapwright_mapping::reply::{Ending, Reply};
use mapwright_mapping::variables::Bound;
use serde_json::{Map, Value, json};

use crate::by_hand::{self, NUMBER, SOURCES, STATUSES, TEXTS};

/// A lead of some fields.
#[derive(Debug)]
pub struct Lead {
    /// How many fields the provider can write.
    pub fields: usize,
    /// The mapping, as it is loaded from files.
    pub mapping: Arc<Mapping>,
    /// An account.
    pub bound: Arc<Bound>,
    /// A patch of every field.
    pub patch: Value,
    /// The provider's record of the same lead.
    pub record: Value,
    /// The lead as callers see it.
    pub lead: Value,
}

impl Lead {
    /// A lead of so many fields: 15 to 60.
    ///
    /// # Panics
    /// Where the mapping does not load.
    pub fn of(fields: usize) -> Lead {
        let texts = &TEXTS[..fields - 3];
        let (model, mapping) = files(fields);
        let loaded = Catalog::load(&model, &mapping);
        let mapping = loaded.catalog.mapping("bench", "crm/leads");
        let mapping = Arc::clone(mapping.unwrap_or_else(|e| panic!("{e}: {:#?}", loaded.diagnostics)));
        let bound = Arc::new(Bound::new(&mapping.provider.variables, &[].into()).expect("an account"));
        let mut patch = Map::new();
        let mut record = Map::from_iter([("Id".to_owned(), json!("4711"))]);
        for (unified, wire) in texts {
            let value = format!("the value of {unified}");
            patch.insert((*unified).to_owned(), value.clone().into());
            record.insert((*wire).to_owned(), value.into());
        }
        for (unified, wire, rows) in [("lead_source", "LeadSource", SOURCES), ("status", "Status", STATUSES)] {
            patch.insert(unified.to_owned(), rows[2].0.into());
            record.insert(wire.to_owned(), rows[2].1.into());
        }
        patch.insert(NUMBER.0.to_owned(), 250.into());
        record.insert(NUMBER.1.to_owned(), 250.into());
        let mut lead = Map::from_iter([("id".to_owned(), json!("4711"))]);
        lead.extend(patch.clone());
        Lead { fields, mapping, bound, patch: patch.into(), record: record.into(), lead: lead.into() }
    }

    /// Fails unless the mapping does what is done by hand.
    ///
    /// # Panics
    /// Where it does something else.
    pub fn check(&self) {
        let body: Value = serde_json::from_slice(&self.plan().request.body.expect("a body")).expect("JSON");
        assert_eq!(body, by_hand::to_body(&self.patch));
        assert_eq!(self.run().translated().as_ref(), Some(&body));
        let (run, replies) = self.answered();
        assert_eq!(run.shown(Arc::new(self.record.clone())).as_ref(), Some(&self.lead));
        assert_eq!(read(&run, &replies), self.lead);
        assert_eq!(by_hand::to_lead(&self.record, self.fields), self.lead);
    }

    /// The patch, checked and decided.
    ///
    /// # Panics
    /// Where it is refused.
    pub fn run(&self) -> Run {
        let (mapping, bound) = (Arc::clone(&self.mapping), Arc::clone(&self.bound));
        Run::patch(mapping, bound, "4711", &self.patch, Options::default()).expect("a good patch")
    }

    /// Plans the patch up to its first request.
    ///
    /// # Panics
    /// Where it is refused.
    pub fn plan(&self) -> Step {
        match self.run().next(&Replies::new()) {
            Next::Send(step) => *step,
            Next::Done(done) => panic!("nothing is sent: {done:?}"),
        }
    }

    /// The read of the lead, with the provider's answer at hand.
    ///
    /// # Panics
    /// Where nothing is asked for.
    pub fn answered(&self) -> (Run, Replies) {
        let (mapping, bound) = (Arc::clone(&self.mapping), Arc::clone(&self.bound));
        let run = Run::get(mapping, bound, "4711", Vec::new()).expect("a good id");
        let mut replies = Replies::new();
        let Next::Send(step) = run.next(&replies) else { panic!("nothing is asked for") };
        let body = self.record.to_string().into_bytes();
        replies
            .insert(step.key.clone(), Ending::Answered(Reply { status: 200, headers: Vec::new(), body: body.into() }));
        (run, replies)
    }
}

/// What a read gives in the end.
///
/// # Panics
/// Where it does not end well.
pub fn read(run: &Run, replies: &Replies) -> Value {
    match run.next(replies) {
        Next::Done(done) => done.expect("a good answer").resource,
        Next::Send(step) => panic!("more is asked for: {step:?}"),
    }
}

/// The files of a lead of so many fields: those of the unified model, and those of the mapping.
pub fn files(fields: usize) -> (FileSet, FileSet) {
    let texts = &TEXTS[..fields - 3];
    (model(texts), mapping(texts))
}

fn model(texts: &[(&str, &str)]) -> FileSet {
    let mut properties =
        Map::from_iter([("id".to_owned(), json!({"type": "string", "readOnly": true, "description": "The id."}))]);
    for (unified, _) in texts {
        properties.insert((*unified).to_owned(), json!({"type": "string", "description": "A text."}));
    }
    for (unified, rows) in [("lead_source", SOURCES), ("status", STATUSES)] {
        let names: Vec<&str> = rows.iter().map(|(name, _)| *name).collect();
        let names = json!({"type": "string", "description": "A name.", "x-mapwright": {"names": names}});
        properties.insert(unified.to_owned(), names);
    }
    properties.insert(NUMBER.0.to_owned(), json!({"type": "integer", "description": "A number."}));
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:mapwright:bench:crm/leads",
        "title": "Lead",
        "x-mapwright": {"resource": "crm/leads", "version": 1},
        "type": "object",
        "additionalProperties": false,
        "required": ["id"],
        "properties": properties
    });
    FileSet::from([("crm/leads.json".to_owned(), schema.to_string().into_bytes())])
}

fn mapping(texts: &[(&str, &str)]) -> FileSet {
    use std::fmt::Write as _;
    let mut leads = String::from(
        "language = 1\nresource = \"crm/leads\"\nmain = \"lead\"\n\n[records.lead]\nclear = \"null\"\n\n\
         [records.lead.read]\nsend = \"GET /leads/{id}\"\n\n[records.lead.write]\nsend = \"PATCH /leads/{id}\"\nbody = \"{changes}\"\n\n\
         [update]\norder = [\"lead\"]\n\n[fields]\nid = { path = \"Id\", read_only = \"it is the address\" }\n",
    );
    for (unified, wire) in texts {
        let _ = writeln!(leads, "{unified} = \"{wire}\"");
    }
    let _ = writeln!(leads, "{} = \"{}\"", NUMBER.0, NUMBER.1);
    leads.push_str("lead_source = { path = \"LeadSource\", table = \"sources\" }\n");
    leads.push_str("status = { path = \"Status\", table = \"statuses\" }\n");
    for (table, rows) in [("sources", SOURCES), ("statuses", STATUSES)] {
        let _ = writeln!(leads, "\n[tables.{table}.rows]");
        for (name, value) in rows {
            let _ = writeln!(leads, "{name:?} = {value:?}");
        }
    }
    let provider = "language = 1\n\n[provider]\nlabel = \"Bench\"\nbase = \"https://bench.example/v1\"\n\n[auth.key]\n\
                    headers = { X-Api-Key = \"{secret.api_key}\" }\n\n[errors]\nmessage = [\"message\", \"text\"]\n";
    FileSet::from([
        ("bench/provider.toml".to_owned(), provider.as_bytes().to_vec()),
        ("bench/leads.toml".to_owned(), leads.into_bytes()),
        ("bench/payload.json".to_owned(), payload(texts).to_string().into_bytes()),
    ])
}

/// The bodies that the provider takes and gives.
fn payload(texts: &[(&str, &str)]) -> Value {
    let text = json!({"type": ["string", "null"]});
    let mut members: Map<String, Value> = texts.iter().map(|(_, wire)| ((*wire).to_owned(), text.clone())).collect();
    members.extend(["LeadSource", "Status"].map(|wire| (wire.to_owned(), text.clone())));
    members.insert(NUMBER.1.to_owned(), json!({"type": ["integer", "null"]}));
    let object =
        |members: Map<String, Value>| json!({"type": "object", "additionalProperties": false, "properties": members});
    let mut read = members.clone();
    read.insert("Id".to_owned(), json!({"type": "string"}));
    let error = Map::from_iter([
        ("message".to_owned(), json!({"type": "string"})),
        ("text".to_owned(), json!({"type": "string"})),
    ]);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:mapwright:payload:bench",
        "title": "Leads of the bench",
        "$defs": {"lead.write": object(members), "lead.read": object(read), "error": object(error)}
    })
}
