//! The places at which announced servers are followed.

use std::collections::{HashMap, HashSet};

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::SpkiHash;

/// The most ports of one host that are followed.
const MAX_PORTS: usize = 16;

/// Returns the endpoint without its key: the place where a server is.
pub(super) fn place(endpoint: &Endpoint) -> Endpoint {
    Endpoint {
        pin: None,
        ..endpoint.clone()
    }
}

/// Returns the places of these endpoints, at most `max` of them, in the same order.
///
/// Each is followed once, however many keys are named for it: public data proves itself. A host
/// has a bounded number of ports. Left out are this server itself and its configured sources.
pub(super) fn places_to_follow(
    endpoints: &[String],
    sources: &[Endpoint],
    own: SpkiHash,
    max: usize,
) -> Vec<Endpoint> {
    let mut seen: HashSet<Endpoint> = sources.iter().map(place).collect();
    let mut ports: HashMap<String, usize> = HashMap::new();
    let mut places = Vec::new();
    let parsed = endpoints.iter().filter_map(|it| Endpoint::parse(it).ok());
    for endpoint in parsed {
        let place = place(&endpoint);
        if endpoint.pin == Some(own) || seen.contains(&place) {
            continue;
        }
        let ports = ports.entry(place.host.clone()).or_default();
        if *ports >= MAX_PORTS {
            continue;
        }
        *ports += 1;
        seen.insert(place.clone());
        places.push(place);
        if places.len() >= max {
            break;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pinned(place: &str, key: u8) -> String {
        let mut endpoint = Endpoint::parse(place).unwrap();
        endpoint.pin = Some(SpkiHash::from_bytes([key; 32]));
        endpoint.to_string()
    }

    #[test]
    fn invented_keys_and_ports_do_not_displace_others() {
        let own = SpkiHash::from_bytes([255; 32]);
        let source = Endpoint::parse("https://source.example:1").unwrap();
        let mut endpoints: Vec<_> = (0..50)
            .map(|key| pinned("https://honest.example:7443", key))
            .collect();
        endpoints.extend((1..1_000).map(|port| format!("https://honest.example:{port}")));
        endpoints.push(pinned("https://source.example:1", 7));
        endpoints.push(pinned("https://itself.example:1", 255));
        endpoints.push("https://other.example:7443".to_owned());
        let places = places_to_follow(&endpoints, &[source], own, 100);
        assert_eq!(places.len(), MAX_PORTS + 1);
        assert_eq!(places[0].to_string(), "https://honest.example:7443");
        assert_eq!(places[MAX_PORTS].host, "other.example");
    }
}
