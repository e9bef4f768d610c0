//! Numbers that look random and can be had again.

/// <https://www.jstatsoft.org/article/view/v008i14>
pub struct Random(u64);

impl Random {
    /// The numbers of a round.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number from 0 to `limit`, which is not among them.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    pub fn index<T>(&mut self, items: &[T]) -> Option<usize> {
        if items.is_empty() { None } else { usize::try_from(self.below(items.len() as u64)).ok() }
    }

    pub fn one_of<'t>(&mut self, items: &[&'t str]) -> &'t str {
        self.index(items).map_or("", |at| items[at])
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}
