//! Listening for the server's process id while a session begins, which the `postgres` crate keeps to itself.

/// The length of a message's type and length: <https://www.postgresql.org/docs/current/protocol-message-formats.html>
const HEADER: usize = 5;

/// The server's first messages, as far as they have come.
#[derive(Default)]
pub(super) struct Greeting {
    bytes: Vec<u8>,
    is_over: bool,
}

impl Greeting {
    /// Takes what came next; gives the process id of BackendKeyData when that is complete.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Option<u32> {
        if self.is_over || bytes.is_empty() {
            return None;
        }
        self.bytes.extend_from_slice(bytes);
        let mut rest = self.bytes.as_slice();
        let mut process = None;
        while let [kind, a, b, c, d, after @ ..] = rest {
            let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            if *kind == b'K'
                && let [a, b, c, d, ..] = after
            {
                process = Some(u32::from_be_bytes([*a, *b, *c, *d]));
            }
            // The session begins after ReadyForQuery, and does not after ErrorResponse.
            self.is_over = process.is_some() || matches!(kind, b'Z' | b'E') || length < HEADER - 1;
            match rest.get(length + 1..) {
                Some(next) if !self.is_over => rest = next,
                _ => break,
            }
        }
        self.bytes = if self.is_over { Vec::new() } else { rest.to_vec() };
        process
    }
}

#[cfg(test)]
mod tests {
    use super::Greeting;

    /// AuthenticationOk, a parameter, the key and the first ReadyForQuery.
    const SERVER: &[u8] = b"R\0\0\0\x08\0\0\0\0S\0\0\0\x09a\0on\0K\0\0\0\x0c\0\0\x30\x39\x01\x02\x03\x04Z\0\0\0\x05I";

    #[test]
    fn the_process_is_found_however_the_bytes_come() {
        for size in 1..=SERVER.len() {
            let mut greeting = Greeting::default();
            let found: Vec<u32> = SERVER.chunks(size).filter_map(|bytes| greeting.read(bytes)).collect();
            assert_eq!(found, [12345], "{size}");
            assert_eq!(greeting.read(SERVER), None);
        }
    }

    #[test]
    fn what_is_no_greeting_is_not_kept() {
        for bytes in [b"E\0\0\0\x05\0".as_slice(), b"Z\0\0\0\x05I", b"K\0\0\0\0"] {
            let mut greeting = Greeting::default();
            assert_eq!(greeting.read(bytes), None);
            assert_eq!(greeting.read(SERVER), None);
            assert!(greeting.bytes.is_empty());
        }
    }
}
