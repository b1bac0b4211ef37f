//! Steps from few to many, by which areas are coloured.

/// Steps besides that of areas without any group.
pub(super) const STEPS: usize = 5;

/// The least count of each step, ascending. There are fewer steps if the counts are small.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shades(Vec<u64>);

impl Shades {
    /// Steps of equal ratios up to the greatest count, because a few areas have most groups.
    pub(super) fn up_to(greatest: u64) -> Self {
        let mut least: Vec<u64> = Vec::new();
        for step in 0..STEPS {
            let share = step as f64 / STEPS as f64;
            // Counts of groups are far below what a float holds exactly.
            let start = (greatest as f64).powf(share).ceil().max(1.0) as u64;
            let start = rounded(start).max(least.last().map_or(1, |last| last + 1));
            if start <= greatest {
                least.push(start);
            }
        }
        Self(least)
    }

    /// 0 for no group, and up to `STEPS` for many.
    pub(super) fn step_of(&self, count: u64) -> usize {
        let steps = self.0.iter().take_while(|least| **least <= count).count();
        match steps {
            0 => 0,
            // Few steps use the darker ones too, so that they differ.
            steps => STEPS - (self.0.len() - steps) * self.stride(),
        }
    }

    fn stride(&self) -> usize {
        match self.0.len() {
            0..=2 => 2,
            _ => 1,
        }
    }

    /// Each step, with its least count and its greatest; the last one has no greatest.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (usize, u64, Option<u64>)> {
        self.0.iter().enumerate().map(|(at, least)| {
            let next = self.0.get(at + 1).map(|next| next - 1);
            (self.step_of(*least), *least, next)
        })
    }
}

/// A number at least as large, of which people remember the first digits.
fn rounded(number: u64) -> u64 {
    let mut unit = 1;
    while number / unit >= 20 {
        unit *= 5;
        if number / unit >= 20 {
            unit *= 2;
        }
    }
    number.div_ceil(unit) * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_ascend_and_cover_every_count() {
        for greatest in (0..3_000).chain([56_811, 1_000_000]) {
            let shades = Shades::up_to(greatest);
            assert!(shades.0.len() <= STEPS);
            assert!(
                shades.0.is_sorted_by(|one, other| one < other),
                "{shades:?}"
            );
            assert_eq!(shades.step_of(0), 0);
            if greatest > 0 {
                assert_eq!(shades.0[0], 1, "{greatest}");
                assert_eq!(shades.step_of(greatest), STEPS, "{greatest}");
            }
            let steps: Vec<_> = shades.ranges().map(|(step, ..)| step).collect();
            assert!(steps.is_sorted_by(|one, other| one < other), "{steps:?}");
            assert!(steps.iter().all(|step| *step > 0));
        }
    }

    #[test]
    fn steps_have_round_numbers() {
        assert_eq!(Shades::up_to(0).0, []);
        assert_eq!(Shades::up_to(1).0, [1]);
        assert_eq!(Shades::up_to(3).0, [1, 2, 3]);
        assert_eq!(Shades::up_to(46).0, [1, 3, 5, 10, 25]);
        assert_eq!(Shades::up_to(10_000).0, [1, 7, 40, 300, 1_600]);
        let ranges: Vec<_> = Shades::up_to(2).ranges().collect();
        assert_eq!(ranges, [(3, 1, Some(1)), (5, 2, None)]);
    }
}
