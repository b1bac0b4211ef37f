//! Points as single numbers of a fast field.

use hedgerow_proto::v1;

const HALF_TURN_E7: i64 = 1_800_000_000;
const QUARTER_TURN_E7: i64 = 900_000_000;

/// Packs a point into a number.
pub fn pack(point: &v1::Point) -> u64 {
    let shifted = |value: i32, by: i64| (i64::from(value) + by).clamp(0, 2 * by) as u64;
    shifted(point.latitude_e7, QUARTER_TURN_E7) << 32 | shifted(point.longitude_e7, HALF_TURN_E7)
}

/// Unpacks a number of [`pack`].
pub fn unpack(packed: u64) -> v1::Point {
    let restored = |value: u64, by: i64| (value as i64 - by) as i32;
    v1::Point {
        latitude_e7: restored(packed >> 32, QUARTER_TURN_E7),
        longitude_e7: restored(packed & 0xffff_ffff, HALF_TURN_E7),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_survives_a_round_trip() {
        for (latitude_e7, longitude_e7) in [
            (537_964_800, -15_478_500),
            (-338_678_500, 1_512_073_200),
            (-900_000_000, 1_800_000_000),
            (900_000_000, -1_800_000_000),
            (0, 0),
        ] {
            let point = v1::Point {
                latitude_e7,
                longitude_e7,
            };
            assert_eq!(unpack(pack(&point)), point);
        }
    }
}
