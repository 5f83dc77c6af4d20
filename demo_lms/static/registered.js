// Goes on to the list of tools when the tool in the frame says that it is registered.
const frame = document.querySelector("iframe[data-next]");
window.addEventListener("message", (event) => {
  const said = event.data && event.data.subject;
  if (event.source === frame.contentWindow && event.origin === frame.dataset.origin && said === "org.imsglobal.lti.close") {
    window.location.assign(frame.dataset.next);
  }
});
