//! What an enrollment picture costs: time against the bare encoding in the same run, and bytes.

use std::hint::black_box;
use std::time::{Duration, Instant};

use countersign::{Polarity, Qr, Scale};

use crate::Done;

const ROUNDS: usize = 400;

/// Prints the table.
pub(crate) fn compare() -> Done {
    let link = |more: &str| {
        format!(
            "otpauth://totp/Larkfield%20Freight:ada%40larkfield.example?secret=\
             JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Larkfield%20Freight{more}"
        )
    };
    println!(
        "{:>10} {:>9}  {:<9} {:>8} {:>8} {:>8}",
        "link bytes", "modules", "", "us", "x", "bytes"
    );
    for text in [link(""), link(&"%E6%97%A5".repeat(40))] {
        let qr = Qr::encode(&text)?;
        let drawings: [(&str, &dyn Fn() -> usize); 4] = [
            ("encode", &|| Qr::encode(&text).map_or(0, |qr| qr.width())),
            ("+ svg", &|| Qr::encode(&text).map_or(0, |qr| qr.svg("Larkfield Freight").len())),
            ("+ png", &|| Qr::encode(&text).map_or(0, |qr| qr.png(Scale::default()).len())),
            ("+ screen", &|| {
                Qr::encode(&text).map_or(0, |qr| qr.terminal(Polarity::DarkOnLight).len())
            }),
        ];
        let mut least = [Duration::MAX; 4];
        for _ in 0..ROUNDS {
            for (best, (_, draw)) in least.iter_mut().zip(&drawings) {
                *best = (*best).min(timed(draw));
            }
        }
        let floor = least.first().copied().unwrap_or(Duration::MAX);
        for ((name, draw), time) in drawings.iter().zip(least) {
            let ratio = time.as_secs_f64() / floor.as_secs_f64();
            let micros = time.as_secs_f64() * 1e6;
            println!(
                "{:>10} {:>9}  {name:<9} {micros:>8.0} {ratio:>8.2} {:>8}",
                text.len(),
                qr.width(),
                draw()
            );
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]
fn timed(draw: &dyn Fn() -> usize) -> Duration {
    let began = Instant::now();
    black_box(draw());
    began.elapsed()
}
