//! Renewals over a transport in memory, on a clock that is paused.

use super::*;
use crate::fixture::{
    Given, Memory, OAUTH, OAUTH_SECRETS, account, epoch, key_account, links, links_with, oauth_account, provider_with,
    reply,
};
use crate::oauth::AccessToken;
use crate::tokens::{StoreError, Stored, TokenStore, Tokens};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

fn renewed(number: usize, life: u64) -> Given {
    reply(
        200,
        &[],
        &format!(
            "{{\"access_token\":\"canary-token-{number}\",\"refresh_token\":\"canary-refresh-{number}\",\"expires_in\":{life}}}"
        ),
    )
}

/// A token endpoint that counts, and takes a second.
fn endpoint(life: u64) -> Arc<Memory> {
    let number = AtomicUsize::new(0);
    Memory::with(Duration::from_secs(1), move |_| renewed(number.fetch_add(1, Ordering::AcqRel) + 1, life))
}

async fn ask(account: &Account, links: &Links, spent: Option<&str>) -> Result<String, Unrenewed> {
    let spent = spent.map(SecretString::from);
    let deadline = Instant::now() + Duration::from_secs(25);
    let renewed = token(account, links, spent.as_ref(), deadline).await;
    let shown = format!("{:?}", renewed.calls);
    assert!(!shown.contains("canary"), "{shown}");
    renewed.result.map(|token| token.expose_secret().to_owned())
}

/// The refresh tokens that a transport has seen.
fn refresh_tokens(transport: &Memory) -> Vec<String> {
    let seen = transport.seen.lock().expect("the requests");
    let bodies = seen.iter().map(|request| String::from_utf8_lossy(request.body()).into_owned());
    let tokens = bodies.filter_map(|body| {
        let value = body.split('&').find_map(|pair| pair.strip_prefix("refresh_token="))?;
        Some(value.to_owned())
    });
    tokens.collect()
}

#[allow(clippy::unnecessary_wraps)]
fn good(token: &str) -> Result<String, Unrenewed> {
    Ok(token.to_owned())
}

fn unavailable(why: &str) -> Result<String, Unrenewed> {
    Err(Unrenewed::Unavailable(why.to_owned()))
}

fn refused(why: &str) -> Result<String, Unrenewed> {
    Err(Unrenewed::Refused(why.to_owned()))
}

#[tokio::test(start_paused = true)]
async fn twenty_who_wait_share_one_renewal() {
    let transport = endpoint(3600);
    let (account, links) = (oauth_account(), links(&transport));
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (account, links) = (account.clone(), links.clone());
        all.spawn(async move { ask(&account, &links, None).await });
    }
    assert_eq!(all.join_all().await, vec![good("canary-token-1"); 20]);
    assert_eq!(transport.requests(), ["POST https://login.example.com/token"]);
}

#[tokio::test(start_paused = true)]
async fn twenty_whose_token_was_refused_share_one_renewal() {
    let transport = endpoint(3600);
    let (account, links) = (oauth_account(), links(&transport));
    assert_eq!(ask(&account, &links, None).await, good("canary-token-1"));
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (account, links) = (account.clone(), links.clone());
        all.spawn(async move { ask(&account, &links, Some("canary-token-1")).await });
    }
    assert_eq!(all.join_all().await, vec![good("canary-token-2"); 20]);
    assert_eq!(refresh_tokens(&transport), ["canary-refresh-0", "canary-refresh-1"]);
}

#[tokio::test(start_paused = true)]
async fn twenty_who_wait_share_one_refusal() {
    let transport = Memory::with(Duration::from_secs(1), |_| reply(400, &[], "{\"error\":\"invalid_grant\"}"));
    let (account, links) = (oauth_account(), links(&transport));
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (account, links) = (account.clone(), links.clone());
        all.spawn(async move { ask(&account, &links, None).await });
    }
    assert_eq!(all.join_all().await, vec![refused("status 400, invalid_grant"); 20]);
    assert_eq!(transport.requests().len(), 1);
}

/// How long after its answer each of many holders uses a token of this life, in half seconds.
async fn used(life: u64, adopted: bool) -> Vec<u64> {
    let mut all = Vec::new();
    for _ in 0..40 {
        let store = Store::default();
        if adopted {
            let expires = Some(epoch() + Duration::from_secs(life));
            let access = Some(AccessToken { value: "canary-token-1".into(), expires });
            *store.kept.lock().expect("the tokens") = Some(Tokens { access, refresh: None });
        }
        let number = AtomicUsize::new(usize::from(adopted));
        let next = move |_: &_| renewed(number.fetch_add(1, Ordering::AcqRel) + 1, life);
        let links = links_with(&Memory::with(Duration::ZERO, next), store);
        let account = oauth_account();
        let mut halves = 0;
        while ask(&account, &links, None).await == good("canary-token-1") {
            tokio::time::sleep(Duration::from_millis(500)).await;
            halves += 1;
        }
        all.push(halves);
    }
    all
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_a_minute_before_it_expires_or_up_to_half_a_minute_earlier() {
    for adopted in [false, true] {
        let used = used(600, adopted).await;
        assert!(used.iter().all(|halves| (1020..=1080).contains(halves)), "{used:?}");
        let mut moments = used.clone();
        moments.sort_unstable();
        moments.dedup();
        assert!(moments.len() > 5, "those who hold it do not renew it in the same moment: {used:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_lived_token_is_used_for_half_its_life_or_a_little_less() {
    let used = used(30, false).await;
    assert!(used.iter().all(|halves| (15..=30).contains(halves)), "{used:?}");
}

#[tokio::test(start_paused = true)]
async fn a_token_of_another_process_that_has_a_minute_left_is_not_used() {
    assert_eq!(used(60, true).await, [0; 40]);
}

#[tokio::test(start_paused = true)]
async fn trouble_of_the_endpoint_is_never_a_refusal() {
    type Failing = fn() -> Given;
    let failures: [(Failing, usize, &str); 4] = [
        (|| reply(503, &[], "busy"), 1, "status 503, busy"),
        (|| reply(200, &[], "<h1>Back soon</h1>"), 1, "status 200, Back soon"),
        (|| Err(TransportError::NeverSent("x".to_owned())), 3, "the token endpoint: never sent: x"),
        // The refresh token is replaced by each answer: after silence it may be spent.
        (|| Err(TransportError::Ambiguous("x".to_owned())), 1, "the token endpoint: sent without an answer: x"),
    ];
    for (given, attempts, why) in failures {
        let transport = Memory::with(Duration::ZERO, move |_| given());
        assert_eq!(ask(&oauth_account(), &links(&transport), None).await, unavailable(why));
        assert_eq!(transport.requests().len(), attempts, "{why}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_keeps_its_refresh_token_is_asked_again() {
    let provider = provider_with(&OAUTH.replace("rotates = true", "rotates = false"));
    let account = account(&provider, &OAUTH_SECRETS);
    let silence = || Err(TransportError::Ambiguous("x".to_owned()));
    let transport = Memory::of([silence(), reply(503, &[], ""), renewed(1, 60)]);
    assert_eq!(ask(&account, &links(&transport), None).await, good("canary-token-1"));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_goes_on_when_nobody_waits_for_it() {
    let transport = endpoint(3600);
    let (account, links) = (oauth_account(), links(&transport));
    let gone = tokio::time::timeout(Duration::from_millis(500), ask(&account, &links, None)).await;
    assert!(gone.is_err());
    assert_eq!(ask(&account, &links, None).await, good("canary-token-1"));
    assert_eq!(transport.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_caller_waits_no_longer_than_its_deadline() {
    let transport = Memory::with(Duration::from_hours(1), |_| renewed(1, 60));
    let (account, links) = (oauth_account(), links(&transport));
    let deadline = Instant::now() + Duration::from_secs(2);
    let result = token(&account, &links, None, deadline).await.result;
    assert_eq!(result.map(|_| ()), Err(Unrenewed::Unavailable("the token is still being renewed".to_owned())));
    assert_eq!(deadline, Instant::now());
}

#[tokio::test(start_paused = true)]
async fn an_account_without_a_way_to_renew_is_refused() {
    let transport = Memory::of([]);
    assert_eq!(
        ask(&key_account(""), &links(&transport), None).await,
        refused("a token is needed, and nothing says how to get one")
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_for_another_host_is_not_used_but_its_refresh_token_is_kept() {
    let host = "rotates = true, host = { from = \"at\", must_be = \"api.example.com\" }";
    let provider = provider_with(&OAUTH.replace("rotates = true", host));
    let account = account(&provider, &OAUTH_SECRETS);
    let wrong = reply(
        200,
        &[],
        "{\"access_token\":\"canary-t\",\"refresh_token\":\"canary-refresh-1\",\"at\":\"evil.example\"}",
    );
    let transport = Memory::of([wrong, renewed(2, 60)]);
    let links = links(&transport);
    assert_eq!(
        ask(&account, &links, None).await,
        refused("the token is for the host `evil.example`, and the account says `api.example.com`")
    );
    assert_eq!(ask(&account, &links, None).await, good("canary-token-2"));
    assert_eq!(refresh_tokens(&transport), ["canary-refresh-0", "canary-refresh-1"]);
}

/// A store that fails when told to, and keeps what it was given.
#[derive(Clone, Default)]
struct Store {
    fails: Arc<AtomicUsize>,
    kept: Arc<Mutex<Option<Tokens>>>,
}

impl Store {
    fn refresh_token(&self) -> Option<String> {
        let kept = self.kept.lock().expect("the tokens");
        let token = kept.as_ref()?.refresh.as_ref()?;
        Some(token.expose_secret().to_owned())
    }
}

impl TokenStore for Store {
    fn load<'a>(&'a self, _: &'a str) -> Stored<'a, Option<Tokens>> {
        let kept = self.kept.lock().expect("the tokens").clone();
        Box::pin(async move { Ok(kept) })
    }

    fn save<'a>(&'a self, _: &'a str, tokens: &'a Tokens) -> Stored<'a, ()> {
        Box::pin(async move {
            if self.fails.load(Ordering::Acquire) > 0 {
                self.fails.fetch_sub(1, Ordering::AcqRel);
                return Err(StoreError("the disk is full".to_owned()));
            }
            *self.kept.lock().expect("the tokens") = Some(tokens.clone());
            Ok(())
        })
    }
}

#[tokio::test(start_paused = true)]
async fn tokens_are_saved_before_they_are_used_and_not_lost_when_that_fails() {
    let store = Store::default();
    store.fails.store(1, Ordering::Release);
    let transport = endpoint(3600);
    let links = links_with(&transport, store.clone());
    let account = oauth_account();
    assert_eq!(ask(&account, &links, None).await, unavailable("the tokens cannot be kept: the disk is full"));
    assert_eq!(store.refresh_token(), None);
    assert_eq!(ask(&account, &links, None).await, good("canary-token-1"));
    assert_eq!(store.refresh_token(), Some("canary-refresh-1".to_owned()));
    assert_eq!(transport.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_another_process_saved_is_used() {
    let store = Store::default();
    *store.kept.lock().expect("the tokens") = Some(Tokens {
        access: Some(AccessToken { value: "canary-other".into(), expires: Some(epoch() + Duration::from_hours(1)) }),
        refresh: Some("canary-refresh-9".into()),
    });
    let transport = endpoint(3600);
    let links = links_with(&transport, store);
    let account = oauth_account();
    assert_eq!(ask(&account, &links, None).await, good("canary-other"));
    assert_eq!(ask(&account, &links, Some("canary-other")).await, good("canary-token-1"));
    assert_eq!(refresh_tokens(&transport), ["canary-refresh-9"]);
}

#[tokio::test(start_paused = true)]
async fn a_stored_refresh_token_that_is_refused_gives_way_to_the_account_s_own() {
    let store = Store::default();
    *store.kept.lock().expect("the tokens") = Some(Tokens { access: None, refresh: Some("canary-refresh-9".into()) });
    let transport = Memory::of([reply(400, &[], "{\"error\":\"invalid_grant\"}"), renewed(1, 60)]);
    let links = links_with(&transport, store);
    assert_eq!(ask(&oauth_account(), &links, None).await, good("canary-token-1"));
    assert_eq!(refresh_tokens(&transport), ["canary-refresh-9", "canary-refresh-0"]);
}
