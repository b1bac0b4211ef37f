//! Rules of stories.

use hedgerow_proto::v1;

use super::draft::Draft;
use super::parts;
use super::violations::Violations;

pub(super) fn check(story: &v1::Story, draft: &Draft<'_>, violations: &mut Violations) {
    parts::reject_subject(draft, violations);
    parts::require_text(
        "title",
        &story.title,
        "Give the story a title, at most 120 characters.",
        violations,
    );
    parts::require_text("text", &story.text, "Tell the story.", violations);
    parts::check_links("links", &story.links, violations);
}
