//! The checksums that the tools record, as their tables show them.

use std::hash::{Hash as _, Hasher as _};

use sha2::{Digest as _, Sha384};
use siphasher::sip::SipHasher13;

/// SQLx: SHA-384 of the file, as the database shows bytes.
pub(super) fn sha384(bytes: &[u8]) -> String {
    let hex: String = Sha384::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!(r"\x{hex}")
}

/// Flyway: CRC-32 of the lines without their ends, as a signed number.
pub(super) fn flyway(text: &str) -> String {
    let mut crc = u32::MAX;
    for byte in text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    (!crc).cast_signed().to_string()
}

/// refinery: SipHash-1-3 of name, version and text; the version is a number of four bytes, or of eight where it was
/// built so.
pub(super) fn refinery(name: &str, version: &str, text: &str) -> Vec<String> {
    let hash = |hash_version: &dyn Fn(&mut SipHasher13) -> Option<()>| {
        let mut hasher = SipHasher13::new();
        name.hash(&mut hasher);
        hash_version(&mut hasher)?;
        text.hash(&mut hasher);
        Some(hasher.finish().to_string())
    };
    let short = hash(&|hasher| version.parse::<i32>().ok().map(|version| version.hash(hasher)));
    let long = hash(&|hasher| version.parse::<i64>().ok().map(|version| version.hash(hasher)));
    short.into_iter().chain(long).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        // The check value of CRC-32, in hexadecimal cbf43926.
        assert_eq!(flyway("123\r\n456\n789"), (0xcbf4_3926_u32.cast_signed()).to_string());
        // The example of FIPS 180 for the text `abc`.
        assert_eq!(
            sha384(b"abc"),
            r"\xcb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
        );
    }
}
