//! Simulated providers beside the service, with an account at each: no set-up, nothing that leaves this machine.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use mapwright_mapping::catalog::Catalog;
use mapwright_sandbox::Sandbox;
use secrecy::SecretString;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::demo;
use crate::store::{NewAccount, Store, StoreError, Tenant, TenantError};

/// The tenant of the demo accounts.
pub const TENANT: &str = "sandbox";

/// The token of the demo accounts. It is no secret: it opens simulated providers alone.
pub const TOKEN: &str = "mw_sandboxtoken_nosecretitopenssimulatedcrmsonly";

/// A simulated provider beside the service.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The provider's id.
    pub provider: String,
    /// The account.
    pub account: Uuid,
    /// The id of the first record.
    pub first: String,
    /// Where it listens.
    pub address: SocketAddr,
}

/// Why the simulated providers cannot be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxedError {
    /// No socket.
    #[error("a simulated provider cannot listen: {0}")]
    Listen(#[from] io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The tenant's name.
    #[error(transparent)]
    Tenant(#[from] TenantError),
}

/// Starts a simulated provider for each, on a loopback port of its own, and puts the accounts and the token into the
/// store.
pub async fn start(
    catalog: &Catalog,
    sandboxes: impl IntoIterator<Item = (String, Sandbox)>,
    store: &Store,
) -> Result<Vec<Demo>, SandboxedError> {
    let tenant: Tenant = TENANT.parse()?;
    store.put_token(Some(&tenant), "sandbox", &SecretString::from(TOKEN)).await?;
    let mut started = Vec::new();
    for (id, sandbox) in sandboxes {
        let Some(provider) = catalog.providers().find(|provider| provider.id == id) else { continue };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shown = sandbox.demo();
        let account = demo::id(&id);
        let secrets = demo::secrets(provider, shown);
        let new = NewAccount {
            id: account,
            label: format!("{} (simulated)", provider.label),
            auth: Some(shown.scheme.clone()),
            variables: demo::variables(shown),
            secrets: secrets.into_iter().map(|(name, text)| (name, SecretString::from(text))).collect(),
            base: Some(format!("http://{address}")),
            ..NewAccount::new(tenant.clone(), id.as_str())
        };
        store.add_account(new).await?;
        started.push(Demo { provider: id, account, first: shown.first_id.clone(), address });
        tokio::spawn(mapwright_sandbox::serve(listener, Arc::new(sandbox), std::future::pending::<()>()));
    }
    Ok(started)
}
