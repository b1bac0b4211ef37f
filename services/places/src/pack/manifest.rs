//! What a pack says about itself.

/// Bytes of an encoded manifest.
pub(super) const MAX_MANIFEST_BYTES: usize = 64 * 1024;

/// The version, contents and notices of a set of places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// A name for this state of the data: a short hash of its contents.
    pub version: String,
    /// The number of settlements.
    pub places: u32,
    /// The number of areas.
    pub areas: u32,
    /// The number of postcode districts.
    pub postcodes: u32,
    /// The number of names.
    pub names: u32,
    /// Whether this holds the places that people name, hamlets and suburbs included. The
    /// embedded places are known to be incomplete.
    pub is_complete: bool,
    /// What was imported, one file each.
    pub sources: Vec<String>,
    /// Notices to show wherever the data are used.
    pub notices: Vec<String>,
}

impl Manifest {
    pub(super) fn encode(&self) -> String {
        let mut text = format!(
            "version: {}\nplaces: {}\nareas: {}\npostcodes: {}\nnames: {}\ncomplete: {}\n",
            self.version, self.places, self.areas, self.postcodes, self.names, self.is_complete
        );
        let lists = [("source", &self.sources), ("notice", &self.notices)];
        for (key, values) in lists {
            for value in values {
                text.push_str(&format!("{key}: {}\n", value.replace(['\n', '\r'], " ")));
            }
        }
        text
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let mut manifest = Self::default();
        for line in text.lines() {
            let (key, value) = line.split_once(": ")?;
            match key {
                "version" => manifest.version = value.to_owned(),
                "places" => manifest.places = value.parse().ok()?,
                "areas" => manifest.areas = value.parse().ok()?,
                "postcodes" => manifest.postcodes = value.parse().ok()?,
                "names" => manifest.names = value.parse().ok()?,
                "complete" => manifest.is_complete = value == "true",
                "source" => manifest.sources.push(value.to_owned()),
                "notice" => manifest.notices.push(value.to_owned()),
                // A later version may say more.
                _ => {}
            }
        }
        Some(manifest)
    }
}
