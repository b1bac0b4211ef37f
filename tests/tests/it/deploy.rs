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

#[test]
fn the_packages_know_the_form_of_the_database_that_they_need() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (name, migrations) in [
        ("node", "migrations/node"),
        ("aggregator", "migrations/aggregator/sqlite"),
    ] {
        let entries = fs::read_dir(root.join(migrations)).expect("the migrations");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let numbers = names.filter_map(|name| {
            let name = name.into_string().ok()?;
            name.split('_').next()?.parse::<u32>().ok()
        });
        let newest = numbers.max().expect("a migration");
        let file = format!("deploy/debian/{name}/preinst");
        let script = fs::read_to_string(root.join(&file)).expect("a script");
        let line = format!("schema={newest}");
        assert!(
            script.lines().any(|it| it == line),
            "{file} must have the line `{line}`: an upgrade makes a backup if the number changes"
        );
    }
}
