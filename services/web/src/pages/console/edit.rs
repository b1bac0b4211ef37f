//! The console's pages about records: lists, forms, checks.

mod ask;
mod check;
mod choose;
mod conflict;
mod copy;
mod dates;
mod fill_in;
mod import;
mod inbox;
mod list;
mod overview;
mod settings;
mod shown_by;

pub use ask::{Ask, AskView, Question, Sentence};
pub use check::{Check, CheckView, Compared};
pub use choose::{Choose, ChooseView};
pub use conflict::{Conflict, ConflictView, Versions};
pub use copy::{Copies, CopiesView, CopyRow};
pub use dates::{Dates, DatesView};
pub use fill_in::{FillIn, FillInView, FormPart};
pub use import::{Import, ImportRow, ImportState, ImportView};
pub use inbox::{Inbox, InboxMessage, InboxView};
pub use list::{RecordList, RecordListView, RecordRow};
pub use overview::{Overview, OverviewAction, OverviewView};
pub use settings::{Settings, SettingsView};
pub use shown_by::{AddPlace, Place, Showing, ShownBy, ShownByView, Stopped};
