//! Percent-encoding of the parts of a URL.

use std::fmt::Write as _;

use percent_encoding::percent_decode_str;

use super::error::UrlError;

/// The text that `part` encodes. A `%` without two hexadecimal digits is itself, as in SQLAlchemy.
pub(super) fn decode(part: &str) -> Result<String, UrlError> {
    let decoded = percent_decode_str(part).decode_utf8().map_err(|_| UrlError::NotUtf8)?;
    // Neither a C string nor a file name can hold it.
    if decoded.contains('\0') {
        return Err(UrlError::Nul);
    }
    Ok(decoded.into_owned())
}

/// `text` with all but letters, digits and the characters of `plain` encoded.
pub(super) fn encode(text: &str, plain: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_alphanumeric() || "-._~".contains(character) || plain.contains(character) {
            encoded.push(character);
        } else {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a `String` cannot fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}
