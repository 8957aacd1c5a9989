//! Patches that the unified model and the mapping bring forth, run against the simulated provider: whatever they send
//! is a real request, without holes.
//!
//! | what | file |
//! |---|---|
//! | numbers that are the same in every run | `draw.rs` |
//! | a mapping beside its simulated provider, whose requests are noted | `desk.rs` |
//! | what the simulated account has: leads, ids, names, custom keys | `known.rs` |
//! | single values | `values.rs` |
//! | patches | `patches.rs` |

mod desk;
mod draw;
mod known;
mod patches;
mod values;

use std::collections::BTreeMap;

use mapwright_cli::Library;
use mapwright_mapping::coverage::Contract;

use crate::sent::Sent;
use desk::Desk;
use draw::Draw;
use known::Known;

/// How many patches of each provider are run.
pub(crate) const PATCHES: usize = 200;

/// How many of them have each field of the contract, at least.
pub(crate) const EACH: usize = 10;

/// How often a patch that is refused is drawn again, over all patches.
const DRAWN_AGAIN: usize = 2_000;

/// What the patches of one provider have sent.
pub(crate) struct Generated {
    /// Every request.
    pub(crate) sent: Vec<Sent>,
    /// How many patches have each of the contract's fields.
    pub(crate) counts: BTreeMap<String, usize>,
    /// How many patches were drawn again, and why the first of them was refused.
    pub(crate) again: Vec<String>,
}

/// Runs the patches of a provider.
pub(crate) async fn requests(library: &Library, provider: &str, contract: &Contract) -> Generated {
    let fields = &contract.providers[provider].request_fields;
    let desk = Desk::open(library, provider);
    let known = Known::of(&desk).await;
    let mut draw = Draw::new(provider);
    let mut generated = Generated {
        sent: Vec::new(),
        counts: fields.iter().map(|field| (field.clone(), 0)).collect(),
        again: Vec::new(),
    };
    let mut done = 0;
    while done < PATCHES {
        assert!(generated.again.len() < DRAWN_AGAIN, "{provider}: {:#?}", &generated.again[..20]);
        // Every field has its turn.
        let turn = &fields[done % fields.len()];
        let id = draw.one(&known.leads).clone();
        let patch = patches::patch(&desk.mapping, &known, turn, &mut draw);
        let ran = desk.patch(&id, &patch, &format!("patch {done}")).await;
        if let Err(failure) = ran.result {
            generated.again.push(failure);
            // What was done before the failure may stand in the way of what comes.
            desk.reset();
            continue;
        }
        for (field, count) in &mut generated.counts {
            *count += usize::from(patch.get(field).is_some());
        }
        generated.sent.extend(ran.sent);
        done += 1;
    }
    generated
}
