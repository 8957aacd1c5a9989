//! A provider that replaces its refresh tokens is asked once for each new access token, whoever needs it.

use std::time::{Duration, SystemTime};

use mapwright_interpreter::{AccessToken, TokenStore as _, Tokens};
use secrecy::SecretString;

use super::pair::Pair;
use crate::support::{Provider, Scene, everywhere, mappings_of, run, together};

/// Whose refresh token is good once.
const ROTATING: &str = "dynamics365_sales";

/// How many callers there are at once.
const CALLERS: usize = 24;

/// All callers read the lead, half of them over each process, and all are answered.
fn all_read(scene: &Scene, pair: &Pair) {
    let lead = scene.provider().first();
    let answers = together(CALLERS, |number| {
        let answer = pair.client(number).get(scene.account(), &lead).send();
        (answer.status, answer.text())
    });
    for (status, text) in answers {
        assert_eq!(status, 200, "{text}");
    }
}

/// How many requests were refused for their token.
fn refused(provider: &Provider) -> usize {
    provider.sandbox.log().iter().filter(|exchange| exchange.status == 401).count()
}

#[test]
fn each_expiry_takes_one_renewal_over_both_processes() {
    let mappings = mappings_of(&[ROTATING]);
    everywhere(|database| {
        let scene = Scene::with_one(database, ROTATING, Some("oauth"));
        let provider = scene.provider();
        let pair = Pair::start(&scene, mappings.path());
        all_read(&scene, &pair);
        assert_eq!((provider.renewals(), refused(provider)), ((1, 1), 0));
        for expiry in 1..=3 {
            provider.sandbox.expire_tokens();
            all_read(&scene, &pair);
            assert_eq!(provider.renewals(), (1 + expiry, 1 + expiry));
            let refused = refused(provider);
            all_read(&scene, &pair);
            assert_eq!(self::refused(provider), refused, "both processes have the new token");
            assert_eq!(provider.renewals(), (1 + expiry, 1 + expiry));
        }
    });
}

#[test]
fn a_token_that_has_run_out_is_renewed_before_it_is_used() {
    let mappings = mappings_of(&[ROTATING]);
    everywhere(|database| {
        let scene = Scene::with_one(database, ROTATING, Some("oauth"));
        let provider = scene.provider();
        let expired = SystemTime::now() - Duration::from_secs(1);
        let access = AccessToken { value: SecretString::from("sandbox-access-0"), expires: Some(expired) };
        let refresh = Some(SecretString::from("sandbox-refresh-0"));
        let name = scene.row(scene.account()).token_name();
        run(scene.store.save(&name, &Tokens { access: Some(access), refresh })).expect("it is kept");
        let pair = Pair::start(&scene, mappings.path());
        all_read(&scene, &pair);
        assert_eq!((provider.renewals(), refused(provider)), ((1, 1), 0));
    });
}
