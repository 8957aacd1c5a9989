//! A simulated provider as a transport: no socket, no network.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use mapwright_interpreter::{Sending, Transport};
use mapwright_mapping::reply::Reply;
use mapwright_sandbox::Sandbox;

use crate::files;
use crate::problem::Problem;

/// Hands every request to a simulated provider in this process.
#[derive(Clone, Debug)]
pub(crate) struct Simulated {
    sandbox: Sandbox,
    replies: Arc<Mutex<Vec<Reply>>>,
}

impl Simulated {
    /// Over a simulated provider.
    pub(crate) fn new(sandbox: Sandbox) -> Simulated {
        Simulated { sandbox, replies: Arc::default() }
    }

    /// Every reply so far, in order, as it came.
    pub(crate) fn replies(&self) -> Vec<Reply> {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let response = self.sandbox.handle(request);
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        let reply =
            Reply { status: response.status().as_u16(), headers: headers.collect(), body: response.body().to_vec() };
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).push(reply);
        response
    }
}

impl Transport for Simulated {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(std::future::ready(Ok(self.answer(&request))))
    }
}

/// Puts back the state that a file holds; a file that is not there is the beginning.
pub(crate) fn restore(sandbox: &Sandbox, path: &Path) -> Result<(), Problem> {
    if !path.exists() {
        return Ok(());
    }
    let text = files::text(path)?;
    let state = serde_json::from_str(&text)
        .map_err(|error| Problem::unreadable(path, &format!("the state is not JSON: {error}")))?;
    sandbox.restore(&state).map_err(|error| Problem::unreadable(path, &error.to_string()))
}

/// Saves the state to a file.
pub(crate) fn save(sandbox: &Sandbox, path: &Path) -> Result<(), Problem> {
    files::replace(path, &format!("{:#}\n", sandbox.state()))
}
