// [data-autosave]: htmx saves; here only what the person reads while it does, or when it fails.
document.addEventListener("htmx:responseError", (event) => failed(event.detail.elt));
document.addEventListener("htmx:sendError", (event) => failed(event.detail.elt));
function failed(form) {
  if (!form.matches?.("[data-autosave]")) return;
  const state = form.querySelector(".save-state");
  if (state) state.textContent = form.dataset.autosaveFailed;
}
