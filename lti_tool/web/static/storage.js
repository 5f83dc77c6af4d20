// Asks the platform's storage frame (LTI postMessage Storage 0.1). Only an answer of its origin,
// to this message and about this key, counts. It is asked again and again, for a frame that is
// still loading hears nothing.
const AGAIN = 200;

export function ask(subject, { frame, origin, key, value, patience }) {
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
