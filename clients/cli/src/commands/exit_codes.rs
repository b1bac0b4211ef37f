//! `hedgerow exit-codes`.

use crate::context::Context;
use crate::exit::{CODES, Exit};

pub fn run(context: &mut Context) -> anyhow::Result<Exit> {
    writeln!(context.out, "{CODES}")?;
    Ok(Exit::Done)
}
