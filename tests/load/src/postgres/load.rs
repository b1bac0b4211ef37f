//! Loading: the tables that a directory on PostgreSQL would have.

use std::pin::pin;

use hedgerow_core::record::ParsedRecord;
use hedgerow_core::recurrence::occurrences;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::Summary;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::v1;
use tokio::sync::mpsc;
use tokio_postgres::Client;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

use crate::dataset::{Dataset, bodies, group_id};
use crate::queries::Query;

const TABLES: &str = "
CREATE EXTENSION postgis;
CREATE TABLE record (
    id bigint NOT NULL,
    group_id bytea NOT NULL,
    collection text NOT NULL,
    key text NOT NULL,
    title text NOT NULL,
    summary text NOT NULL,
    other_names text NOT NULL,
    body text NOT NULL,
    rejected text NOT NULL,
    place text NOT NULL,
    region text,
    tags text[] NOT NULL,
    who_for text[] NOT NULL,
    support_group boolean NOT NULL,
    capacity integer,
    free boolean,
    longitude double precision,
    latitude double precision,
    record bytea NOT NULL,
    at geography(Point, 4326) GENERATED ALWAYS AS
        (ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)::geography) STORED,
    words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A')
        || setweight(to_tsvector('english', other_names), 'A')
        || setweight(to_tsvector('english', summary), 'B')
        || setweight(to_tsvector('english', body || ' ' || place), 'C')
        || setweight(to_tsvector('english', rejected), 'D')) STORED
);
CREATE TABLE occurrence (record_id bigint NOT NULL, starts timestamptz NOT NULL);
";

const INDEXES: &str = "
ALTER TABLE record ADD PRIMARY KEY (id);
CREATE INDEX ON record USING gin (words);
CREATE INDEX ON record USING gist (at);
CREATE INDEX record_listing_at ON record USING gist (at) WHERE collection = 'listing';
CREATE INDEX record_room_at ON record USING gist (at)
    WHERE collection = 'offer' AND free AND capacity >= 12;
CREATE INDEX ON record USING gin (tags);
CREATE INDEX ON record USING gin (who_for);
CREATE INDEX ON record (collection);
CREATE INDEX ON occurrence (starts) INCLUDE (record_id);
CREATE INDEX ON occurrence (record_id);
VACUUM (ANALYZE) record;
VACUUM (ANALYZE) occurrence;
";

const COPY_RECORDS: &str = "COPY record (id, group_id, collection, key, title, summary, \
    other_names, body, rejected, place, region, tags, who_for, support_group, capacity, free, \
    longitude, latitude, record) FROM STDIN BINARY";

const TYPES: [Type; 19] = [
    Type::INT8,
    Type::BYTEA,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT_ARRAY,
    Type::TEXT_ARRAY,
    Type::BOOL,
    Type::INT4,
    Type::BOOL,
    Type::FLOAT8,
    Type::FLOAT8,
    Type::BYTEA,
];

type Values = Vec<Box<dyn ToSql + Sync + Send>>;

/// A record's columns, and its occurrences in the time window of the queries.
struct Row {
    values: Values,
    starts: Vec<i64>,
}

/// Copies all records into the tables, then creates indexes and analyses.
pub async fn load(client: &Client, dataset: &Dataset) -> anyhow::Result<()> {
    client.batch_execute(TABLES).await?;
    let (sender, mut rows) = mpsc::channel::<Row>(1_000);
    let publications = dataset.clone();
    let reading = std::thread::spawn(move || {
        let mut id = 0;
        publications.publications(|publication| {
            let group = group_id(&publication)?;
            for body in bodies(&publication) {
                id += 1;
                let record = ParsedRecord::parse(body, &group)?;
                if sender.blocking_send(row(id, &record)?).is_err() {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    });
    let mut occurring = Vec::new();
    let sink = client.copy_in(COPY_RECORDS).await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &TYPES));
    let mut id: i64 = 0;
    while let Some(row) = rows.recv().await {
        id += 1;
        occurring.extend(row.starts.into_iter().map(|start| (id, start)));
        let values = row.values.iter().map(|value| {
            let value: &(dyn ToSql + Sync) = value.as_ref();
            value
        });
        writer.as_mut().write_raw(values).await?;
    }
    writer.finish().await?;
    reading
        .join()
        .unwrap_or_else(|_| anyhow::bail!("the reading thread panicked"))?;
    copy_occurrences(client, &occurring).await?;
    client
        .batch_execute(INDEXES.split("VACUUM").next().unwrap_or(INDEXES))
        .await?;
    // VACUUM cannot run in a transaction, and a batch is one.
    for table in ["record", "occurrence"] {
        client
            .execute(&format!("VACUUM (ANALYZE) {table}"), &[])
            .await?;
    }
    Ok(())
}

async fn copy_occurrences(client: &Client, occurring: &[(i64, i64)]) -> anyhow::Result<()> {
    let create = "CREATE TEMPORARY TABLE coming (record_id bigint, seconds bigint)";
    client.batch_execute(create).await?;
    let sink = client.copy_in("COPY coming FROM STDIN BINARY").await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &[Type::INT8, Type::INT8]));
    for (id, start) in occurring {
        writer.as_mut().write(&[id, start]).await?;
    }
    writer.finish().await?;
    client
        .batch_execute(
            "INSERT INTO occurrence SELECT record_id, to_timestamp(seconds) FROM coming ORDER BY 2;
             DROP TABLE coming",
        )
        .await?;
    Ok(())
}

fn row(id: i64, record: &ParsedRecord) -> anyhow::Result<Row> {
    let message = record.message();
    let known = RecordBody::parse(&message.collection, &message.body)?;
    let summary = Summary::from_body(&known).unwrap_or_default();
    let place = summary.places.first();
    let point = place.and_then(|place| place.point);
    let degrees = |e7: i32| f64::from(e7) / 1e7;
    let labels = summary.tags.iter().map(|tag| vocabulary().label(tag));
    let mut body: Vec<&str> = summary.text.iter().map(String::as_str).collect();
    body.extend(labels);
    body.extend(summary.own_words.iter().map(String::as_str));
    let who_for = summary.who_for.iter();
    let who_for: Vec<String> = who_for
        .flat_map(|who| who.communities.iter().chain(&who.experiences).cloned())
        .collect();
    let values: Values = vec![
        Box::new(id),
        Box::new(message.group_id.clone()),
        Box::new(message.collection.clone()),
        Box::new(message.key.clone()),
        Box::new(summary.title.clone()),
        Box::new(summary.summary.clone()),
        Box::new(summary.other_names.join(" ")),
        Box::new(body.join(" ")),
        Box::new(summary.rejected_terms.join(" ")),
        Box::new(place.map(|place| place.name.clone()).unwrap_or_default()),
        Box::new(place.and_then(|place| place.region.clone())),
        Box::new(summary.tags.clone()),
        Box::new(who_for),
        Box::new(summary.roles.contains(&v1::Role::SupportGroup)),
        Box::new(
            summary
                .capacity
                .and_then(|capacity| i32::try_from(capacity).ok()),
        ),
        Box::new(summary.cost.free_of_charge),
        Box::new(point.map(|point| degrees(point.longitude_e7))),
        Box::new(point.map(|point| degrees(point.latitude_e7))),
        Box::new(record.bytes().to_vec()),
    ];
    let starts = match &known {
        RecordBody::Event(event) => {
            let (from, to) = Query::window();
            let coming = occurrences(event, from, to, 1_000).unwrap_or_default();
            coming.iter().map(|one| one.start.as_seconds()).collect()
        }
        _ => Vec::new(),
    };
    Ok(Row { values, starts })
}
