// [data-guard]: leaving a form with unsent input asks first.
const dirty = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) dirty.add(form);
});
document.addEventListener("submit", (event) => dirty.delete(event.target));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) dirty.delete(event.detail.elt);
});
window.addEventListener("beforeunload", (event) => {
  for (const form of dirty) if (!form.isConnected) dirty.delete(form);
  if (dirty.size) event.preventDefault();
});
