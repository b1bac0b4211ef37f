//! The pages of both sites with every field filled, on a port of this machine.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::middleware::from_fn;
use axum::response::Html;
use axum::routing::get;
use hedgerow_web::{assets, response, samples};
use tokio::net::TcpListener;

/// Words that are as long as those of a group may be.
pub const WORDS: &str = "Sheffield Women’s Wednesday Walk-and-Talk for Wellbeing";

pub struct Served {
    address: String,
    names: Vec<String>,
}

impl Served {
    /// Serves all pages in a language, with these words in every field that somebody else fills.
    pub async fn start(language: &'static str, words: &str) -> Self {
        let (names, pages): (Vec<String>, Vec<String>) =
            samples::pages_in(language, words).into_iter().unzip();
        let page = |State(pages): State<Arc<Vec<String>>>, Path(at): Path<usize>| async move {
            Html(pages.get(at).cloned().unwrap_or_default())
        };
        let routes = Router::new()
            .route("/page/{at}", get(page))
            .merge(assets::routes())
            .layer(from_fn(response::secure))
            .with_state(Arc::new(pages));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, names }
    }

    /// Every page by name, with its address.
    pub fn pages(&self) -> impl Iterator<Item = (&str, String)> {
        let names = self.names.iter().enumerate();
        names.map(|(at, name)| (name.as_str(), format!("{}/page/{at}", self.address)))
    }

    pub fn page(&self, name: &str) -> String {
        let found = self.pages().find(|(known, _)| *known == name);
        found.unwrap_or_else(|| panic!("no page {name}")).1
    }
}
