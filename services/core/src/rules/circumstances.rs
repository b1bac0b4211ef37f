//! Rules of circumstances.

use hedgerow_proto::v1;

use super::draft::Draft;
use super::parts;
use super::violations::Violations;

pub(super) fn check(
    circumstances: &v1::Circumstances,
    draft: &Draft<'_>,
    violations: &mut Violations,
) {
    parts::reject_subject(draft, violations);
    if let Some(report) = &circumstances.evaluation_report {
        parts::check_link("evaluation_report", report, violations);
    }
}
