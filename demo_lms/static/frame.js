// A tool may ask for the height it needs (the lti.frameResize message); only the tool in our frame.
const frame = document.querySelector("iframe[data-origin]");
window.addEventListener("message", (event) => {
  if (event.source !== frame.contentWindow || event.origin !== frame.dataset.origin) return;
  let message = event.data;
  if (typeof message === "string") {
    try { message = JSON.parse(message); } catch { return; }
  }
  if (!message || message.subject !== "lti.frameResize") return;
  const height = Number(message.height);
  if (height >= 200 && height <= 20000) frame.style.height = `${Math.ceil(height)}px`;
});
