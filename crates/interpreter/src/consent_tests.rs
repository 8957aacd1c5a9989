//! Consent over a transport in memory.

use super::*;
use crate::fixture::{Given, Memory, OAUTH, links, provider_with, reply};
use std::time::Duration;

const AUTHORIZE: &str = "[auth.oauth.authorize]\nurl = \"https://login.example.com/authorize\"\n\
    scopes = [\"books:read\", \"books write\"]\nparameters = { prompt = \"consent\" }\npkce = true\n";

const BACK: &str = "https://app.example.org/back?from=library";

fn client_of(authorize: &str) -> Client {
    let secrets = [("client_id", "canary id"), ("client_secret", "canary-secret")];
    let secrets = secrets.into_iter().map(|(name, value)| (name.to_owned(), SecretString::from(value)));
    let provider = provider_with(&format!("{OAUTH}{authorize}"));
    Client::new(&provider, None, &BTreeMap::new(), secrets.collect()).expect("a client")
}

/// The query of an address.
fn query(url: &str) -> Vec<(String, String)> {
    let url = reqwest::Url::parse(url).expect("a URL");
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

#[test]
fn the_address_asks_for_what_the_mapping_states() {
    let begun = client_of(AUTHORIZE).begin(BACK).expect("an address");
    assert!(begun.url.starts_with("https://login.example.com/authorize?"), "{}", begun.url);
    let verifier = begun.verifier.expect("a verifier");
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret()));
    let want = [
        ("response_type", "code"),
        ("client_id", "canary id"),
        ("redirect_uri", BACK),
        ("state", &begun.state),
        ("scope", "books:read books write"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("prompt", "consent"),
    ];
    assert_eq!(query(&begun.url), want.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(!begun.url.contains("canary-secret") && !begun.url.contains(verifier.expose_secret()));
}

#[test]
fn the_challenge_is_that_of_the_standard_s_example() {
    // RFC 7636, appendix B.
    let digest = Sha256::digest("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(URL_SAFE_NO_PAD.encode(digest), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn scopes_and_the_secret_are_there_only_where_the_mapping_says_so() {
    let bare = client_of("authorize = { url = \"https://login.example.com/authorize\" }\n");
    let begun = bare.begin(BACK).expect("an address");
    let names: Vec<String> = query(&begun.url).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["response_type", "client_id", "redirect_uri", "state"]);
    assert!(begun.verifier.is_none());
    let commas = AUTHORIZE.replace("pkce = true", "separator = \",\"");
    let begun = client_of(&commas).begin(BACK).expect("an address");
    assert!(query(&begun.url).contains(&("scope".to_owned(), "books:read,books write".to_owned())));
}

#[test]
fn every_person_has_a_state_and_a_secret_of_their_own() {
    let client = client_of(AUTHORIZE);
    let mut all = std::collections::BTreeSet::new();
    for _ in 0..50 {
        let begun = client.begin(BACK).expect("an address");
        let verifier = begun.verifier.expect("a verifier").expose_secret().to_owned();
        // RFC 7636 §4.1: 43 to 128 unreserved characters.
        assert!(verifier.len() == 43 && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        all.extend([begun.state, verifier]);
    }
    assert_eq!(all.len(), 100);
}

#[test]
fn a_person_comes_back_to_an_address_that_others_cannot_read() {
    let client = client_of(AUTHORIZE);
    for good in ["https://app.example.org", "http://localhost:8080/back", "http://127.0.0.1/back"] {
        assert!(client.begin(good).is_ok(), "{good}");
    }
    for bad in
        ["", "/back", "http://app.example.org", "https://a.example/#x", "javascript:alert(1)", "https://u:p@a.example"]
    {
        assert_eq!(client.begin(bad).err(), Some(ConsentError::RedirectUri), "{bad}");
    }
}

#[test]
fn an_account_without_consent_is_told_so() {
    let secrets = [("client_id", "a"), ("client_secret", "b")];
    let secrets: BTreeMap<_, _> =
        secrets.into_iter().map(|(name, value)| (name.to_owned(), SecretString::from(value))).collect();
    let none = Client::new(&provider_with(OAUTH), None, &BTreeMap::new(), secrets.clone()).expect_err("no consent");
    assert_eq!(none.0, [AccountError::NoConsent("oauth".to_owned())]);
    let mut half = secrets;
    half.remove("client_secret");
    let wrong = Client::new(&provider_with(&format!("{OAUTH}{AUTHORIZE}")), None, &BTreeMap::new(), half);
    let missing = AccountError::MissingSecret { name: "client_secret".to_owned(), auth: "oauth".to_owned() };
    assert_eq!(wrong.expect_err("a client without its secret").0, [missing]);
}

async fn exchange(transport: &Arc<Memory>) -> Result<Tokens, ConsentError> {
    let client = client_of(AUTHORIZE);
    let (code, verifier) = (SecretString::from("canary/code"), SecretString::from("canary-verifier"));
    let grant = Grant::Code { code: &code, redirect_uri: BACK, verifier: Some(&verifier) };
    let deadline = Instant::now() + Duration::from_secs(25);
    let exchanged = client.exchange(&links(transport), grant, deadline).await;
    let shown = format!("{client:?} {exchanged:?}");
    assert!(!shown.contains("canary"), "{shown}");
    exchanged
}

#[tokio::test(start_paused = true)]
async fn a_code_becomes_tokens() {
    let answer = "{\"access_token\":\"canary-token\",\"refresh_token\":\"canary-next\",\"expires_in\":60}";
    let transport = Memory::of([reply(200, &[], answer)]);
    let tokens = exchange(&transport).await.expect("tokens");
    assert_eq!(tokens.access.expect("a token").value.expose_secret(), "canary-token");
    assert_eq!(tokens.refresh.expect("a refresh token").expose_secret(), "canary-next");
    let seen = transport.seen.lock().expect("the requests");
    assert_eq!(format!("{} {}", seen[0].method(), seen[0].uri()), "POST https://login.example.com/token");
    assert_eq!(
        String::from_utf8_lossy(seen[0].body()),
        "grant_type=authorization_code&code=canary%2Fcode&redirect_uri=https%3A%2F%2Fapp.example.org%2Fback%3Ffrom%3D\
         library&code_verifier=canary-verifier&client_id=canary+id&client_secret=canary-secret"
    );
}

#[tokio::test(start_paused = true)]
async fn a_code_is_sent_once_unless_it_has_never_left() {
    type Answers = fn() -> Given;
    let refused = |why: &str| Some(ConsentError::Refused(why.to_owned()));
    let unavailable = |why: &str| Some(ConsentError::Unavailable(why.to_owned()));
    let cases: [(Answers, usize, Option<ConsentError>); 5] = [
        (
            || reply(400, &[], "{\"error\":\"invalid_grant\",\"error_description\":\"canary/code is spent\"}"),
            1,
            refused("status 400, invalid_grant, *** is spent"),
        ),
        (|| reply(200, &[], "{\"error\":\"x\"}"), 1, refused("status 200, x")),
        (|| reply(503, &[], ""), 1, unavailable("status 503")),
        (|| Err(TransportError::Ambiguous("cut".to_owned())), 1, unavailable("sent without an answer: cut")),
        (|| Err(TransportError::NeverSent("no".to_owned())), 3, unavailable("never sent: no")),
    ];
    for (given, attempts, want) in cases {
        let transport = Memory::with(Duration::ZERO, move |_| given());
        assert_eq!(exchange(&transport).await.err(), want);
        assert_eq!(transport.requests().len(), attempts, "{want:?}");
    }
}
