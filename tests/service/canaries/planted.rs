//! A service in which everything that is secret is known.

use std::fs;

use mapwright_sandbox::Sandbox;
use mapwright_server::store::{Change, State};
use secrecy::ExposeSecret as _;
use uuid::Uuid;

use super::echo::Echo;
use super::needles::Needle;
use crate::support::{ALL, Client, Database, Provider, Scene, root, run};

/// What a caller writes of a person.
pub(super) const PERSON: &str = "Canaria Vertraulich";

/// A scene, what is secret in it, and what is a person's.
pub(super) struct Planted {
    pub(super) scene: Scene,
    /// An account of each mapping at a provider that says what it was sent.
    pub(super) echoed: Vec<Uuid>,
    pub(super) echo: Echo,
    pub(super) admin: String,
    pub(super) secrets: Vec<Needle>,
    pub(super) person: Vec<Needle>,
}

/// A provider whose secrets are all canaries: those of the demo, and the tokens that it gives.
fn canary(id: &str) -> Provider {
    let file = root().join("mappings").join(id).join("sandbox.toml");
    let text = fs::read_to_string(&file).expect("the provider's sandbox file");
    let text = text.replace("sandbox-", "canary-").replace("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "canary-key");
    Provider::of(id, Sandbox::from_toml(&file.display().to_string(), &text).expect("a sandbox file"))
}

impl Planted {
    pub(super) fn new(mut database: Database) -> Planted {
        // A cluster that is trusted takes any password.
        database.url = database.url.replace("://mapwright@", "://mapwright:canary-password@");
        let mut scene = Scene::new(database);
        for (id, ..) in ALL {
            scene.add(canary(id), None);
        }
        let echo = Echo::start();
        let mut echoed = Vec::new();
        for (provider, _) in &scene.accounts {
            let mut new = scene.like(provider, None);
            new.base = Some(format!("http://{}", echo.address));
            echoed.push(new.id);
            run(scene.store.add_account(new)).expect("an account");
        }
        let admin = run(scene.store.add_token(None, "admin")).expect("a token").1.expose_secret().to_owned();
        let last = |text: &str| text.rsplit(['_', ':']).next().expect("a part").trim_end_matches('=').to_owned();
        let secrets = vec![
            Needle::new("a secret of an account, a token of a provider, or a password", "canary-"),
            Needle::new("a caller's token", &last(&scene.token)),
            Needle::new("an administrator's token", &last(&admin)),
            Needle::new("the key", &last(scene.database.key.expose_secret())),
        ];
        Planted { scene, echoed, echo, admin, secrets, person: vec![Needle::new("a person", PERSON)] }
    }

    /// Everything that must not be in a log, in a count or in a row.
    pub(super) fn all(&self) -> Vec<Needle> {
        self.secrets.iter().chain(&self.person).cloned().collect()
    }

    /// Takes an account into use again.
    pub(super) fn connect(&self, account: Uuid) {
        let change = Change { state: Some((State::Active, None)), ..Change::default() };
        run(self.scene.store.change_account(account, None, &change)).expect("it is changed");
    }

    /// An administrator's client.
    pub(super) fn administrator(&self, client: &Client) -> Client {
        Client { token: self.admin.clone(), ..client.clone() }
    }
}
