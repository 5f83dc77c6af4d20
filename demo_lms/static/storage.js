// Keeps values for tools while this page is open (LTI postMessage Storage 0.1): capabilities, put
// and get. Only messages of a known tool's origin are answered; each origin has values of its own.
const kept = new Map(document.body.dataset.origins.split(" ").map((origin) => [origin, new Map()]));
const MOST_VALUES = 500;
const LONGEST = 4096;
const isText = (value) => typeof value === "string" && value.length > 0 && value.length <= LONGEST;
const refuse = (code, message) => ({ error: { code, message } });

const answers = {
  "lti.capabilities": () => ({
    supported_messages: Object.keys(answers).map((subject) => ({ subject, frame: window.name })),
  }),
  "lti.put_data": ({ key, value }, values) => {
    if (!isText(key) || !(isText(value) || value === null)) return refuse("bad_request", "key and value are texts");
    if (!values.has(key) && values.size >= MOST_VALUES) return refuse("storage_exhaustion", "no more values are kept");
    value === null ? values.delete(key) : values.set(key, value);
    return { key, value };
  },
  "lti.get_data": ({ key }, values) =>
    isText(key) ? { key, value: values.get(key) ?? null } : refuse("bad_request", "key is a text"),
};

window.addEventListener("message", (event) => {
  const { data, origin } = event;
  if (!kept.has(origin) || typeof data !== "object" || data === null) return;
  const { subject, message_id } = data;
  const answer = Object.hasOwn(answers, subject)
    ? answers[subject](data, kept.get(origin))
    : refuse("unsupported_subject", "this message is not known here");
  event.source.postMessage({ subject: `${subject}.response`, message_id, ...answer }, origin);
});
