//! What the benches measure: leads of 15 and of 60 fields, mapped by a mapping file, by hand and by an expression.

use mapwright_mapping::reply::{Ending, Reply};

pub mod by_hand;
pub mod expression;
pub mod lead;
pub mod shipped;

/// An answer as it comes from a provider: with a body that nobody has parsed. Copies share what was parsed once.
pub fn as_it_comes(ending: &Ending) -> Ending {
    match ending {
        Ending::Answered(reply) => Ending::Answered(Reply { body: reply.body.to_vec().into(), ..reply.clone() }),
        other => other.clone(),
    }
}
