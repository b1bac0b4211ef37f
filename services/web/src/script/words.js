// Makes recovery words in this browser, so that they never leave it: the form has only the
// commitment to the first recovery key. What it computes is that of services/core/src/phrase.rs:
// BIP-39 without a passphrase, HKDF-SHA256, Ed25519. Without these in the browser, the page stays as
// it is without a script.
const bytes = (text) => new TextEncoder().encode(text);
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));

async function wordsOf(entropy) {
  const all = [...entropy, (await sha256(entropy))[0]];
  const bits = all.map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: 12 }, (_, at) => LIST[parseInt(bits.slice(11 * at, 11 * at + 11), 2)]);
}

async function commitmentOf(words) {
  const subtle = crypto.subtle;
  const typed = await subtle.importKey("raw", bytes(words.join(" ")), "PBKDF2", false, ["deriveBits"]);
  const stretch = { name: "PBKDF2", hash: "SHA-512", salt: bytes("mnemonic"), iterations: 2048 };
  const master = await subtle.importKey("raw", await subtle.deriveBits(stretch, typed, 512), "HKDF", false, ["deriveBits"]);
  const info = joined(bytes("recovery"), [0, 0, 0, 1]);
  const expand = { name: "HKDF", hash: "SHA-256", salt: bytes("hedgerow/v1"), info };
  const seed = new Uint8Array(await subtle.deriveBits(expand, master, 256));
  // A private key in PKCS #8 is this prefix and the seed (RFC 8410).
  const prefix = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
  const secret = await subtle.importKey("pkcs8", joined(prefix, seed), "Ed25519", true, ["sign"]);
  const { x } = await subtle.exportKey("jwk", secret);
  const open = atob(x.replace(/-/g, "+").replace(/_/g, "/"));
  const hash = await sha256(joined(bytes("hedgerow/v1/next"), [...open].map((letter) => letter.charCodeAt(0))));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function two() {
  const drawn = new Set();
  while (drawn.size < 2) drawn.add(crypto.getRandomValues(new Uint8Array(1))[0] % 12);
  return [...drawn].sort((one, other) => one - other);
}

async function begin() {
  const get = (id) => document.getElementById(id);
  if (!get("own")) return;
  // Fails in a browser without one of the algorithms.
  await commitmentOf(await wordsOf(new Uint8Array(16)));
  const show = (id, shown) => { get(id).hidden = !shown; };
  show("by-host", false);
  show("own", true);
  let words;
  const asked = two();
  get("own-make").addEventListener("click", async () => {
    words ??= await wordsOf(crypto.getRandomValues(new Uint8Array(16)));
    get("own-list").replaceChildren(...words.map((word) => {
      const item = document.createElement("li");
      item.textContent = word;
      return item;
    }));
    show("own-start", false);
    show("own-confirm", false);
    show("own-sheet", true);
    get("own-sheet").focus();
  });
  get("own-print").addEventListener("click", () => print());
  get("own-written").addEventListener("click", () => {
    asked.forEach((index, at) => { get(`own-number-${at}`).textContent = index + 1; });
    show("own-sheet", false);
    show("own-confirm", true);
    get("own-word-0").focus();
  });
  get("own-again").addEventListener("click", () => get("own-make").click());
  get("own-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = asked.filter((index, at) => get(`own-word-${at}`).value.trim().toLowerCase() !== words[index]);
    show("own-wrong", wrong.length > 0);
    if (wrong.length > 0) return get("own-wrong").focus();
    get("own-commitment").value = await commitmentOf(words);
    // The typed words have no names, so that they are not sent.
    get("own-form").submit();
  });
}

if (typeof document !== "undefined") begin().catch(() => {});
