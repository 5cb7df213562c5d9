"use strict";
// Turns pages, sorts and searches. Rows come from page/<table>-<part>.js, loaded when first needed.
const words = document.getElementById("words").dataset;
const PAGE = matchMedia("(max-width: 40rem)").matches ? 10 : 50;
const MOST_AT_ONCE = 20000; // lines that are read to put the newest first, without being asked to
const { zone, months, tables } = JSON.parse(document.getElementById("told").textContent);
const number = "numeric";
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: number, month: number, day: number, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const NO_TEXT = /[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]/g;
const arrived = new Map();
const asked = new Map();
window.rows = (name, part, list) => arrived.set(`${name} ${part}`, list);

function load(name, part) {
  const key = `${name} ${part}`;
  const loading = () => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = `page/${name}-${String(part).padStart(4, "0")}.js`;
    script.onload = () => (script.remove(), arrived.has(key) ? done(arrived.get(key)) : failed(key));
    script.onerror = failed;
    document.head.append(script);
  });
  if (!asked.has(key)) asked.set(key, loading());
  return asked.get(key);
}

function day(year, month, number) {
  return `${Number(number)} ${months[month - 1]} ${Number(year)}`;
}

function moment(value) {
  const at = new Date(value);
  if (isNaN(at)) return value;
  const told = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${day(told.year, told.month, told.day)}, ${told.hour}:${told.minute}`;
}

function shown(value, { type, words: codes }) {
  if (value === null) return "";
  if (type === "boolean") return value ? words.yes : words.no;
  if (type === "datetime") return moment(value);
  if (type === "date") return day(...value.split("-"));
  const said = (code) => (Object.hasOwn(codes, code) ? codes[code] : code);
  return String(value).split("; ").map(said).join("; ").replace(/\r\n?/g, "\n").replace(NO_TEXT, "\ufffd");
}

function compared(a, b, type) {
  if (a === null || b === null) return (a === null) - (b === null);
  return type === "integer" || type === "number" || type === "boolean" ? a - b : a < b ? -1 : a > b ? 1 : 0;
}

function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

class Table {
  constructor(section, told) {
    this.told = told;
    this.body = section.querySelector("tbody");
    this.status = section.querySelector("[role=status]");
    this.buttons = [...section.querySelectorAll("[data-by]")];
    this.heads = [...section.querySelectorAll("th")].slice(0, told.first.length);
    this.columns = [...told.first, ...told.more];
    this.first = 0;
    this.turn = 0;
    this.sought = "";
    this.order = null;
    for (const tools of section.querySelectorAll(".tools")) tools.hidden = false;
    for (const button of this.buttons) button.addEventListener("click", () => this.go(this.first + PAGE * button.dataset.by));
    this.heads.forEach((head, at) => this.sortable(head, at));
    let wait;
    section.querySelector("input").addEventListener("input", (event) => {
      clearTimeout(wait);
      wait = setTimeout(() => this.find(event.target.value), 150);
    });
    for (const row of [...this.body.rows].slice(PAGE)) row.remove();
    this.say(told.rows, this.body.rows.length);
    this.putNewestFirst();
  }

  // Of a table that the page holds whole this is done already.
  putNewestFirst() {
    const { newest, rows, here, first } = this.told;
    if (newest === null || rows > MOST_AT_ONCE) return;
    this.orderBy(first.findIndex(({ name }) => name === newest), -1);
    if (rows > here) this.go(0);
  }

  orderBy(at, way) {
    for (const other of this.heads) other.removeAttribute("aria-sort");
    this.heads[at].setAttribute("aria-sort", way < 0 ? "descending" : "ascending");
    this.order = [at, way];
    this.chosen = null;
  }

  sortable(head, at) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      this.orderBy(at, head.getAttribute("aria-sort") === "ascending" ? -1 : 1);
      this.go(0);
    });
  }

  find(text) {
    this.sought = text.trim().toLowerCase();
    this.chosen = null;
    this.go(0);
  }

  // The rows that are wanted, in the order that is wanted: all parts are needed for that.
  async choose() {
    const { name, rows, part } = this.told;
    const numbers = Array.from({ length: Math.ceil(rows / part) }, (_, at) => at + 1);
    const lists = await Promise.all(numbers.map((number) => load(name, number)));
    const has = (row) => this.columns.some((column) => shown(row[column.name], column).toLowerCase().includes(this.sought));
    const chosen = this.sought ? lists.flatMap((list) => list.filter(has)) : lists.flat();
    if (this.order) {
      const [{ name: key, type }, way] = [this.columns[this.order[0]], this.order[1]];
      chosen.sort((a, b) => way * compared(a[key], b[key], type));
    }
    return chosen;
  }

  async page() {
    if (this.sought || this.order) {
      this.chosen ??= await this.choose();
      return [this.chosen.slice(this.first, this.first + PAGE), this.chosen.length];
    }
    const { name, rows, part } = this.told;
    if (!rows) return [[], 0];
    const list = await load(name, Math.floor(this.first / part) + 1);
    return [list.slice(this.first % part, (this.first % part) + PAGE), rows];
  }

  async go(first) {
    const turn = ++this.turn;
    this.first = Math.max(0, first);
    this.status.textContent = words.wait;
    try {
      const [list, count] = await this.page();
      if (turn !== this.turn) return;
      this.body.replaceChildren(...list.map((row) => this.drawn(row)));
      this.say(count, list.length);
    } catch {
      if (turn === this.turn) this.status.textContent = words.lost;
    }
  }

  drawn(row) {
    const line = document.createElement("tr");
    const { first, more } = this.told;
    for (const column of first) {
      const cell = line.insertCell();
      cell.dataset.head = column.title;
      cell.textContent = shown(row[column.name], column);
    }
    if (more.length) line.insertCell().append(this.folded(row));
    return line;
  }

  folded(row) {
    const list = element("dl");
    for (const column of this.told.more) {
      if (row[column.name] !== null) list.append(element("dt", column.title), element("dd", shown(row[column.name], column)));
    }
    const [named] = this.told.first;
    const summary = element("summary", words.more);
    summary.append(element("span", `: ${shown(row[named.name], named)}`, "unseen"));
    const fold = element("details");
    fold.append(summary, list);
    return fold;
  }

  say(count, here) {
    const said = { first: this.first + 1, last: this.first + here, all: count };
    this.status.textContent = count ? words.some.replace(/\{(\w+)\}/g, (_, name) => said[name].toLocaleString()) : words.none;
    for (const button of this.buttons) button.disabled = button.dataset.by < 0 ? this.first === 0 : this.first + here >= count;
  }
}

for (const told of tables) {
  if (told.rows) new Table(document.querySelector(`[data-table="${told.name}"]`), told);
}
