//! Reading columns.

use sqlx::any::AnyRow;
use sqlx::{Any, Decode, Row as _, Type};

use super::error::StoreError;
use crate::keyring::Sealed;

/// A column.
pub(super) fn column<'r, T: Decode<'r, Any> + Type<Any>>(row: &'r AnyRow, name: &str) -> Result<T, StoreError> {
    Ok(row.try_get(name)?)
}

/// What a key has sealed.
pub(super) fn sealed(row: &AnyRow) -> Result<Sealed, StoreError> {
    Ok(Sealed { key: column(row, "key_id")?, nonce: column(row, "nonce")?, bytes: column(row, "sealed")? })
}

/// A column with JSON.
pub(super) fn json<T: serde::de::DeserializeOwned>(row: &AnyRow, name: &str) -> Result<T, StoreError> {
    let text: String = column(row, name)?;
    serde_json::from_str(&text).map_err(|error| StoreError::Corrupt(format!("{name}: {error}")))
}
