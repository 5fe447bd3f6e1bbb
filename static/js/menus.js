// The account's panel closes with Escape or a click elsewhere.
const panels = document.querySelectorAll("details.account, details.menu");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const panel of panels) if (panel.open) { panel.open = false; panel.querySelector("summary").focus(); }
});
document.addEventListener("click", (event) => {
  for (const panel of panels) if (panel.open && !panel.contains(event.target)) panel.open = false;
});
