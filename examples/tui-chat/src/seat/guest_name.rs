//! A readable name for somebody who has not said theirs.

const ADJECTIVES: [&str; 32] = [
    "agile", "amber", "bold", "brave", "brisk", "calm", "clever", "cosmic", "daring", "eager",
    "fair", "fancy", "gentle", "glad", "golden", "happy", "jolly", "keen", "kind", "lively",
    "lucid", "lunar", "merry", "mild", "noble", "proud", "quick", "quiet", "silver", "sunny",
    "swift", "witty",
];

const ANIMALS: [&str; 32] = [
    "badger", "bear", "beaver", "bison", "crane", "crow", "deer", "dove", "eagle", "falcon",
    "finch", "fox", "gecko", "goose", "hare", "heron", "ibis", "jay", "koala", "lark", "lynx",
    "marten", "moose", "newt", "otter", "owl", "panda", "puffin", "raven", "seal", "swan", "wolf",
];

/// Such as `quiet-otter`, from a random number.
pub fn guest_name(random: u64) -> String {
    let pick = |words: &[&'static str; 32], shift: u32| words[(random >> shift) as usize % 32];
    format!("{}-{}", pick(&ADJECTIVES, 0), pick(&ANIMALS, 5))
}
