//! What is true of a provider whatever the resource: address, variables, authentication, limits, errors.
//!
//! | part | file |
//! |---|---|
//! | address | `address.rs` |
//! | variables | `../variables.rs` |
//! | auth | `auth.rs` |
//! | limits | `limits.rs` |
//! | errors | `errors.rs` |

mod address;
mod auth;
mod errors;
mod limits;
mod resolve;

use std::collections::BTreeMap;

pub use address::Address;
pub use auth::{Auth, Authorize, Basic, Expires, HostCheck, Refresh, TokenBody, TokenClient};
pub use errors::{Class, During, Errors, Fault, Judged, Purpose, Rule, Wait, WaitFrom, When};
pub use limits::{Limits, Pace, Reset, Unit};

use crate::mapping::Origins;
use crate::template::Template;
use crate::variables::Variable;

/// A provider, checked.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its id: the name of its directory.
    pub id: String,
    /// The name that people know.
    pub label: String,
    /// The base of every path.
    pub base: Address,
    /// Headers of every request to the base, in the order of the names.
    pub headers: Vec<(String, Template)>,
    /// What an account has to say besides its credentials.
    pub variables: BTreeMap<String, Variable>,
    /// The ways of authenticating.
    pub auth: BTreeMap<String, Auth>,
    /// How fast the provider may be called.
    pub limits: Limits,
    /// How errors are told apart.
    pub errors: Errors,
    /// Where its variables are declared.
    pub origins: Origins,
}

impl Provider {
    /// Whether the provider declares the variable, or the column of one.
    pub fn has_variable(&self, name: &str) -> bool {
        self.variables.contains_key(name)
            || name.split_once('.').is_some_and(|(variable, column)| {
                match self.variables.get(variable).map(|v| &v.legal) {
                    Some(crate::variables::Legal::Rows { columns, .. }) => columns.iter().any(|known| known == column),
                    _ => false,
                }
            })
    }
}
