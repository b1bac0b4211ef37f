//! Passphrases of people: hashed one at a time, because each takes memory.

use argon2::{Algorithm, Argon2, Params, Version};
use hedgerow_core::random::{Random, RandomExt};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::secret::are_equal;

/// The fewest characters of a new passphrase.
pub(super) const MIN_CHARS: usize = 12;
/// The most of any: hashing must not be given megabytes.
pub(super) const MAX_BYTES: usize = 1_024;

/// Parameters of new hashes: half of RFC 9106's second recommendation in memory, which a small
/// machine can spare while it serves.
const MEMORY_KIB: u32 = 32 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// Bounds for the parameters of a stored hash.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
const MAX_PASSES: u32 = 16;

/// Hashes that may wait for their turn. More would wait for seconds.
const MAX_WAITING: usize = 8;

/// Hashes passphrases, one at a time.
pub(super) struct Hasher {
    turn: Semaphore,
    waiting: Semaphore,
}

/// Too many sign-ins at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Busy;

impl Hasher {
    pub(super) fn new() -> Self {
        Self {
            turn: Semaphore::new(1),
            waiting: Semaphore::new(MAX_WAITING),
        }
    }

    /// Hashes a new passphrase.
    pub(super) async fn hash(
        &self,
        passphrase: Zeroizing<String>,
        random: &dyn Random,
    ) -> Result<String, Busy> {
        let salt: [u8; SALT_BYTES] = random.bytes();
        self.in_turn(move || format(&passphrase, &salt)).await
    }

    /// Whether a passphrase is that of a hash. Takes as long without a hash, so that the time does
    /// not show which names there are.
    pub(super) async fn verify(
        &self,
        passphrase: Zeroizing<String>,
        hash: Option<String>,
    ) -> Result<bool, Busy> {
        self.in_turn(move || match hash.as_deref().map(parse) {
            Some(Some((params, salt, expected))) => {
                derive(&passphrase, &salt, params).is_some_and(|made| are_equal(&made, expected))
            }
            _ => {
                let _ = format(&passphrase, &[0; SALT_BYTES]);
                false
            }
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let _waiting = self.waiting.try_acquire().map_err(|_| Busy)?;
        let _turn = self.turn.acquire().await.map_err(|_| Busy)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Busy)
    }
}

/// The form that is stored: `argon2id$m=…,t=…,p=…$SALT$HASH`, in hexadecimal digits.
fn format(passphrase: &str, salt: &[u8]) -> String {
    let params = (MEMORY_KIB, PASSES, LANES);
    let hash = derive(passphrase, salt, params).unwrap_or_default();
    let salt = hex::encode(salt);
    format!("argon2id$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}")
}

type Parameters = (u32, u32, u32);

fn parse(stored: &str) -> Option<(Parameters, Vec<u8>, &str)> {
    let mut parts = stored.split('$');
    if parts.next() != Some("argon2id") {
        return None;
    }
    let mut numbers = parts.next()?.split(',');
    let mut number =
        |name: &str| -> Option<u32> { numbers.next()?.strip_prefix(name)?.parse().ok() };
    let params = (number("m=")?, number("t=")?, number("p=")?);
    let is_bounded = params.0 <= MAX_MEMORY_KIB && params.1 <= MAX_PASSES && params.2 <= 4;
    let salt = hex::decode(parts.next()?).ok()?;
    let hash = parts.next().filter(|hash| !hash.is_empty())?;
    is_bounded.then_some((params, salt, hash))
}

fn derive(passphrase: &str, salt: &[u8], (memory, passes, lanes): Parameters) -> Option<String> {
    let mut hash = Zeroizing::new([0; 32]);
    let params = Params::new(memory, passes, lanes, Some(hash.len())).ok()?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, hash.as_mut_slice())
        .ok()?;
    Some(hex::encode(*hash))
}

#[cfg(test)]
mod tests {
    use hedgerow_testkit::SeededRandom;

    use super::*;

    fn phrase(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_passphrase_of_a_hash_is_accepted() {
        let hasher = Hasher::new();
        let random = SeededRandom::new(1);
        let right = "kettle harbour nine";
        let hash = hasher.hash(phrase(right), &random).await.unwrap();
        assert!(!hash.contains("kettle"));
        let other = hasher.hash(phrase(right), &random).await.unwrap();
        assert_ne!(hash, other, "each has a salt of its own");
        let verify = async |text: &str, hash: Option<&str>| {
            let hash = hash.map(str::to_owned);
            hasher.verify(phrase(text), hash).await.unwrap()
        };
        assert!(verify(right, Some(&hash)).await);
        assert!(!verify("kettle harbour ten", Some(&hash)).await);
        assert!(!verify(right, None).await);
        let costly = hash.replace("m=32768", "m=4294967295");
        for damaged in ["", "argon2id", "argon2id$m=8,t=1,p=1$$", &costly] {
            assert!(!verify(right, Some(damaged)).await, "{damaged}");
        }
    }

    #[tokio::test]
    async fn more_than_a_few_at_once_are_refused() {
        let hasher = Hasher::new();
        let tries = (0..MAX_WAITING + 3).map(|_| hasher.verify(phrase("x"), None));
        let results = futures_join(tries).await;
        assert_eq!(results.iter().filter(|it| **it == Err(Busy)).count(), 3);
    }

    async fn futures_join<F: Future<Output = Result<bool, Busy>>>(
        tries: impl Iterator<Item = F>,
    ) -> Vec<Result<bool, Busy>> {
        let mut tries: Vec<_> = tries.map(Box::pin).collect();
        let mut results = vec![None; tries.len()];
        std::future::poll_fn(|context| {
            for (attempt, result) in tries.iter_mut().zip(&mut results) {
                if result.is_none()
                    && let std::task::Poll::Ready(done) = attempt.as_mut().poll(context)
                {
                    *result = Some(done);
                }
            }
            if results.iter().all(Option::is_some) {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
        results.into_iter().flatten().collect()
    }
}
