//! For programs: the form that `mapwright schema coverage` describes.

use mapwright_mapping::coverage::Report;
use serde_json::json;

/// The report as JSON.
pub(crate) fn render(report: &Report) -> String {
    format!("{:#}\n", json!(report))
}
