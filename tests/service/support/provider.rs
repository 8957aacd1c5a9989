//! Simulated providers in this process: their whole state and all that they were asked can be looked at.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use mapwright_sandbox::{Exchange, Sandbox};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::runtime::runtime;
use super::{root, run};

/// Each provider with a leaf that it writes as it is, and where that lies in the records of its leads.
pub const ALL: [(&str, &str, &str); 9] = [
    ("dynamics365_sales", "first_name", "/firstname"),
    ("hubspot", "title", "/properties/hs_lead_name"),
    ("insightly", "first_name", "/FIRST_NAME"),
    ("monday_crm", "title", "/columns/name"),
    ("nutshell", "title", "/description"),
    ("pipedrive", "title", "/title"),
    ("pipeliner", "name", "/name"),
    ("zendesk_sell", "first_name", "/first_name"),
    ("zoho_crm", "first_name", "/First_Name"),
];

/// A simulated provider that is served on this machine. It is gone in the end.
#[derive(Debug)]
pub struct Provider {
    /// The provider's id.
    pub id: &'static str,
    /// The leaf that tests write.
    pub leaf: &'static str,
    /// Where it lies in a record.
    pub place: &'static str,
    /// The simulated provider.
    pub sandbox: Sandbox,
    /// Where it listens.
    pub address: SocketAddr,
    server: JoinHandle<std::io::Result<()>>,
}

impl Provider {
    /// Serves a provider on a port of its own.
    pub fn start(id: &str) -> Provider {
        let file = root().join("mappings").join(id).join("sandbox.toml");
        let text = std::fs::read_to_string(&file).expect("the provider's sandbox file");
        Provider::of(id, Sandbox::from_toml(&file.display().to_string(), &text).expect("a sandbox file"))
    }

    /// Serves a simulated provider on a port of its own.
    pub fn of(id: &str, sandbox: Sandbox) -> Provider {
        let (id, leaf, place) = *ALL.iter().find(|(known, ..)| *known == id).expect("a shipped provider");
        let listener = run(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let serving = mapwright_sandbox::serve(listener, Arc::new(sandbox.clone()), std::future::pending::<()>());
        Provider { id, leaf, place, sandbox, address, server: runtime().spawn(serving) }
    }

    /// The id of the first lead.
    pub fn first(&self) -> String {
        self.sandbox.demo().first_id.clone()
    }

    /// The secrets of a way of authenticating, as an account has them.
    pub fn secrets(&self, scheme: &str) -> BTreeMap<String, SecretString> {
        let all = self.sandbox.demo().secrets.get(scheme).expect("the scheme");
        let own = all.iter().filter(|(name, _)| !["access_token", "code"].contains(&name.as_str()));
        own.map(|(name, text)| (name.clone(), SecretString::from(text.as_str()))).collect()
    }

    /// A patch of the one leaf.
    pub fn patch(&self, value: &str) -> Value {
        json!({ self.leaf: value })
    }

    /// The value of the leaf in the provider's record.
    pub fn value(&self, lead: &str) -> Value {
        let state = self.sandbox.state();
        let record = &state["collections"]["leads"][lead];
        record.pointer(self.place).cloned().unwrap_or_else(|| panic!("{} {lead} has no {}", self.id, self.place))
    }

    /// Tells it to misbehave.
    pub fn provoke(&self, fault: &str) {
        self.sandbox.provoke(&fault.parse().expect("a fault")).expect("one of this provider");
    }

    /// More leads like the first one, with their links.
    pub fn more_leads(&self, count: u64) -> Vec<String> {
        let (first, mut state) = (self.first(), self.sandbox.state());
        let record = state["collections"]["leads"][&first].to_string();
        let ids: Vec<String> = (0..count).map(|number| another(&first, number)).collect();
        for id in &ids {
            let copy = serde_json::from_str(&record.replace(&first, id)).expect("a record");
            state["collections"]["leads"][id] = copy;
            for (_, links) in state["links"].as_object_mut().into_iter().flatten() {
                let links = links.as_array_mut().expect("a list");
                let like: Vec<Value> = links.iter().filter(|link| link["from"] == first.as_str()).cloned().collect();
                links
                    .extend(like.into_iter().map(|link| json!({"from": id, "to": link["to"], "kinds": link["kinds"]})));
            }
        }
        self.sandbox.restore(&state).expect("a legal state");
        ids
    }

    /// What was written, in order: the bodies of requests that changed something.
    pub fn effects(&self) -> Vec<String> {
        let log = self.sandbox.log();
        let effects = log.iter().filter(|exchange| is_effect(exchange));
        effects.map(|exchange| String::from_utf8_lossy(&exchange.body).into_owned()).collect()
    }

    /// How often tokens were asked for, and how often with success.
    pub fn renewals(&self) -> (usize, usize) {
        let log = self.sandbox.log();
        let asked = log.iter().filter(|exchange| exchange.body.as_ref() == b"[redacted]");
        let statuses: Vec<u16> = asked.map(|exchange| exchange.status).collect();
        (statuses.len(), statuses.iter().filter(|status| **status == 200).count())
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Whether a request has changed something: it did not only read, and no fault stood before it.
pub fn is_effect(exchange: &Exchange) -> bool {
    let done = exchange.fault.as_ref().is_none_or(|fault| {
        let fault = fault.to_string();
        ["half", "truncated", "slow", "cut-after"].iter().any(|late| fault.starts_with(late))
    });
    let token = exchange.body.as_ref() == b"[redacted]";
    done && !token && exchange.method != "GET" && (200..300).contains(&exchange.status)
}

/// An id of the same form.
fn another(first: &str, number: u64) -> String {
    if let Some(kind) = first.strip_prefix(|c: char| c.is_ascii_digit()).and_then(|_| first.split_once('-'))
        && kind.1.chars().all(char::is_alphabetic)
    {
        return format!("{}-{}", 7000 + number, kind.1);
    }
    match first.parse::<u64>() {
        Ok(id) => (id + 1000 + number).to_string(),
        Err(_) => format!("{}{:04x}", &first[..first.len() - 4], 0xe000 + number),
    }
}
