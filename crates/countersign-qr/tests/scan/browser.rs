//! A browser as simple as can be: it paints our SVG, and panics at anything that we do not draw.

use crate::camera::{Ground, Picture};

/// Paints without smoothing, a module this many hundredths of a pixel wide.
///
/// What the SVG leaves bare shows the ground.
pub(crate) fn shown(svg: &str, ground: Ground, zoom: usize) -> Picture {
    let modules = attribute(svg, "width").parse::<usize>().unwrap() / 4;
    assert_eq!(attribute(svg, "viewBox"), format!("0 0 {modules} {modules}"));
    let mut painted = Picture::painted(modules, modules, |_, _| ground == Ground::Dark);
    let shapes = svg.strip_suffix("/></svg>").unwrap().split('<').skip(2);
    for shape in shapes {
        let dark = match attribute(shape, "fill") {
            "#000" => true,
            "#fff" => false,
            other => panic!("{other} is no color of ours"),
        };
        let sides = match shape.split_once(' ').unwrap().0 {
            "rect" => sides_of_rect(shape),
            "path" => sides_of_path(attribute(shape, "d")),
            other => panic!("{other} is no shape of ours"),
        };
        fill(&mut painted, &sides, dark);
    }
    let pixels = modules * zoom / 100;
    let module = |pixel: usize| (100 * pixel + 50) / zoom;
    Picture::painted(pixels, pixels, |x, y| painted.is_dark(module(x), module(y)))
}

fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let (_, value) = element.split_once(&format!(" {name}=\"")).unwrap();
    value.split_once('"').unwrap().0
}

/// A vertical line, from one height to another. Others do not matter for what is inside.
struct Side {
    x: usize,
    from: usize,
    to: usize,
}

fn sides_of_rect(rect: &str) -> Vec<Side> {
    let [width, height] = ["width", "height"].map(|side| attribute(rect, side).parse().unwrap());
    vec![Side { x: 0, from: height, to: 0 }, Side { x: width, from: 0, to: height }]
}

/// Walks along path data.
fn sides_of_path(path: &str) -> Vec<Side> {
    let mut sides = Vec::new();
    let mut start = (0, 0);
    let mut at = (0, 0);
    let mut rest = path;
    while let Some(command) = rest.chars().next() {
        let end = rest[1..].find(|c: char| c.is_ascii_alphabetic()).map_or(rest.len(), |at| at + 1);
        let numbers = rest[1..end].split_whitespace().map(|number| number.parse().unwrap());
        let numbers: Vec<isize> = numbers.collect();
        rest = &rest[end..];
        let moved = |from: usize, by: &isize| from.checked_add_signed(*by).unwrap();
        let next = match (command, &numbers[..]) {
            ('M', [x, y]) => {
                start = (moved(0, x), moved(0, y));
                at = start;
                continue;
            }
            ('h', [by]) => (moved(at.0, by), at.1),
            ('v', [by]) => (at.0, moved(at.1, by)),
            ('z', []) => start,
            other => panic!("{other:?} is no command of ours"),
        };
        assert!(next.0 == at.0 || next.1 == at.1, "closing draws no slanted line");
        sides.push(Side { x: at.0, from: at.1, to: next.1 });
        at = next;
    }
    sides
}

/// Fills what is inside by the rule of winding numbers, and sees that the other rule agrees.
fn fill(picture: &mut Picture, sides: &[Side], dark: bool) {
    // How the winding number changes at the left of each module; behind the last, too.
    let columns = picture.width + 1;
    let mut turns = vec![0_i32; columns * picture.height];
    for side in sides {
        let turn = if side.from < side.to { 1 } else { -1 };
        for y in side.from.min(side.to)..side.from.max(side.to) {
            turns[y * columns + side.x] += turn;
        }
    }
    for y in 0..picture.height {
        let mut winding = 0;
        for x in 0..picture.width {
            winding += turns[y * columns + x];
            assert!(winding.abs() <= 1, "shapes do not overlap");
            if winding != 0 {
                picture.dark[y * picture.width + x] = dark;
            }
        }
    }
}
