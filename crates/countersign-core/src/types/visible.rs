//! Characters that make a name read as another one: those that nobody sees, and those that turn
//! the direction of what follows.

/// Whether a name on one line may not hold this: control characters and line separators, what is
/// invisible, and what changes the direction of the text around it.
///
/// The two joiners are not among them: Persian, the scripts of India and emoji are written with
/// them. A name of nothing else is blank.
pub(crate) fn misleads(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || is_invisible(c)
}

/// Whether nothing of this text is seen.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200c}' | '\u{200d}'))
}

/// Characters that nobody sees, and that steer those around them.
pub(crate) fn is_invisible(c: char) -> bool {
    is_override(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'
            | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Characters that turn the direction of all that follows: never needed inside one sentence.
pub(crate) fn is_override(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
