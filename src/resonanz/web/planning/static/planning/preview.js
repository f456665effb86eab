// Draws a post as its network will show it: links, mentions and hashtags in its colour, pictures in its grid.

const PARTS = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'»“”])|((?<![\p{L}\p{N}_@/])@[\p{L}\p{N}_.-]+(?:@[\p{L}\p{N}_.-]+)?[\p{L}\p{N}_])|((?<![\p{L}\p{N}_&/#])#[\p{L}\p{N}_]*[\p{L}_][\p{L}\p{N}_]*)/giu;

const part = (name, text) => {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
};

const shortLink = (address) => {
  const bare = address.replace(/^https?:\/\/(www\.)?/i, "");
  return bare.length > 30 ? `${bare.slice(0, 29)}…` : bare;
};

function drawText(target, text, blank) {
  target.replaceChildren();
  target.classList.toggle("blank", !text);
  if (!text) { target.textContent = blank; return; }
  let end = 0;
  for (const match of text.matchAll(PARTS)) {
    target.append(text.slice(end, match.index));
    target.append(part(match[1] ? "post-link" : "post-tag", match[1] ? shortLink(match[0]) : match[0]));
    end = match.index + match[0].length;
  }
  target.append(text.slice(end));
}

function drawPictures(target, pictures, most) {
  target.replaceChildren(...pictures.slice(0, Math.max(most, 1)).map(({ src, alt }) => {
    const image = document.createElement("img");
    Object.assign(image, { src, alt, loading: "lazy" });
    return image;
  }));
  target.dataset.pictures = Math.min(target.childElementCount, 4);
  target.hidden = !target.childElementCount;
}

export function draw(post, { text, warning, pictures, most, blank }) {
  drawText(post.querySelector("[data-post-text]"), text, blank);
  drawPictures(post.querySelector("[data-post-pictures]"), pictures, most);
  const fold = post.querySelector("[data-warning]");
  fold.hidden = !warning;
  fold.querySelector("span").textContent = warning;
}

/** Widths and colours come from the network's manifest; a style attribute would be refused by the page's policy. */
export function dress(root = document) {
  for (const element of root.querySelectorAll("[data-accent]")) {
    element.style.setProperty("--accent-light", element.dataset.accent);
    element.style.setProperty("--accent-dark", element.dataset.accentDark);
  }
  for (const element of root.querySelectorAll("[data-width]")) {
    element.style.setProperty("--post-width", `${element.dataset.width}px`);
  }
}
