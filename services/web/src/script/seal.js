// Seals a message to the group's key in this browser, so that the site never has the words: HPKE
// (RFC 9180) as in services/core/src/seal.rs. Without X25519 in the browser, the page stays as it is
// without a script, and the site seals.
"use strict";
(() => {
  const form = document.getElementById("seal");
  const subtle = globalThis.crypto && crypto.subtle;
  if (!form || !subtle) return;
  const note = document.getElementById("seal-note");
  const field = (name) => form.elements.namedItem(name);
  const utf8 = (text) => new TextEncoder().encode(text);
  const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
  const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const hmac = async (key, data) => {
    const made = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await subtle.sign("HMAC", made, data));
  };
  // An empty salt is one of zeros: HMAC fills keys up with them.
  const extract = (suite, salt, label, data) =>
    hmac(salt.length ? salt : new Uint8Array(32), joined(utf8("HPKE-v1"), suite, utf8(label), data));
  // Never more than one block of 32 bytes.
  const expand = async (suite, key, label, info, length) => {
    const data = joined([0, length], utf8("HPKE-v1"), suite, utf8(label), info, [1]);
    return (await hmac(key, data)).slice(0, length);
  };
  const KEM = joined(utf8("KEM"), [0, 32]);
  const HPKE = joined(utf8("HPKE"), [0, 32, 0, 1, 0, 1]);
  const NONE = new Uint8Array(0);

  async function seal(to, info, content) {
    const own = await subtle.generateKey({ name: "X25519" }, true, ["deriveBits"]);
    const sent = new Uint8Array(await subtle.exportKey("raw", own.publicKey));
    const theirs = await subtle.importKey("raw", to, { name: "X25519" }, false, []);
    const agreed = new Uint8Array(await subtle.deriveBits({ name: "X25519", public: theirs }, own.privateKey, 256));
    const key = await extract(KEM, NONE, "eae_prk", agreed);
    const shared = await expand(KEM, key, "shared_secret", joined(sent, to), 32);
    const context = joined([0], await extract(HPKE, NONE, "psk_id_hash", NONE), await extract(HPKE, NONE, "info_hash", info));
    const secret = await extract(HPKE, shared, "secret", NONE);
    const cipher = await subtle.importKey("raw", await expand(HPKE, secret, "key", context, 16), "AES-GCM", false, ["encrypt"]);
    const iv = await expand(HPKE, secret, "base_nonce", context, 12);
    return joined(sent, new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, cipher, content)));
  }

  // A text field of protobuf: its tag, its length in groups of seven bits, its bytes.
  const text = (number, value) => {
    const bytes = utf8(value);
    if (!bytes.length) return NONE;
    const length = [];
    let rest = bytes.length;
    for (; rest > 127; rest >>= 7) length.push((rest & 127) | 128);
    return joined([(number << 3) | 2, ...length, rest], bytes);
  };
  const padded = (content) => {
    const size = [1024, 4096, 16384].find((one) => content.length + 4 <= one);
    const bytes = new Uint8Array(size);
    new DataView(bytes.buffer).setUint32(0, content.length);
    bytes.set(content, 4);
    return bytes;
  };
  const TYPE = "application/vnd.hedgerow.contact-message.v1+protobuf";
  const sealedFor = (id, words, reply) =>
    seal(unhex(form.dataset.sealTo), joined(utf8(TYPE), unhex(form.dataset.group), id), padded(joined(text(1, words), text(2, reply))));
  const newId = () => crypto.getRandomValues(new Uint8Array(16));
  const characters = (value) => [...value].length;

  let works = true;
  const typed = () => [field("message"), field("reply")];
  form.addEventListener("submit", async (event) => {
    const [words, reply] = typed().map((one) => one.value.trim().replace(/\r\n?/g, "\n"));
    // What is wrong with it, the page says, as without a script: nothing is kept of it.
    const isFit = words && characters(words) <= 2000 && characters(reply) <= 200;
    if (!works || !isFit) return;
    event.preventDefault();
    try {
      const id = newId();
      const sealed = await sealedFor(id, words, reply);
      field("sealed").value = hex(sealed);
      field("id").value = hex(id);
      // Fields that are disabled are not sent.
      for (const one of typed()) one.disabled = true;
      form.submit();
    } catch {
      works = false;
      note.textContent = form.dataset.failed;
    }
  });
  // Back on this page: the words are still there, and can be sent again.
  addEventListener("pageshow", () => {
    field("sealed").value = "";
    for (const one of typed()) one.disabled = false;
  });
  // Fails in a browser without X25519.
  sealedFor(newId(), "", "").then(
    () => { note.textContent = form.dataset.sealed; },
    () => { works = false; },
  );
})();
