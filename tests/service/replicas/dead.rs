//! A process that is killed while it runs a key leaves the key to the others: at its deadline, with a word to one caller
//! that nobody knows what became of it.

use super::pair::{Pair, replica};
use crate::support::{Scene, everywhere, mappings_of, together, until};

/// A provider with a quick pace.
const PROVIDER: &str = "monday_crm";

/// How many come with the key at once.
const CALLERS: usize = 8;

#[test]
fn one_caller_is_told_that_the_end_is_not_known_and_then_the_key_runs() {
    let mappings = mappings_of(&[PROVIDER]);
    everywhere(|database| {
        let scene = Scene::with_one(database, PROVIDER, None);
        let (provider, account, lead) = (scene.provider(), scene.account(), scene.provider().first());
        let Pair { services: [mut dying, _living], clients: [of_the_dying, of_the_living] } =
            Pair::start(&scene, mappings.path());
        let patch = provider.patch("By the dead");
        provider.provoke("slow=60s@write");
        std::thread::scope(|scope| {
            let cut = scope.spawn(|| of_the_dying.patch(account, &lead, &patch).key("order-1").try_send());
            until("the patch is written", || provider.value(&lead) == "By the dead");
            dying.kill();
            assert!(cut.join().expect("no panic").is_err(), "a dead process has answered");
        });
        let revived = replica(&scene, mappings.path()).start();
        let clients = [of_the_living, scene.client(&revived)];
        let (mut ambiguous, mut written) = (0, 0);
        until("the key is free", || {
            let answers = together(CALLERS, |number| {
                let client = &clients[number % 2];
                client.patch(account, &lead, &patch).key("order-1").send()
            });
            for answer in answers {
                match answer.code().as_str() {
                    "key-ambiguous" => {
                        answer.assert_is_problem(409, "key-ambiguous");
                        ambiguous += 1;
                    }
                    "key-in-use" => answer.assert_is_problem(409, "key-in-use"),
                    _ => {
                        assert_eq!(answer.status, 200, "{}", answer.text());
                        written += 1;
                    }
                }
            }
            written > 0
        });
        assert_eq!(ambiguous, 1);
        let effects = provider.effects();
        assert_eq!(effects.iter().filter(|body| body.contains("By the dead")).count(), 2, "once by each");
    });
}
