//! Tokens: adding, listing, revoking.

use secrecy::SecretString;

use super::Administration;
use super::error::{AdminError, Finding};
use crate::store::{Tenant, TokenRow};

/// The longest name, in bytes.
const LONGEST_NAME: usize = 200;

impl Administration {
    /// Adds a token of a tenant, or of an administrator. Its text is given this once.
    pub async fn add_token(&self, tenant: Option<&Tenant>, name: &str) -> Result<(TokenRow, SecretString), AdminError> {
        if name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
            let message = format!("the name is longer than {LONGEST_NAME} bytes or holds control characters");
            return Err(AdminError::Refused(vec![Finding::new("/name", message)]));
        }
        Ok(self.store.add_token(tenant, name).await?)
    }

    /// All tokens, or a tenant's, in the order of their ids: at most `limit` after the id `after`.
    pub async fn tokens(
        &self,
        tenant: Option<&Tenant>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, AdminError> {
        Ok(self.store.tokens(tenant, after, limit).await?)
    }

    /// Takes a token out of use.
    pub async fn revoke_token(&self, id: &str) -> Result<(), AdminError> {
        if self.store.revoke_token(id).await? { Ok(()) } else { Err(AdminError::UnknownToken) }
    }
}
