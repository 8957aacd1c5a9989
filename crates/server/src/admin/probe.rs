//! Whether a provider takes an account's credentials: a record is read. That there is none of that id is answer enough.

use std::sync::Arc;

use mapwright_interpreter::Account;
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::outcome::Failure;
use mapwright_mapping::plan::{Next, Replies, Run};
use mapwright_mapping::provider::Class;
use uuid::Uuid;

use super::Administration;
use super::check::{Candidate, Checked, check};
use super::error::AdminError;
use crate::run;
use crate::store::{AccountRow, State};

/// Ids that no record has, of the forms that ids have: the first that the mapping lets through is asked for.
const NOBODY: [&str; 4] = ["0", "00000000-0000-0000-0000-000000000000", "1", "none"];

/// What a test has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The provider takes the credentials.
    Good,
    /// The provider takes the credentials, and not for reading this.
    Forbidden,
    /// The provider does not take the credentials.
    NeedsReauth,
    /// The account is not what the mapping wants of one.
    Invalid,
    /// The account is still to be connected; nothing was sent.
    Connecting,
    /// The provider did not answer in a way that tells.
    Unknown,
}

impl Verdict {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Good => "good",
            Verdict::Forbidden => "forbidden",
            Verdict::NeedsReauth => "needs_reauth",
            Verdict::Invalid => "invalid",
            Verdict::Connecting => "connecting",
            Verdict::Unknown => "unknown",
        }
    }
}

/// What a test has shown, and the account as it is then.
#[derive(Clone, Debug)]
pub struct Probed {
    /// What it has shown.
    pub verdict: Verdict,
    /// The same in words.
    pub detail: String,
    /// The account.
    pub row: AccountRow,
}

impl Administration {
    /// Tests an account: it is checked anew, and a record is read with it. Its state is set to what that shows.
    pub async fn test_account(&self, id: Uuid, record: Option<&str>) -> Result<Probed, AdminError> {
        let row = self.account(id).await?;
        let candidate = Candidate {
            name: row.token_name(),
            provider: &row.provider,
            label: &row.label,
            auth: row.auth.as_deref(),
            variables: &row.variables,
            overlay: row.overlay.as_deref(),
            base: row.base.as_deref(),
            secrets: self.store.secrets(&row)?,
        };
        let (verdict, detail) = match check(&self.catalog(), candidate) {
            Err(error @ (AdminError::Refused(_) | AdminError::Overlay(_))) => (Verdict::Invalid, error.to_string()),
            Err(other) => return Err(other),
            Ok(Checked { state: State::Connecting, .. }) => {
                (Verdict::Connecting, "the account has no refresh token yet".to_owned())
            }
            Ok(Checked { account, mappings, .. }) => match mappings.first() {
                Some(mapping) => self.read(&account, mapping, record).await,
                None => (Verdict::Invalid, "the provider has no mapping".to_owned()),
            },
        };
        let state = match verdict {
            Verdict::Good => Some(State::Active),
            Verdict::NeedsReauth => Some(State::NeedsReauth),
            Verdict::Invalid => Some(State::ValidationError),
            Verdict::Connecting => Some(State::Connecting),
            // What a provider forbids, or what passes by itself, says nothing of the credentials.
            Verdict::Forbidden | Verdict::Unknown => None,
        };
        if let Some(state) = state {
            // A provider's words are told and not kept: they may repeat what it was sent.
            let reason = match verdict {
                Verdict::Good => None,
                Verdict::NeedsReauth => Some(run::refused(None)),
                _ => Some(detail.clone()),
            };
            self.store.set_state(id, row.revision, state, reason.as_deref()).await?;
        }
        Ok(Probed { verdict, detail, row: self.account(id).await? })
    }

    async fn read(&self, account: &Account, mapping: &Arc<Mapping>, record: Option<&str>) -> (Verdict, String) {
        let record = record.or_else(|| NOBODY.into_iter().find(|id| is_sent(account, mapping, id)));
        let finished = self.interpreter.get(account, mapping, record.unwrap_or("0"), Vec::new()).await;
        match finished.result {
            Ok(_) => (Verdict::Good, "the provider takes the credentials".to_owned()),
            Err(failure) if finished.needs_reauth => (Verdict::NeedsReauth, failure.message),
            Err(failure) => judged(failure, finished.trace.calls.is_empty()),
        }
    }
}

/// Whether a read of this id gets as far as a request.
fn is_sent(account: &Account, mapping: &Arc<Mapping>, id: &str) -> bool {
    let run = Run::get(Arc::clone(mapping), Arc::clone(account.bound()), id, Vec::new());
    run.is_ok_and(|run| matches!(run.next(&Replies::new()), Next::Send(_)))
}

/// What a failed read shows.
fn judged(failure: Failure, unsent: bool) -> (Verdict, String) {
    let message = failure.message;
    match failure.class {
        _ if unsent => (Verdict::Unknown, format!("nothing was sent: {message}")),
        Class::NotFound => (Verdict::Good, "the provider takes the credentials, and has no such record".to_owned()),
        Class::Invalid | Class::Unsupported | Class::Conflict => {
            (Verdict::Good, format!("the provider takes the credentials, and says: {message}"))
        }
        Class::Forbidden => (Verdict::Forbidden, message),
        Class::Auth | Class::Rate | Class::Provider | Class::Unavailable | Class::Ambiguous | Class::Bug => {
            (Verdict::Unknown, message)
        }
    }
}
