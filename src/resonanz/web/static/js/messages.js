// Messages leave by themselves unless they report a fault or somebody is reading them; htmx faults become messages.

const region = document.getElementById("messages");
const STAY_MS = 6000;

const watch = (card) => {
  if (card.dataset.watched) return;
  card.dataset.watched = "yes";
  if (card.matches(".error, .warning")) return;
  const leave = () => (card.matches(":hover, :focus-within") ? setTimeout(leave, STAY_MS) : card.remove());
  setTimeout(leave, STAY_MS);
};

if (region) {
  region.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast-card").remove());
  new MutationObserver(() => region.querySelectorAll(".toast-card").forEach(watch)).observe(region, { childList: true });
  region.querySelectorAll(".toast-card").forEach(watch);
}

function report(name) {
  const template = document.getElementById(name);
  if (!region || !template || region.querySelector(`[data-fault="${name}"]`)) return;
  const card = template.content.firstElementChild.cloneNode(true);
  card.dataset.fault = name;
  region.append(card);
}

document.addEventListener("htmx:responseError", () => report("fault-server"));
document.addEventListener("htmx:sendError", () => report("fault-offline"));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) region?.querySelectorAll("[data-fault]").forEach((card) => card.remove());
});
