//! The services that every server has: health and reflection.

use tonic::service::Routes;
use tonic_health::server::HealthReporter;

/// What every server serves beside its own services.
#[derive(Debug)]
pub struct StandardServices {
    /// Health and reflection, to add one's own services to.
    pub routes: Routes,
    /// Says which services are serving.
    pub health: HealthReporter,
}

/// Health (`grpc.health.v1`) and reflection (`grpc.reflection.v1`) of the protocol.
/// `services` are the full names that are served, such as
/// `hedgerow.feed.v1.FeedService`: all are reported as serving.
///
/// # Errors
/// Never in practice: where the protocol's own descriptors cannot be read.
pub async fn standard_services(
    services: &[&str],
) -> Result<StandardServices, tonic_reflection::server::Error> {
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
    let routes = Routes::new(health_service).add_service(reflection.build_v1()?);
    Ok(StandardServices { routes, health })
}
