//! A person's consent at every shipped provider that has OAuth: the address that is opened, and the code's exchange with
//! the simulated providers whose sheets state it, in this process and over a socket.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use mapwright_cli::{Library, Simulated};
use mapwright_interpreter::{Account, Client, ConsentError, Http, Interpreter, Tokens};
use mapwright_mapping::mapping::Mapping;
use mapwright_sandbox::Sandbox;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::net::TcpListener;

const BACK: &str = "https://app.example.org/back";

/// A provider with a way of authenticating that a person consents to.
struct Provider {
    mapping: Arc<Mapping>,
    sandbox: Sandbox,
    auth: String,
}

impl Provider {
    fn all() -> Vec<Provider> {
        let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings");
        let library = Library::open(&[mappings], None).expect("the mappings can be read");
        let open = |id: &str| {
            let mapping = Arc::clone(library.mapping(id, None).expect("a mapping"));
            let auth = mapping.provider.auth.values().find(|auth| auth.authorize.is_some())?.name.clone();
            Some(Provider { sandbox: library.sandbox(id).expect("a simulated provider"), mapping, auth })
        };
        library.providers().into_iter().filter_map(open).collect()
    }

    fn id(&self) -> &str {
        &self.mapping.provider.id
    }

    fn secret(&self, name: &str) -> Option<String> {
        self.sandbox.demo().secrets.get(&self.auth)?.get(name).cloned()
    }

    fn variables(&self) -> BTreeMap<String, Value> {
        let variables = self.sandbox.demo().variables.iter();
        variables.map(|(name, text)| (name.clone(), text.as_str().into())).collect()
    }

    fn secrets(&self, more: &[(&str, &str)]) -> BTreeMap<String, SecretString> {
        let own = ["client_id", "client_secret"].map(|name| (name.to_owned(), self.secret(name).expect("a secret")));
        let more = more.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        own.into_iter().chain(more).map(|(name, text)| (name, SecretString::from(text))).collect()
    }

    fn client(&self) -> Client {
        self.client_with(&[])
    }

    fn client_with(&self, more: &[(&str, &str)]) -> Client {
        let provider = &self.mapping.provider;
        Client::new(provider, Some(&self.auth), &self.variables(), self.secrets(more)).expect("a client")
    }

    /// An account with the refresh token that came.
    fn account(&self, tokens: &Tokens) -> Account {
        let token = tokens.refresh.as_ref().expect("a refresh token").expose_secret();
        let secrets = self.secrets(&[("refresh_token", token)]);
        let provider = &self.mapping.provider;
        Account::new("new", provider, Some(&self.auth), &self.variables(), secrets).expect("an account")
    }
}

fn is_refused(exchanged: &Result<Tokens, ConsentError>) -> bool {
    matches!(exchanged, Err(ConsentError::Refused(_)))
}

#[test]
fn the_address_of_each_provider_is_one_that_a_person_can_open() {
    let begun = Provider::all().into_iter().map(|provider| {
        let begun = provider.client().begin(BACK).expect("an address");
        let url: http::Uri = begun.url.parse().expect("a URL");
        assert!(url.query().expect("a query").contains("redirect_uri=https%3A%2F%2Fapp.example.org%2Fback"));
        let address =
            format!("{}://{}{}", url.scheme_str().unwrap_or_default(), url.host().unwrap_or_default(), url.path());
        (provider.id().to_owned(), address, begun.verifier.is_some())
    });
    let begun: Vec<_> = begun.collect();
    let begun: Vec<_> = begun.iter().map(|(id, url, pkce)| (id.as_str(), url.as_str(), *pkce)).collect();
    assert_eq!(
        begun,
        [
            ("dynamics365_sales", "https://login.microsoftonline.com/common/oauth2/v2.0/authorize", false),
            ("hubspot", "https://app.hubspot.com/oauth/authorize", true),
            ("monday_crm", "https://auth.monday.com/oauth2/authorize", true),
            ("pipedrive", "https://oauth.pipedrive.com/oauth/authorize", false),
            ("zendesk_sell", "https://api.getbase.com/oauth2/authorize", false),
            ("zoho_crm", "https://accounts.zoho.com/oauth/v2/auth", false),
        ]
    );
}

/// The whole way, over one interpreter: from the code to a lead that is read with what came of it.
async fn from_code_to_lead(
    provider: &Provider,
    interpreter: &Interpreter,
    at: impl Fn(Account) -> Account,
    client: &Client,
) {
    let id = provider.id();
    let code = SecretString::from(provider.secret("code").expect("a code"));
    let begun = client.begin(BACK).expect("an address");
    let exchange = async |code: &SecretString| interpreter.exchange(client, code, BACK, begun.verifier.as_ref()).await;
    assert!(is_refused(&exchange(&SecretString::from("sandbox-code-of-nobody")).await), "{id}");
    let tokens = exchange(&code).await.expect(id);
    assert!(tokens.access.is_some(), "{id}");
    assert!(is_refused(&exchange(&code).await), "{id}: a code is good once");
    let account = at(provider.account(&tokens));
    let first = &provider.sandbox.demo().first_id;
    let read = interpreter.get(&account, &provider.mapping, first, Vec::new()).await;
    assert!(read.result.is_ok(), "{id}: {read:#?}");
    assert!(read.trace.calls[0].is_renewal(), "{id}");
}

#[tokio::test(start_paused = true)]
async fn a_code_brings_an_account_in_this_process() {
    let mut tried = Vec::new();
    for provider in Provider::all().into_iter().filter(|provider| provider.secret("code").is_some()) {
        let interpreter = Interpreter::new(Simulated::new(provider.sandbox.clone()));
        let strangers = provider.client_with(&[("client_secret", "sandbox-secret-of-nobody")]);
        let code = SecretString::from(provider.secret("code").expect("a code"));
        assert!(is_refused(&interpreter.exchange(&strangers, &code, BACK, None).await), "{}", provider.id());
        from_code_to_lead(&provider, &interpreter, |account| account, &provider.client()).await;
        tried.push(provider.id().to_owned());
    }
    assert_eq!(tried, ["hubspot", "monday_crm", "pipedrive", "zendesk_sell"]);
}

#[tokio::test]
async fn a_code_brings_an_account_over_a_socket() {
    for provider in Provider::all().into_iter().filter(|provider| provider.secret("code").is_some()) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let server = tokio::spawn(mapwright_sandbox::serve(listener, Arc::new(provider.sandbox.clone()), stopped));
        let interpreter = Interpreter::new(Http::new().expect("a client"));
        let client = provider.client().at(&address).expect("this machine");
        let at = |account: Account| account.at(&address).expect("this machine");
        from_code_to_lead(&provider, &interpreter, at, &client).await;
        stop.send(()).expect("it is served still");
        server.await.expect("no panic").expect("no error");
    }
}
