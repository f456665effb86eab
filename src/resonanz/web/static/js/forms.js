// data-submit: a field that sends its form when changed. data-busy: what a button says while its form is under way. data-copy: a button that copies. Forms are sent once.

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  (button.querySelector("span") ?? button).textContent = button.dataset.copied;
});

// A second click while the first is under way would do the same thing twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post]")) return;
  if (form.classList.contains("busy")) event.preventDefault();
  form.classList.add("busy");
  const text = event.submitter?.dataset.busy;
  if (text) event.submitter.querySelector("em, span").textContent = text;
});
addEventListener("pageshow", () => document.querySelectorAll("form.busy").forEach((f) => f.classList.remove("busy")));
