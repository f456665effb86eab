// The inbox's keys, ticks and drafts. Everything works without them; they make it quick.

const pane = document.getElementById("pane");
const list = document.getElementById("bulk");
const phone = window.matchMedia("(max-width: 48rem)");

const rows = () => [...document.querySelectorAll(".row > a")];
const current = () => document.querySelector('.row > a[aria-current="true"]');
const conversation = () => pane.querySelector("[data-conversation]");
const field = () => document.getElementById("answer-text");

// --- the list ---------------------------------------------------------------------------------------------------

function mark() {
  const address = conversation()?.dataset.address;
  for (const row of rows()) {
    const here = address !== undefined && new URL(row.href).pathname === address;
    if (here) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

function move(step) {
  const all = rows();
  const at = all.indexOf(current());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  if (!next) return;
  next.scrollIntoView({ block: "nearest" });
  next.click();
}

function tick() {
  if (!list) return;
  const ticked = list.querySelectorAll('input[name="ids"]:checked').length;
  list.classList.toggle("ticking", ticked > 0);
  const shown = list.querySelector("[data-ticked]");
  if (shown) shown.textContent = ticked || "";
}

list?.addEventListener("change", tick);
list?.addEventListener("click", (event) => {
  if (!event.target.closest("[data-untick]")) return;
  for (const box of list.querySelectorAll('input[name="ids"]:checked')) box.checked = false;
  tick();
});

// The list is brought up to date now and then, but not under somebody's ticks, and not behind their back.
setInterval(() => {
  const body = document.getElementById("list-body");
  const extended = body?.querySelectorAll(".row").length > 30;
  if (body && !document.hidden && !list.classList.contains("ticking") && !extended) htmx.trigger(body, "list-refresh");
}, 20_000);

// --- the conversation -------------------------------------------------------------------------------------------

const draftKey = () => `draft ${conversation()?.dataset.address}`;

function toTheEnd() {
  const thread = document.getElementById("thread");
  if (!thread) return;
  if (phone.matches) thread.querySelector("li:last-child")?.scrollIntoView({ block: "center" });
  else thread.scrollTop = thread.scrollHeight;
}

function restore() {
  const text = field();
  if (!text || text.value) return;
  const draft = sessionStorage.getItem(draftKey());
  if (!draft) return;
  text.value = draft;
  grow(text);
  htmx.trigger(text, "input");
}

function grow(text) {
  while (text.scrollHeight > text.clientHeight + 2 && text.rows < 12) text.rows += 1;
}

function write(part) {
  const forms = pane.querySelectorAll(".answer-box form[data-part]");
  if (forms.length < 2 && part === "answer") return;
  for (const form of forms) form.hidden = form.dataset.part !== part;
  for (const tab of pane.querySelectorAll("[data-write]")) tab.setAttribute("aria-pressed", String(tab.dataset.write === part));
  pane.querySelector(`form[data-part="${part}"] textarea`)?.focus();
}

let wroteAt = 0;
pane.addEventListener("input", (event) => {
  if (event.target.tagName !== "TEXTAREA") return;
  grow(event.target);
  if (event.target !== field()) return;
  wroteAt = Date.now();
  sessionStorage.setItem(draftKey(), event.target.value);
});
setInterval(() => {
  const writing = document.getElementById("writing");
  if (writing) writing.value = field()?.value && Date.now() - wroteAt < 20_000 ? "yes" : "";
}, 1000);

pane.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-write]");
  if (tab) write(tab.dataset.write);
});

// What was sent is no draft any more; what was refused stays one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, xhr } = event.detail;
  if (requestConfig?.path?.endsWith("/answer/") && xhr.status < 300) sessionStorage.removeItem(draftKey());
});

document.addEventListener("htmx:afterSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (target.id === "list-body" || target.closest?.("#bulk")) {
    mark();
    tick();
  }
  if (target.id === "pane") {
    mark();
    restore();
    toTheEnd();
    if (requestConfig?.path?.endsWith("/status/")) {
      document.getElementById(following)?.querySelector("a").click();
      following = "";
    }
  }
  if (requestConfig?.elt?.matches?.("[data-answer-this]")) {
    restore();
    field()?.focus();
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) following = ""; // not resolved: stay
});

// --- keys -------------------------------------------------------------------------------------------------------

const menu = (key) => {
  const found = pane.querySelector(`details[data-key="${key}"]`);
  if (!found) return;
  found.open = true;
  found.querySelector(".menu-panel :is(button, input)")?.focus();
};

let following = ""; // the row to open once this conversation is resolved

function resolve() {
  const form = pane.querySelector('[data-key-form="e"]');
  const button = form?.querySelector('button[value="resolved"]');
  if (!button) return;
  const all = rows();
  // By its id: the list is made anew meanwhile.
  following = phone.matches ? "" : all[all.indexOf(current()) + 1]?.parentElement.id ?? "";
  button.click(); // and not requestSubmit: htmx sends the value of the button that was clicked
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  e: resolve,
  a: () => menu("a"),
  s: () => menu("s"),
  r: () => write("answer"),
  n: () => write("note"),
  l: () => pane.querySelector("#label-name")?.focus(),
  x: () => current()?.parentElement.querySelector('input[type="checkbox"]')?.click(),
  "/": () => document.getElementById("inbox-search")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.(".answer-box form");
    const button = form?.querySelector(event.shiftKey ? '[name="resolve"]' : "[data-send]");
    if (!button) return;
    event.preventDefault();
    button.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

mark();
restore();
if (!phone.matches) toTheEnd();
