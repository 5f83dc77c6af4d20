// Pages in a browser that keeps no cookie at all: the session's token lives in the memory of this
// document and goes in a header. Links and forms of ours are fetched and put into its place; the
// address stays, and never holds anything.
let token = "";
let here = "";
let isBusy = false;

export async function open(session, path) {
  token = session;
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("htmx:config:request", (event) => {
    event.detail.ctx.request.headers.Authorization = `Bearer ${token}`;
  });
  addEventListener("popstate", (event) => event.state?.page && load(event.state.page));
  if (!await load(path)) throw new Error("no page");
  history.replaceState({ page: here }, "");
}

function onClick(event) {
  const link = event.target.closest("a[href]");
  const address = link?.getAttribute("href");
  if (!link || link.target || address.startsWith("#") || event.button || event.defaultPrevented) return;
  go(event, address);
}

function onSubmit(event) {
  const { target: form, submitter } = event;
  const given = (name) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? "";
  const fields = new FormData(form, submitter);
  if (form.getAttribute("target") || event.defaultPrevented) return;
  if (given("method").toLowerCase() !== "post") {
    return go(event, `${given("action").split(/[?#]/)[0]}?${new URLSearchParams(fields)}`);
  }
  const body = given("enctype") === "multipart/form-data" ? fields : new URLSearchParams(fields);
  go(event, given("action"), { method: "POST", body });
}

function go(event, address, options) {
  const url = new URL(address, here);
  if (url.origin !== location.origin) return;
  event.preventDefault();
  load(url.href, options).then((isPage) => isPage && history.pushState({ page: here }, ""));
}

async function load(address, options = {}) {
  if (isBusy) return false;
  isBusy = true;
  try {
    const answer = await fetch(address, {
      ...options,
      headers: { Authorization: `Bearer ${token}`, Accept: "text/html" },
      credentials: "omit",
      mode: "same-origin",
      referrerPolicy: "same-origin",
    });
    if (!answer.headers.get("Content-Type")?.startsWith("text/html")) return await save(answer);
    const text = await answer.text();
    const isFirst = !here;
    here = answer.url;
    show(text);
    // A frame that has just opened must not take the focus away from the course around it.
    if (!isFirst) lead(new URL(address, here).hash.slice(1));
    return true;
  } catch {
    say("This did not reach Quoin. Check your connection and try again.");
    return false;
  } finally {
    isBusy = false;
  }
}

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  document.title = page.title;
  for (const name of ["lang", "dir"]) document.documentElement[name] = page.documentElement[name];
  document.body.replaceWith(document.adoptNode(page.body));
  for (const script of page.querySelectorAll("script[src]")) run(script);
  window.htmx?.process(document.body);
}

// What went wrong or right comes first, then the part that was asked for, then the page's heading.
function lead(fragment) {
  scrollTo(0, 0);
  focus(document.querySelector('[role="alert"], [role="status"]')
    || (fragment !== "main" && document.getElementById(fragment))
    || document.querySelector("h1"));
}

function run({ src, dataset }) {
  if ([...document.scripts].some((script) => script.src === src)) return;
  const script = document.createElement("script");
  Object.assign(script.dataset, dataset);
  script.src = src;
  document.head.append(script);
}

function focus(element) {
  if (!element) return;
  element.tabIndex = -1;
  element.focus();
}

function say(words) {
  const alert = document.createElement("p");
  alert.className = "summary";
  alert.setAttribute("role", "alert");
  alert.textContent = words;
  document.querySelector("main").prepend(alert);
  focus(alert);
}

async function save(answer) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  const named = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "");
  link.download = named?.[1] ?? new URL(answer.url).pathname.split("/").pop();
  link.click();
  URL.revokeObjectURL(link.href);
  return false;
}
