//! The file of a case.

use mapwright_cli::case;

use super::desk::{block_on, desk};
use super::settled::{findings, finished};
use super::{PROVIDERS, chosen, rest};

/// A case: it is refused with its place, or it is replayed, judged and brought up to date.
pub(super) fn file(bytes: &[u8]) {
    let desk = desk(chosen(bytes, 0, PROVIDERS.len()));
    let case = match case::read("case.toml", desk.id, "case", rest(bytes, 1)) {
        Ok(case) => case,
        Err(found) => {
            assert!(!found.is_empty(), "it is refused without a word");
            return findings(&found);
        }
    };
    block_on(async {
        let Ok(ran) = case.replay(desk.mapping()).await else { return };
        // A request that the case does not expect is a fault of the case, and ends the run as one of the transport.
        if ran.difference.is_none() {
            finished(&ran.finished);
        }
        for mismatch in case::verdict(&case, &ran) {
            let _ = mismatch.lines();
        }
        if let Ok(updated) = case::update(&case, desk.mapping()).await
            && let Some(text) = updated.text
            && updated.left.is_empty()
        {
            let again = case::read("case.toml", desk.id, "case", text.as_bytes());
            assert!(again.is_ok(), "what was written back is no case: {:?}\n{text}", again.err());
        }
    });
}
