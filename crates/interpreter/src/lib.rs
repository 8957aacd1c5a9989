//! Runs Mapwright plans: the part that carries bytes, and the library that services embed.
//!
//! The mapping language is pure: it says which request comes next, and what an answer means. This crate takes step
//! after step from it, puts the account's credentials in last, sends the request, tries again where that helps and
//! cannot hurt, and hands the ending in.
//!
//! | what | file |
//! |---|---|
//! | runs a patch or a read | `interpreter.rs`, step by step in `session.rs`, one exchange in `wire.rs` |
//! | an account, from values or a file | `account.rs`, `account_file.rs` |
//! | the one method that carries a request | `transport.rs` |
//! | over HTTP; over a list of expected requests | `http.rs`, `replay.rs` |
//! | which addresses may be reached | `address_guard.rs` |
//! | credentials in headers | `credentials.rs` |
//! | asking a person for an account | `consent.rs` |
//! | renewing a token | `oauth.rs` (its request and answer), `tokens.rs` (where they are kept), `renewal.rs` (once for all) |
//! | whether an attempt is followed by another | `retry.rs` |
//! | what became of a run, or of a dry one | `finished.rs` |
//! | how fast an account may call; what the provider says of it | `pace.rs`, `rate.rs` |
//! | look-ups that are good for a while | `table_cache.rs` |
//! | spans of attempts, for whoever collects them | `span.rs` |
//! | what went over the wire, without secrets | `trace.rs`, `mask.rs` |
//!
//! Everything is `Send + Sync + 'static`, and there is no global state but the process default of rustls, which
//! [`Http::new`] sets where nobody has.

mod account;
mod account_file;
mod address_guard;
mod consent;
mod credentials;
mod finished;
#[cfg(test)]
mod fixture;
mod http;
mod interpreter;
mod mask;
mod oauth;
mod pace;
mod rate;
mod renewal;
mod replay;
mod retry;
mod session;
mod span;
mod table_cache;
mod tokens;
mod trace;
mod transport;
mod wire;

pub use account::{Account, AccountError, AccountErrors};
pub use account_file::AccountFile;
pub use address_guard::{PrivateAddress, PublicResolver, is_public};
pub use consent::{Authorization, Client, ConsentError};
pub use credentials::CredentialError;
pub use finished::{Finished, Planned, Raw};
pub use http::{Http, HttpError, LARGEST_REPLY};
pub use interpreter::{Clock, DEADLINE, Interpreter};
pub use mask::MASKED;
pub use oauth::AccessToken;
pub use rate::RateLeft;
pub use replay::{Difference, Exchange, Expected, ExpectedBody, Replay};
pub use retry::MOST_ATTEMPTS;
pub use tokens::{MemoryTokens, StoreError, Stored, TokenStore, Tokens};
pub use trace::{Call, ReceivedReply, Renewal, Sent, SentRequest, ShownBody, Trace};
pub use transport::{Context, Sending, Transport, TransportError};

// The types of these crates are part of this crate's face.
pub use mapwright_mapping;
pub use reqwest;
pub use secrecy;
