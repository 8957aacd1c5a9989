use schemars::JsonSchema;
use serde::Deserialize;

use super::RawChain;
use crate::document::pointer;

/// Where a value lies in what is read: a path, or a path with a conversion for reading.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawPlace {
    /// The path.
    Path(String),
    /// The path, with a conversion for reading alone.
    Converted(RawConvertedPlace),
}

/// A path whose value is read with a conversion of its own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawConvertedPlace {
    /// The path.
    pub path: String,
    /// The conversion for reading.
    #[serde(rename = "as")]
    pub codec: RawChain,
}

impl RawPlace {
    /// The path.
    pub fn path(&self) -> &str {
        match self {
            RawPlace::Path(path) | RawPlace::Converted(RawConvertedPlace { path, .. }) => path,
        }
    }

    /// Where the path stands in the file, given where the whole stands.
    pub fn path_at(&self, at: &str) -> String {
        match self {
            RawPlace::Path(_) => at.to_owned(),
            RawPlace::Converted(_) => pointer(at, "path"),
        }
    }

    /// The conversion, where there is one.
    pub fn codec(&self) -> Option<&RawChain> {
        match self {
            RawPlace::Path(_) => None,
            RawPlace::Converted(converted) => Some(&converted.codec),
        }
    }
}
