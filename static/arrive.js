// Shows answers as they arrive on "Your page" and on "Your records": asks whether anything changed, then puts the new parts in place.
const state = document.getElementById("arrive");
const said = document.getElementById("arrived");
const PAUSES = [500, 700, 1000, 1000, 1500, 1500, 2000, 2000, 3000, 3000, 5000];

// What is open, so that it stays open; and what stands at the top of the window, so that it stays there.
function key(details) {
  return details.closest("[data-part]")?.dataset.part + details.querySelector("summary")?.textContent;
}

function put(fresh) {
  const open = new Set([...document.querySelectorAll("details[open]")].map(key));
  const focused = document.activeElement?.closest("[data-part] a")?.getAttribute("href");
  const parts = [...document.querySelectorAll("[data-part]")];
  const anchor = parts.find((part) => part.getBoundingClientRect().bottom > 0);
  const before = anchor?.getBoundingClientRect().top;
  for (const part of parts) {
    const next = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (next && next.innerHTML !== part.innerHTML) part.replaceChildren(...next.childNodes);
  }
  for (const details of document.querySelectorAll("details")) if (open.has(key(details))) details.open = true;
  if (focused && document.activeElement === document.body) {
    [...document.querySelectorAll("[data-part] a")].find((a) => a.getAttribute("href") === focused)?.focus({ preventScroll: true });
  }
  if (anchor) scrollBy(0, anchor.getBoundingClientRect().top - before);
}

async function fetched(address) {
  const answer = await fetch(address, { cache: "no-store", redirect: "error", credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

for (const pause of PAUSES) {
  await new Promise((go) => setTimeout(go, pause));
  try {
    const now = await (await fetched("/my/answers")).json();
    if (now.mark !== state.dataset.mark) {
      const page = new DOMParser().parseFromString(await (await fetched(location.pathname)).text(), "text/html");
      put(page);
      state.dataset.mark = page.getElementById("arrive")?.dataset.mark ?? now.mark;
      said.textContent = state.dataset.told;
    }
    if (now.done) break;
  } catch {
    break; // signed out or offline: the page stays as it is, its links still work
  }
}
