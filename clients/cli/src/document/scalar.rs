//! Single values in friendly spellings: times, points, money, ids.

use hedgerow_core::time::Timestamp;

pub(super) use hedgerow_input::money::{money, money_text};

/// Reads a time in RFC 3339, or a day, which means its midnight in UTC.
pub(super) fn timestamp(text: &str) -> Result<(i64, i32), String> {
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    let time: Timestamp = whole.parse().map_err(|_| {
        format!("“{text}” is not a time: write a day such as 2026-05-31, or 2026-05-31T18:30:00Z")
    })?;
    let proto = prost_types::Timestamp::from(time);
    Ok((proto.seconds, proto.nanos))
}

/// Converts degrees to the protocol's 10⁻⁷ degrees.
pub(super) fn degrees(value: f64, max: f64) -> Result<i32, String> {
    if !value.is_finite() || value.abs() > max {
        return Err(format!("{value} is not between -{max} and {max} degrees"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "at most 180 × 10⁷, which fits"
    )]
    Ok((value * 1e7).round() as i32)
}

/// Reads a group id: 64 hexadecimal digits.
pub(super) fn id(text: &str) -> Result<Vec<u8>, String> {
    match hex::decode(text.trim()) {
        Ok(bytes) if bytes.len() == 32 => Ok(bytes),
        _ => Err(format!(
            "“{text}” is not a group id: it has 64 digits 0-9 and a-f, as `hedgerow search --json` \
             shows under group_id"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_midnight() {
        assert_eq!(timestamp("1970-01-02"), Ok((86_400, 0)));
        assert_eq!(timestamp("1970-01-01T00:00:01Z"), Ok((1, 0)));
        assert!(timestamp("next week").is_err());
    }

    #[test]
    fn points_outside_the_world_are_rejected() {
        assert_eq!(degrees(53.38, 90.0), Ok(533_800_000));
        assert!(degrees(91.0, 90.0).is_err());
        assert!(degrees(f64::NAN, 90.0).is_err());
    }
}
