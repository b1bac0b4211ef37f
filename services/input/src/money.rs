//! Amounts of money as people type them.

/// Reads an amount of money: `5.00 GBP`, `GBP 5`, `£5`. Returns the currency and the
/// amount in its minor unit.
///
/// # Errors
/// If it is no amount, or its currency is not stated.
pub fn money(text: &str) -> Result<(String, i64), String> {
    let wrong = || format!("“{text}” is not an amount of money: write it like 5.00 GBP, or £5");
    let text_trimmed = text.trim();
    let (currency, number) = if let Some(number) = text_trimmed.strip_prefix('£') {
        ("GBP".to_owned(), number.trim())
    } else if let Some(number) = text_trimmed.strip_prefix('€') {
        ("EUR".to_owned(), number.trim())
    } else {
        let (left, right) = text_trimmed
            .split_once(char::is_whitespace)
            .ok_or_else(wrong)?;
        let (left, right) = (left.trim(), right.trim());
        if is_currency(left) {
            (left.to_ascii_uppercase(), right)
        } else if is_currency(right) {
            (right.to_ascii_uppercase(), left)
        } else {
            return Err(wrong());
        }
    };
    let places = minor_digits(&currency);
    let (units, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if units.is_empty() || !digits(units) || !digits(fraction) || fraction.len() > places {
        return Err(wrong());
    }
    format!("{units}{fraction:0<places$}")
        .parse()
        .map(|minor| (currency, minor))
        .map_err(|_| wrong())
}

/// Formats an amount as `5.00 GBP`.
pub fn money_text(currency: &str, minor: i64) -> String {
    let places = minor_digits(currency);
    if places == 0 {
        return format!("{minor} {currency}");
    }
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = places + 1);
    let (units, fraction) = digits.split_at(digits.len() - places);
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{units}.{fraction} {currency}")
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The number of decimals of a currency (ISO 4217).
fn minor_digits(currency: &str) -> usize {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "UGX" | "XAF" | "XOF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_friendly_spellings() {
        let pounds = |minor| Ok(("GBP".to_owned(), minor));
        assert_eq!(money("5.00 GBP"), pounds(500));
        assert_eq!(money("£5"), pounds(500));
        assert_eq!(money("£2.5"), pounds(250));
        assert_eq!(money("gbp 12"), pounds(1200));
        assert_eq!(money("300 JPY"), Ok(("JPY".to_owned(), 300)));
        for wrong in ["5", "five GBP", "5.001 GBP", "-1 GBP", "£", "5 pounds"] {
            assert!(money(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn formatted_money_reads_back() {
        for text in ["5.00 GBP", "0.05 GBP", "300 JPY", "1.250 KWD"] {
            let (currency, minor) = money(text).expect("an amount");
            assert_eq!(money_text(&currency, minor), text);
        }
    }
}
