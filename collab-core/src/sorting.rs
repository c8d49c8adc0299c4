//! Sorting for code that browsers load: the standard library's sort is 3 to 5 KB of WASM for each
//! type that it is used with, this one a few hundred bytes. Elsewhere it is the standard library's.
//! For the same reason maps are extended and not collected, which sorts.

use std::cmp::Ordering;

/// Sorts; equal items end up in any order.
pub(crate) fn sort_unstable<T: Ord>(items: &mut [T]) {
    #[cfg(not(target_arch = "wasm32"))]
    items.sort_unstable();
    #[cfg(target_arch = "wasm32")]
    sort_unstable_by(items, T::cmp);
}

/// Sorts by an order of one's own.
pub(crate) fn sort_unstable_by<T>(items: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    #[cfg(not(target_arch = "wasm32"))]
    items.sort_unstable_by(order);
    #[cfg(target_arch = "wasm32")]
    heapsort(items, &|a, b| order(a, b).is_lt());
}

/// In place, n log n steps whatever the order was, none of them for what is sorted already.
#[cfg(any(target_arch = "wasm32", test))]
fn heapsort<T>(items: &mut [T], less: &impl Fn(&T, &T) -> bool) {
    if items.is_sorted_by(|a, b| !less(b, a)) {
        return;
    }
    for root in (0..items.len() / 2).rev() {
        sift_down(items, root, less);
    }
    for end in (1..items.len()).rev() {
        items.swap(0, end);
        sift_down(&mut items[..end], 0, less);
    }
}

/// Lets the item at `root` sink below those that are greater.
#[cfg(any(target_arch = "wasm32", test))]
fn sift_down<T>(items: &mut [T], mut root: usize, less: &impl Fn(&T, &T) -> bool) {
    loop {
        let mut child = 2 * root + 1;
        if child >= items.len() {
            return;
        }
        if child + 1 < items.len() && less(&items[child], &items[child + 1]) {
            child += 1;
        }
        if !less(&items[root], &items[child]) {
            return;
        }
        items.swap(root, child);
        root = child;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::heapsort;

    proptest! {
        #[test]
        fn heapsort_sorts(mut numbers: Vec<u16>) {
            let mut expected = numbers.clone();
            expected.sort_unstable();
            heapsort(&mut numbers, &|a, b| a < b);
            prop_assert_eq!(numbers, expected);
        }
    }
}
