/* The page of a block: asks the server, shows its answer, says what happened.
 *
 * Nothing is decided here. While a competency is open, the block looks again whenever another block
 * of the page has reported something; when it is met, every block of Quoin on the page looks anew. */
function QuoinBlock(runtime, element, args) {
  "use strict";

  const ACHIEVED = "quoin:achieved";
  const AGAIN = [0, 4000, 15000]; /* ms after an achievement: the way to the tool may take a while */
  const root = (element.jquery ? element[0] : element).querySelector(".quoin");
  const body = root.querySelector(".quoin-body");
  const said = root.querySelector(".quoin-said");
  const own = runtime.handlerUrl(element, "refresh").split("/refresh")[0];
  let records = args.records;
  let waiting = null;
  let last = $.Deferred().resolve().promise();

  /* One request after the other: platforms keep a learner's fields in one piece, and of two requests
     at once the later one would write back what the earlier one has changed. */
  function post(handler, data) {
    function send() {
      return $.ajax({
        type: "POST",
        url: runtime.handlerUrl(element, handler),
        data: JSON.stringify(data || {}),
        contentType: "application/json",
        dataType: "json"
      });
    }
    last = last.then(send, send);
    return last;
  }

  function say(text, isWrong) {
    said.classList.toggle("quoin-wrong", Boolean(isWrong));
    said.textContent = text || "";
  }

  /* Show the page anew. What somebody is typing stays, and so do the focus and what is open;
     only the form that was sent is empty again. */
  function show(answer, sent) {
    const active = body.contains(document.activeElement) ? document.activeElement : null;
    const typed = Array.from(body.querySelectorAll("input"))
      .filter((each) => each.value !== each.defaultValue && each.form !== sent);
    const opened = Array.from(body.querySelectorAll("details"), (each) => each.open);
    body.innerHTML = answer.html;
    body.querySelectorAll("details").forEach((each, at) => {
      if (at in opened) { each.open = opened[at]; }
    });
    typed.forEach(function (each) {
      const again = document.getElementById(each.id);
      if (again) { again.value = each.value; }
    });
    if (active) { focus(active); }
  }

  function focus(active) {
    const again = (active.id && document.getElementById(active.id)) ||
      body.querySelector("[data-quoin='" + active.dataset.quoin + "']") ||
      body.querySelector(".quoin-title");
    if (again) { again.focus({ preventScroll: true }); }
  }

  function achieved() {
    records = false;
    document.dispatchEvent(new CustomEvent(ACHIEVED));
  }

  function record() {
    if (!records) { return; }
    post("record").done(function (answer) {
      show(answer);
      if (answer.said) { say(answer.said); }
      if (answer.is_met) { achieved(); }
    });
  }

  function refresh(isNew, isAsked) {
    body.setAttribute("aria-busy", "true");
    post("refresh", { is_new: isNew }).done(function (answer) {
      show(answer);
      if (isAsked) { say(answer.said); }
    }).fail(function () {
      if (isAsked) { say(args.failed, true); }
    }).always(function () { body.removeAttribute("aria-busy"); });
  }

  /* Say at the field what is wrong with it. */
  function wrong(form, request) {
    const input = form.querySelector("input:not([type='hidden'])");
    const error = form.querySelector(".quoin-error");
    let text = "";
    try { text = JSON.parse(request.responseText).error; } catch (problem) { text = ""; }
    say("");
    error.textContent = typeof text === "string" && text ? text : args.failed;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", error.id);
    input.focus();
  }

  body.addEventListener("click", function (event) {
    if (event.target.closest("[data-quoin='refresh']")) { refresh(true, true); }
  });

  body.addEventListener("submit", function (event) {
    const form = event.target;
    event.preventDefault();
    const data = Object.fromEntries(new FormData(form));
    post(form.dataset.quoin, data).done(function (answer) {
      show(answer, form);
      say(answer.said);
      if (answer.is_new) { achieved(); }
    }).fail(function (request) { wrong(form, request); });
  });

  /* Other blocks report by jQuery: a look follows a moment after the last report. */
  $(document).on("ajaxComplete", function (event, request, settings) {
    const url = settings.url || "";
    if (records && url.indexOf("handler") !== -1 && url.indexOf(own) === -1) {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(record, 700);
    }
  });

  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "visible") { record(); }
  });

  document.addEventListener(ACHIEVED, function () {
    AGAIN.forEach((delay) => window.setTimeout(() => refresh(true, false), delay));
  });

  record();
  if (args.looks) { refresh(false, false); }
}
