//! A store with accounts at simulated providers, and a token.

use mapwright_server::store::{AccountRow, NewAccount, State, Store, Tenant};
use secrecy::ExposeSecret as _;
use uuid::Uuid;

use super::{ALL, Client, Database, Provider, Service, run};

/// What a test has before a service is started on it.
#[derive(Debug)]
pub struct Scene {
    /// The database.
    pub database: Database,
    /// Its store, opened in this process.
    pub store: Store,
    /// The token of the tenant.
    pub token: String,
    /// The tenant.
    pub tenant: Tenant,
    /// The simulated providers with an account of the tenant at each.
    pub accounts: Vec<(Provider, Uuid)>,
}

impl Scene {
    /// A tenant with a token and without accounts.
    pub fn new(database: Database) -> Scene {
        let store = database.open();
        let tenant: Tenant = "acme".parse().expect("a tenant");
        let token = run(store.add_token(Some(&tenant), "tests")).expect("a token").1.expose_secret().to_owned();
        Scene { database, store, token, tenant, accounts: Vec::new() }
    }

    /// The same with an account at each of nine simulated providers.
    pub fn with_all(database: Database) -> Scene {
        let mut scene = Scene::new(database);
        for (id, ..) in ALL {
            scene.add(Provider::start(id), None);
        }
        scene
    }

    /// The same with one account.
    pub fn with_one(database: Database, id: &str, scheme: Option<&str>) -> Scene {
        let mut scene = Scene::new(database);
        scene.add(Provider::start(id), scheme);
        scene
    }

    /// Adds an account at a provider, with the demo's way of authenticating or another one.
    pub fn add(&mut self, provider: Provider, scheme: Option<&str>) -> Uuid {
        let new = self.like(&provider, scheme);
        let id = new.id;
        run(self.store.add_account(new)).expect("an account");
        self.accounts.push((provider, id));
        id
    }

    /// An account at a provider that can be added.
    pub fn like(&self, provider: &Provider, scheme: Option<&str>) -> NewAccount {
        let demo = provider.sandbox.demo();
        let scheme = scheme.unwrap_or(&demo.scheme).to_owned();
        let variables = demo.variables.iter().map(|(name, text)| (name.clone(), text.as_str().into()));
        NewAccount {
            auth: Some(scheme.clone()),
            variables: variables.collect(),
            secrets: provider.secrets(&scheme),
            base: Some(format!("http://{}", provider.address)),
            ..NewAccount::new(self.tenant.clone(), provider.id)
        }
    }

    /// The only account's provider.
    pub fn provider(&self) -> &Provider {
        &self.accounts[0].0
    }

    /// The only account.
    pub fn account(&self) -> Uuid {
        self.accounts[0].1
    }

    /// An account's row as it is now.
    pub fn row(&self, account: Uuid) -> AccountRow {
        run(self.store.account_of_anyone(account)).expect("the store answers").expect("the account is there")
    }

    /// The state of an account as it is now.
    pub fn state(&self, account: Uuid) -> State {
        self.row(account).state
    }

    /// A client of a service, with the tenant's token.
    pub fn client(&self, service: &Service) -> Client {
        service.client(&self.token)
    }
}
