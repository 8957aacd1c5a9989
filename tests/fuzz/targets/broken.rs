//! Targets that break the bounds on purpose, on inputs that begin with an exclamation mark.

/// Never ends.
pub(super) fn hang(bytes: &[u8]) {
    while is_bad(bytes) {
        std::hint::spin_loop();
    }
}

/// Takes more memory than an input may.
pub(super) fn hoard(bytes: &[u8]) {
    if is_bad(bytes) {
        std::hint::black_box(vec![1_u8; 600 << 20]);
    }
}

/// Panics.
pub(super) fn panic(bytes: &[u8]) {
    assert!(!is_bad(bytes), "it is bad");
}

fn is_bad(bytes: &[u8]) -> bool {
    bytes.first() == Some(&b'!')
}
