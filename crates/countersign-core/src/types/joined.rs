//! Several byte strings as one, for digests and for what a seal is bound to.

/// The parts in one piece, each with its length in front, so that `ab, c` is not `a, bc`.
pub(crate) fn joined(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        out.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}
