//! A mapping of many fields, or of many records, with a patch, a record and answers for it.

use std::fmt::Write as _;
use std::sync::Arc;

use mapwright_benches::as_it_comes;
use mapwright_mapping::catalog::{Catalog, FileSet, Loaded};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::plan::{Next, Options, Replies, Run, Step};
use mapwright_mapping::reply::{Ending, Reply};
use mapwright_mapping::variables::Bound;
use serde_json::{Map, Value, json};

/// The resource of all mappings here.
pub(crate) const RESOURCE: &str = "crm/leads";

/// The provider of all mappings here.
pub(crate) const PROVIDER: &str = "bench";

/// The id that is patched and read.
pub(crate) const ID: &str = "4711";

/// What a provider's file has, whatever its mapping is.
const PROVIDER_FILE: &str = "language = 1\n\n[provider]\nlabel = \"Bench\"\nbase = \"https://bench.example/v1\"\n\n[auth.key]\n\
     headers = { X-Api-Key = \"{secret.api_key}\" }\n\n[errors]\nmessage = [\"message\", \"text\"]\n";

/// Files of a model and a mapping, before they are loaded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    /// The models.
    pub(crate) models: FileSet,
    /// The provider's directory.
    pub(crate) mappings: FileSet,
}

/// A loaded mapping with an account.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    mapping: Arc<Mapping>,
    bound: Arc<Bound>,
}

/// What is taken for a mapping of many fields.
#[derive(Clone, Debug)]
pub(crate) struct Wide {
    /// The files.
    pub(crate) files: Files,
    /// A patch of every field.
    pub(crate) patch: Value,
    /// The provider's record of the same lead.
    pub(crate) record: Value,
}

impl Files {
    /// Of a model's properties, a mapping file and the provider's bodies by the name of their schema.
    pub(crate) fn of(properties: &Map<String, Value>, leads: String, mut bodies: Map<String, Value>) -> Files {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "urn:mapwright:bench:crm/leads",
            "title": "Lead",
            "x-mapwright": {"resource": RESOURCE, "version": 1},
            "type": "object",
            "additionalProperties": false,
            "required": ["id"],
            "properties": properties
        });
        let text = json!({"type": "string"});
        bodies.insert("error".to_owned(), object([("message".to_owned(), text.clone()), ("text".to_owned(), text)]));
        let payload = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "urn:mapwright:payload:bench",
            "title": "Bodies of the bench",
            "$defs": bodies
        });
        let file = |name: &str, text: String| (format!("{PROVIDER}/{name}"), text.into_bytes());
        Files {
            models: FileSet::from([(format!("{RESOURCE}.json"), schema.to_string().into_bytes())]),
            mappings: FileSet::from([
                file("provider.toml", PROVIDER_FILE.to_owned()),
                file("leads.toml", leads),
                file("payload.json", payload.to_string()),
            ]),
        }
    }

    /// Loads and checks them.
    pub(crate) fn load(&self) -> Loaded {
        Catalog::load(&self.models, &self.mappings)
    }

    /// Loads them, with an account.
    ///
    /// # Panics
    /// Where they do not load.
    pub(crate) fn ready(&self) -> Ready {
        let loaded = self.load();
        let mapping = loaded.catalog.mapping(PROVIDER, RESOURCE);
        let mapping = Arc::clone(mapping.unwrap_or_else(|e| {
            let found: Vec<String> = loaded.diagnostics.iter().take(5).map(|found| format!("{found:?}")).collect();
            panic!("{e}: {}", found.join("\n"))
        }));
        let bound = Arc::new(Bound::new(&mapping.provider.variables, &[].into()).expect("an account"));
        Ready { mapping, bound }
    }
}

impl Ready {
    /// A patch.
    ///
    /// # Panics
    /// Where it is refused.
    pub(crate) fn patch(&self, patch: &Value) -> Run {
        self.try_patch(patch).expect("a good patch")
    }

    /// A patch, or why it is refused.
    pub(crate) fn try_patch(&self, patch: &Value) -> Result<Run, Box<mapwright_mapping::outcome::Failure>> {
        let (mapping, bound) = (Arc::clone(&self.mapping), Arc::clone(&self.bound));
        Run::patch(mapping, bound, ID, patch, Options::default()).map_err(Box::new)
    }

    /// A read.
    ///
    /// # Panics
    /// Where the id is refused.
    pub(crate) fn get(&self) -> Run {
        let (mapping, bound) = (Arc::clone(&self.mapping), Arc::clone(&self.bound));
        Run::get(mapping, bound, ID, Vec::new()).expect("a good id")
    }

    /// The first request of a patch: validated, decided and rendered.
    ///
    /// # Panics
    /// Where nothing is sent.
    pub(crate) fn plan(&self, patch: &Value) -> Box<Step> {
        match self.patch(patch).next(&Replies::new()) {
            Next::Send(step) => step,
            Next::Done(done) => panic!("nothing is sent: {:?}", done.map(|_| ())),
        }
    }
}

/// Drives a run to its end, and gives the lead. `answer` is the provider.
///
/// # Panics
/// Where it does not end well.
pub(crate) fn drive(run: &Run, answer: impl Fn(&Step) -> Ending) -> Value {
    let mut replies = Replies::new();
    loop {
        match run.next(&replies) {
            Next::Done(done) => return done.expect("it ends well").resource,
            Next::Send(step) => {
                let ending = as_it_comes(&answer(&step));
                replies.insert(step.key, ending);
            }
        }
    }
}

/// A good answer.
pub(crate) fn good(body: &Value) -> Ending {
    Ending::Answered(Reply { status: 200, headers: Vec::new(), body: body.to_string().into_bytes().into() })
}

/// An object's schema.
pub(crate) fn object(members: impl IntoIterator<Item = (String, Value)>) -> Value {
    let members: Map<String, Value> = members.into_iter().collect();
    json!({"type": "object", "additionalProperties": false, "properties": members})
}

/// The model's id.
pub(crate) fn id_property() -> (String, Value) {
    ("id".to_owned(), json!({"type": "string", "readOnly": true, "description": "The id."}))
}

/// The head of a mapping file with one record.
pub(crate) const ONE_RECORD: &str = "language = 1\nresource = \"crm/leads\"\nmain = \"lead\"\n\n[records.lead]\nclear = \"null\"\n\n\
     [records.lead.read]\nsend = \"GET /leads/{id}\"\n\n[records.lead.write]\nsend = \"PATCH /leads/{id}\"\nbody = \"{changes}\"\n\n\
     [update]\norder = [\"lead\"]\n\n[fields]\nid = { path = \"Id\", read_only = \"it is the address\" }\n";

/// Words of a table.
const COLOURS: [(&str, &str); 4] = [("Red", "r"), ("Green", "g"), ("Blue", "b"), ("Black", "k")];

impl Wide {
    /// So many fields in one record. Of ten, four are texts, one a whole number, one a date, one a name of a table, one
    /// lies two objects deep, and two share a text.
    pub(crate) fn of(fields: usize) -> Wide {
        let nullable = |kind: &str| json!({"type": [kind, "null"]});
        let (mut properties, mut patch) = (Map::from_iter([id_property()]), Map::new());
        let mut record = Map::from_iter([("Id".to_owned(), json!(ID))]);
        let mut members: Map<String, Value> = Map::new();
        let (mut deep, mut deep_record) = (Map::new(), Map::new());
        let (mut leads, mut groups) = (ONE_RECORD.to_owned(), String::new());
        for i in 0..fields {
            let (leaf, wire) = (format!("f{i:05}"), format!("F{i:05}"));
            let mut schema = json!({"type": "string", "description": "A value."});
            let mut value = json!(format!("the value of {i}"));
            let mut remote = Some(value.clone());
            let mut body = nullable("string");
            match i % 10 {
                4 => {
                    schema["type"] = json!("integer");
                    (value, remote) = (json!(i), Some(json!(i)));
                    body = nullable("integer");
                    let _ = writeln!(leads, "{leaf} = \"{wire}\"");
                }
                5 => {
                    schema["format"] = json!("date-time");
                    (value, remote) = (json!("2026-01-02T03:04:05Z"), Some(json!("2026-01-02T03:04:05Z")));
                    let _ = writeln!(leads, "{leaf} = {{ path = \"{wire}\", as = \"datetime\" }}");
                }
                6 => {
                    let names: Vec<&str> = COLOURS.iter().map(|(name, _)| *name).collect();
                    schema["x-mapwright"] = json!({"names": names});
                    (value, remote) = (json!("Blue"), Some(json!("b")));
                    let _ = writeln!(leads, "{leaf} = {{ path = \"{wire}\", table = \"colours\" }}");
                }
                7 => {
                    deep.insert(wire.clone(), body.clone());
                    deep_record.insert(wire.clone(), value.clone());
                    remote = None;
                    let _ = writeln!(leads, "{leaf} = \"outer.inner.{wire}\"");
                }
                8 if i + 1 < fields => remote = None,
                9 => {
                    let before = format!("f{:05}", i - 1);
                    let _ = writeln!(
                        groups,
                        "\n[groups.g{i:05}]\npath = \"{wire}\"\nparts = [\"{before}\", \"{leaf}\"]\njoin = {{ sep = \" / \" }}\n\
                         loss = \"a text with the sign reads back split there\"\n"
                    );
                    remote = Some(json!(format!("the value of {} / the value of {i}", i - 1)));
                }
                _ => {
                    let _ = writeln!(leads, "{leaf} = \"{wire}\"");
                }
            }
            properties.insert(leaf.clone(), schema);
            patch.insert(leaf, value);
            if let Some(remote) = remote {
                members.insert(wire.clone(), body);
                record.insert(wire, remote);
            }
        }
        leads.push_str(&groups);
        if fields > 6 {
            leads.push_str("\n[tables.colours.rows]\n");
            for (name, value) in COLOURS {
                let _ = writeln!(leads, "{name:?} = {value:?}");
            }
        }
        if !deep.is_empty() {
            members.insert("outer".to_owned(), object([("inner".to_owned(), object(deep))]));
            record.insert("outer".to_owned(), json!({"inner": deep_record}));
        }
        let mut read = members.clone();
        read.insert("Id".to_owned(), json!({"type": "string"}));
        let bodies =
            Map::from_iter([("lead.write".to_owned(), object(members)), ("lead.read".to_owned(), object(read))]);
        Wide { files: Files::of(&properties, leads, bodies), patch: patch.into(), record: record.into() }
    }

    /// So many records with a field each; every one is found by the id in the address.
    pub(crate) fn of_records(records: usize) -> Wide {
        let (mut properties, mut patch) = (Map::from_iter([id_property()]), Map::new());
        let mut bodies = Map::new();
        let text = json!({"type": ["string", "null"]});
        let name = |i: usize| format!("r{i:04}");
        let order: Vec<String> = (0..records).map(|i| format!("{:?}", name(i))).collect();
        let mut leads = format!("language = 1\nresource = \"crm/leads\"\nmain = \"{}\"\n", name(0));
        let mut fields = "\n[fields]\nid = { path = \"Id\", read_only = \"it is the address\" }\n".to_owned();
        for i in 0..records {
            let (record, leaf) = (name(i), format!("f{i:04}"));
            let _ = writeln!(
                leads,
                "\n[records.{record}]\nclear = \"null\"\nread = {{ send = \"GET /{record}/{{id}}\" }}\n\
                 write = {{ send = \"PATCH /{record}/{{id}}\", body = \"{{changes}}\" }}"
            );
            let _ = writeln!(fields, "{leaf} = \"{record}:Text\"");
            properties.insert(leaf.clone(), json!({"type": "string", "description": "A text."}));
            patch.insert(leaf, json!("a text"));
            let write = [("Text".to_owned(), text.clone())];
            let id = [("Id".to_owned(), json!({"type": "string"}))];
            bodies.insert(format!("{record}.read"), object(write.iter().cloned().chain(id)));
            bodies.insert(format!("{record}.write"), object(write));
        }
        let _ = writeln!(leads, "\n[update]\norder = [{}]", order.join(", "));
        leads.push_str(&fields);
        let record = json!({"Id": ID, "Text": "a text"});
        Wide { files: Files::of(&properties, leads, bodies), patch: patch.into(), record }
    }
}
