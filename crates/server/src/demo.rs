//! The demo accounts of simulated providers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mapwright_interpreter::{Account, AccountErrors};
use mapwright_mapping::provider::{Auth, Provider};
use mapwright_sandbox::Demo;
use secrecy::SecretString;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

/// The demo account of a simulated provider.
pub fn account(provider: &Arc<Provider>, demo: &Demo) -> Result<Account, AccountErrors> {
    let secrets = secrets(provider, demo);
    let secrets = secrets.into_iter().map(|(name, text)| (name, SecretString::from(text))).collect();
    Account::new("sandbox", provider, Some(&demo.scheme), &variables(demo), secrets)
}

/// The secrets of the demo that its way of authenticating uses. They open simulated providers alone.
pub fn secrets(provider: &Provider, demo: &Demo) -> BTreeMap<String, String> {
    let used = provider.auth.get(&demo.scheme).map(used_secrets).unwrap_or_default();
    let all = demo.secrets.get(&demo.scheme).cloned().unwrap_or_default();
    all.into_iter().filter(|(name, _)| used.contains(name)).collect()
}

/// The names of the secrets that a way of authenticating uses.
pub fn used_secrets(auth: &Auth) -> BTreeSet<String> {
    let parameters = auth.refresh.iter().flat_map(|refresh| &refresh.parameters);
    let named = parameters.flat_map(|(_, template)| template.names());
    let named = named.filter_map(|name| name.strip_prefix("secret.")).map(str::to_owned);
    auth.secrets().into_iter().chain(named).collect()
}

/// The variables of the demo.
pub fn variables(demo: &Demo) -> BTreeMap<String, Value> {
    demo.variables.iter().map(|(name, text)| (name.clone(), text.as_str().into())).collect()
}

/// The id that the demo account of a provider has in every service: it follows from the provider's id alone.
pub fn id(provider: &str) -> Uuid {
    let hash = Sha256::digest(format!("mapwright sandbox account {provider}"));
    let mut bytes = [0; 16];
    for (byte, hashed) in bytes.iter_mut().zip(hash) {
        *byte = hashed;
    }
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_id_of_a_demo_account_stays_the_same() {
        assert_eq!(super::id("acme").to_string(), "d6f1b36c-0c72-8dcc-b7cc-2db2a22556e4");
    }
}
