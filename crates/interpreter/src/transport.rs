//! The one method that carries a request.
//!
//! A transport is used behind `Arc<dyn Transport>`: an embedder writes neither a type parameter nor an `async fn` with
//! bounds, and may choose the transport of each interpreter while it runs. The boxed future costs one allocation
//! for each request that goes over a network.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use crate::mask::Mask;

/// A request on its way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'a>>;

/// Carries a request to a provider and brings its whole answer back.
///
/// A transport sends a request once: it neither repeats it nor follows a redirect. Every request has a [`Context`]
/// among its extensions. The future may be dropped at any moment; the request is then ambiguous.
pub trait Transport: Send + Sync + 'static {
    /// Sends one request.
    fn send(&self, request: Request<Bytes>) -> Sending<'_>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        (**self).send(request)
    }
}

/// Why there is no answer. The texts name no secret that the transport was not given in the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// It never left, and may leave another time: no name, no connection, no TLS.
    #[error("never sent: {0}")]
    NeverSent(String),
    /// It never left and never will: the transport refuses such a request.
    #[error("not sent: {0}")]
    Refused(String),
    /// It was sent, and then there was no answer: whether it was done is not known.
    #[error("sent without an answer: {0}")]
    Ambiguous(String),
    /// An answer began and was cut off.
    #[error("the answer is cut off: {0}")]
    CutOff(String),
    /// The answer is larger than the transport takes, in bytes.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
}

/// What a transport may want to know of a request besides its bytes; an extension of every request.
#[derive(Clone, Debug)]
pub struct Context {
    step: Arc<str>,
    local: bool,
    mask: Mask,
}

impl Context {
    /// The context of a request that no account stands behind. `local`: it may reach loopback, and nothing else.
    pub fn new(step: &str, local: bool) -> Context {
        Context { step: step.into(), local, mask: Mask::default() }
    }

    /// The same with an account's secrets.
    #[must_use]
    pub(crate) fn with_mask(mut self, mask: Mask) -> Context {
        self.mask = mask;
        self
    }

    /// The step in words, as traces name it.
    pub fn step(&self) -> &str {
        &self.step
    }

    /// Whether the account is bound to a loopback address: it may then be reached, and nothing else.
    pub fn is_local(&self) -> bool {
        self.local
    }

    /// A text with the account's secrets masked.
    pub fn masked(&self, text: &str) -> String {
        self.mask.text(text)
    }
}
