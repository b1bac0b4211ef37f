// Makes recovery words in this browser, so that they never leave it: the form has only the
// commitment to the first recovery key. What it computes is that of services/core/src/phrase.rs:
// BIP-39 without a passphrase, HKDF-SHA256, Ed25519. Without these in the browser, the page stays as
// it is without a script. The code on the sheet is made here too.
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

// A QR code (ISO/IEC 18004) of up to 122 bytes: always version 7, level M, mask 0. Its dark modules
// are the path of an SVG, with four light modules around them.
function codeOf(text) {
  const SIDE = 45;
  const BLOCKS = 4;
  const [BLOCK, CORRECTION] = [31, 18];
  const data = [...bytes(text)];
  const halves = [4, data.length >> 4, data.length & 15, ...data.flatMap((byte) => [byte >> 4, byte & 15]), 0];
  const coded = Array.from({ length: halves.length / 2 }, (_, at) => (halves[2 * at] << 4) | halves[2 * at + 1]);
  for (let at = 0; coded.length < BLOCKS * BLOCK; at += 1) coded.push([236, 17][at % 2]);
  // Reed-Solomon codes over bytes, as polynomials.
  const multiply = (one, other) => {
    let product = 0;
    for (let bit = 7; bit >= 0; bit -= 1) {
      product = (product << 1) ^ ((product >> 7) * 285) ^ (((other >> bit) & 1) * one);
    }
    return product;
  };
  const divisor = [...Array(CORRECTION - 1).fill(0), 1];
  for (let round = 0, root = 1; round < CORRECTION; round += 1, root = multiply(root, 2)) {
    divisor.forEach((_, at) => {
      divisor[at] = multiply(divisor[at], root) ^ (divisor[at + 1] ?? 0);
    });
  }
  const blocks = Array.from({ length: BLOCKS }, (_, at) => coded.slice(at * BLOCK, (at + 1) * BLOCK));
  const corrections = blocks.map((block) => block.reduce((rest, byte) => {
    const factor = byte ^ rest[0];
    return [...rest.slice(1), 0].map((term, at) => term ^ multiply(divisor[at], factor));
  }, Array(CORRECTION).fill(0)));
  const inTurns = (parts) => parts[0].flatMap((_, at) => parts.map((part) => part[at]));
  const all = [...inTurns(blocks), ...inTurns(corrections)];

  // First what finds the code, then the data around it in a zigzag.
  const rows = Array.from({ length: SIDE }, () => Array(SIDE));
  const set = (x, y, dark) => { if (rows[y] && x >= 0 && x < SIDE) rows[y][x] = dark ? 1 : 0; };
  const square = (x, y, radius, light) => {
    for (let dy = -radius; dy <= radius; dy += 1) {
      for (let dx = -radius; dx <= radius; dx += 1) {
        set(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
      }
    }
  };
  for (let at = 0; at < SIDE; at += 1) {
    set(at, 6, at % 2 === 0);
    set(6, at, at % 2 === 0);
  }
  for (const [x, y] of [[22, 6], [6, 22], [22, 22], [38, 22], [22, 38], [38, 38]]) square(x, y, 2, [1]);
  for (const [x, y] of [[3, 3], [SIDE - 4, 3], [3, SIDE - 4]]) square(x, y, 4, [2, 4]);
  // Level and mask, then the version, each twice and with its own correction.
  for (let at = 0; at < 15; at += 1) {
    const dark = (0x5412 >> at) & 1;
    const near = at < 6 ? at : at < 8 ? at + 1 : 14 - at;
    if (at < 8) set(8, near, dark);
    else set(at === 8 ? 7 : near, 8, dark);
    if (at < 8) set(SIDE - 1 - at, 8, dark);
    else set(8, SIDE - 15 + at, dark);
  }
  set(8, SIDE - 8, true);
  for (let at = 0; at < 18; at += 1) {
    const dark = (0x07c94 >> at) & 1;
    const [far, near] = [SIDE - 11 + (at % 3), Math.floor(at / 3)];
    set(far, near, dark);
    set(near, far, dark);
  }
  let at = 0;
  for (let right = SIDE - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < SIDE; step += 1) {
      const y = (right + 1) & 2 ? step : SIDE - 1 - step;
      for (const x of [right, right - 1]) {
        if (rows[y][x] !== undefined) continue;
        const bit = (all[at >> 3] >> (7 - (at & 7))) & 1;
        set(x, y, bit ^ ((x + y) % 2 === 0));
        at += 1;
      }
    }
  }
  return rows.map((row, y) => [...row.join("").matchAll(/1+/g)].map((run) =>
    `M${run.index + 4} ${y + 4}h${run[0].length}v1h-${run[0].length}z`).join("")).join("");
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
    get("own-code").setAttribute("d", codeOf(words.join(" ")));
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
