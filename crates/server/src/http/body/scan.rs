//! What shows of a JSON text before it is parsed. What is no JSON is left to the parser.

/// What a look over a text has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Scanned {
    /// How deep objects and lists nest.
    pub(super) depth: usize,
    /// Where the first integer begins that 64 bits do not hold, in bytes.
    pub(super) large: Option<usize>,
}

/// Looks over a text once.
pub(super) fn scan(text: &str) -> Scanned {
    let bytes = text.as_bytes();
    let mut found = Scanned::default();
    let (mut open, mut at) = (0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        let end = match byte {
            b'"' => end_of_string(bytes, at),
            b'-' | b'0'..=b'9' => {
                let end = at + bytes[at..].iter().take_while(|byte| is_of_number(**byte)).count();
                let number = text.get(at..end).unwrap_or_default();
                if found.large.is_none() && is_too_large(number) {
                    found.large = Some(at);
                }
                end
            }
            b'{' | b'[' => {
                open += 1;
                found.depth = found.depth.max(open);
                at + 1
            }
            b'}' | b']' => {
                open = open.saturating_sub(1);
                at + 1
            }
            _ => at + 1,
        };
        at = end;
    }
    found
}

/// The place behind the string that begins at `at`.
fn end_of_string(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    loop {
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            Some(b'"') => return at + 1,
            Some(_) => at += 1,
            None => return bytes.len(),
        }
    }
}

fn is_of_number(byte: u8) -> bool {
    matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
}

/// Whether a number is an integer that 64 bits do not hold.
fn is_too_large(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    let is_integer = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty();
    is_integer && number.parse::<i64>().is_err() && number.parse::<u64>().is_err()
}
