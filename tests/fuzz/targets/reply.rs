//! An answer of a provider, to any request of any case.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use mapwright_interpreter::Interpreter;

use super::desk::{Answers, block_on, desk, response};
use super::settled::finished;
use super::{PROVIDERS, chosen, message, rest};

/// The statuses that an answer may have.
const STATUSES: [u16; 16] = [200, 201, 202, 204, 207, 302, 400, 401, 403, 404, 409, 412, 422, 429, 500, 503];

/// An answer: the first byte chooses the provider, the second the case, the third which of its answers is replaced, the
/// fourth the status.
pub(super) fn answer(bytes: &[u8]) {
    let desk = desk(chosen(bytes, 0, PROVIDERS.len()));
    let Some(case) = desk.cases().get(chosen(bytes, 1, desk.cases().len())) else { return };
    let replaced = chosen(bytes, 2, case.exchanges.len());
    let Some(made) = made(STATUSES[chosen(bytes, 3, STATUSES.len())], rest(bytes, 4)) else { return };
    let told: Vec<_> = case.exchanges.iter().map(|exchange| response(&exchange.reply)).collect();
    let count = AtomicUsize::new(0);
    let interpreter = Interpreter::new(Answers(move |_: &_| {
        let at = count.fetch_add(1, Ordering::SeqCst);
        match told.get(at) {
            Some(told) if at != replaced => told.clone(),
            _ => Ok(made.clone()),
        }
    }));
    let account = case.account(desk.mapping()).expect("the case's account");
    block_on(async { finished(&case.ask(&interpreter, &account, desk.mapping()).await) });
}

/// A reply of a status, with the head and the body of a message; none where HTTP has none like it.
pub(super) fn made(status: u16, bytes: &[u8]) -> Option<Response<Bytes>> {
    let (head, body) = message(bytes);
    let mut response = Response::new(Bytes::copy_from_slice(body));
    *response.status_mut() = StatusCode::from_u16(status).ok()?;
    for (name, value) in head {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        response.headers_mut().append(name, HeaderValue::from_str(&value).ok()?);
    }
    Some(response)
}
