// Takes the code out of the address, where no server sees it; copies values.
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
