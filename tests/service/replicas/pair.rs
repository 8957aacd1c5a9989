//! Two processes on one database.

use std::path::Path;

use crate::support::{Client, Scene, Service, Start};

/// Two services and a client of each.
pub(super) struct Pair {
    pub(super) services: [Service; 2],
    pub(super) clients: [Client; 2],
}

/// How a replica is started. With so few seconds a key that a dead process has left is soon free.
pub(super) fn replica(scene: &Scene, mappings: &Path) -> Start {
    Start::with_mappings(&scene.database, mappings).with("--deadline").with("4")
}

impl Pair {
    pub(super) fn start(scene: &Scene, mappings: &Path) -> Pair {
        let services = [0, 1].map(|_| replica(scene, mappings).start());
        let clients = [0, 1].map(|number: usize| scene.client(&services[number]));
        Pair { services, clients }
    }

    /// The client of one of them, in turn.
    pub(super) fn client(&self, number: usize) -> &Client {
        &self.clients[number % 2]
    }
}
