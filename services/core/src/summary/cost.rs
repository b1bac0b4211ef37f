//! What a price means for someone who has no money to spare.

use hedgerow_proto::v1;
use hedgerow_proto::v1::PriceKind;

/// Whether people can come, or use something, without paying. Absent if unspecified.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Whether it is always possible without paying.
    pub free_of_charge: Option<bool>,
}

impl Cost {
    pub(super) fn from_price(price: Option<&v1::Price>) -> Self {
        let Some(price) = price else {
            return Self::default();
        };
        Self {
            free_of_charge: match price.kind() {
                PriceKind::Unspecified => None,
                PriceKind::Free => Some(true),
                // People may give nothing.
                PriceKind::PayWhatYouCan => Some(true),
                PriceKind::Cost | PriceKind::Rate => Some(false),
            },
        }
    }
}
