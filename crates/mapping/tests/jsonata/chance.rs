//! Numbers that look like chance and follow from a seed (`SplitMix64`).

/// A row of numbers.
pub(crate) struct Chance(u64);

impl Chance {
    /// The row of one expression.
    pub(crate) fn of(seed: usize, index: usize) -> Chance {
        let wide = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let mut chance = Chance(wide(seed).wrapping_mul(0xd134_2543_de82_ef95));
        chance.0 = chance.next() ^ wide(index);
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound; 0 where the bound is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        self.next().checked_rem(bound).and_then(|number| usize::try_from(number).ok()).unwrap_or(0)
    }

    /// Whether one of so many chances comes true.
    pub(crate) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// One of several.
    pub(crate) fn pick<'a>(&mut self, of: &'a [&'a str]) -> &'a str {
        of.get(self.below(of.len())).copied().unwrap_or_default()
    }
}
