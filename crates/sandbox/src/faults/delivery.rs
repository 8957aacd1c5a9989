//! What comes over the connection.

use std::time::Duration;

use bytes::Bytes;
use http::Response;

use crate::faults::fault::Fault;
use crate::faults::what::What;

/// What comes over the connection.
#[derive(Debug, Clone)]
pub enum Comes {
    /// The answer.
    Whole(Response<Bytes>),
    /// An answer whose connection ends within its body.
    Part {
        /// The answer with the part of the body that comes.
        response: Response<Bytes>,
        /// The length that the whole body has and the answer states, in bytes.
        length: usize,
    },
    /// Nothing: the connection ends.
    Nothing,
}

/// How an answer reaches its caller.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What comes.
    pub comes: Comes,
    /// How long the caller waits for it. The request is done at once.
    pub delay: Duration,
    /// The fault that the request has met.
    pub fault: Option<Fault>,
}

impl Delivery {
    /// The delivery of an answer under a fault.
    pub(crate) fn of(response: Response<Bytes>, fault: Option<Fault>) -> Self {
        let delay = match fault.as_ref().map(|fault| &fault.what) {
            Some(What::Slow(span)) => *span,
            _ => Duration::ZERO,
        };
        let comes = match fault.as_ref().map(|fault| &fault.what) {
            Some(What::CutBefore | What::CutAfter) => Comes::Nothing,
            // Without a body the answer ends within its head, which nobody can use.
            Some(What::Truncated) if response.body().is_empty() => Comes::Nothing,
            Some(What::Truncated) => {
                let length = response.body().len();
                Comes::Part { response: response.map(|body| first_half(&body)), length }
            }
            _ => Comes::Whole(response),
        };
        Self { comes, delay, fault }
    }
}

/// The first half of a body.
pub(crate) fn first_half(body: &Bytes) -> Bytes {
    body.slice(..body.len() / 2)
}
