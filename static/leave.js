// "Leave this page": gone at once, session ended, history entry replaced. Without script the link does the first two.
const link = document.querySelector(".cp-leave");

link?.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.title = "…";
  document.body.replaceChildren();
  fetch(link.getAttribute("href"), { keepalive: true, redirect: "manual", cache: "no-store" }).catch(() => {});
  location.replace(link.dataset.to);
});

// A page brought back by the Back button asks again, so that it is not shown after signing out.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
