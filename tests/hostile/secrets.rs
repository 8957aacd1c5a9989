//! Accounts whose secrets are canaries, and simulated providers that know them.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use mapwright_sandbox::Sandbox;

use super::server::{Act, Arrived};
use super::session::{root, scratch};

/// A secret with characters that every encoding spells differently.
pub(crate) const TOKEN: &str = "key-CANARY/0+z=1&<q>~7";

/// A provider as the tests use it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) provider: &'static str,
    /// The id of a lead that the simulated provider has.
    pub(crate) id: &'static str,
    /// A patch of one leaf.
    pub(crate) patch: &'static str,
    account: &'static str,
    /// Secrets of the simulated provider, and the canaries in their place.
    secrets: &'static [(&'static str, &'static str)],
}

pub(crate) const KNOWN: [Known; 3] = [
    Known {
        provider: "hubspot",
        id: "563417219",
        patch: r#"{"first_name": "Ada"}"#,
        account: "auth = 'private_app'\n[secrets]\ntoken = 'key-CANARY/0+z=1&<q>~7'\n",
        secrets: &[("\"sandbox-private-app-token\"", "'key-CANARY/0+z=1&<q>~7'")],
    },
    Known {
        provider: "nutshell",
        id: "1003-leads",
        patch: r#"{"title": "On Winds"}"#,
        account: "[variables]\nuser_email = 'jim@demo.example'\n[secrets]\napi_key = 'key-CANARY/0+z=1&<q>~7'\n",
        secrets: &[("\"sandbox-api-key\"", "'key-CANARY/0+z=1&<q>~7'")],
    },
    Known {
        provider: "dynamics365_sales",
        id: "4a1f7c3e-8d1b-4f0e-9b62-7c0f2f1f3a10",
        patch: r#"{"first_name": "Ada"}"#,
        account: "[variables]\nenvironment_host = 'contoso.api.crm4.dynamics.com'\n[secrets]\n\
                  client_id = '11111111-2222-4333-8444-555566667777'\n\
                  client_secret = 'client-CANARY/+'\nrefresh_token = 'refresh-CANARY/+0'\n",
        secrets: &[
            ("\"sandbox-access-0\"", "'key-CANARY/0+z=1&<q>~7'"),
            ("\"sandbox-refresh-0\"", "'refresh-CANARY/+0'"),
            ("\"sandbox-client-secret\"", "'client-CANARY/+'"),
        ],
    },
];

impl Known {
    /// The account's file.
    pub(crate) fn account(&self, test: &str) -> PathBuf {
        let path = scratch(&format!("{test}-{}", self.provider)).join("account.toml");
        fs::write(&path, format!("provider = '{}'\n{}", self.provider, self.account)).expect("written");
        path
    }

    /// The simulated provider behind a server.
    pub(crate) fn simulated(&self) -> Simulated {
        let path = root().join("mappings").join(self.provider).join("sandbox.toml");
        let mut text = fs::read_to_string(path).expect("the simulated provider");
        for (old, new) in self.secrets {
            assert!(text.contains(old), "{}: no {old}", self.provider);
            text = text.replace(old, new);
        }
        Simulated(Mutex::new(Sandbox::from_toml(self.provider, &text).expect("a simulated provider")))
    }
}

/// Answers as the provider does.
pub(crate) struct Simulated(Mutex<Sandbox>);

impl Simulated {
    pub(crate) fn answer(&self, arrived: &Arrived) -> Act {
        if asks_for_token(arrived) {
            let body = format!(r#"{{"access_token": "{TOKEN}", "token_type": "Bearer", "expires_in": 3600}}"#);
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length";
            return Act::Send(format!("{head}: {}\r\n\r\n{body}", body.len()).into_bytes());
        }
        let mut request = http::Request::builder().method(arrived.method.as_str());
        request = request.uri(format!("http://127.0.0.1{}", arrived.target));
        for (name, value) in &arrived.headers {
            request = request.header(name, value);
        }
        let request = request.body(arrived.body.clone().into()).expect("a request");
        let response = self.0.lock().expect("no thread has failed").handle(&request);
        let mut bytes = format!("HTTP/1.1 {} X\r\nConnection: close\r\n", response.status().as_u16()).into_bytes();
        for (name, value) in response.headers() {
            if !["content-length", "connection"].contains(&name.as_str()) {
                bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
            }
        }
        if response.status() != 204 {
            bytes.extend(format!("Content-Length: {}\r\n", response.body().len()).into_bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(response.body());
        Act::Send(bytes)
    }
}

/// Whether a request asks for a token.
pub(crate) fn asks_for_token(arrived: &Arrived) -> bool {
    arrived.target.contains("/token")
}
