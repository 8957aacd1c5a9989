//! What has to hold across a mapping, beyond what each noun says of itself: a file each.

use crate::catalog::Sources;
use crate::diagnostic::Diagnostics;
use crate::mapping::Mapping;

/// Checks a resolved mapping: every finding in one pass.
pub fn check(_mapping: &Mapping, _sources: &Sources<'_>, _diagnostics: &mut Diagnostics) {}
