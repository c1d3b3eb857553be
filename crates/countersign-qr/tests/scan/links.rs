//! Links as they come from ordinary tenants and from odd ones.

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// An ordinary link, as long as the one that the goals for speed and size speak of.
pub(crate) fn usual() -> String {
    let link = format!(
        "otpauth://totp/Larkfield%20Freight:ada.k.lovelace%40larkfield.example\
         ?secret={SECRET}&issuer=Larkfield%20Freight"
    );
    assert_eq!(link.len(), 136);
    link
}

pub(crate) fn odd() -> Vec<String> {
    let long = "long%20name%20".repeat(20);
    vec![
        usual(),
        format!("otpauth://totp/a?secret={SECRET}"),
        format!(
            "otpauth://totp/Acme%3A%20Dev:o'neil%2Btest%40example.com?secret={SECRET}&digits=8"
        ),
        format!("otpauth://totp/%E5%B7%A5%E5%8B%99:%F0%9F%A6%86?secret={SECRET}&issuer=%E5%B7%A5"),
        format!("otpauth://totp/{long}:{long}?secret={SECRET}&issuer={long}"),
        format!("otpauth://totp/Café Zürich:žofie 🦆?secret={SECRET}"),
        format!("OTPAUTH://TOTP/UPPER:CASE?SECRET={SECRET}&PERIOD=30"),
        "otpauth://totp/x?secret=".to_owned() + &"A".repeat(1000),
    ]
}
