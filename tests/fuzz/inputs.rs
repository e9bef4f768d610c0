//! Inputs for a reader: its seeds, and what can be made of them.

use std::fs;
use std::ops::Range;
use std::path::Path;

use crate::Reader;
use crate::random::Random;

/// No input gets longer, in bytes.
const LONGEST: usize = 4096;

/// What the inputs of one reader are made of.
pub struct Inputs {
    /// The files of its corpus, in the order of their names.
    pub seeds: Vec<Vec<u8>>,
    words: &'static [&'static str],
}

impl Inputs {
    pub fn new(reader: &Reader) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz_corpus").join(reader.name);
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let seeds: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
        assert!(!seeds.is_empty(), "{} is empty", folder.display());
        Self { seeds, words: reader.words }
    }

    /// One input: random bytes, words of the grammar in a row, or mutated seeds.
    pub fn make(&self, random: &mut Random) -> Vec<u8> {
        match random.below(16) {
            0 => (0..random.below(120)).map(|_| random.byte()).collect(),
            1..=4 => (0..random.below(40)).flat_map(|_| random.pick(self.words).bytes()).collect(),
            _ => {
                let mut input = random.pick(&self.seeds).clone();
                for _ in 0..=random.below(8) {
                    self.mutate(&mut input, random);
                }
                input.truncate(LONGEST);
                input
            }
        }
    }

    fn mutate(&self, input: &mut Vec<u8>, random: &mut Random) {
        let at = random.below(input.len() + 1);
        match random.below(8) {
            0 => drop(input.drain(range(input, random))),
            1 | 2 => insert(input, at, random.pick(self.words).as_bytes()),
            3 => insert(input, at, &[random.byte()]),
            4 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = random.byte();
                }
            }
            5 => {
                let copy = input[range(input, random)].to_vec();
                insert(input, at, &copy);
            }
            6 => {
                let other = random.pick(&self.seeds);
                let piece = &other[range(other, random)];
                insert(input, at, piece);
            }
            _ => {
                let replaced = range(input, random);
                input.splice(replaced, random.pick(self.words).bytes());
            }
        }
    }
}

/// Some bytes of `input`, mostly a few.
fn range(input: &[u8], random: &mut Random) -> Range<usize> {
    let start = random.below(input.len() + 1);
    let most = if random.below(4) == 0 { input.len() - start } else { (input.len() - start).min(12) };
    start..start + random.below(most + 1)
}

fn insert(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    input.splice(at..at, piece.iter().copied());
}
