//! Hits of a list as rows, with what the list adds.

use hedgerow_proto::directory_v1::SearchHit;
use hedgerow_record_views::RecordContent;
use hedgerow_record_views::sections::details;
use hedgerow_web::pages::List;
use hedgerow_web::view::{Details, Hit};

use super::super::hit::{hit, href};
use super::super::visit::Visit;

pub(super) fn rows(
    visit: &Visit,
    list: List,
    hits: &[&SearchHit],
    stored: &[Option<RecordContent>],
) -> Vec<(Hit, Details)> {
    let row = |(one, stored): (&&SearchHit, &Option<RecordContent>)| {
        let stored = stored.as_ref();
        let mut more = stored.map_or_else(Details::default, |record| {
            details(record, visit.words(), visit.now)
        });
        if matches!(list, List::Rooms | List::Helps) {
            let page = href(&one.group_id, &one.collection, &one.key);
            more.fits_href = Some(format!("{page}/fits"));
        }
        (hit(one, stored, visit.words(), visit.now), more)
    };
    hits.iter().zip(stored).map(row).collect()
}
