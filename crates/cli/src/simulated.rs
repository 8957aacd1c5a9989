//! A simulated provider as a transport: no socket, no network.
//!
//! A fault of the connection ends as it ends over the interpreter's HTTP client, in the same words.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use mapwright_interpreter::{Context, Sending, Transport, TransportError};
use mapwright_mapping::reply::Reply;
use mapwright_sandbox::{Comes, Delivery, Sandbox};

use crate::files;
use crate::problem::Problem;

/// What an HTTP client says of a connection that ends before an answer.
const ENDED: &str = "connection closed before message completed";

/// What it says of one that ends within an answer.
const ENDED_WITHIN: &str = "end of file before message length reached";

/// Hands every request to a simulated provider in this process. Clones share what was seen.
#[derive(Clone, Debug)]
pub struct Simulated {
    sandbox: Sandbox,
    replies: Arc<Mutex<Vec<Reply>>>,
    met: Arc<Mutex<Vec<Met>>>,
}

/// A request that has met a fault, or none.
#[derive(Clone, Debug)]
pub(crate) struct Met {
    /// The method.
    pub(crate) method: String,
    /// The URL as traces show it.
    pub(crate) url: String,
    /// The fault.
    pub(crate) fault: Option<String>,
}

impl Simulated {
    /// Over a simulated provider.
    pub fn new(sandbox: Sandbox) -> Simulated {
        Simulated { sandbox, replies: Arc::default(), met: Arc::default() }
    }

    /// Every reply so far, in order, as it came.
    pub(crate) fn replies(&self) -> Vec<Reply> {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every request so far, in order, with the fault that it has met.
    pub(crate) fn met(&self) -> Vec<Met> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn answer(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let Delivery { comes, delay, fault } = self.sandbox.deliver(&request);
        let url = request.uri().to_string();
        let url = request.extensions().get::<Context>().map_or_else(|| url.clone(), |context| context.masked(&url));
        let met = Met { method: request.method().to_string(), url, fault: fault.map(|fault| fault.to_string()) };
        self.met.lock().unwrap_or_else(PoisonError::into_inner).push(met);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        match comes {
            Comes::Whole(response) => {
                self.keep(&response);
                Ok(response)
            }
            Comes::Part { .. } => Err(TransportError::CutOff(ENDED_WITHIN.to_owned())),
            Comes::Nothing => Err(TransportError::Ambiguous(ENDED.to_owned())),
        }
    }

    fn keep(&self, response: &Response<Bytes>) {
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        let reply = Reply {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body: response.body().to_vec().into(),
        };
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).push(reply);
    }
}

impl Transport for Simulated {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(self.answer(request))
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
