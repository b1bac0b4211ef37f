//! `hedgerow-node` without a command: a node for the person at this computer.

use std::path::Path;

use anyhow::Context;
use hedgerow_server::private_files::{create_private_dir, write_private_new};
use hedgerow_server::program::println;

use crate::config::{Config, FILE_NAME};

/// Makes the folder of a node, if there is none.
pub(super) fn make_folder(dir: &Path) -> anyhow::Result<()> {
    let file = dir.join(FILE_NAME);
    if file.exists() {
        return Ok(());
    }
    let text = Config::default()
        .annotated()
        .context("cannot format the configuration")?;
    create_private_dir(dir)?;
    write_private_new(&file, text.as_bytes())?;
    println(format_args!(
        "A node was created in {}. It publishes nothing yet. To be found, name a directory under \
         `aggregators` in {}.",
        dir.display(),
        file.display()
    ))
}
