// Pictures of a content: added by choosing, dropping or pasting; described, ordered, taken away.

const list = document.getElementById("pictures");

/** The content's pictures in order: id, thumbnail's address, description. */
export const pictures = () => [...list.querySelectorAll("[data-picture]")].map((item) => ({
  id: item.dataset.picture,
  src: item.dataset.small,
  alt: item.querySelector("[data-alt]").value,
}));

export function startPictures({ root, csrf, text, ready, changed }) {
  const uploads = document.getElementById("uploads");
  const field = document.getElementById("file");
  const post = (address, fields) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    return fetch(address, { method: "POST", body, headers: { "X-CSRFToken": csrf } });
  };

  async function add(file) {
    const line = document.createElement("p");
    line.className = "upload";
    line.textContent = text.textUploading.replace("{name}", file.name);
    uploads.append(line);
    if (!(await ready())) { line.remove(); return; }
    const response = await post(text.upload, { file }).catch(() => null);
    const data = await response?.json().catch(() => null);
    if (response?.ok) {
      line.remove();
      list.querySelector(`[data-picture="${data.id}"]`)?.remove();
      list.insertAdjacentHTML("beforeend", data.html);
      changed(data.notes);
    } else {
      line.classList.add("refused");
      line.textContent = `${file.name}: ${data?.sentence ?? text.textUnsaved}`;
    }
  }

  async function addAll(files) {
    uploads.querySelectorAll(".refused").forEach((line) => line.remove());
    for (const file of files) await add(file); // one after the other, so that their order is the person's
  }

  async function tell(item, fields) {
    const response = await post(item.dataset.url, fields).catch(() => null);
    changed(response?.ok ? (await response.json()).notes : null);
  }

  field?.addEventListener("change", async () => {
    await addAll([...field.files]);
    field.value = "";
  });
  if (field) {
    root.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      root.classList.add("dropping");
    });
    root.addEventListener("dragleave", (event) => { if (!root.contains(event.relatedTarget)) root.classList.remove("dropping"); });
    root.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      root.classList.remove("dropping");
      addAll([...event.dataTransfer.files]);
    });
    root.addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files];
      if (!files.length) return;
      event.preventDefault();
      addAll(files);
    });
  }

  let timer;
  list.addEventListener("input", (event) => {
    const item = event.target.closest("[data-picture]");
    item.querySelector("img").alt = event.target.value;
    clearTimeout(timer);
    timer = setTimeout(() => tell(item, { alt: event.target.value }), 600);
  });
  list.addEventListener("change", (event) => {
    clearTimeout(timer);
    tell(event.target.closest("[data-picture]"), { alt: event.target.value });
  });
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[data-picture]");
    if (event.target.closest("[data-detach]")) {
      item.remove();
      tell(item, { detach: "yes" });
    } else if (event.target.closest("[data-earlier]")) {
      item.previousElementSibling?.before(item);
      tell(item, { order: pictures().map(({ id }) => id).join(",") });
    } else if (event.target.closest("[data-later]")) {
      item.nextElementSibling?.after(item);
      tell(item, { order: pictures().map(({ id }) => id).join(",") });
    }
  });
}
