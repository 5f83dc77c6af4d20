// Takes the code out of the address, where no server sees it; copies values; asks for passkeys.
const code = document.querySelector("[name=code]");
const take = () => {
  if (!location.hash[40]) return;
  code.value = location.hash;
  code.parentNode.hidden = true;
  history.replaceState(null, "", location.pathname);
};
if (code) {
  take();
  onhashchange = take;
}
for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.onclick = async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.value);
    button.firstChild.textContent = "Copied";
  };
}
for (const form of document.querySelectorAll("[data-options]")) {
  const known = window.PublicKeyCredential;
  form.hidden = !known?.parseCreationOptionsFromJSON;
  form.onsubmit = async (event) => {
    event.preventDefault();
    try {
      const body = new URLSearchParams(new FormData(form));
      const options = await (await fetch(form.dataset.options, { method: "POST", body })).json();
      const [act, kind] = options.user ? ["create", "Creation"] : ["get", "Request"];
      const publicKey = known[`parse${kind}OptionsFromJSON`](options);
      form.credential.value = JSON.stringify(await navigator.credentials[act]({ publicKey }));
      form.submit();
    } catch {
      form.lastElementChild.hidden = false;
    }
  };
}
