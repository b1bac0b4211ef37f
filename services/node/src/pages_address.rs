//! Where the node's pages are, for browsers. A running node writes it into its folder, because the
//! system may have chosen the port.

use std::path::PathBuf;

use hedgerow_server::private_files::{WriteError, write_private};

use crate::config::Config;

/// The file with the address.
const FILE: &str = "pages-address";

/// Writes the address; an empty one if browsers accept none.
pub(crate) fn write_pages_address(config: &Config, address: &str) -> Result<(), WriteError> {
    write_private(&file(config), address.as_bytes())
}

/// Reads the address. `None` if the folder's node never ran, or serves none to browsers.
pub(crate) fn read_pages_address(config: &Config) -> Option<String> {
    let address = std::fs::read_to_string(file(config)).ok()?;
    Some(address).filter(|address| !address.is_empty())
}

fn file(config: &Config) -> PathBuf {
    config.data_dir.join(FILE)
}
