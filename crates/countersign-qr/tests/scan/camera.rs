//! A camera: a picture on some ground, and what readers make of it.

use crate::tools;

/// Pixels in rows, true where they are dark.
#[derive(Clone, PartialEq)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) dark: Vec<bool>,
}

/// What is around a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    Light,
    Dark,
}

pub(crate) const GROUNDS: [Ground; 2] = [Ground::Light, Ground::Dark];

impl Picture {
    pub(crate) fn painted(
        width: usize,
        height: usize,
        is_dark: impl Fn(usize, usize) -> bool,
    ) -> Self {
        let dark = (0..width * height).map(|at| is_dark(at % width, at / width)).collect();
        Self { width, height, dark }
    }

    pub(crate) fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.width + x]
    }

    /// The same with bare ground around it, so that only a quiet zone of its own helps a reader.
    pub(crate) fn on(&self, ground: Ground, pixels: usize) -> Self {
        let [width, height] = [self.width, self.height].map(|side| side + 2 * pixels);
        Self::painted(width, height, |x, y| {
            let [x, y] = [x, y].map(|at| at.checked_sub(pixels));
            let inside = x.filter(|x| *x < self.width).zip(y.filter(|y| *y < self.height));
            inside.map_or(ground == Ground::Dark, |(x, y)| self.is_dark(x, y))
        })
    }

    /// The same, light where it is dark.
    pub(crate) fn inverted(&self) -> Self {
        Self { dark: self.dark.iter().map(|dark| !dark).collect(), ..*self }
    }

    /// What a reader in this process finds.
    pub(crate) fn scanned(&self) -> Vec<String> {
        let is_dark = |x, y| self.is_dark(x, y);
        let mut image = rqrr::PreparedImage::prepare_from_bitmap(self.width, self.height, is_dark);
        image.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect()
    }

    /// What another reader finds; nothing if it is not installed.
    pub(crate) fn scanned_by_another(&self, test: &str) -> Option<String> {
        let mut pgm = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        pgm.extend(self.luma());
        tools::zbarimg(test, &pgm)
    }

    /// Rows of bytes, 0 for black and 255 for white.
    pub(crate) fn luma(&self) -> Vec<u8> {
        self.dark.iter().map(|dark| if *dark { 0 } else { u8::MAX }).collect()
    }
}
