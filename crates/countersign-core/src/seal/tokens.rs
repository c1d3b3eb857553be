//! Tokens: tickets, proofs and invitations as sealed text, the one form in which they leave the
//! process.
//!
//! A prefix tells people and logs which kind a token is. The seal binds the kind as well, so a
//! ticket never passes as a proof. A token names its key, and anybody can write a number: one under
//! a key that this node does not know is not ours, like any other forgery. It is no alarm.

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use super::forms;
use super::sealer::{Fault, Sealer, Use};
use crate::login::{InvitationClaims, Proof, SealedProof, Ticket, TicketClaims};
use crate::types::{Random, SecretText};

/// Longer text is not a token of ours and is not even decoded.
const MOST_TEXT: usize = 4096;

/// One kind of token.
struct Kind {
    used: Use,
    prefix: &'static str,
    /// Plain bytes are padded to a multiple of this, so the length says little about what is inside.
    pad: usize,
}

const TICKET: Kind = Kind { used: Use::Ticket, prefix: "cst1.", pad: 256 };
const PROOF: Kind = Kind { used: Use::Proof, prefix: "csp1.", pad: 128 };
const INVITATION: Kind = Kind { used: Use::Invitation, prefix: "csi1.", pad: 64 };

impl Sealer {
    pub(crate) fn seal_ticket(
        &self,
        claims: &TicketClaims,
        random: &dyn Random,
    ) -> Result<Ticket, Fault> {
        let text = self.seal_token(&TICKET, &forms::encode_ticket(claims)?, random)?;
        Ok(Ticket::from_browser(text))
    }

    /// What the ticket carries, if it is one of ours.
    pub(crate) fn open_ticket(&self, ticket: &Ticket) -> Option<TicketClaims> {
        forms::decode_ticket(&self.open_token(&TICKET, ticket.expose())?)
    }

    pub(crate) fn seal_proof(
        &self,
        proof: &Proof,
        random: &dyn Random,
    ) -> Result<SealedProof, Fault> {
        let text = self.seal_token(&PROOF, &forms::encode_proof(proof)?, random)?;
        Ok(SealedProof::from_text(text))
    }

    /// The proof, if it is one of ours.
    pub(crate) fn open_proof(&self, sealed: &SealedProof) -> Option<Proof> {
        forms::decode_proof(&self.open_token(&PROOF, sealed.expose())?)
    }

    /// The token of an invitation link.
    pub(crate) fn seal_invitation(
        &self,
        claims: &InvitationClaims,
        random: &dyn Random,
    ) -> Result<SecretText, Fault> {
        let text = self.seal_token(&INVITATION, &forms::encode_invitation(claims)?, random)?;
        Ok(SecretText::new(text))
    }

    /// What the token carries, if it is one of ours, ended or not.
    pub(crate) fn open_invitation(&self, token: &str) -> Option<InvitationClaims> {
        forms::decode_invitation(&self.open_token(&INVITATION, token)?)
    }

    /// The plain bytes, padded and sealed, as prefixed base64url text.
    fn seal_token(&self, kind: &Kind, plain: &[u8], random: &dyn Random) -> Result<String, Fault> {
        let mut padded = Zeroizing::new(plain.to_vec());
        padded.push(1);
        let length = padded.len().next_multiple_of(kind.pad);
        padded.resize(length, 0);
        let sealed = self.seal(kind.used, kind.prefix.as_bytes(), &padded, random)?;
        Ok(format!("{}{}", kind.prefix, BASE64URL_NOPAD.encode(&sealed)))
    }

    /// The plain bytes, if the text is a token of this kind that we sealed.
    fn open_token(&self, kind: &Kind, text: &str) -> Option<Zeroizing<Vec<u8>>> {
        let body = text.strip_prefix(kind.prefix).filter(|body| body.len() <= MOST_TEXT)?;
        let sealed = BASE64URL_NOPAD.decode(body.as_bytes()).ok()?;
        // A key that is not known fails here as well, and means no more than a damaged byte.
        let mut plain = self.open(kind.used, kind.prefix.as_bytes(), &sealed).ok()??;
        let end = plain.iter().rposition(|byte| *byte != 0)?;
        (plain.get(end) == Some(&1)).then(|| plain.truncate(end))?;
        Some(plain)
    }
}
