//! The camera: finds the one QR code in a picture and reads its text.

use rqrr::PreparedImage;

use super::NotScanned;

/// Pixels on each side of a module, when a terminal is painted.
const SCALE: usize = 4;
/// Modules of bare terminal around the text.
const GROUND: usize = 4;

/// The text of the QR code in a picture of grey pixels.
pub(super) fn read_picture(width: usize, luma: &[u8]) -> Result<String, NotScanned> {
    let whole = luma.len().checked_rem(width) == Some(0) && !luma.is_empty();
    if !whole {
        return Err(NotScanned::because("the picture is not made of whole rows"));
    }
    let white = u8::MAX;
    let pixel = |x, y| luma.get(y * width + x).copied().unwrap_or(white);
    let mut image = PreparedImage::prepare_from_greyscale(width, luma.len() / width, pixel);
    match &image.detect_grids()[..] {
        [] => Err(NotScanned::because("there is no QR code in the picture")),
        [grid] => match grid.decode() {
            Ok((_, text)) => Ok(text),
            Err(error) => Err(NotScanned::because(format!("the QR code is damaged: {error}"))),
        },
        _ => Err(NotScanned::because("there are several QR codes in the picture")),
    }
}

/// The text of the QR code in half blocks, one character for two modules above each other.
///
/// Ink may be darker or lighter than the ground; a camera sees which, so both are tried. A code
/// with light modules on a dark ground is not read either way, as by many a phone.
pub(super) fn read_terminal(text: &str) -> Result<String, NotScanned> {
    let inked = rows_of(text)?;
    let columns = inked.iter().map(Vec::len).max().unwrap_or_default();
    let [width, height] = [columns, inked.len()].map(|modules| (modules + 2 * GROUND) * SCALE);
    let module = |pixel: usize| (pixel / SCALE).checked_sub(GROUND);
    let has_ink = |x: usize, y: usize| {
        let row = module(y).and_then(|y| inked.get(y));
        row.and_then(|row| row.get(module(x)?)).is_some_and(|ink| *ink)
    };
    let seen = |ink_is_dark: bool| -> Vec<u8> {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        pixels.map(|(x, y)| if has_ink(x, y) == ink_is_dark { 0 } else { u8::MAX }).collect()
    };
    read_picture(width, &seen(true)).or_else(|_| read_picture(width, &seen(false)))
}

/// Rows of modules, true where there is ink.
fn rows_of(text: &str) -> Result<Vec<Vec<bool>>, NotScanned> {
    let mut rows = Vec::new();
    for line in text.lines() {
        let cells = line.chars().map(|character| match character {
            '█' => Ok((true, true)),
            '▀' => Ok((true, false)),
            '▄' => Ok((false, true)),
            ' ' => Ok((false, false)),
            _ => Err(NotScanned::because("the terminal shows something else than half blocks")),
        });
        let cells: Vec<_> = cells.collect::<Result<_, _>>()?;
        let (upper, lower) = cells.into_iter().unzip();
        rows.push(upper);
        rows.push(lower);
    }
    Ok(rows)
}
