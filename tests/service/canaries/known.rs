//! The token of the simulated providers, which everybody knows, opens nothing else.

use mapwright_server::sandboxed::TOKEN;

use crate::support::{Database, Scene, Start, mappings_of, run};

#[test]
fn a_token_that_everybody_knows_opens_no_store() {
    let mappings = mappings_of(&["monday_crm"]);
    let scene = Scene::with_one(Database::sqlite(), "monday_crm", None);
    let before = run(scene.store.tokens(None, None, 100)).expect("the store answers");
    let service = Start::with_mappings(&scene.database, mappings.path()).start();
    let lead = scene.provider().first();
    service.client(TOKEN).get(scene.account(), &lead).send().assert_is_problem(401, "token-invalid");
    assert_eq!(run(scene.store.tokens(None, None, 100)).expect("the store answers"), before);
}
