//! `docs/laws/properties.md` says all that a law leaves out: each exception with its source, each computed field.

use std::path::Path;

use crate::desk::Desk;
use crate::hints::Hints;

/// The document names every exception of a provider and everything that the provider computes.
pub(crate) fn names_every_exception(hints: &'static Hints) {
    let desk = Desk::open(hints);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/laws/properties.md");
    let document = std::fs::read_to_string(path).expect("the document");
    let part = document.split("\n### ").find(|part| part.starts_with(hints.provider)).unwrap_or_default();
    let mut lines: Vec<String> = Vec::new();
    lines.extend(hints.locked.map(|(_, source)| format!("- a lead that is refused: {source}")));
    lines.extend(hints.refuses_back.map(|(_, source)| format!("- refused when it is sent back: {source}")));
    lines.extend(hints.one_of.iter().map(|(leaves, source)| format!("- one of {}: {source}", leaves.join(", "))));
    lines.extend(hints.altered.iter().map(|fact| format!("- `{}` altered: {}", fact.leaf, fact.source)));
    lines.extend(hints.holds_more.iter().map(|(leaf, source)| format!("- `{leaf}` holds more: {source}")));
    lines.extend(
        desk.sandbox
            .computed()
            .iter()
            .map(|one| format!("- computed `{} {}`: {}", one.collection, one.field, one.source)),
    );
    let missing: Vec<&String> = lines.iter().filter(|line| !part.lines().any(|known| known == line.as_str())).collect();
    assert!(missing.is_empty(), "docs/laws/properties.md lacks below `### {}`:\n{missing:#?}", hints.provider);
    let known: Vec<&str> = part.lines().filter(|line| line.starts_with("- ")).collect();
    let further: Vec<_> = known.into_iter().filter(|known| !lines.iter().any(|line| line == known)).collect();
    assert!(further.is_empty(), "docs/laws/properties.md tells what is not so: {further:#?}");
}
