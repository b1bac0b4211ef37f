//! Names of methods, as metrics and logs use them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use prost::Message;
use prost_types::FileDescriptorSet;

/// The name for everything that is not gRPC.
pub(crate) const PAGE: &str = "page";

/// The name for unknown methods, whose own names come from the caller.
const OTHER: &str = "other";

/// Named here, because tonic-reflection does not export its descriptors.
const REFLECTION: [&str; 2] = [
    "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

static METHODS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    [
        hedgerow_proto::FILE_DESCRIPTOR_SET,
        tonic_health::pb::FILE_DESCRIPTOR_SET,
    ]
    .into_iter()
    .filter_map(|set| FileDescriptorSet::decode(set).ok())
    .flat_map(|set| set.file)
    .flat_map(|file| {
        let package = file.package().to_owned();
        file.service.into_iter().flat_map(move |service| {
            let service_name = format!("{package}.{}", service.name());
            let names = service.method.into_iter();
            names
                .map(move |method| format!("{service_name}/{}", method.name()))
                .collect::<Vec<_>>()
        })
    })
    .chain(REFLECTION.map(str::to_owned))
    .collect()
});

/// Returns the protocol's name for the method of a path, without a copy of the path.
pub(crate) fn method_of(path: &str) -> &'static str {
    let name = path.strip_prefix('/').unwrap_or(path);
    METHODS.get(name).map_or(OTHER, String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_methods_come_from_the_protocol_and_never_from_the_caller() {
        for known in [
            "hedgerow.feed.v1.FeedService/WatchHeads",
            "hedgerow.directory.v1.DirectoryService/SearchRecords",
            "hedgerow.ingest.v1.IngestService/Push",
            "grpc.health.v1.Health/Check",
            REFLECTION[0],
            REFLECTION[1],
        ] {
            assert_eq!(method_of(&format!("/{known}")), known);
        }
        assert_eq!(method_of("/hedgerow.feed.v1.FeedService/depression"), OTHER);
        assert_eq!(method_of("/?q=depression"), OTHER);
    }
}
