//! Forms that were sent after their session had ended, until their person has signed in again.
//!
//! The sign-in page has the form for a person with a passphrase. A link is opened in another tab,
//! so the form is also kept here: sealed, in memory, with a key that only a cookie of the browser
//! has. It becomes a draft, which is published only by the page that checks it.

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hedgerow_core::random::Random;
use hedgerow_core::time::Timestamp;
use hedgerow_server::peer::NetworkKey;
use hedgerow_web::form::Form;
use hedgerow_web::pages::console::Kept;
use parking_lot::Mutex;

use super::lifetimes::KEPT_FORM;
use super::respond::is_own_path;
use super::secret::Secret;

/// Forms of one network, which may be a household's. The oldest of them makes room.
const MAX_OF_NETWORK: usize = 8;
/// Bytes of all forms: several of the largest, and hundreds of usual ones. The oldest makes room.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// What the ciphertext is, as its associated data.
const NAME: &[u8] = b"hedgerow/console/kept";

/// Forms that wait, the oldest first.
#[derive(Default)]
pub(super) struct KeptForms(Mutex<Vec<Sealed>>);

struct Sealed {
    /// Of the secret that opens it.
    hash: [u8; 32],
    network: NetworkKey,
    until: Timestamp,
    bytes: Vec<u8>,
}

impl KeptForms {
    /// Seals a form, and returns the secret that opens it.
    pub(super) fn put(
        &self,
        kept: &Kept,
        network: NetworkKey,
        (random, now): (&dyn Random, Timestamp),
    ) -> Secret {
        let secret = Secret::generate(random);
        let mut form = Form::default();
        form.push("next", &kept.next);
        form.push("form", &kept.form);
        let mut bytes = form.encode().into_bytes();
        cipher(&secret)
            .encrypt_in_place(&nonce(), NAME, &mut bytes)
            .expect("a form is shorter than the cipher's limit of 256 GiB");
        let mut all = self.0.lock();
        all.retain(|sealed| sealed.until > now);
        let of_network = |sealed: &Sealed| sealed.network == network;
        if all.iter().filter(|sealed| of_network(sealed)).count() >= MAX_OF_NETWORK
            && let Some(oldest) = all.iter().position(of_network)
        {
            all.remove(oldest);
        }
        let mut length: usize = all.iter().map(|sealed| sealed.bytes.len()).sum();
        while length + bytes.len() > MAX_BYTES && !all.is_empty() {
            length -= all.remove(0).bytes.len();
        }
        all.push(Sealed {
            hash: secret.hash(),
            network,
            until: now.plus(KEPT_FORM),
            bytes,
        });
        secret
    }

    /// Opens a form, which is then no longer kept.
    pub(super) fn take(&self, secret: &Secret, now: Timestamp) -> Option<Kept> {
        let hash = secret.hash();
        let mut all = self.0.lock();
        all.retain(|sealed| sealed.until > now);
        let at = all.iter().position(|sealed| sealed.hash == hash)?;
        let mut bytes = all.remove(at).bytes;
        drop(all);
        cipher(secret)
            .decrypt_in_place(&nonce(), NAME, &mut bytes)
            .ok()?;
        let form = Form::parse(&bytes);
        Some(Kept {
            next: form.get("next").to_owned(),
            form: form.get("form").to_owned(),
        })
    }
}

fn cipher(secret: &Secret) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&*secret.sealing_key()).into())
}

/// The same for all: a key seals one form.
fn nonce() -> XNonce {
    XNonce::from([0; 24])
}

/// The page to go on with after sign-in, and the form that was sent there if it has a draft.
/// `path`: where it was sent.
pub(super) fn extract_kept(mut form: Form, path: &str) -> (String, Option<Kept>) {
    let next = [form.get("next"), path, "/console"]
        .into_iter()
        .find(|next| is_own_path(next))
        .unwrap_or_default()
        .to_owned();
    // Sent on by a page that had kept it before.
    let before = form.get("kept");
    if !before.is_empty() {
        form = Form::parse(before.as_bytes());
    }
    if form.get("form_key").is_empty() {
        return (next, None);
    }
    for name in ["token", "passphrase", "new_passphrase"] {
        form.remove(name, None);
    }
    let kept = Kept {
        next: next.clone(),
        form: form.encode(),
    };
    (next, Some(kept))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use hedgerow_server::peer::PeerKey;
    use hedgerow_testkit::SeededRandom;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_777_636_800_000);

    fn network(number: u32) -> NetworkKey {
        PeerKey::from(IpAddr::from(number.to_be_bytes())).network()
    }

    fn kept(words: &str) -> Kept {
        Kept {
            next: "/console/first/name".to_owned(),
            form: format!("form_key=a&title={words}"),
        }
    }

    #[test]
    fn a_form_is_opened_once_by_its_secret_and_is_not_readable_before() {
        let (forms, random) = (KeptForms::default(), SeededRandom::new(1));
        let secret = forms.put(&kept("Tuesday"), network(1), (&random, NOW));
        let sealed = forms.0.lock()[0].bytes.clone();
        assert!(!sealed.windows(7).any(|part| part == b"Tuesday"));
        assert_eq!(forms.take(&Secret::generate(&random), NOW), None);
        let other = Secret::parse(&hex::encode(secret.hash())).unwrap();
        assert_eq!(forms.take(&other, NOW), None, "what the node keeps of it");
        assert_eq!(forms.take(&secret, NOW), Some(kept("Tuesday")));
        assert_eq!(forms.take(&secret, NOW), None, "again");
    }

    #[test]
    fn a_form_waits_for_a_day() {
        let (forms, random) = (KeptForms::default(), SeededRandom::new(1));
        let secret = forms.put(&kept("tea"), network(1), (&random, NOW));
        assert_eq!(forms.take(&secret, NOW.plus(KEPT_FORM)), None);
        assert!(forms.0.lock().is_empty());
    }

    #[test]
    fn a_stranger_who_sends_many_takes_no_place_of_others_and_little_memory() {
        let (forms, random) = (KeptForms::default(), SeededRandom::new(1));
        let secret = forms.put(&kept("tea"), network(1), (&random, NOW));
        for _ in 0..1_000 {
            forms.put(&kept("x"), network(2), (&random, NOW));
        }
        assert_eq!(forms.0.lock().len(), 1 + MAX_OF_NETWORK);
        assert_eq!(forms.take(&secret, NOW), Some(kept("tea")));
        for number in 0..1_000 {
            let long = kept(&"x".repeat(100_000));
            forms.put(&long, network(number), (&random, NOW));
        }
        let all = forms.0.lock();
        let length: usize = all.iter().map(|sealed| sealed.bytes.len()).sum();
        assert!(length <= MAX_BYTES && all.len() > 15, "{length}");
    }

    #[test]
    fn what_is_kept_of_a_form_has_no_secrets_and_leads_to_pages_of_the_console_only() {
        let form = "form_key=a&token=t0&passphrase=p0&title=tea&next=https%3A%2F%2Fexample.org";
        let (next, kept) = extract_kept(Form::parse(form.as_bytes()), "/console/first/name");
        assert_eq!(next, "/console/first/name");
        let kept = kept.unwrap();
        assert!(!kept.form.contains("t0") && !kept.form.contains("p0"));
        assert!(kept.form.contains("form_key=a&title=tea"));
        let mut again = Form::default();
        again.push("kept", &kept.form);
        again.push("next", &kept.next);
        assert_eq!(extract_kept(again, "/console/kept"), (next, Some(kept)));
        let other = Form::parse(b"title=tea&next=/console/groups");
        assert_eq!(
            extract_kept(other, "//"),
            ("/console/groups".to_owned(), None)
        );
        assert_eq!(extract_kept(Form::default(), "//").0, "/console");
    }
}
