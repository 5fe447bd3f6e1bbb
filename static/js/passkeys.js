// Passkeys: a form marked `data-passkey` is sent with what the browser's own dialogue gives. Its value says whether a
// passkey is made ("create") or used ("get"); the options are in the page, or at the address in `data-options`.
{
  const options = async (form) => {
    if (!form.dataset.options) return JSON.parse(document.getElementById("passkey-options").textContent);
    return (await fetch(form.dataset.options, { headers: { Accept: "application/json" } })).json();
  };

  const credential = async (form) => {
    const { publicKey } = await options(form);
    const given =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
    return JSON.stringify(given.toJSON());
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-passkey]")) return;
    event.preventDefault();
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    try {
      form.elements.credential.value = await credential(form);
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });

  for (const form of document.querySelectorAll("[data-passkey=get]")) form.hidden = !window.PublicKeyCredential;
}
