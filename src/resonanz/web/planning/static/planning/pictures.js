// Pictures of a content: added by choosing, dropping or pasting; described, ordered, taken away. Files go up at once,
// everything else is kept by the saver like all that is written.

const list = document.getElementById("pictures");

/** The content's pictures in order: id, thumbnail's address, description. */
export const pictures = () => [...list.querySelectorAll("[data-picture]")].map((item) => ({
  id: item.dataset.picture,
  src: item.dataset.small,
  alt: item.querySelector("[data-alt]").value,
}));

export function startPictures({ root, csrf, text, saver, ready, changed }) {
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

  const parts = new Map();

  /** What a picture's own part tells the server: its words, and what was done with it since. */
  function partOf(item) {
    if (!parts.has(item)) {
      const collect = () => {
        if (!item.isConnected) return { detach: "yes" };
        const alt = item.querySelector("[data-alt]").value;
        return item.moved ? { alt, order: pictures().map(({ id }) => id).join(",") } : { alt };
      };
      parts.set(item, saver.part({ address: item.dataset.url, version: null, collect }));
    }
    return parts.get(item);
  }

  function tell(item) {
    partOf(item).touch();
    changed();
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

  list.addEventListener("input", (event) => {
    const item = event.target.closest("[data-picture]");
    item.querySelector("img").alt = event.target.value;
    tell(item);
  });
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[data-picture]");
    if (event.target.closest("[data-detach]")) item.remove();
    else if (event.target.closest("[data-earlier]")) item.previousElementSibling?.before(item);
    else if (event.target.closest("[data-later]")) item.nextElementSibling?.after(item);
    else return;
    item.moved = item.isConnected;
    tell(item);
  });
}
