//! Sealed text: the one form of every token that leaves the process.
//!
//! A prefix tells people and logs which kind it is; the seal binds the kind, so a ticket never
//! passes as a proof.

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use super::sealer::{Fault, Use, Vault};
use crate::types::Random;

/// Longer text is not a token of ours and is not even decoded.
const MOST_TEXT: usize = 4096;

/// Seals the plain bytes, padded to a multiple of `pad`, as prefixed base64url text.
pub(crate) fn seal_token(
    vault: &Vault,
    used: Use,
    prefix: &str,
    pad: usize,
    plain: &[u8],
    random: &dyn Random,
) -> Result<String, Fault> {
    let mut padded = Zeroizing::new(plain.to_vec());
    padded.push(1);
    let length = padded.len().next_multiple_of(pad.max(1));
    padded.resize(length, 0);
    let sealed = vault.seal(used, prefix.as_bytes(), &padded, random)?;
    Ok(format!("{prefix}{}", BASE64URL_NOPAD.encode(&sealed)))
}

/// The plain bytes, if the text is a token of this kind that we sealed.
pub(crate) fn open_token(
    vault: &Vault,
    used: Use,
    prefix: &str,
    text: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
    let body = text.strip_prefix(prefix).filter(|body| body.len() <= MOST_TEXT);
    let sealed = body.and_then(|body| BASE64URL_NOPAD.decode(body.as_bytes()).ok());
    let Some(sealed) = sealed else { return Ok(None) };
    let plain = vault.open(used, prefix.as_bytes(), &sealed)?;
    Ok(plain.and_then(|mut plain| {
        let end = plain.iter().rposition(|byte| *byte != 0)?;
        (plain.get(end) == Some(&1)).then(|| plain.truncate(end))?;
        Some(plain)
    }))
}
