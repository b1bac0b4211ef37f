//! Writes XML 1.0: elements, attributes and escaped words.

use hedgerow_web::Text;

#[derive(Default)]
pub(super) struct Xml(String);

impl Xml {
    pub(super) fn document() -> Self {
        Self("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned())
    }

    /// Begins an element. Names of elements and attributes are of this program.
    pub(super) fn begin(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.0.push_str(">\n");
    }

    pub(super) fn end(&mut self, name: &str) {
        self.0.push_str(&format!("</{name}>\n"));
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.0.push_str("/>\n");
    }

    /// An element with words.
    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], words: &str) {
        self.tag(name, attributes);
        self.0.push('>');
        self.escaped(words);
        self.0.push_str(&format!("</{name}>\n"));
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.0.push('<');
        self.0.push_str(name);
        for (name, value) in attributes {
            self.0.push_str(&format!(" {name}=\""));
            self.escaped(value);
            self.0.push('"');
        }
    }

    fn escaped(&mut self, words: &str) {
        for letter in Text::plain(words).as_str().chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                // Not characters of XML 1.0; controls are gone already.
                '\u{fffe}' | '\u{ffff}' => {}
                other => self.0.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_escaped_and_lose_what_is_not_permitted() {
        let mut xml = Xml::default();
        xml.text("a", &[("b", "\"<>&'")], "x\u{0}\u{b}\u{fffe}<c>]]>&amp;");
        xml.empty("d", &[]);
        assert_eq!(
            xml.into_text(),
            "<a b=\"&quot;&lt;&gt;&amp;'\">x&lt;c&gt;]]&gt;&amp;amp;</a>\n<d/>\n"
        );
    }
}
