//! The picture as SVG, to stand in a page.
//!
//! It carries all that a scanner needs: the quiet zone and a white plate, so that it reads on a
//! black page as well. All of it is shapes and attributes: no style, no script, no id and no
//! address, so it needs no permission from a content security policy, and two pictures on one page
//! never meet.
//!
//! The dark modules are one path, with one closed line around each region of them. Rows of
//! rectangles would take half as many bytes again and show hairlines where they meet, on paper or
//! between two zoom levels.

use std::fmt::Write;

use crate::Qr;

pub(crate) fn draw(qr: &Qr, name: &str) -> String {
    let modules = qr.width();
    let pixels = modules * PIXELS;
    let mut svg = String::with_capacity(BYTES_PER_MODULE * modules * modules);
    // Writing to a string never fails, here and below.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{pixels}\" \
         viewBox=\"0 0 {modules} {modules}\" role=\"img\" aria-label=\""
    );
    push_name(name, &mut svg);
    let _ = write!(
        svg,
        "\" shape-rendering=\"crispEdges\">\
         <rect width=\"{modules}\" height=\"{modules}\" fill=\"#fff\"/><path fill=\"#000\" d=\""
    );
    push_outlines(qr, &mut svg);
    svg.push_str("\"/></svg>");
    svg
}

/// Adds the name as the value of an attribute. What no XML may hold becomes a space.
fn push_name(name: &str, svg: &mut String) {
    let name = if is_blank(name) { NAMELESS } else { name };
    for c in name.trim().chars() {
        match c {
            '&' => svg.push_str("&amp;"),
            '<' => svg.push_str("&lt;"),
            '>' => svg.push_str("&gt;"),
            '"' => svg.push_str("&quot;"),
            '\'' => svg.push_str("&#39;"),
            c if is_foreign(c) => svg.push(' '),
            c => svg.push(c),
        }
    }
}

fn is_blank(name: &str) -> bool {
    name.chars().all(|c| c.is_whitespace() || is_foreign(c))
}

fn is_foreign(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Adds a line around each region of dark modules, and around each hole in one.
///
/// Every region has an upper edge, and lines keep the dark modules on their right hand. So outer
/// lines run clockwise and lines around holes the other way, and every rule of filling agrees.
fn push_outlines(qr: &Qr, path: &mut String) {
    let width = qr.width();
    let is_upper = |x: usize, y: usize| qr.is_dark(x, y) && !qr.is_dark(x, y.wrapping_sub(1));
    let mut upper_edges: Vec<bool> =
        (0..width * width).map(|at| is_upper(at % width, at / width)).collect();
    for at in 0..upper_edges.len() {
        if upper_edges.get(at) == Some(&true) {
            push_outline(qr, at, &mut upper_edges, path);
        }
    }
}

/// Adds the line that begins with this upper edge, and strikes out every upper edge it passes.
fn push_outline(qr: &Qr, start: usize, upper_edges: &mut [bool], path: &mut String) {
    let width = qr.width();
    let mut x = start % width;
    let mut y = start / width;
    let mut heading = Heading::East;
    let mut length = 0_usize;
    let _ = write!(path, "M{x} {y}");
    loop {
        if heading == Heading::East
            && let Some(edge) = upper_edges.get_mut(y * width + x)
        {
            *edge = false;
        }
        (x, y) = heading.step(x, y);
        length += 1;
        let turned = heading.along_dark(qr, x, y);
        if turned == Heading::East && y * width + x == start {
            // The last side is the one that closing draws.
            path.push('z');
            return;
        }
        if turned != heading {
            let _ = write!(path, "{}{length}", heading.line());
            (heading, length) = (turned, 0);
        }
    }
}

/// Where a line goes, from one corner of a module to the next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heading {
    East,
    South,
    West,
    North,
}

impl Heading {
    /// How path data begins a line this way, before its length.
    fn line(self) -> &'static str {
        match self {
            Self::East => "h",
            Self::South => "v",
            Self::West => "h-",
            Self::North => "v-",
        }
    }

    /// The next corner. The quiet zone keeps lines away from the edges, so nothing ever wraps.
    fn step(self, x: usize, y: usize) -> (usize, usize) {
        match self {
            Self::East => (x.wrapping_add(1), y),
            Self::South => (x, y.wrapping_add(1)),
            Self::West => (x.wrapping_sub(1), y),
            Self::North => (x, y.wrapping_sub(1)),
        }
    }

    /// Where a line goes on from this corner, with a dark module on its right hand and a light one
    /// on its left. Where two dark modules touch by their corners, it stays at its own.
    fn along_dark(self, qr: &Qr, x: usize, y: usize) -> Self {
        let west = x.wrapping_sub(1);
        let north = y.wrapping_sub(1);
        let (left, right) = match self {
            Self::East => ((x, north), (x, y)),
            Self::South => ((x, y), (west, y)),
            Self::West => ((west, y), (west, north)),
            Self::North => ((west, north), (x, north)),
        };
        if !qr.is_dark(right.0, right.1) {
            self.right()
        } else if qr.is_dark(left.0, left.1) {
            self.right().right().right()
        } else {
            self
        }
    }

    fn right(self) -> Self {
        match self {
            Self::East => Self::South,
            Self::South => Self::West,
            Self::West => Self::North,
            Self::North => Self::East,
        }
    }
}

/// CSS pixels on each side of a module. Whole ones, so that all modules are equally wide.
const PIXELS: usize = 4;
/// What a picture is called that was given no name.
const NAMELESS: &str = "QR code";
/// Enough for what a module takes on average, so that the text need not grow.
const BYTES_PER_MODULE: usize = 3;

#[cfg(test)]
mod tests {
    use crate::Qr;

    fn label(name: &str) -> String {
        let svg = Qr::encode("x").unwrap().svg(name);
        let (_, rest) = svg.split_once(" aria-label=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }

    #[test]
    fn a_name_stays_inside_of_its_attribute() {
        let check = |name: &str, expected: &str| assert_eq!(label(name), expected, "{name:?}");

        check("Larkfield Freight", "Larkfield Freight");
        check(
            "</title><script>alert(1)</script>",
            "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
        );
        check("\" onload=\"alert(1)", "&quot; onload=&quot;alert(1)");
        check("' onload='alert(1)", "&#39; onload=&#39;alert(1)");
        check("Smith & Sons &quot;", "Smith &amp; Sons &amp;quot;");
        check("]]><!--", "]]&gt;&lt;!--");
        check("工務 🦆 é", "工務 🦆 é");
        check("a\0b\nc\u{7f}d\u{85}e\u{fffe}f\u{ffff}g", "a b c d e f g");
    }

    #[test]
    fn a_picture_without_a_name_is_called_what_it_is() {
        for name in ["", " ", "\0", "\u{a0}\n\u{ffff}"] {
            assert_eq!(label(name), "QR code", "{name:?}");
        }
    }

    #[test]
    fn the_text_is_nowhere_in_the_markup() {
        let svg =
            Qr::encode("otpauth://totp/Acme:ada?secret=JBSWY3DPEHPK3PXP").unwrap().svg("Acme");
        for part in ["otpauth", "ada", "secret", "JBSWY3DP"] {
            assert!(!svg.contains(part), "{part}");
        }
    }

    #[test]
    fn nothing_in_it_needs_a_permission_or_meets_another_picture() {
        let svg = Qr::encode("x").unwrap().svg("x");
        for part in ["style", "<script", "href", "url(", " id=", "class", "<?xml", "<!", "\n"] {
            assert!(!svg.contains(part), "{part}");
        }
        assert_eq!(svg.matches("://").count(), 1, "only the namespace is an address");
    }
}
