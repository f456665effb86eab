// The calendar: entries are dragged to another day, or moved with Alt and the arrow keys; filters act at once.
import { dress } from "./preview.js";

dress();
for (const form of document.querySelectorAll("[data-filters]")) {
  form.addEventListener("change", () => form.requestSubmit());
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (!value) formData.delete(name); // a short address
  });
}

const board = document.getElementById("board");
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function shifted(day, days) {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

function refuse(sentence) {
  const card = document.getElementById("move-refused").content.firstElementChild.cloneNode(true);
  card.querySelector("span").textContent = sentence;
  document.getElementById("messages").append(card);
}

async function move(entry, day) {
  const from = entry.closest("[data-day]");
  const target = board.querySelector(`[data-day="${day}"]`);
  if (from === target) return;
  const item = entry.closest("li");
  const place = { list: item.parentElement, next: item.nextElementSibling };
  target?.querySelector(".entries").append(item);
  entry.classList.add("moving");
  const body = new URLSearchParams({ entry: entry.dataset.entry, day });
  const response = await fetch(board.dataset.move, { method: "POST", body, headers: { "X-CSRFToken": board.dataset.csrf } }).catch(() => null);
  const data = await response?.json().catch(() => null);
  entry.classList.remove("moving");
  if (response?.ok) {
    document.getElementById("moved").textContent = `${data.sentence} ${day}`;
    if (!target) { location.search = new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(location.search)), day }); return; }
    sortDay(target);
    if (!target.contains(document.activeElement)) entry.focus();
  } else {
    place.list.insertBefore(item, place.next);
    refuse(data?.sentence ?? document.getElementById("fault-offline").content.textContent.trim());
  }
}

function sortDay(day) {
  const list = day.querySelector(".entries");
  const time = (item) => item.querySelector("b").textContent;
  list.append(...[...list.children].sort((a, b) => time(a).localeCompare(time(b))));
}

if (board) {
  let carried = null;
  board.addEventListener("dragstart", (event) => {
    carried = event.target.closest("[data-movable]");
    if (!carried) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", carried.dataset.entry);
    requestAnimationFrame(() => carried?.classList.add("carried"));
  });
  board.addEventListener("dragover", (event) => {
    const day = carried && event.target.closest("[data-day]");
    board.querySelectorAll(".drop-here").forEach((other) => other !== day && other.classList.remove("drop-here"));
    if (!day) return;
    event.preventDefault();
    day.classList.add("drop-here");
  });
  board.addEventListener("drop", (event) => {
    const day = event.target.closest("[data-day]");
    if (!carried || !day) return;
    event.preventDefault();
    move(carried, day.dataset.day);
  });
  board.addEventListener("dragend", () => {
    carried?.classList.remove("carried");
    board.querySelectorAll(".drop-here").forEach((day) => day.classList.remove("drop-here"));
    carried = null;
  });
  board.addEventListener("keydown", (event) => {
    const entry = event.altKey && STEPS[event.key] && event.target.closest("[data-movable]");
    const day = entry?.closest("[data-day]")?.dataset.day;
    if (!day) return;
    event.preventDefault();
    move(entry, shifted(day, STEPS[event.key]));
  });
}
