//! Numbers that look random and are the same in every run.

/// A row of numbers, told by its name.
#[derive(Clone, Debug)]
pub(crate) struct Draw(u64);

impl Draw {
    /// The row of a name.
    pub(crate) fn new(name: &str) -> Draw {
        Draw(
            name.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |seed, byte| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)),
        )
    }

    /// The next number below `end` (`SplitMix64`).
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let end = u64::try_from(end.max(1)).expect("64 bits");
        usize::try_from(mixed % end).expect("a number below `end`")
    }

    /// Whether something that happens once in `n` times does.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of several.
    pub(crate) fn one<'a, T>(&mut self, several: &'a [T]) -> &'a T {
        &several[self.below(several.len())]
    }
}
