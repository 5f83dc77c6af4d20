// Leads back to the platform: sends the one form of the page, which its button does without scripts,
// or tells the LMS that the registration is done, so that it closes our frame.
(() => {
  document.querySelector("form[data-send]")?.submit();
  const button = document.querySelector("[data-close]");
  const holder = window.opener || (window.parent === window ? null : window.parent);
  if (!button || !holder) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const origin of button.dataset.close.split(" ").filter(Boolean)) {
      holder.postMessage({ subject: "org.imsglobal.lti.close" }, origin);
    }
  });
})();
