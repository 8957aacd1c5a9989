//! Numbers that follow from a seed, so that a run can be had again.

/// A series of numbers (`SplitMix64`).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The series of a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// A seed that is new in each run, unless `SERVICE_SEED` says which.
    #[expect(clippy::disallowed_methods, reason = "the environment says which run is to be had again")]
    pub fn seed() -> u64 {
        let given = std::env::var("SERVICE_SEED").ok();
        let seed = given.map(|text| text.parse().expect("SERVICE_SEED is a number"));
        seed.unwrap_or_else(|| u64::from(uuid::Uuid::new_v4().as_fields().0))
    }

    /// The next number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    /// One of them.
    pub fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(all.len() as u64)).expect("an index");
        &all[index]
    }
}
