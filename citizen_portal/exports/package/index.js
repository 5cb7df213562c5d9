"use strict";
// Turns pages, sorts and searches. Rows come from page/<table>-<part>.js, loaded when first needed.
const words = document.getElementById("words").dataset;
const PAGE = 50;
const NO_TEXT = /[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]/g;
const arrived = new Map();
window.rows = (name, part, list) => arrived.set(`${name} ${part}`, list);

function load(name, part) {
  const key = `${name} ${part}`;
  return arrived.get(key) ?? new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = `page/${name}-${String(part).padStart(4, "0")}.js`;
    script.onload = () => (script.remove(), arrived.has(key) ? done(arrived.get(key)) : failed(key));
    script.onerror = failed;
    document.head.append(script);
  });
}

function shown(value, type) {
  if (value === null) return "";
  if (type === "boolean") return value ? words.yes : words.no;
  return type === "datetime" ? value.replace("T", " ").replace(/Z$/, "") : String(value).replace(/\r\n?/g, "\n").replace(NO_TEXT, "\ufffd");
}

function compared(a, b, type) {
  if (a === null || b === null) return (a === null) - (b === null);
  return type === "integer" || type === "number" || type === "boolean" ? a - b : a < b ? -1 : a > b ? 1 : 0;
}

class Table {
  constructor(section, told) {
    this.told = told;
    this.body = section.querySelector("tbody");
    this.status = section.querySelector("[role=status]");
    this.buttons = [...section.querySelectorAll("[data-by]")];
    this.heads = [...section.querySelectorAll("th")];
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
    this.say(told.rows, Math.min(PAGE, told.rows));
  }

  sortable(head, at) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of this.heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      this.order = [at, down ? -1 : 1];
      this.chosen = null;
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
    const { name, rows, part, columns } = this.told;
    let chosen = [];
    for (let number = 1; (number - 1) * part < rows; number += 1) {
      const list = await load(name, number);
      for (const row of list) if (!this.sought || columns.some(([key, type]) => shown(row[key], type).toLowerCase().includes(this.sought))) chosen.push(row);
    }
    if (this.order) {
      const [[key, type], way] = [columns[this.order[0]], this.order[1]];
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
    for (const [key, type] of this.told.columns) line.insertCell().textContent = shown(row[key], type);
    return line;
  }

  say(count, here) {
    const said = { first: this.first + 1, last: this.first + here, all: count };
    this.status.textContent = count ? words.some.replace(/\{(\w+)\}/g, (_, name) => said[name].toLocaleString()) : words.none;
    for (const button of this.buttons) button.disabled = button.dataset.by < 0 ? this.first === 0 : this.first + here >= count;
  }
}

for (const told of JSON.parse(document.getElementById("told").textContent)) {
  if (told.rows) new Table(document.querySelector(`[data-table="${told.name}"]`), told);
}
