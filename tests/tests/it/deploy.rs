//! The units that keep a server running.

use std::fs;
use std::path::Path;

use hedgerow_server::limits::ServerLimits;

#[test]
fn a_unit_allows_more_open_files_than_the_limits_allow_connections() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/systemd");
    for name in ["hedgerow-aggregator.service", "hedgerow-node.service"] {
        let unit = fs::read_to_string(folder.join(name)).expect("a unit");
        let files = unit
            .lines()
            .find_map(|line| line.strip_prefix("LimitNOFILE="));
        let files: usize = files.and_then(|it| it.parse().ok()).expect("a limit");
        // Each connection is a file, and the database, its log and other servers need some.
        assert!(
            files >= 2 * ServerLimits::default().connections,
            "{name}: {files}"
        );
    }
}
