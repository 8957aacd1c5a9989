//! One service with an account at each of the nine providers, for all tests of this room. Each test has a lead of its own.

use std::sync::OnceLock;

use uuid::Uuid;

use crate::support::{Client, Database, Provider, Scene, Service, Start};

/// How many leads each provider has besides the first one.
const LEADS: u64 = 40;

/// The service, and what is behind it.
pub(crate) struct Shared {
    scene: Scene,
    service: Service,
    leads: Vec<Vec<String>>,
}

/// A provider, the account at it, and leads that no other test has.
pub(crate) struct Place<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) account: Uuid,
    pub(crate) leads: &'a [String],
}

/// The service. It is started once.
pub(crate) fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let scene = Scene::with_all(Database::sqlite());
        let leads = scene.accounts.iter().map(|(provider, _)| provider.more_leads(LEADS)).collect();
        let service = Start::new(&scene.database).start_kept(&scene.database);
        Shared { scene, service, leads }
    })
}

impl Shared {
    /// A client with the tenant's token.
    pub(crate) fn client(&self) -> Client {
        self.scene.client(&self.service)
    }

    /// The nine, each with the leads of this range.
    pub(crate) fn places(&self, leads: std::ops::Range<usize>) -> Vec<Place<'_>> {
        let accounts = self.scene.accounts.iter().zip(&self.leads);
        let places = accounts.map(|((provider, account), all)| Place {
            provider,
            account: *account,
            leads: &all[leads.clone()],
        });
        places.collect()
    }

    /// One of the nine.
    pub(crate) fn place(&self, provider: &str, leads: std::ops::Range<usize>) -> Place<'_> {
        let mut places = self.places(leads).into_iter();
        places.find(|place| place.provider.id == provider).expect("a shipped provider")
    }
}
