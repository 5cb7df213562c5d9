// Shows how far a copy is as it goes on: asks whether anything changed, then puts the new parts in place.
const EVERY = 1500;
const here = location.pathname;

async function fetched(address) {
  const answer = await fetch(address, { cache: "no-store", redirect: "error", credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

for (;;) {
  await new Promise((go) => setTimeout(go, EVERY));
  if (document.hidden) continue;
  try {
    const now = await (await fetched(`${here}/progress`)).json();
    if (now.done) {
      location.replace(here);
      break;
    }
    const making = document.getElementById("making");
    if (now.mark === making.dataset.mark) continue;
    const fresh = new DOMParser().parseFromString(await (await fetched(here)).text(), "text/html");
    for (const part of document.querySelectorAll("[data-part]")) {
      const next = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!next) continue;
      if (next.dataset.mark) part.dataset.mark = next.dataset.mark;
      if (next.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) part.replaceChildren(...next.childNodes);
    }
    const told = document.getElementById("told");
    told.textContent = told.dataset.told;
  } catch {
    break; // signed out or offline: the page stays as it is, its link still works
  }
}
