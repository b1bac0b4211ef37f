//! Asking the index.

use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::collection;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use tantivy::DocAddress;
use tantivy::Searcher;
use tantivy::TantivyDocument;
use tantivy::collector::Collector;
use tantivy::collector::DocSetCollector;
use tantivy::query::BooleanQuery;
use tantivy::query::Occur;
use tantivy::query::Query;
use tantivy::query::TermSetQuery;
use tantivy::schema::Value;

use super::Index;
use super::checks::Checks;
use super::columns::AllColumns;
use super::columns::unpack;
use super::criteria::Criteria;
use super::document::number;
use super::document::record_term;
use super::error::IndexError;
use super::facets::Counts;
use super::facets::FacetAt;
use super::gather::Gather;
use super::gather::Gathered;
use super::lookers::Lookers;
use super::named::Named;
use super::rank::Rank;
use super::rank::Ranking;
use super::schema::Fields;
use super::within::Within;
use super::wording::OneWord;

/// One state of the index: what is asked of it is answered alike however it goes on.
#[derive(Clone)]
pub(crate) struct Snapshot {
    pub(super) searcher: Searcher,
    pub(super) fields: Fields,
    pub(super) columns: AllColumns,
    lookers: Lookers,
    named: Named,
}

/// Names a snapshot, for as long as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SnapshotId {
    /// When the index was opened, in milliseconds.
    pub(crate) opened_at: u64,
    /// Which state since.
    pub(crate) generation: u64,
}

/// A record that the index found. It may be gone from the store by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Its publisher.
    pub(crate) group: GroupId,
    /// Its name.
    pub(crate) name: RecordName,
    /// Its hash when it was indexed.
    pub(crate) hash: RecordHash,
    /// When it starts next of what was asked, in minutes since 1970; `None` where no time
    /// was asked.
    pub(crate) next_start: Option<u64>,
}

/// Some of what was found, in order.
#[derive(Default)]
pub(crate) struct Found {
    /// The records with their ranks, at most as many as were asked.
    pub(crate) candidates: Vec<(Rank, Candidate)>,
    /// How many there are in all.
    pub(crate) total: u64,
    /// Whether nothing has all the words, so that these have most of them.
    pub(crate) nothing_has_all: bool,
    /// What was counted, by facet.
    pub(crate) facets: Vec<(FacetAt, Counts)>,
    /// Stems that show why something was found.
    pub(crate) marks: Vec<String>,
    /// Words that were widened, and to what.
    pub(crate) widened: Vec<(String, Vec<String>)>,
}

impl Index {
    /// The newest state.
    pub(crate) fn newest(&self) -> (Snapshot, SnapshotId) {
        let newest = self.snapshot();
        let id = SnapshotId {
            opened_at: self.opened_at_ms(),
            generation: newest.generation(),
        };
        (newest, id)
    }

    /// A state that was kept. `None` where it is gone.
    pub(crate) fn kept(&self, id: SnapshotId) -> Option<Snapshot> {
        if id.opened_at != self.opened_at_ms() {
            return None;
        }
        self.0.snapshots.get(id.generation, self.now())
    }

    /// Keeps a state, the newest one, for further pages.
    pub(crate) fn keep(&self, snapshot: &Snapshot, now: Timestamp) {
        self.0.snapshots.keep(snapshot, now);
    }

    fn opened_at_ms(&self) -> u64 {
        self.0.opened_at.as_millis().unsigned_abs()
    }
}

impl Snapshot {
    /// The state that a searcher sees.
    pub(super) fn of(
        searcher: Searcher,
        fields: Fields,
        lookers: Lookers,
    ) -> Result<Self, IndexError> {
        Ok(Self {
            columns: unpack(&searcher, None)?,
            searcher,
            fields,
            lookers,
            named: Named::default(),
        })
    }

    /// The state that a later searcher sees; what is unpacked here is taken over.
    pub(super) fn newer(&self, searcher: Searcher) -> Result<Self, IndexError> {
        Ok(Self {
            columns: unpack(&searcher, Some((&self.searcher, &self.columns)))?,
            searcher,
            fields: self.fields,
            lookers: self.lookers.clone(),
            named: self.named.clone(),
        })
    }

    /// Numbers the states of one opening of the index.
    pub(super) fn generation(&self) -> u64 {
        self.searcher.generation().generation_id()
    }

    /// What a collector makes of all that a query finds.
    pub(super) fn look<C: Collector>(
        &self,
        query: &dyn Query,
        collector: &C,
    ) -> tantivy::Result<C::Fruit> {
        self.lookers.search(&self.searcher, query, collector)
    }

    /// What of a query may lie where the criteria ask for it.
    pub(super) fn within(&self, criteria: &Criteria, query: BooleanQuery) -> Box<dyn Query> {
        Within::of(query, criteria, &self.columns)
    }

    /// Finds what meets the criteria, in order, and counts over all of it.
    pub(crate) fn find(
        &self,
        criteria: &Criteria,
        ranking: Ranking,
        limit: usize,
        facets: &[FacetAt],
    ) -> Result<Found, IndexError> {
        let wording = criteria.wording(&self.searcher, &self.fields)?;
        let mut gather = Gather {
            columns: Arc::clone(&self.columns),
            checks: Checks::of(criteria),
            ranking: Some(ranking.clone()),
            limit: limit.max(1),
            facets: facets.to_vec(),
        };
        let query = criteria.query(&self.fields, wording.as_ref());
        // A filter would be a clause beside the word's.
        let one_word = match (&wording, query.clauses()) {
            (Some(wording), [_]) if ranking.is_by_score() && criteria.around.is_none() => {
                wording.one_word(&self.fields)
            }
            _ => None,
        };
        let mut gathered = match one_word {
            Some(one_word) => self.best_of_one_word(&one_word, &gather)?,
            None => self.look(&self.within(criteria, query), &gather)?,
        };
        let mut nothing_has_all = false;
        if let Some(wording) = &wording
            && wording.may_be_less(gathered.total)
        {
            nothing_has_all = gathered.total == 0;
            let most_is_enough = true;
            gather.ranking = Some(Ranking {
                most_is_enough,
                ..ranking
            });
            let query = criteria.query_for_most(&self.searcher, &self.fields, wording)?;
            gathered = self.look(&self.within(criteria, query), &gather)?;
        }
        let candidates = gathered
            .first
            .into_iter()
            .map(|(rank, address)| Ok((rank, self.asked(criteria, address)?)))
            .collect::<Result<_, IndexError>>()?;
        let (marks, widened) = wording
            .map(|wording| (wording.marks, wording.widened))
            .unwrap_or_default();
        Ok(Found {
            candidates,
            total: gathered.total,
            nothing_has_all,
            facets: gathered.facets,
            marks,
            widened,
        })
    }

    /// What is gathered for one plain word without filters, in two goes: what is counted
    /// needs no score, and of the scores only the best are worked out.
    fn best_of_one_word(
        &self,
        one_word: &OneWord,
        gather: &Gather,
    ) -> Result<Gathered, IndexError> {
        let counted = self.look(&one_word.having, &gather.counting())?;
        let first = self.look(&one_word.best, &gather.best())?;
        Ok(Gathered { first, ..counted })
    }

    /// How many meet the criteria, and how often each value of some facets stands there.
    pub(crate) fn count(
        &self,
        criteria: &Criteria,
        facets: &[FacetAt],
    ) -> Result<(u64, Vec<(FacetAt, Counts)>), IndexError> {
        let wording = criteria.wording(&self.searcher, &self.fields)?;
        let gather = Gather {
            columns: Arc::clone(&self.columns),
            checks: Checks::of(criteria),
            ranking: None,
            limit: 0,
            facets: facets.to_vec(),
        };
        let query = criteria.query(&self.fields, wording.as_ref());
        let gathered = self.look(&self.within(criteria, query), &gather)?;
        Ok((gathered.total, gathered.facets))
    }

    /// Which of these records meet the criteria in this state.
    pub(crate) fn among(
        &self,
        criteria: &Criteria,
        records: &[Candidate],
    ) -> Result<Vec<Candidate>, IndexError> {
        let names = records
            .iter()
            .map(|one| record_term(&self.fields, &one.group, &one.name));
        let wording = criteria.wording(&self.searcher, &self.fields)?;
        let meeting = match &wording {
            Some(wording) if wording.may_be_less(0) => {
                criteria.query_for_most(&self.searcher, &self.fields, wording)?
            }
            wording => criteria.query(&self.fields, wording.as_ref()),
        };
        let query = BooleanQuery::new(vec![
            (Occur::Must, Box::new(meeting) as Box<dyn Query>),
            (Occur::Must, Box::new(TermSetQuery::new(names))),
        ]);
        let checks = Checks::of(criteria);
        let mut meeting = Vec::new();
        for address in self.look(&query, &DocSetCollector)? {
            let columns = &self.columns[address.segment_ord as usize];
            if checks.open(columns).pass(address.doc_id).is_some() {
                meeting.push(self.asked(criteria, address)?);
            }
        }
        Ok(meeting)
    }

    /// Some of what a query finds, in no order.
    pub(super) fn some(
        &self,
        query: &dyn Query,
        limit: usize,
    ) -> Result<Vec<Candidate>, IndexError> {
        let found = self.look(query, &DocSetCollector)?;
        found
            .into_iter()
            .take(limit)
            .map(|address| self.candidate(address))
            .collect()
    }

    /// A group's listings in which it speaks itself, or on behalf of a branch.
    pub(crate) fn own_listings(&self, group: &GroupId) -> Result<Vec<Candidate>, IndexError> {
        let criteria = Criteria {
            group: Some(*group),
            collections: vec![collection::LISTING.to_owned()],
            voices: vec![
                number(v1::Voice::Itself as i32),
                number(v1::Voice::OnBehalf as i32),
            ],
            ..Criteria::default()
        };
        let found = self
            .searcher
            .search(&criteria.query(&self.fields, None), &DocSetCollector)?;
        let mut listings = found
            .into_iter()
            .map(|address| self.candidate(address))
            .collect::<Result<Vec<_>, IndexError>>()?;
        listings.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(listings)
    }

    /// A candidate with what its question asks of it.
    fn asked(&self, criteria: &Criteria, address: DocAddress) -> Result<Candidate, IndexError> {
        let occurrences = &self.columns[address.segment_ord as usize].occurrence;
        let occurrences = occurrences.values_for_doc(address.doc_id);
        let times = criteria.times.as_ref();
        Ok(Candidate {
            next_start: times.and_then(|times| times.next_start(occurrences)),
            ..self.candidate(address)?
        })
    }

    pub(super) fn candidate(&self, address: DocAddress) -> Result<Candidate, IndexError> {
        let segment = self.searcher.segment_reader(address.segment_ord);
        let read = || self.read_candidate(address);
        self.named.get(segment.segment_id(), address.doc_id, read)
    }

    fn read_candidate(&self, address: DocAddress) -> Result<Candidate, IndexError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let bytes = |field| document.get_first(field).and_then(|value| value.as_bytes());
        let text = |field| document.get_first(field).and_then(|value| value.as_str());
        let group = bytes(self.fields.group).and_then(|id| GroupId::try_from(id).ok());
        let hash = bytes(self.fields.hash).and_then(|hash| RecordHash::try_from(hash).ok());
        let name = v1::RecordName {
            collection: text(self.fields.collection).unwrap_or_default().to_owned(),
            key: text(self.fields.key).unwrap_or_default().to_owned(),
        };
        Ok(Candidate {
            group: group.ok_or(IndexError::Damaged("group"))?,
            name: RecordName::try_from(&name).map_err(|_| IndexError::Damaged("name"))?,
            hash: hash.ok_or(IndexError::Damaged("hash"))?,
            next_start: None,
        })
    }
}
