//! The services of every server: health and reflection.

use tonic::service::Routes;

/// Makes the health service (`grpc.health.v1`) and the reflection service
/// (`grpc.reflection.v1`). `services` are the full names of all services, such as
/// `hedgerow.feed.v1.FeedService`; health reports each as serving.
///
/// # Errors
/// Never in practice: if the protocol's own descriptors cannot be parsed.
pub async fn standard_services(
    services: &[&str],
) -> Result<Routes, tonic_reflection::server::Error> {
    let (health, health_service) = tonic_health::server::health_reporter();
    let mut reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(hedgerow_proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .with_service_name("grpc.health.v1.Health");
    for service in services {
        reflection = reflection.with_service_name(*service);
        health
            .set_service_status(*service, tonic_health::ServingStatus::Serving)
            .await;
    }
    Ok(Routes::new(health_service).add_service(reflection.build_v1()?))
}
