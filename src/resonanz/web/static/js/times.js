// Keeps `vor 5 Min.` true while the page stays open. The words come from the server's own format.

const root = document.documentElement;
const format = new Intl.RelativeTimeFormat(root.lang, { numeric: "always", style: "short" });
const HALF_A_DAY_MIN = 12 * 60;

function refresh() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const minutes = Math.trunc((Date.parse(time.dateTime) - Date.now()) / 60_000);
    const distance = Math.abs(minutes);
    if (distance < 1 || distance >= HALF_A_DAY_MIN) continue;
    time.textContent = distance < 60 ? format.format(minutes, "minute") : format.format(Math.trunc(minutes / 60), "hour");
  }
}

setInterval(refresh, 30_000);
