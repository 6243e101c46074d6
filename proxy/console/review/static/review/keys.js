// Which case of a list is chosen? j and k move, Enter opens, c claims: only while the focus is in the list, so
// that single letters get in nobody's way (WCAG 2.1.4). The page does all of it without this file.
"use strict";
(() => {
  const list = document.querySelector("[data-keys]");
  if (!list) return;
  const items = [...list.children];
  let at = -1;
  const mark = (next) => {
    if (at >= 0) items[at].classList.remove("chosen");
    at = next;
    if (at >= 0) items[at].classList.add("chosen");
  };
  const go = (next) => items[next]?.querySelector("a").focus();
  list.addEventListener("focusin", (event) => mark(items.indexOf(event.target.closest("[data-keys] > li"))));
  list.addEventListener("focusout", () => mark(-1));
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (event.key === "c") items[at]?.querySelector("form[action$='/claim/'] button")?.click();
    else return;
    event.preventDefault();
  });
  document.getElementById("keys").hidden = false;
})();
