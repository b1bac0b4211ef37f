//! The dates of a certificate.

use hedgerow_core::time::Timestamp;
use rustls::pki_types::CertificateDer;
use yasna::tags::TAG_UTCTIME;
use yasna::{ASN1Result, BERReader, BERReaderSeq, Tag};

/// When a certificate begins and ends to be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) begins: Timestamp,
    pub(super) expires: Timestamp,
}

impl Validity {
    /// Reads the dates (RFC 5280, section 4.1). `None` if the certificate cannot be parsed.
    pub(super) fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        yasna::parse_der(certificate, |reader| {
            reader.read_sequence(|reader| {
                let validity = reader.next().read_sequence(read_contents)?;
                skip(reader.next())?;
                skip(reader.next())?;
                Ok(validity)
            })
        })
        .ok()
    }

    /// Returns when a certificate is to be renewed: a third of its time before its end, as Let's
    /// Encrypt recommends.
    pub(super) fn renewal(self) -> Timestamp {
        self.expires.minus(self.expires.since(self.begins) / 3)
    }
}

fn read_contents(reader: &mut BERReaderSeq<'_, '_>) -> ASN1Result<Validity> {
    // Version, serial number, algorithm, issuer.
    reader.read_optional(|reader| reader.read_tagged(Tag::context(0), skip))?;
    for _ in 0..3 {
        skip(reader.next())?;
    }
    let validity = reader.next().read_sequence(|reader| {
        Ok(Validity {
            begins: read_time(reader.next())?,
            expires: read_time(reader.next())?,
        })
    })?;
    // Subject and key, then what may be left out.
    skip(reader.next())?;
    skip(reader.next())?;
    while reader.read_optional(skip)?.is_some() {}
    Ok(validity)
}

fn read_time(reader: BERReader<'_, '_>) -> ASN1Result<Timestamp> {
    let time = if reader.lookahead_tag()? == TAG_UTCTIME {
        *reader.read_utctime()?.datetime()
    } else {
        *reader.read_generalized_time()?.datetime()
    };
    Ok(Timestamp::from_seconds(time.unix_timestamp()))
}

fn skip(reader: BERReader<'_, '_>) -> ASN1Result<()> {
    reader.read_der().map(drop)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn certificate(years: (i32, i32)) -> CertificateDer<'static> {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(["a.example".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(years.0, 2, 3);
        params.not_after = rcgen::date_time_ymd(years.1, 5, 6);
        params.self_signed(&key).unwrap().der().clone()
    }

    #[test]
    fn the_dates_are_read_in_both_forms() {
        // Up to 2049 with two digits of the year, from 2050 with four.
        let validity = Validity::of(&certificate((2026, 2051))).unwrap();
        assert_eq!(validity.begins.to_string(), "2026-02-03T00:00:00Z");
        assert_eq!(validity.expires.to_string(), "2051-05-06T00:00:00Z");
    }

    #[test]
    fn a_certificate_is_renewed_after_two_thirds_of_its_time() {
        let begins = Timestamp::from_seconds(1_800_000_000);
        let days = |days: u64| Duration::from_hours(24 * days);
        let validity = Validity {
            begins,
            expires: begins.plus(days(90)),
        };
        assert_eq!(validity.renewal(), begins.plus(days(60)));
    }

    #[test]
    fn a_damaged_certificate_has_no_dates() {
        let whole = certificate((2026, 2027));
        for length in [0, 1, 10, 40, whole.len() - 1] {
            let part = CertificateDer::from(whole[..length].to_vec());
            assert_eq!(Validity::of(&part), None, "{length}");
        }
    }
}
