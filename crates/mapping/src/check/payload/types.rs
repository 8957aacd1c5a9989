//! What a slot converts to can stand at its paths, and what it converts from is its leaf.

use serde_json::Value;

use super::kinds::{advice, fits_place, fits_scalar, fits_value, in_words, of_scalar};
use super::schema::{Node, Step};
use super::walk::Walk;
use crate::check::sites::{Owner, Site, Spot};
use crate::codec::{Chain, Kind, RawChain, RawCodec, RawName};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::pointer;
use crate::mapping::{Body, Clear, RecordId, Rows, Table, TableId, Unknown};
use crate::model::Scalar;
use crate::raw::RawRead;

pub(super) fn check(walk: Walk<'_, '_>, out: &mut Diagnostics) {
    for site in walk.scope.sites.iter().filter(|site| !site.is_broken()) {
        read_only_codec(walk, site, out);
        if site.slot.computed.as_ref().is_none_or(|computed| computed.read.is_none()) {
            for spot in &site.reads {
                side(walk, site, spot, true, out);
            }
        }
        if site.slot.computed.as_ref().is_none_or(|computed| computed.write.is_none()) {
            for spot in site.write.iter().filter(|_| site.slot.is_writable()) {
                side(walk, site, spot, false, out);
            }
        }
        for spot in site.write.iter().filter(|_| site.slot.is_writable() && !site.in_item()) {
            clears(walk, site, spot, out);
        }
    }
}

/// The provider takes null as it is spelled. Lists that are written as their differences are emptied item by item.
fn clears(walk: Walk<'_, '_>, site: &Site<'_>, spot: &Spot, out: &mut Diagnostics) {
    let mapping = walk.scope.mapping;
    let (Some(node), Some(record)) = (place(walk, site, spot, false), walk.scope.record(spot.record)) else { return };
    let diff = record.write.as_ref().is_some_and(|write| matches!(write.body, Body::JsonPatch { diff: true, .. }));
    let (named, spelled) = match mapping.clear_of(site.slot) {
        Some(Clear::Null) => ("null", "null"),
        Some(Clear::Text) => ("string", "\"\""),
        Some(Clear::List) => ("array", "[]"),
        Some(Clear::Remove | Clear::Never) => return,
        None => match record.clear {
            Clear::Null => ("null", "null"),
            Clear::Text => ("string", "\"\""),
            Clear::List => ("array", "[]"),
            Clear::Remove | Clear::Never => return,
        },
    };
    // An object at the end of a path is another finding.
    if node.types().is_none() || node.has_type(named) || node.has_type("object") || (diff && node.has_type("array")) {
        return;
    }
    let message =
        format!("null is spelled {spelled} here, and the provider takes {} at `{}`", in_words(&node), spot.path);
    let forms = record.write.as_ref().is_some_and(|write| matches!(write.body, Body::Form(_)));
    let help = if forms && named == "string" {
        "give the slot a `clear` that the provider takes, or \"never\" where it takes none; where an empty text of the \
         form clears it, the payload's entry takes \"\" too: `\"type\": [\"integer\", \"string\"]`"
    } else {
        "give the slot a `clear` that the provider takes, or \"never\" where it takes none"
    };
    out.push(Diagnostic::error(Code::ClearMismatch, spot.place(walk.scope.doc()), message).with_help(help));
}

/// A codec that only reads stands in no slot that is written.
fn read_only_codec(walk: Walk<'_, '_>, site: &Site<'_>, out: &mut Diagnostics) {
    if site.is_written() && site.slot.codec.is_read_only() {
        out.push(
            Diagnostic::error(
                Code::CodecMismatch,
                walk.scope.doc().place(&site.sub("as")),
                "this codec only reads: it has no way back",
            )
            .with_help("state it for reading alone, as `read = { path = …, as = … }`, or add `read_only`"),
        );
    }
}

/// One direction of a slot.
fn side(walk: Walk<'_, '_>, site: &Site<'_>, spot: &Spot, reading: bool, out: &mut Diagnostics) {
    let Some(mut node) = place(walk, site, spot, reading) else { return };
    if site.slot.form.is_some() && !(reading && site.slot.read_codec.is_some()) {
        // What a form writes and reads is held against the schema in `shapes.rs`.
        return;
    }
    let at = if reading && site.slot.read_codec.is_some() { pointer(&site.sub("read"), "as") } else { site.sub("as") };
    let raw = match (reading, site.raw) {
        (true, Some(raw)) => match &raw.read {
            Some(RawRead::Table(table)) => Some(&table.codec),
            _ => raw.codec.as_ref(),
        },
        (_, raw) => raw.and_then(|raw| raw.codec.as_ref()),
    };
    let own_read = reading && site.slot.read_codec.is_some();
    let mut codecs = codecs(walk, site, spot.record, raw, own_read);
    // A list of one holds the value itself.
    while matches!(codecs.first(), Some(RawCodec::Name(RawName::First))) {
        match walk.payload.items(&node) {
            Step::To(item) if node.has_type("array") => node = item,
            _ => break,
        }
        codecs.remove(0);
    }
    let chain =
        if codecs.is_empty() { Chain::default() } else { Chain::new(&RawChain::Many(codecs)).unwrap_or_default() };
    let text_at = if raw.is_some() { walk.scope.doc().place(&at) } else { spot.place(walk.scope.doc()) };
    let scalar = leaf_scalar(walk, site);
    let under = under(walk, site, spot.record, own_read);
    if let Some(kind) = chain.wire_kind().filter(|kind| !fits_place(*kind, &node)) {
        let codec = match under {
            Some((record, _)) => format!("the `values` of record `{record}` take"),
            None => "the codec takes".to_owned(),
        };
        let message = format!("the provider holds {} at `{}`, {codec} {kind}", in_words(&node), spot.path);
        out.push(beside_values(walk, under, Diagnostic::error(Code::CodecMismatch, text_at, message)));
        return;
    }
    if let Some(table) = site.slot.table {
        remotes(walk, site, table, &chain, &node, spot, out);
        return;
    }
    let Some(scalar) = scalar else { return };
    let wrong = match (chain.unified_kind(), chain.is_identity()) {
        (Some(Kind::List), _) | (None, true) if site.slot.many => None,
        (Some(kind), _) if !fits_scalar(kind, scalar) => {
            Some(format!("the codec gives {kind}, `{}` is {}", site.name(), scalar.in_words()))
        }
        (None, true) if scalar == Scalar::Instant || !fits_place(of_scalar(scalar), &node) => {
            let holds = if node.types().is_none() { "any value".to_owned() } else { in_words(&node) };
            Some(format!("`{}` is {}, the provider holds {holds} at `{}`", site.name(), scalar.in_words(), spot.path))
        }
        _ => None,
    };
    if let Some(message) = wrong {
        let found = beside_values(walk, under, Diagnostic::error(Code::CodecMismatch, text_at, message));
        out.push(match advice(scalar, &node).filter(|_| chain.is_identity()) {
            Some(help) => found.with_help(help),
            None => found,
        });
    }
}

/// The place that one direction of a slot leads to; none where it leads nowhere, which has its finding.
pub(super) fn place<'a>(walk: Walk<'a, '_>, site: &Site<'_>, spot: &Spot, reading: bool) -> Option<Node<'a>> {
    if let Owner::Item(list, _) = site.owner {
        let (_, array) = walk.scope.arrays.iter().find(|(name, _)| *name == list.name)?;
        let node = if reading { walk.read(array)? } else { walk.written(array)? };
        let Step::To(item) = walk.payload.items(&node.ok()?) else { return None };
        return walk.path(&item, &spot.path, None).ok();
    }
    if reading { walk.read(spot)?.ok() } else { walk.written(spot)?.ok() }
}

/// The codecs between wire and leaf, wire side first: the record's, then the slot's. A codec for reading alone stands
/// for both, and a leaf of an item has its own alone.
fn codecs(
    walk: Walk<'_, '_>,
    site: &Site<'_>,
    record: RecordId,
    raw: Option<&RawChain>,
    own_read: bool,
) -> Vec<RawCodec> {
    let written = |chain: Option<&RawChain>| match chain {
        None => Vec::new(),
        Some(RawChain::One(one)) => vec![one.clone()],
        Some(RawChain::Many(many)) => many.clone(),
    };
    let values = under(walk, site, record, own_read).map(|(_, values)| values);
    written(values).into_iter().chain(written(raw)).collect()
}

/// The codec that a slot's record states for all its values, with the record's name.
fn under<'a>(walk: Walk<'_, 'a>, site: &Site<'_>, record: RecordId, own_read: bool) -> Option<(&'a str, &'a RawChain)> {
    if own_read || site.in_item() {
        return None;
    }
    let values = walk.scope.raw_record(record)?.values.as_ref()?;
    Some((&walk.scope.record(record)?.name, values))
}

/// A finding that shows the record's `values`, where there are any, too.
fn beside_values(walk: Walk<'_, '_>, under: Option<(&str, &RawChain)>, found: Diagnostic) -> Diagnostic {
    let Some((record, _)) = under else { return found };
    let at = pointer(&pointer("/records", record), "values");
    found.with_related(walk.scope.doc().place(&at), "they stand under every slot of the record")
}

/// The type of the leaf; that of text for several leaves in one.
fn leaf_scalar(walk: Walk<'_, '_>, site: &Site<'_>) -> Option<Scalar> {
    if site.is_joined() {
        return Some(Scalar::Text);
    }
    site.leaves(&walk.scope.mapping.model).first()?.scalar()
}

/// The remote values of a table can stand at the slot's path.
fn remotes(
    walk: Walk<'_, '_>,
    site: &Site<'_>,
    table: TableId,
    chain: &Chain,
    node: &Node<'_>,
    spot: &Spot,
    out: &mut Diagnostics,
) {
    let Some(table) = walk.scope.mapping.tables.get(table.0) else { return };
    let at = pointer(&pointer("/tables", &table.name), "rows");
    let rows = match &table.rows {
        Rows::Static(rows) => rows,
        Rows::Fetched(_) => return fetched(walk, site, table, chain, node, spot, out),
    };
    for row in rows.iter() {
        let wire = chain.encode(&row.remote);
        let fits = match &wire {
            Ok(value) => fits_value(value, node),
            Err(_) => false,
        };
        if !fits {
            let place = walk.scope.doc().place(&pointer(&at, &row.unified));
            let message = format!(
                "`{}` cannot stand at `{}`, where the provider holds {}",
                shown(&row.remote),
                spot.path,
                in_words(node)
            );
            out.push(
                Diagnostic::error(Code::CodecMismatch, place, message)
                    .with_related(spot.place(walk.scope.doc()), format!("`{}` uses the table here", site.name())),
            );
        }
    }
}

/// The remote values that a look-up brings can stand at the slot's path.
fn fetched(
    walk: Walk<'_, '_>,
    site: &Site<'_>,
    table: &Table,
    chain: &Chain,
    node: &Node<'_>,
    spot: &Spot,
    out: &mut Diagnostics,
) {
    let (Some(remote), Some(taken)) = (super::lookups::remote(walk, table), node.types()) else { return };
    let Some(brought) = remote.types() else { return };
    // What only stands in when the written place is empty is shown as it is.
    let stands_in = site.reads.iter().skip(1).any(|read| read.path == spot.path);
    if stands_in && table.unknown_read == Unknown::Pass {
        return;
    }
    let number = |types: &std::collections::BTreeSet<&str>| types.contains("integer") || types.contains("number");
    let fits = match chain.unified_kind() {
        None if chain.is_identity() => !brought.is_disjoint(&taken) || (number(&brought) && number(&taken)),
        None => true,
        Some(kind) => fits_place(kind, &remote),
    };
    if !fits {
        let message = format!(
            "table `{}` brings {}, the provider holds {} at `{}`",
            table.name,
            in_words(&remote),
            in_words(node),
            spot.path
        );
        out.push(Diagnostic::error(Code::CodecMismatch, walk.scope.doc().place(&site.sub("table")), message));
    }
}

/// A written value in a message.
pub(super) fn shown(value: &Value) -> String {
    value.to_string()
}
