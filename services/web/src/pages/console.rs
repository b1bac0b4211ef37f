//! The console, where the people of a group look after what they publish.

pub mod edit;

mod account;
mod failed;
pub mod first;
mod frame;
mod history;
mod home;
mod link;
pub mod messages;
mod people;
mod sign_in;

pub use account::{Account, AccountView, SessionRow};
pub use failed::ConsoleFailed;
pub use frame::{ConsoleNav, Frame, FrameGroup};
pub use history::{Change, History, HistoryView};
pub use home::{ConsoleHome, GroupLink, Groups, HomeView, Task};
pub use link::{Link, LinkOpens, LinkView};
pub use people::{InvitationRow, People, PeopleView, PersonRow};
pub use sign_in::{Kept, SignIn, SignInView};
