//! Tests of whole aggregators over real TLS.

mod network;
