// time[data-countdown]: what is left until the deadline, by the portal's own clock, and the reader's local time.
const language = document.documentElement.lang;
const words = new Intl.RelativeTimeFormat(language, { numeric: "always" });
const opened = Date.now();
function left(milliseconds) {
  const minutes = Math.trunc(milliseconds / 60000);
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  if (Math.abs(minutes) < 48 * 60) return words.format(Math.trunc(minutes / 60), "hour");
  return words.format(Math.trunc(minutes / 1440), "day");
}
function tick(time) {
  const portalNow = Date.parse(time.dataset.countdown) + (Date.now() - opened);
  const shown = time.parentElement.querySelector("[data-left]");
  if (shown) shown.textContent = `(${left(Date.parse(time.dateTime) - portalNow)})`;
}
function localTime(time) {
  const at = new Date(time.dateTime);
  if (at.getTimezoneOffset() === 0) return;
  const local = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(at);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll("_", " ");
  const line = document.createElement("span");
  line.className = "deadline-local";
  line.textContent = `${local} (${zone})`;
  time.parentElement.append(line);
}
const deadlines = document.querySelectorAll("time[data-countdown]");
deadlines.forEach(localTime);
if (deadlines.length) setInterval(() => deadlines.forEach(tick), 30000);
