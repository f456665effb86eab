// The composer: tabs, counters, previews, pictures, time; saving.js keeps what is written.
import { outgoing, tightest } from "./count.js";
import { draw, dress } from "./preview.js";
import { Saver } from "./saving.js";
import { pictures, startPictures } from "./pictures.js";

const root = document.getElementById("composer");
const text = root.dataset;
const idea = document.getElementById("idea");
const csrf = idea.elements.csrfmiddlewaretoken.value;
const limits = JSON.parse(document.getElementById("limits").textContent);
const numbers = new Intl.NumberFormat(document.documentElement.lang);
const forms = [...root.querySelectorAll("[data-variant]")];
const chips = [...root.querySelectorAll("[data-channel]")];
const panelOf = (pk) => document.getElementById(`panel-${pk}`);
const tabOf = (pk) => document.getElementById(`tab-${pk}`);

// --- saving

const state = document.getElementById("save-state");
function showState(name, detail = "") {
  state.dataset.state = name;
  state.textContent = name === "saving" ? text.textSaving
    : name === "saved" ? text.textSaved.replace("{time}", detail)
    : name === "unsaved" ? text.textUnsaved : `${text.textRefused} ${detail}`;
}
if (state.dataset.at) showState("saved", state.dataset.at);

const saver = new Saver({
  writer: text.writer,
  csrf,
  onState: showState,
  onNotes: (notes) => {
    for (const [pk, html] of Object.entries(notes)) {
      const place = panelOf(pk)?.querySelector("[data-notes]");
      if (place) place.innerHTML = html; // a fragment of ours, escaped on the server
    }
  },
  onConflict: (html, { keep, take }) => {
    const place = document.getElementById("conflict");
    place.innerHTML = html;
    place.querySelector("[data-keep-mine]").addEventListener("click", () => { place.replaceChildren(); keep(); });
    place.querySelector("[data-take-theirs]").addEventListener("click", () => { place.replaceChildren(); take(); });
    place.scrollIntoView({ block: "center" });
  },
});

const chosen = () => chips.filter((chip) => chip.checked).map((chip) => chip.dataset.channel);
const ideaPart = saver.part({
  address: text.save,
  version: Number(text.version),
  collect: () => ({
    title: idea.elements.title.value,
    text: idea.elements.text.value,
    language: idea.elements.language.value,
    channels: chosen().join(","),
    ...timing(),
  }),
  answered: () => { if (location.search) history.replaceState(null, "", location.pathname); },
  takeTheirs: () => location.reload(),
});

// --- one form a channel

function follows(form) { return form.elements.follows.value === "yes"; }
function textOf(form) { return outgoing(follows(form) ? idea.elements.text.value : form.elements.text.value); }

function picturesOf(form) {
  const excluded = new Set((form.dataset.excluded || "").split(",").filter(Boolean));
  return pictures().filter(({ id }) => !excluded.has(id));
}

function refresh(form) {
  const pk = form.dataset.variant;
  const area = form.elements.text;
  if (follows(form) && area.value !== idea.elements.text.value) area.value = idea.elements.text.value;
  const own = !follows(form);
  form.classList.toggle("own", own);
  form.querySelector("[data-follow-state]").textContent = own ? text.textOwn : text.textFollows;
  form.querySelector("[data-follow]").hidden = !own || "locked" in form.dataset;
  const warning = form.elements.content_warning?.value.trim() ?? "";
  count(form, textOf(form), warning);
  drawChoice(form);
  draw(panelOf(pk).querySelector("[data-preview]"), {
    text: textOf(form), warning, pictures: picturesOf(form), most: limits[pk].images, blank: text.textBlank,
  });
}

function count(form, words, warning) {
  const counter = form.querySelector("[data-counter]");
  const found = tightest(limits[form.dataset.variant].text, words, warning);
  counter.hidden = !found;
  if (!found) return;
  const [limit, used] = found;
  const left = limit.maximum - used;
  counter.dataset.level = left < 0 ? "over" : left <= limit.maximum * 0.1 ? "near" : "fine";
  counter.querySelector("[data-count]").textContent = `${numbers.format(used)} / ${numbers.format(limit.maximum)}`;
  counter.title = (left < 0 ? text.textOver : text.textLeft).replace("{n}", numbers.format(Math.abs(left)));
  const share = Math.min(100, (100 * used) / limit.maximum);
  counter.querySelector(".ring-fill").setAttribute("stroke-dasharray", `${share} 100`);
  const badge = tabOf(form.dataset.variant).querySelector("[data-tab-count]");
  badge.textContent = left < 0 ? `−${numbers.format(-left)}` : "";
}

function drawChoice(form) {
  const place = form.querySelector("[data-picture-choice]");
  const shown = new Set(picturesOf(form).map(({ id }) => id));
  place.hidden = pictures().length < 2 && shown.size === pictures().length;
  place.querySelectorAll("button").forEach((button) => button.remove());
  for (const { id, src, alt } of pictures()) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "choice";
    button.disabled = "locked" in form.dataset;
    button.setAttribute("aria-pressed", String(shown.has(id)));
    const image = document.createElement("img");
    Object.assign(image, { src, alt: alt || `#${id}`, width: 40, height: 40 });
    button.append(image);
    button.addEventListener("click", () => choose(form, id, !shown.has(id)));
    place.append(button);
  }
}

function choose(form, id, show) {
  const excluded = new Set((form.dataset.excluded || "").split(",").filter(Boolean));
  if (show) excluded.delete(id); else excluded.add(id);
  form.dataset.excluded = [...excluded].join(",");
  parts.get(form).touch();
  refresh(form);
}

const parts = new Map(forms.map((form) => [form, saver.part({
  address: form.dataset.save,
  version: Number(form.dataset.version),
  collect: () => ({
    ...Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken")),
    pictures: picturesOf(form).map(({ id }) => id).join(","),
  }),
  takeTheirs: () => location.reload(),
})]));

for (const form of forms) {
  const area = form.elements.text;
  area.addEventListener("input", () => { form.elements.follows.value = ""; });
  form.addEventListener("input", () => { parts.get(form).touch(); refresh(form); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("[data-follow]").addEventListener("click", () => {
    form.elements.follows.value = "yes";
    parts.get(form).touch();
    refresh(form);
    area.focus();
  });
}

idea.addEventListener("submit", (event) => event.preventDefault());
for (const field of [idea.elements.title, idea.elements.text, idea.elements.language]) {
  field.addEventListener("input", () => { ideaPart.touch(); forms.forEach(refresh); });
}

// --- tabs

const tabs = [...root.querySelectorAll("[data-tab]")];
const openTabs = () => tabs.filter((tab) => !tab.hidden);

function show(pk) {
  for (const tab of tabs) {
    const on = tab.dataset.tab === pk;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    panelOf(tab.dataset.tab).hidden = !on;
  }
  document.getElementById("no-channel").hidden = openTabs().length > 0;
}

for (const tab of tabs) {
  tab.addEventListener("click", () => show(tab.dataset.tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const open = openTabs();
    const next = open[(open.indexOf(tab) + step + open.length) % open.length];
    show(next.dataset.tab);
    next.focus();
  });
}

for (const chip of chips) {
  chip.addEventListener("change", () => {
    const { channel } = chip.dataset;
    tabOf(channel).hidden = !chip.checked;
    const current = tabs.find((tab) => tab.getAttribute("aria-selected") === "true" && !tab.hidden);
    show(chip.checked ? channel : current?.dataset.tab ?? openTabs()[0]?.dataset.tab ?? "");
    ideaPart.touch();
    if (chip.checked) reopen();
  });
}

/** Everything was sent, and now there is one channel more. */
function reopen() {
  document.querySelector(".all-done")?.remove();
  document.querySelector(".timing")?.removeAttribute("hidden");
  document.getElementById("go")?.removeAttribute("hidden");
  if (isLater()) document.getElementById("later").hidden = false;
}

// --- when

const local = document.getElementById("local");
const whenNote = document.getElementById("when-note");
const isLater = () => document.querySelector('[name="when"]:checked')?.value === "later";

function timing() {
  if (!local) return {};
  const second = whenNote.querySelector('[name="second"]:checked')?.value ?? "";
  return isLater() && local.value ? { when: "later", local: local.value, second } : { when: "now" };
}

async function explainTime() {
  if (!local.value) { whenNote.replaceChildren(); return; }
  const response = await fetch(`${text.when}?${new URLSearchParams(timing())}`).catch(() => null);
  if (response?.ok) whenNote.innerHTML = await response.text();
}

if (local) {
  for (const radio of document.querySelectorAll('[name="when"]')) {
    radio.addEventListener("change", () => {
      document.getElementById("later").hidden = !isLater();
      const label = document.querySelector("[data-go]");
      if (label) label.textContent = isLater() ? text.textSchedule : text.textPublish;
      if (isLater()) local.focus();
      ideaPart.touch();
    });
  }
  local.addEventListener("change", () => { explainTime(); ideaPart.touch(); });
  whenNote.addEventListener("click", (event) => {
    const other = event.target.closest("[data-take-time]");
    if (!other) return;
    local.value = other.dataset.takeTime;
    explainTime();
    ideaPart.touch();
  });
  whenNote.addEventListener("change", () => ideaPart.touch());
}

// --- review

const review = document.getElementById("review");
document.getElementById("review-open")?.addEventListener("click", async (event) => {
  const button = event.currentTarget;
  button.disabled = true;
  ideaPart.dirty = ideaPart.dirty || ideaPart.version === 0;
  const stored = await saver.flush();
  button.disabled = false;
  if (!stored) return;
  const response = await fetch(`${text.review}?${new URLSearchParams(timing())}`).catch(() => null);
  if (!response?.ok) { showState("unsaved"); return; }
  const body = document.getElementById("review-body");
  body.innerHTML = await response.text();
  window.htmx.process(body);
  dress(body);
  review.showModal();
});
review?.addEventListener("click", (event) => {
  if (event.target === review || event.target.closest("[data-close]")) review.close();
});
review?.addEventListener("htmx:afterSwap", () => dress(review));

// Taking changes over sends what is stored: so store first.
for (const form of root.querySelectorAll("[data-after-save]")) {
  form.addEventListener("submit", async (event) => {
    if (!saver.pending) return;
    event.preventDefault();
    if (await saver.flush()) form.submit();
  });
}

startPictures({
  root, csrf, text, saver,
  ready: async () => {
    ideaPart.dirty = ideaPart.dirty || ideaPart.version === 0;
    return saver.flush();
  },
  changed: (notes) => { if (notes) saver.onNotes(notes); forms.forEach(refresh); },
});
dress();
forms.forEach(refresh);
