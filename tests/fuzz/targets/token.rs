//! An answer of a token endpoint: to a renewal, and to the exchange of a code.

use std::fs;

use bytes::Bytes;
use http::{Request, Response};
use mapwright_interpreter::{Account, AccountFile, Client, Interpreter};

use super::desk::{Answers, block_on, desk};
use super::reply::made;
use super::settled::finished;
use super::{PROVIDERS, chosen, rest, root};

/// The accounts that renew their tokens, among the examples.
pub(crate) const ACCOUNTS: [&str; 6] =
    ["dynamics365-sales", "hubspot", "monday-crm", "pipedrive", "zendesk-sell", "zoho-crm"];

/// Every secret of every account.
const SECRET: &str = "canary-secret-0";

/// The statuses that an answer may have.
const STATUSES: [u16; 8] = [200, 201, 204, 302, 400, 401, 429, 503];

/// An answer: the first byte chooses the account, the second the status.
pub(super) fn answer(bytes: &[u8]) {
    let Some(made) = made(STATUSES[chosen(bytes, 1, STATUSES.len())], rest(bytes, 2)) else { return };
    let name = ACCOUNTS[chosen(bytes, 0, ACCOUNTS.len())];
    let text = fs::read_to_string(root().join(format!("examples/accounts/{name}-oauth.toml"))).expect("an account");
    let environment = |_: &str| Some(SECRET.to_owned());
    let id = Account::provider_in(&text).expect("a provider");
    let desk = desk(PROVIDERS.iter().position(|known| *known == id).expect("a known provider"));
    let account = Account::from_toml("one", &text, &desk.mapping().provider, &environment).expect("an account");
    let interpreter = Interpreter::new(Answers(move |request: &Request<Bytes>| Ok(answered(request, &made))));
    let id = &desk.sandbox().demo().first_id;
    block_on(async {
        let read = interpreter.get(&account, desk.mapping(), id, Vec::new()).await;
        finished(&read);
        // What the provider says again of a secret is masked.
        assert!(!format!("{read:?}").contains(SECRET), "{read:?}");
        let file = AccountFile::parse(&text, &environment).expect("an account");
        let client = Client::new(&desk.mapping().provider, Some("oauth"), &file.variables, file.secrets);
        let Ok(client) = client else { return };
        let exchanged = interpreter.exchange(&client, &"code".into(), "https://a.example/back", None).await;
        if let Err(error) = exchanged {
            assert!(!error.to_string().contains(SECRET), "{error}");
        }
    });
}

/// The endpoint is the one that takes forms or has no credentials; any other request is told of an empty record.
fn answered(request: &Request<Bytes>, made: &Response<Bytes>) -> Response<Bytes> {
    let path = request.uri().path();
    if path.contains("token") { made.clone() } else { Response::new(Bytes::from_static(b"{}")) }
}
