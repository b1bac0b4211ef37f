//! Services for a person in a crisis.

use hedgerow_core::crisis::crisis_services;
use hedgerow_web::view::CrisisService;
use hedgerow_web::{CrisisLine, Text};

/// Words for which every country's services for despair are listed.
const DESPAIR: &str = "suicide";
/// Words of every kind of crisis, so that every service is listed.
const EVERY_CRISIS: &str = "suicide, domestic violence, child abuse, rape, emergency";
/// Services of one country at the foot of a page: the rest is on a page of its own.
const MAX_AT_FOOT: usize = 4;

/// The services for a person who types these words, by country.
pub fn services(words: &str) -> Vec<CrisisLine> {
    let services = crisis_services(words).into_iter();
    CrisisLine::by_country(services.map(|service| CrisisService {
        country: service.country.to_owned(),
        name: Text::plain(service.name),
        phone: service.phone.to_owned(),
        text: Text::plain(service.text),
        words: Text::plain(service.words),
    }))
}

/// All services, by country.
pub fn every_service() -> Vec<CrisisLine> {
    services(EVERY_CRISIS)
}

/// The few services of each country at the foot of every page.
pub fn at_foot() -> Vec<CrisisLine> {
    let mut lines = services(DESPAIR);
    for line in &mut lines {
        line.services.truncate(MAX_AT_FOOT);
    }
    lines
}
