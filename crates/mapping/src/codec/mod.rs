//! Conversions between the form in which a provider holds a value (the *wire* form) and the form of the unified
//! model.
//!
//! A [`Chain`] is what an author writes as `as = …`: one codec or a list of codecs, wire side first. It is made from
//! its written form, [`RawChain`], and checked while it is made. Both directions are total functions: any JSON value
//! either converts or is refused with a [`CodecError`].
//!
//! Each codec is one of three kinds, which [`catalog()`] lists:
//! - *exact*: `decode(encode(v))` is the [`same()`] as `v` for every `v` of the codec's stated domain;
//! - *lossy*: stable after one trip, so that `encode(decode(encode(v)))` is `encode(v)` and likewise from the wire;
//! - *read only*: it decodes and refuses to encode.
//!
//! ```
//! use mapwright_mapping::codec::{Chain, RawChain};
//! use serde_json::json;
//!
//! let raw: RawChain = serde_json::from_value(json!(["first", { "suffix": "-books" }]))?;
//! let chain = Chain::new(&raw)?;
//! assert_eq!(chain.decode(&json!(["7-books", "8-books"]))?, json!("7"));
//! assert_eq!(chain.encode(&json!("7"))?, json!(["7-books"]));
//! assert!(chain.loss().is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod affix;
mod around;
mod boolean;
mod case;
mod catalog;
mod chain;
mod date;
mod datetime;
mod error;
mod first;
mod format;
mod instant;
mod integer;
mod json;
mod kind;
mod last_segment;
mod number;
mod raw;
mod read;
mod same;
mod split;
mod step;
mod text;
mod unix;

#[cfg(test)]
mod laws;

pub use around::Variables;
pub use catalog::{CodecInfo, Exactness, catalog};
pub use chain::{Chain, ChainError};
pub use error::CodecError;
pub use kind::Kind;
pub use raw::{RawAffix, RawAround, RawChain, RawCodec, RawDatetime, RawName, RawPrefix, RawSplit, RawSuffix};
pub use same::same;
