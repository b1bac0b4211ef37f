//! A person who uses the keyboard only.

use fantoccini::key::Key;

use crate::browser::Browser;

/// Presses of a key until something is reached. No page has so many controls before its main part.
const MAX_PRESSES: usize = 150;

/// The element with the focus: its place in the page, whether a person can see where the focus is,
/// and its markup.
pub const FOCUSED: &str = "
    const element = document.activeElement;
    if (element === document.body) return null;
    const shape = element.querySelector(':scope > path') ?? element;
    const style = getComputedStyle(element);
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
        || parseFloat(getComputedStyle(shape).strokeWidth) >= 3;
    // A link whose words are on two lines has two boxes, and other things between them.
    const boxes = [...element.getClientRects()].filter(box =>
        box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight);
    const above = boxes.map(box =>
        document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2));
    // Areas of a map have holes and bays.
    const seen = boxes.length > 0 && (element.closest('svg')
        || above.some(top => element.contains(top) || top?.contains(element)));
    return [[...document.querySelectorAll('*')].indexOf(element), ring && !!seen,
        element.outerHTML.slice(0, 120) + (ring ? '' : ', no ring')
            + (seen ? '' : ', below ' + above[0]?.outerHTML.slice(0, 80))]";

impl Browser {
    pub async fn press(&self, key: Key) {
        self.type_text(&char::from(key).to_string()).await;
    }

    /// Types into what has the focus.
    pub async fn type_text(&self, text: &str) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(text).await.unwrap();
    }

    async fn has_focus(&self, selector: &str) -> bool {
        let script = format!("return document.activeElement.matches(\"{selector}\")");
        self.run(&script).await == true
    }

    /// Presses Tab until an element has the focus. A person sees at each step where it is.
    pub async fn tab_to(&self, selector: &str) {
        let mut passed = Vec::new();
        for _ in 0..MAX_PRESSES {
            self.press(Key::Tab).await;
            let focused = self.run(FOCUSED).await;
            if !focused.is_null() {
                assert_eq!(focused[1], true, "the focus is not seen: {}", focused[2]);
            }
            if self.has_focus(selector).await {
                return;
            }
            passed.push(focused[2].as_str().unwrap_or("the window").to_owned());
        }
        panic!("Tab does not lead to {selector}: {passed:#?}");
    }

    /// Chooses one of the round buttons of a name, with Tab and the arrows.
    pub async fn choose_by_arrows(&self, name: &str, value: &str) {
        self.tab_to(&format!("[name='{name}']")).await;
        let chosen = format!("[name='{name}'][value='{value}']:checked");
        let here = format!("[name='{name}'][value='{value}']");
        if self.has_focus(&here).await {
            self.type_text(" ").await;
        }
        for _ in 0..MAX_PRESSES {
            if self.has_focus(&chosen).await {
                return;
            }
            self.press(Key::Down).await;
        }
        panic!("the arrows do not lead to {name}={value}");
    }

    /// Presses Enter, and waits for the page to which that leads.
    pub async fn enter(&self) {
        let page = self.find("html").await;
        self.press(Key::Enter).await;
        self.until_replaced(&page, "Enter").await;
    }
}
