// textarea[data-words]: how many words there are, of how many.
for (const area of document.querySelectorAll("textarea[data-words]")) {
  const shown = document.createElement("p");
  shown.className = "words";
  shown.setAttribute("aria-live", "off");
  area.after(shown);
  const count = () => {
    const found = area.value.trim().split(/\s+/).filter(Boolean).length;
    shown.textContent = `${found.toLocaleString(document.documentElement.lang)} / ${area.dataset.words}`;
  };
  area.addEventListener("input", count);
  count();
}
