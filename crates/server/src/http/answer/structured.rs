//! Structured field values (RFC 9651), as far as the headers need them.

use std::fmt::Write as _;

/// A text: a String where it is ASCII, else a Display String. Control characters only stand in the second.
pub(super) fn string(text: &str) -> String {
    let plain = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    let mut out = String::from(if plain { "\"" } else { "%\"" });
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' if plain => {
                out.push('\\');
                out.push(char::from(byte));
            }
            b'%' | b'"' | 0..0x20 | 0x7f.. if !plain => {
                // Writing to a text does not fail.
                let _ = write!(out, "%{byte:02x}");
            }
            _ => out.push(char::from(byte)),
        }
    }
    out.push('"');
    out
}

/// A list of members, cut before it is longer than `longest`: then the last member is the token `more` with the number
/// of those that are left out.
pub(super) fn list(members: &[String], longest: usize) -> String {
    let whole = members.join(", ");
    if whole.len() <= longest {
        return whole;
    }
    let mark = |left_out: usize| format!("more;count={left_out}");
    let room = longest.saturating_sub(mark(members.len()).len() + 2);
    let mut out = String::new();
    for (index, member) in members.iter().enumerate() {
        if out.len() + member.len() + 2 > room {
            out.push_str(&mark(members.len() - index));
            break;
        }
        out.push_str(member);
        out.push_str(", ");
    }
    out
}
