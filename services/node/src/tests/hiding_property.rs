//! Any sequence of edits, with an oracle of its own: nothing public is finer than the coarsest
//! precision that the steward chose for a location, unless a confirmation names the record.
//!
//! The oracle knows two houses, what each record says about them, and what was confirmed. It
//! reads the published bytes, and uses no rule of the node.

mod edits;
mod oracle;
mod records;
mod world;

use std::collections::BTreeMap;

use proptest::prelude::*;

use self::edits::requests;
use self::world::World;
use crate::testing::TestNode;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        max_shrink_iters: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_public_is_finer_than_the_steward_chose_unless_confirmed_by_name(
        requests in requests(),
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let mut test = TestNode::running(&[]).await;
            let mut world = World {
                steward: test.steward(),
                known: BTreeMap::new(),
                confirmed: Vec::new(),
            };
            for request in &requests {
                world.run(request).await;
            }
            test.stop().await;
        });
    }
}
