// data-open="id" opens a <dialog>; data-confirm="text" asks before a form is sent; hx-confirm asks the same way.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  // A click on the backdrop is a click on the dialog itself.
  if (event.target.matches("dialog.sheet, dialog.palette, dialog.confirm")) event.target.close("");
});

async function asked(text, label, danger) {
  const dialog = document.getElementById("confirm");
  const yes = dialog.querySelector('[value="yes"]');
  dialog.querySelector("p").textContent = text;
  yes.textContent = label || yes.dataset.default;
  yes.classList.toggle("btn-danger", danger);
  yes.classList.toggle("btn-primary", !danger);
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  return dialog.returnValue === "yes";
}

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const source = submitter?.dataset.confirm ? submitter : form;
  const text = source.dataset.confirm;
  if (!text || form.dataset.confirmed) {
    delete form.dataset.confirmed;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const danger = source.dataset.danger !== undefined || (submitter?.matches(".btn-danger, .btn-outline-danger") ?? false);
  if (await asked(text, source.dataset.confirmYes, danger)) {
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter ?? undefined);
  }
}, true);

document.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  const { confirmYes, danger } = event.detail.elt.dataset;
  if (await asked(event.detail.question, confirmYes, danger !== undefined)) event.detail.issueRequest(true);
});
