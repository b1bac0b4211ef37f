//! The names of all methods that can be counted.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use prost::Message;
use prost_types::FileDescriptorSet;

/// What is served beside gRPC.
pub(crate) const PAGE: &str = "page";

/// A method that nobody serves; its name is the caller's word.
const OTHER: &str = "other";

/// Reflection's descriptors are not public.
const REFLECTION: &str = "grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

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
    .chain([REFLECTION.to_owned()])
    .collect()
});

/// The name of the method that a path is of, as the protocol has it.
pub(crate) fn method_of(path: &str) -> &'static str {
    let name = path.strip_prefix('/').unwrap_or(path);
    METHODS.get(name).map_or(OTHER, String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_named_by_the_protocol_and_never_by_the_caller() {
        for known in [
            "hedgerow.feed.v1.FeedService/WatchHeads",
            "hedgerow.directory.v1.DirectoryService/SearchRecords",
            "hedgerow.ingest.v1.IngestService/Push",
            "grpc.health.v1.Health/Check",
            REFLECTION,
        ] {
            assert_eq!(method_of(&format!("/{known}")), known);
        }
        assert_eq!(method_of("/hedgerow.feed.v1.FeedService/depression"), OTHER);
        assert_eq!(method_of("/?q=depression"), OTHER);
    }
}
