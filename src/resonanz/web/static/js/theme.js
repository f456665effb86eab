// Decides between light and dark before the first paint. A classic script in <head>, on purpose not deferred.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const wanted = root.dataset.theme;
    const isDark = wanted === "dark" || (wanted !== "light" && dark.matches);
    root.setAttribute("data-bs-theme", isDark ? "dark" : "light");
    const paper = isDark ? "#121a1a" : "#f5f3ee";
    document.querySelector('meta[name="theme-color"]')?.setAttribute("content", paper);
  };
  dark.addEventListener("change", show);
  root.addEventListener("themechange", show);
  show();
})();
