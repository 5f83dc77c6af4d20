/* The editor in Studio: fills the pickers from the tool, shows what applies, saves, marks errors. */
function QuoinEditor(runtime, element, args) {
  "use strict";

  const root = (element.jquery ? element[0] : element).querySelector(".quoin-editor");
  const form = root.querySelector("form");
  const said = root.querySelector(".quoin-said");

  function notify(name, data) {
    if (runtime.notify) { runtime.notify(name, data); }
  }

  function say(text, isWrong) {
    said.classList.toggle("quoin-wrong", Boolean(isWrong));
    said.textContent = text;
  }

  function post(handler, data) {
    return $.ajax({
      type: "POST",
      url: runtime.handlerUrl(element, handler),
      data: JSON.stringify(data),
      contentType: "application/json",
      dataType: "json"
    });
  }

  function option(value, text, isChosen) {
    const made = new Option(text, value, isChosen, isChosen);
    made.dir = "auto";
    return made;
  }

  /* Put a list in the place of the text field; a key that the list lacks stays to be seen. */
  function pick(input, choices) {
    const select = document.createElement("select");
    const now = input.value;
    ["id", "name", "aria-describedby", "aria-invalid"].forEach(function (name) {
      if (input.hasAttribute(name)) { select.setAttribute(name, input.getAttribute(name)); }
    });
    select.append(option("", input.dataset.picks === "stacks" ? args.all : args.none, now === ""));
    choices.forEach((each) => select.append(option(each.key, each.title, each.key === now)));
    if (now && !choices.some((each) => each.key === now)) {
      select.append(option(now, args.not_listed.replace("{key}", now), true));
    }
    input.replaceWith(select);
  }

  function value(name) {
    const chosen = form.querySelector("input[name='" + name + "']:checked");
    return chosen ? chosen.value : "";
  }

  function applies(need) {
    const isWatching = value("mode") === "watched" || value("mode") === "score";
    if (need === "listed") { return isWatching && value("watch_scope") === "listed"; }
    if (need === "scored") { return form.elements.is_scored.checked; }
    return need.split(" ").indexOf(value("mode")) !== -1;
  }

  function arrange() {
    form.querySelectorAll("[data-for]").forEach((field) => {
      field.hidden = !applies(field.dataset.for);
    });
  }

  function mark(messages) {
    form.querySelectorAll(".quoin-error").forEach((each) => { each.hidden = true; });
    form.querySelectorAll("[aria-invalid]").forEach((each) => each.removeAttribute("aria-invalid"));
    messages.forEach(function (message) {
      const field = form.querySelector("[data-field='" + message.field + "']");
      if (!field) { return; }
      const error = field.querySelector(".quoin-error");
      const input = field.querySelector("input, select, textarea");
      field.hidden = false;
      error.textContent = message.text;
      error.hidden = false;
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", error.id);
    });
    const first = form.querySelector("[aria-invalid]");
    if (first) { first.focus(); }
  }

  function values() {
    const found = Object.fromEntries(new FormData(form));
    if (form.elements.is_scored) { found.is_scored = form.elements.is_scored.checked; }
    return found;
  }

  form.addEventListener("change", arrange);

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    notify("save", { state: "start" });
    post("submit_studio_edits", { values: values() }).done(function () {
      mark([]);
      say(args.saved);
      notify("save", { state: "end" });
    }).fail(function (request) {
      let error = null;
      try { error = JSON.parse(request.responseText).error; } catch (problem) { error = null; }
      const messages = (error && error.messages) || [];
      mark(messages);
      say(messages.length ? args.wrong : args.failed, true);
      notify("error", { title: args.wrong, message: messages.map((each) => each.text).join(" ") });
    });
  });

  root.querySelector("[data-quoin='cancel']").addEventListener("click", function () {
    notify("cancel", {});
  });

  arrange();
  post("studio_catalog", {}).done(function (answer) {
    if (!answer.is_reachable) {
      say(answer.said);
      return;
    }
    form.querySelectorAll("[data-picks]").forEach((each) => pick(each, answer[each.dataset.picks]));
  });
}
