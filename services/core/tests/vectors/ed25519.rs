use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as B, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;
use hedgerow_core::keys::{SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha512};

use super::file::{check, unhex, verdict};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vector {
    name: String,
    public_key: String,
    message: String,
    signature: String,
    verdict: String,
}

const ABOUT: &str = "Ed25519, and the one verdict on each edge case: s < L; the encodings of A and R \
    are canonical and not of small order; the equation is cofactorless (s B = R + k A); no batch \
    verification. The key is judged first, then the signature.";

fn vector(name: &str, key: &[u8; 32], message: &[u8], signature: &[u8], verdict: &str) -> Vector {
    Vector {
        name: name.to_owned(),
        public_key: hex::encode(key),
        message: hex::encode(message),
        signature: hex::encode(signature),
        verdict: verdict.to_owned(),
    }
}

/// RFC 8032, section 7.1, tests 1 to 3: signatures that this project did not make.
fn of_the_rfc() -> Vec<Vector> {
    let vector = |name: &str, key: &str, message: &str, signature: &str| Vector {
        name: name.to_owned(),
        public_key: key.to_owned(),
        message: message.to_owned(),
        signature: signature.to_owned(),
        verdict: "ok".to_owned(),
    };
    vec![
        vector(
            "RFC 8032, 7.1, test 1",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        vector(
            "RFC 8032, 7.1, test 2",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        vector(
            "RFC 8032, 7.1, test 3",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ]
}

const MESSAGE: &[u8] = b"hedgerow";

fn secret() -> Scalar {
    Scalar::from_bytes_mod_order([0x51; 32])
}

fn nonce(number: u8) -> Scalar {
    Scalar::from_bytes_mod_order([number; 32])
}

fn challenge(r: &[u8; 32], a: &[u8; 32], message: &[u8]) -> Scalar {
    let digest = Sha512::new()
        .chain_update(r)
        .chain_update(a)
        .chain_update(message)
        .finalize();
    Scalar::from_bytes_mod_order_wide(&digest.into())
}

fn joined(r: &[u8; 32], s: &[u8; 32]) -> Vec<u8> {
    [r.as_slice(), s].concat()
}

/// A signature with any R and A that satisfies s B = R + k A up to their torsion parts.
fn forced(
    r: Scalar,
    r_torsion: &EdwardsPoint,
    a_torsion: &EdwardsPoint,
) -> ([u8; 32], Vec<u8>, Scalar) {
    let key = (secret() * B + a_torsion).compress().to_bytes();
    let point = (r * B + r_torsion).compress().to_bytes();
    let k = challenge(&point, &key, MESSAGE);
    (key, joined(&point, (r + k * secret()).as_bytes()), k)
}

/// Points with a component of small order, which cofactored and batch verification accept.
fn mixed() -> Vec<Vector> {
    let none = EdwardsPoint::identity();
    let torsion = EIGHT_TORSION[1];
    let (key, signature, _) = forced(nonce(1), &none, &none);
    let mut vectors = vec![vector(
        "made by hand, nothing odd",
        &key,
        MESSAGE,
        &signature,
        "ok",
    )];
    let (key, signature, _) = forced(nonce(1), &torsion, &none);
    vectors.push(vector(
        "R of mixed order",
        &key,
        MESSAGE,
        &signature,
        "signature_mismatch",
    ));
    let divisible = |wanted: bool| {
        (1..=255u8)
            .map(|number| forced(nonce(number), &none, &torsion))
            .find(|(_, _, k)| (k.as_bytes()[0] % 8 == 0) == wanted)
            .unwrap()
    };
    let (key, signature, _) = divisible(false);
    vectors.push(vector(
        "A of mixed order, k not divisible by 8",
        &key,
        MESSAGE,
        &signature,
        "signature_mismatch",
    ));
    let (key, signature, _) = divisible(true);
    vectors.push(vector(
        "A of mixed order, k divisible by 8",
        &key,
        MESSAGE,
        &signature,
        "ok",
    ));
    let (key, signature, _) = forced(Scalar::ZERO, &none, &none);
    vectors.push(vector(
        "R is the neutral element, equation holds",
        &key,
        MESSAGE,
        &signature,
        "signature_small_order",
    ));
    vectors
}

/// Scalars out of range. s + L encodes the same scalar as s.
fn scalars() -> Vec<Vector> {
    const L: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let key = SigningKey::from_seed([0x51; 32]);
    let signature = key.sign(MESSAGE);
    let (r, s) = signature.split_at(32);
    let mut sum = [0u8; 32];
    let mut carry = 0u16;
    for at in 0..32 {
        carry += u16::from(s[at]) + u16::from(L[at]);
        sum[at] = carry.to_le_bytes()[0];
        carry >>= 8;
    }
    let mut high = [0; 32];
    high.copy_from_slice(s);
    high[31] |= 0x80;
    let public = *key.public().as_bytes();
    let with = |name: &str, s: &[u8], verdict: &str| {
        vector(name, &public, MESSAGE, &[r, s].concat(), verdict)
    };
    vec![
        with("s", s, "ok"),
        with("s + L", &sum, "signature_scalar_out_of_range"),
        with(
            "s with its highest bit set",
            &high,
            "signature_scalar_out_of_range",
        ),
        with("s = L", &L, "signature_scalar_out_of_range"),
        with("s = 0", &[0; 32], "signature_mismatch"),
        with("s cut short", &s[..31], "signature_length"),
        with(
            "s with a byte more",
            &[s, &[0]].concat(),
            "signature_length",
        ),
    ]
}

/// The eight points of small order in canonical form, then the encodings with y ≥ p or with a sign
/// bit for which there is no x.
fn odd_encodings() -> Vec<(String, [u8; 32], &'static str)> {
    let mut encodings: Vec<_> = EIGHT_TORSION
        .iter()
        .enumerate()
        .map(|(at, point)| {
            (
                format!("small order {at}"),
                point.compress().to_bytes(),
                "small_order",
            )
        })
        .collect();
    for sign in [0, 0x80u8] {
        for above in 0..19u8 {
            // p = 2^255 − 19: y = p + above.
            let mut bytes = [0xff; 32];
            bytes[0] = 0xed + above;
            bytes[31] = 0x7f | sign;
            let on_curve = curve25519_dalek::edwards::CompressedEdwardsY(bytes)
                .decompress()
                .is_some();
            let verdict = if on_curve {
                "non_canonical"
            } else {
                "not_a_point"
            };
            encodings.push((
                format!("y = p + {above}, sign {}", sign >> 7),
                bytes,
                verdict,
            ));
        }
    }
    let mut one = [0; 32];
    one[0] = 1;
    one[31] = 0x80;
    encodings.push(("y = 1, sign 1: no such x".to_owned(), one, "non_canonical"));
    let mut minus_one = [0xff; 32];
    minus_one[0] = 0xec;
    encodings.push((
        "y = -1, sign 1: no such x".to_owned(),
        minus_one,
        "non_canonical",
    ));
    let mut off_curve = [0; 32];
    off_curve[0] = 2;
    encodings.push((
        "y = 2: not on the curve".to_owned(),
        off_curve,
        "not_a_point",
    ));
    encodings
}

fn made() -> Vec<Vector> {
    let key = SigningKey::from_seed([0x51; 32]);
    let signature = key.sign(MESSAGE);
    let mut vectors = of_the_rfc();
    vectors.extend(scalars());
    vectors.extend(mixed());
    for (name, bytes, verdict) in odd_encodings() {
        // A lax verifier accepts this: s = 0 and R neutral satisfy the equation under every key
        // of small order, if k A = 0 for the message.
        let mut neutral = [0; 64];
        neutral[0] = 1;
        let (as_key, as_point) = (format!("A: {name}"), format!("R: {name}"));
        vectors.push(vector(
            &as_key,
            &bytes,
            MESSAGE,
            &neutral,
            &format!("key_{verdict}"),
        ));
        let with_r = joined(&bytes, signature[32..].try_into().unwrap());
        let public = *key.public().as_bytes();
        vectors.push(vector(
            &as_point,
            &public,
            MESSAGE,
            &with_r,
            &format!("signature_{verdict}"),
        ));
    }
    vectors
}

#[test]
fn signatures_get_the_verdicts_of_the_vectors() {
    check("ed25519.json", ABOUT, made(), |vector| {
        let found = match VerifyingKey::parse(&unhex(&vector.public_key)) {
            Err(error) => error.reason().to_owned(),
            Ok(key) => {
                let verified = key.verify(&unhex(&vector.message), &unhex(&vector.signature));
                verdict(&verified, hedgerow_core::keys::SignatureError::reason)
            }
        };
        assert_eq!(found, vector.verdict, "{}", vector.name);
    });
}
