//! Hedgerow's protocol as Rust types: generated from `hedgerow/v1/*.proto`, nothing else.

/// Version 1 of the protocol, package `hedgerow.v1`.
pub mod v1 {
    #![expect(
        missing_docs,
        clippy::allow_attributes,
        reason = "generated; the documentation stands in the .proto files"
    )]
    tonic::include_proto!("hedgerow.v1");
}

/// The serialized `FileDescriptorSet` of the protocol with its imports, for server
/// reflection and for tools that work from descriptors.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/hedgerow.bin"));
