//! The queries in SQL. Each returns at most 20 hits with the columns that a directory shows.

use tokio_postgres::types::ToSql;

use crate::queries::{Kind, Query};

pub fn statement(kind: Kind) -> &'static str {
    match kind {
        Kind::Words | Kind::CommonWord | Kind::Sentence => {
            "SELECT id, key, collection, title, summary, place, ts_rank(words, query) AS rank
             FROM record, plainto_tsquery('english', $1) query
             WHERE words @@ query AND (collection <> 'listing' OR support_group)
             ORDER BY rank DESC, id LIMIT 20"
        }
        Kind::WordsNear => {
            "SELECT id, key, collection, title, summary, place, ts_rank(words, query) AS rank,
                    ST_Distance(at, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography) AS metres
             FROM record, plainto_tsquery('english', $1) query
             WHERE words @@ query AND (collection <> 'listing' OR support_group)
               AND ST_DWithin(at, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography, $4)
             ORDER BY rank DESC, id LIMIT 20"
        }
        Kind::WordsNearTag => {
            "SELECT id, key, collection, title, summary, place, ts_rank(words, query) AS rank,
                    ST_Distance(at, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography) AS metres
             FROM record, plainto_tsquery('english', $1) query
             WHERE words @@ query AND (collection <> 'listing' OR support_group)
               AND ST_DWithin(at, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography, $4)
               AND tags @> ARRAY[$5]
             ORDER BY rank DESC, id LIMIT 20"
        }
        Kind::NearMe => {
            "SELECT id, key, collection, title, summary, place,
                    ST_Distance(at, ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography) AS metres
             FROM record
             WHERE collection = 'listing' AND support_group
               AND ST_DWithin(at, ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography, $3)
             ORDER BY at <-> ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography LIMIT 20"
        }
        Kind::Facets => {
            "WITH hit AS MATERIALIZED (
                 SELECT id, collection, tags, region, ts_rank(words, query) AS rank
                 FROM record, plainto_tsquery('english', $1) query
                 WHERE words @@ query AND (collection <> 'listing' OR support_group)),
             tagged AS MATERIALIZED (
                 SELECT split_part(tag, ':', 1) AS facet, tag, count(*) AS count
                 FROM hit, unnest(tags) tag
                 WHERE tag LIKE 'community:%' OR tag LIKE 'approach:%' GROUP BY 1, 2)
             (SELECT 'hit' AS facet, id::text AS value, rank::float8 AS figure
              FROM hit ORDER BY rank DESC, id LIMIT 20)
             UNION ALL SELECT facet, tag, count::float8 FROM tagged
             UNION ALL (SELECT 'collection', collection, count(*)::float8 FROM hit GROUP BY 2)
             UNION ALL (SELECT 'region', region, count(*)::float8 FROM hit GROUP BY 2)"
        }
        Kind::TimeWindow => {
            "SELECT record.id, key, collection, title, summary, place, min(starts) AS next
             FROM record JOIN occurrence ON record_id = record.id
             WHERE collection = 'event'
               AND starts >= to_timestamp($4) AND starts < to_timestamp($5)
               AND ST_DWithin(at, ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography, $3)
             GROUP BY record.id ORDER BY next, record.id LIMIT 20"
        }
        Kind::Combination => {
            "SELECT id, key, collection, title, summary, place, ts_rank(words, query) AS rank
             FROM record, plainto_tsquery('english', $1) query
             WHERE words @@ query AND collection = 'listing' AND support_group
               AND who_for && $2
             ORDER BY (who_for @> $2) DESC, rank DESC, id LIMIT 20"
        }
        Kind::Room => {
            "SELECT id, key, collection, title, summary, place, capacity,
                    ST_Distance(at, ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography) AS metres
             FROM record
             WHERE collection = 'offer' AND free AND capacity >= 12
               AND ST_DWithin(at, ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography, $3)
             ORDER BY at <-> ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography LIMIT 20"
        }
    }
}

/// The parameters of a query, in the order of its statement.
pub fn parameters(kind: Kind, query: &Query) -> Vec<Box<dyn ToSql + Sync + Send>> {
    let degrees = |e7: i32| f64::from(e7) / 1e7;
    let longitude = degrees(query.point.longitude_e7);
    let latitude = degrees(query.point.latitude_e7);
    let metres = f64::from(query.radius_m(kind).unwrap_or_default());
    let text = query.text(kind);
    match kind {
        Kind::Words | Kind::CommonWord | Kind::Sentence | Kind::Facets => vec![Box::new(text)],
        Kind::WordsNear => vec![
            Box::new(text),
            Box::new(longitude),
            Box::new(latitude),
            Box::new(metres),
        ],
        Kind::WordsNearTag => vec![
            Box::new(text),
            Box::new(longitude),
            Box::new(latitude),
            Box::new(metres),
            Box::new(query.tag.clone()),
        ],
        Kind::NearMe | Kind::Room => {
            vec![Box::new(longitude), Box::new(latitude), Box::new(metres)]
        }
        Kind::TimeWindow => {
            let (from, to) = Query::window();
            #[expect(clippy::cast_precision_loss, reason = "seconds of this century")]
            let seconds = |time: hedgerow_core::time::Timestamp| time.as_seconds() as f64;
            vec![
                Box::new(longitude),
                Box::new(latitude),
                Box::new(metres),
                Box::new(seconds(from)),
                Box::new(seconds(to)),
            ]
        }
        Kind::Combination => vec![Box::new(text), Box::new(query.who_for.clone())],
    }
}
