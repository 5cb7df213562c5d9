// Checks a copy, or a receipt of a choice, on this device. A copy: the zip's records byte by byte, our signature, then the hash of each file's record.
// The form of the records is the one that citizen_portal/exports/package/archive.py writes; docs/copies.md tells it.
const page = document.getElementById("checker");
const found = document.getElementById("found");
const words = page.dataset;
const LOCAL = 30, CENTRAL = 46, END = 22, BEHIND = 16, STORED = 0, DEFLATED = 8, MOST_LIST = 4e7;
const MOST_RECEIPT = 2e6, RECEIPT = /^([\w-]{1,1000})\.([\w-]{1,1999000})\.([\w-]{86})\n?$/;
const PATH = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
const CASE = "citizen-portal-case/1";
// By the format of a list, what its signature must say.
const KINDS = { "citizen-portal-copy/1": "citizen-portal-copy+json", [CASE]: "citizen-portal-case+json" };
const text = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

class Refused extends Error {
  constructor(said, kind = "unsure") {
    super(said);
    this.kind = kind;
  }
}
const altered = (place) => new Refused(`${words.altered} ${place}`, "bad");

// What was found, with the shape of its state before the words, and each agreement of a receipt in a line.
function show(kind, said, agreements = []) {
  const line = document.createElement("p");
  line.className = "govuk-inset-text cp-found";
  line.append(document.getElementById(`is-${kind}`).content.cloneNode(true), said);
  const list = document.createElement("ul");
  list.className = "govuk-list govuk-list--bullet";
  list.append(...agreements.map((one) => Object.assign(document.createElement("li"), { textContent: one })));
  found.replaceChildren(line, ...(agreements.length ? [list] : []));
}

// A moment as the other pages tell it, in their zone.
function told(moment) {
  const { lang } = document.documentElement;
  const form = { dateStyle: "long", timeStyle: "short", timeZone: words.zone };
  return new Intl.DateTimeFormat([lang === "en" ? "en-GB" : lang, "en-GB"], form).format(new Date(moment));
}

async function part(file, from, size) {
  return new Uint8Array(await file.slice(from, from + size).arrayBuffer());
}

// Numbers of 2 or 4 bytes, as a form lists them, laid out as the zip has them.
function record(form, values, name = new Uint8Array()) {
  const size = [...form].reduce((sum, kind) => sum + Number(kind), 0);
  const bytes = new Uint8Array(size + name.length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  [...form].forEach((kind, index) => {
    if (kind === "2") view.setUint16(at, values[index], true);
    else view.setUint32(at, values[index], true);
    at += Number(kind);
  });
  bytes.set(name, at);
  return bytes;
}

const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

function central(e) {
  const flags = e.method === DEFLATED ? 8 : 0;
  const fixed = [0x02014b50, 0x0314, 20, flags, e.method, e.time, e.day, e.crc, e.packed, e.size, e.name.length, 0, 0, 0, 0, 0x81800000, e.offset];
  return record("42222224442222244", fixed, e.name);
}

function local(e) {
  const known = e.method === DEFLATED ? [0, 0, 0] : [e.crc, e.packed, e.size];
  return record("42222244422", [0x04034b50, 20, e.method === DEFLATED ? 8 : 0, e.method, e.time, e.day, ...known, e.name.length, 0], e.name);
}

async function entries(file) {
  const tail = await part(file, Math.max(0, file.size - END), END);
  const first = text((await part(file, 0, 2)).filter((byte) => byte < 128));
  if (tail.length < END) throw new Refused(words.unreadable);
  const view = new DataView(tail.buffer);
  const count = view.getUint16(10, true), size = view.getUint32(12, true), offset = view.getUint32(16, true);
  const fits = same(tail, record("42222442", [0x06054b50, 0, 0, count, count, size, offset, 0]));
  if (!fits || offset + size + END !== file.size) throw first === "PK" ? altered(words.end) : new Refused(words.unreadable);
  const listed = split(await part(file, offset, size));
  let at = 0;
  for (const e of listed) {
    if (e.offset !== at) throw altered(e.path);
    e.length = LOCAL + e.name.length + e.packed + (e.method === DEFLATED ? BEHIND : 0);
    at += e.length;
  }
  const paths = new Set(listed.map((e) => e.path.toLowerCase()));
  if (at !== offset || listed.length !== count || paths.size !== count) throw altered(words.end);
  return listed;
}

function split(bytes) {
  const listed = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < CENTRAL) throw altered(words.end);
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    const name = bytes.slice(at + CENTRAL, at + CENTRAL + view.getUint16(28, true));
    const path = String.fromCharCode(...name.slice(0, 201));
    if (path.length > 200 || !PATH.test(path)) throw altered(words.end);
    const e = { path, name, method: view.getUint16(10, true), time: view.getUint16(12, true), day: view.getUint16(14, true) };
    Object.assign(e, { crc: view.getUint32(16, true), packed: view.getUint32(20, true), size: view.getUint32(24, true), offset: view.getUint32(42, true) });
    const line = bytes.slice(at, at + CENTRAL + name.length);
    if (!same(line, central(e)) || (e.method !== STORED && e.method !== DEFLATED)) throw altered(path);
    listed.push(e);
    at += line.length;
  }
  return listed;
}

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

// A file that lies in the zip as it is: the list, and the signature over it.
async function stored(file, e, path) {
  if (e?.path !== path || e.method !== STORED || e.size !== e.packed || e.size > MOST_LIST) throw altered(path);
  const whole = await part(file, e.offset, e.length);
  const bytes = whole.slice(LOCAL + e.name.length);
  if (!same(whole.slice(0, LOCAL + e.name.length), local(e)) || crc32(bytes) !== e.crc) throw altered(path);
  return bytes;
}

function base64(bytes) {
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const unbase64 = (letters) => Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

async function keys() {
  let published;
  try {
    published = (await (await fetch(words.keys, { cache: "no-store", redirect: "error", credentials: "omit" })).json()).keys;
  } catch {
    throw new Refused(words.nokeys);
  }
  try {
    const ours = published.filter((key) => key.kty === "OKP" && key.crv === "Ed25519");
    return await Promise.all(ours.map(({ kty, crv, x }) => crypto.subtle.importKey("jwk", { kty, crv, x }, "Ed25519", false, ["verify"])));
  } catch {
    throw new Refused(words.old);
  }
}

// The header of a signature, if it is one of this kind over these parts; whoever signed it.
function headerOf(header, kind, parts) {
  if (![header, ...parts].every((letters) => base64(unbase64(letters)) === letters)) return null;
  try {
    const said = JSON.parse(text(unbase64(header)));
    return said?.alg === "Ed25519" && said.typ === kind ? said : null;
  } catch {
    return null;
  }
}

async function signedByUs(signed, sealed) {
  const bytes = new TextEncoder().encode(signed);
  for (const key of await keys()) if (await crypto.subtle.verify("Ed25519", key, unbase64(sealed), bytes)) return true;
  return false;
}

async function checkSignature(list, signature) {
  const [, header, sealed] = /^([\w-]{1,1000})\.\.([\w-]{86})$/.exec(text(signature)) ?? [];
  const kind = Object.keys(KINDS).find((one) => header && headerOf(header, KINDS[one], [sealed]));
  if (!kind) throw altered("manifest.jws");
  if (!(await signedByUs(`${header}.${base64(list)}`, sealed))) throw new Refused(words.unsigned, "bad");
  return kind;
}

async function checkReceipt(file) {
  if (file.size > MOST_RECEIPT) throw new Refused(words.unreadable);
  const [, header, body, sealed] = RECEIPT.exec(text(await part(file, 0, file.size))) ?? [];
  if (!header || !headerOf(header, "citizen-portal-receipt+jwt", [body, sealed])) throw new Refused(words.unreadable);
  if (!(await signedByUs(`${header}.${body}`, sealed))) throw new Refused(words.unsignedreceipt, "bad");
  const said = JSON.parse(text(unbase64(body)));
  const moment = told(said["dct:date"]["@value"]);
  const good = `${words.goodreceipt} ${words[`said_${said["dct:description"]}`]} ${filled(words.chosen, { moment })}`;
  return [good, said["dpv:hasProcess"].map(agreement)];
}

// One agreement of a receipt: its title and reference, and the bodies that it names.
function agreement(one) {
  const bodies = [...(one["dpv:hasDataController"] ?? []), ...(one["dpv:hasRecipient"] ?? [])];
  const names = [...new Set(bodies.map((body) => inLanguage(body["foaf:name"])))].join(", ");
  const title = one["dct:title"] ? `${inLanguage(one["dct:title"])} (${one["dct:identifier"]})` : one["dct:identifier"];
  return names ? `${title}: ${names}` : title;
}

function inLanguage(said) {
  const { lang } = document.documentElement;
  return (said.find((one) => one["@language"] === lang) ?? said.find((one) => one["@language"] === "en") ?? said[0])["@value"];
}

async function sha256(bytes) {
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function checkFile(file, e, one) {
  const whole = await part(file, e.offset, e.length);
  const behind = record("4444", [0x08074b50, e.crc, e.packed, e.size]);
  if (!one || e.method !== DEFLATED || e.size !== one.bytes || !same(whole.slice(-BEHIND), behind) || (await sha256(whole)) !== one.in_zip) throw altered(e.path);
}

function stamp(moment) {
  const at = new Date(moment);
  const day = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  return [day, (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1)];
}

async function check(file) {
  if (!globalThis.crypto?.subtle) throw new Refused(words.old);
  if (same(await part(file, 0, 3), new TextEncoder().encode("eyJ"))) return checkReceipt(file);
  const listed = await entries(file);
  const files = listed.slice(0, -2);
  const list = await stored(file, listed.at(-2), "manifest.json");
  const kind = await checkSignature(list, await stored(file, listed.at(-1), "manifest.jws"));
  const said = JSON.parse(text(list));
  if (said.format !== kind) throw altered("manifest.jws");
  const left = new Map(said.files.map((one) => [one.path, one]));
  const [day, time] = stamp(said.made_at);
  for (const [done, e] of files.entries()) {
    show("wait", filled(words.wait, { done: done + 1, all: files.length }));
    await checkFile(file, e, left.get(e.path));
    left.delete(e.path);
  }
  for (const e of listed) if (e.day !== day || e.time !== time) throw altered(e.path);
  for (const path of left.keys()) throw altered(path);
  return [`${kind === CASE ? words.goodcase : words.good} ` + filled(words.made, { moment: told(said.made_at), files: listed.length })];
}

const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

let turn = 0;
document.getElementById("copy").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  const mine = (turn += 1);
  if (!file) return;
  let seen;
  try {
    seen = ["good", ...(await check(file))];
  } catch (error) {
    seen = error instanceof Refused ? [error.kind, error.message] : ["unsure", words.unreadable];
  }
  if (mine === turn) show(...seen);
});
page.hidden = false;
