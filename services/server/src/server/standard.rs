//! The services of every server: health and reflection.

use tonic::service::Routes;
use tonic_reflection::server::Builder;

/// Makes the health service (`grpc.health.v1`) and the reflection service
/// (`grpc.reflection.v1`, and `v1alpha` for older clients and Python's). `services` are the full names of all services, such as
/// `hedgerow.feed.v1.FeedService`; health reports each as serving.
///
/// # Errors
/// Never in practice: if the protocol's own descriptors cannot be parsed.
pub async fn standard_services(
    services: &[&str],
) -> Result<Routes, tonic_reflection::server::Error> {
    let (health, health_service) = tonic_health::server::health_reporter();
    for service in services {
        health
            .set_service_status(*service, tonic_health::ServingStatus::Serving)
            .await;
    }
    Ok(Routes::new(health_service)
        .add_service(reflection(services).build_v1()?)
        .add_service(reflection(services).build_v1alpha()?))
}

fn reflection<'a>(services: &[&str]) -> Builder<'a> {
    let builder = Builder::configure()
        .register_encoded_file_descriptor_set(hedgerow_proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .with_service_name("grpc.health.v1.Health");
    services.iter().fold(builder, |builder, service| {
        builder.with_service_name(*service)
    })
}
