//! What a price means for someone who has no money to spare.

use hedgerow_proto::v1;
use hedgerow_proto::v1::PriceKind;

/// Whether people can come, or use something, without paying. Absent if unspecified.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Whether it is always possible without paying.
    pub free_of_charge: Option<bool>,
    /// Whether the first time is possible without paying.
    pub first_time_free: Option<bool>,
}

impl Cost {
    pub(super) fn from_price(price: Option<&v1::Price>) -> Self {
        let Some(price) = price else {
            return Self::default();
        };
        let free_of_charge = match price.kind() {
            PriceKind::Unspecified => None,
            PriceKind::Free => Some(true),
            // People may give nothing.
            PriceKind::PayWhatYouCan => Some(true),
            PriceKind::AtCost | PriceKind::Rate => Some(false),
        };
        Self {
            free_of_charge,
            // What is always free is free the first time as well.
            first_time_free: match free_of_charge {
                Some(true) => Some(true),
                _ => price.first_time_free,
            },
        }
    }
}
