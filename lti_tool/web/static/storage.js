// Keeps the proof of a login in the platform's storage frame (LTI postMessage Storage 0.1), or
// shows the tool what is kept there. Only an answer of its origin, to this message and about this
// key, counts. It is asked again and again: a frame that is still loading hears nothing.
const AGAIN = 200;
const [storage, restart] = ["storage", "restart"].map((id) => document.getElementById(id));

function ask(subject, { frame, origin, key, value, patience }) {
  const platform = window.parent === window ? window.opener : window.parent;
  const id = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    const answered = (event) => {
      const data = event.data;
      if (event.origin !== origin || !data || data.message_id !== id) return;
      if (data.subject !== `${subject}.response` || (data.key ?? key) !== key) return;
      done();
      data.error ? reject(new Error(data.error.code)) : resolve(data.value);
    };
    const done = () => {
      clearTimeout(timer);
      clearInterval(again);
      removeEventListener("message", answered);
    };
    const stop = (problem) => {
      done();
      reject(problem);
    };
    const send = () => {
      try {
        const target = frame === "_parent" ? platform : platform.frames[frame];
        target?.postMessage({ subject, message_id: id, key, ...(value === undefined ? {} : { value }) }, origin);
      } catch (problem) {
        stop(problem);
      }
    };
    const timer = setTimeout(() => stop(new Error("no answer")), Number(patience));
    const again = setInterval(send, AGAIN);
    addEventListener("message", answered);
    send();
  });
}

// Puts the proof there, then goes on; without it, all the same.
async function store({ dataset, href }) {
  if (dataset.frame) await ask("lti.put_data", dataset).catch(() => {});
  location.replace(href);
}

// The tool answers with the first page.
async function finish({ ticket, finish: address, ...place }) {
  const value = await ask("lti.get_data", place);
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ ticket, value }),
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const { location: page, session } = await answer.json();
  if (!session) return location.replace(page);
  const { open } = await import("./cookieless.js");
  await open(session, page);
}

function swap(isTrying) {
  storage.hidden = !isTrying;
  restart.hidden = isTrying;
}

if (storage.href) {
  store(storage);
} else {
  swap(true);
  finish(storage.dataset).catch(() => swap(false));
}
