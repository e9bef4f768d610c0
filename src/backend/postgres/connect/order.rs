//! Chance, for `load_balance_hosts`.

/// Puts `items` into an order chosen by chance. Where the system gives no randomness they stay as they are.
pub(super) fn shuffle<T>(items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let Ok(random) = getrandom::u64() else { return };
        // The remainder favours some by a hair, which nobody will notice among a handful of servers.
        let other = usize::try_from(random % (last as u64 + 1)).unwrap_or(last);
        items.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use super::shuffle;

    #[test]
    fn every_order_comes_up_and_nothing_is_lost() {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..500 {
            let mut items = [1, 2, 3];
            shuffle(&mut items);
            seen.insert(items);
        }
        assert_eq!(seen.len(), 6);
        assert!(seen.iter().all(|items| items.iter().sum::<i32>() == 6));
    }
}
