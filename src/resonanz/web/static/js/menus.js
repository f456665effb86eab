// Menus are <details class="menu">: one open at a time, closed by Escape, by a click elsewhere or by a choice.

// On a phone the row of tabs is wider than the screen: begin with the chosen one in sight.
document.querySelector('.tabs [aria-current]')?.scrollIntoView({ inline: "center", block: "nearest" });

const open = () => document.querySelectorAll("details.menu[open]");
const close = (menu, refocus) => {
  menu.open = false;
  if (refocus) menu.querySelector("summary").focus();
};

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.menu") && event.target.open) {
    for (const menu of open()) if (menu !== event.target) close(menu);
  }
}, true);

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) close(menu);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of open()) close(menu, true);
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  const choices = [...menu.querySelectorAll(".menu-panel :is(a, button)")];
  if (!choices.length) return;
  const step = event.key === "ArrowDown" ? 1 : -1;
  const at = choices.indexOf(document.activeElement);
  choices[(at + step + choices.length) % choices.length].focus();
  event.preventDefault();
});
