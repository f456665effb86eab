// The words that carried what a message was read as: fetched and marked when somebody points at a sign below it.

const pane = document.getElementById("pane");
const sign = (event) => event.target.closest?.("[data-evidence]");

function mark(pointed) {
  for (const lit of pane.querySelectorAll("mark.on")) lit.classList.remove("on");
  if (!pointed) return;
  const { evidence, into } = pointed.dataset;
  for (const found of pane.querySelectorAll(`${into} mark`)) {
    found.classList.toggle("on", found.dataset.of.split(" ").includes(evidence));
  }
}

let shown; // the sign that is pointed at

async function show(pointed) {
  shown = pointed;
  const { from, into } = pointed.dataset;
  const said = pane.querySelector(into);
  if (said && !said.querySelector("mark") && !said.dataset.asked) {
    said.dataset.asked = "yes";
    await htmx.ajax("GET", from, { target: into, swap: "innerHTML" });
  }
  if (shown === pointed) mark(pointed);
}

function hide() {
  shown = undefined;
  mark();
}

pane.addEventListener("pointerover", (event) => (sign(event) ? show(sign(event)) : shown && !shown.matches(":focus") && hide()));
pane.addEventListener("pointerleave", hide);
pane.addEventListener("focusin", (event) => sign(event) && show(sign(event)));
pane.addEventListener("focusout", (event) => sign(event) && hide());

// The panel of corrections may begin below the fold.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.matches?.(".meaning-panel")) event.detail.target.scrollIntoView({ block: "nearest" });
});

// What somebody has opened in the thread stays open: it is not brought up to date meanwhile.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "thread" && event.target.querySelector("details[open]")) event.preventDefault();
});
