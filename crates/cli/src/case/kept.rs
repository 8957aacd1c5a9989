//! What a run keeps of a renewed token, as far as a case can state it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mapwright_interpreter::{MemoryTokens, Stored, TokenStore, Tokens};
use serde_json::{Map, Value};

/// Keeps tokens in memory, and notes how long the last one lives.
#[derive(Clone, Debug, Default)]
pub(super) struct Keeper {
    tokens: Arc<MemoryTokens>,
    last: Arc<Mutex<Option<Value>>>,
}

impl Keeper {
    /// What is known of the token that was kept last: its `lifetime` and the moment `until` which it is good, both in
    /// whole seconds, where the provider says it. None where no token was kept.
    pub(super) fn token(&self) -> Option<Value> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl TokenStore for Keeper {
    fn load<'a>(&'a self, account: &'a str) -> Stored<'a, Option<Tokens>> {
        self.tokens.load(account)
    }

    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> Stored<'a, ()> {
        let mut known = Map::new();
        if let Some(expires) = tokens.access.as_ref().and_then(|access| access.expires) {
            let since = |start: SystemTime| expires.duration_since(start).unwrap_or_default();
            // Some time has passed since the answer came: less than half a second.
            let lifetime = since(SystemTime::now()) + Duration::from_millis(500);
            known.insert("lifetime".to_owned(), lifetime.as_secs().into());
            known.insert("until".to_owned(), since(UNIX_EPOCH).as_secs().into());
        }
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(known.into());
        self.tokens.save(account, tokens)
    }
}
