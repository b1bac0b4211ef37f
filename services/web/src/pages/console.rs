//! The console, where the people of a group look after what they publish.

mod failed;
mod frame;
mod home;
mod link;
pub mod messages;
mod sign_in;

pub use failed::ConsoleFailed;
pub use frame::{ConsoleNav, Frame, FrameGroup};
pub use home::{ConsoleHome, GroupLink, Groups, HomeView, Task};
pub use link::{Link, LinkOpens, LinkView};
pub use sign_in::{Kept, SignIn, SignInView};
