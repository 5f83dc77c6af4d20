// Shows the tool what the platform's storage kept of this login; it answers with the first page.
import { open } from "./cookieless.js";
import { ask } from "./storage.js";

const [storage, restart] = ["storage", "restart"].map((id) => document.getElementById(id));

async function finish() {
  const { ticket, finish: address } = storage.dataset;
  const value = await ask("lti.get_data", storage.dataset);
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ ticket, value }),
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const { location: page, session } = await answer.json();
  session ? await open(session, page) : location.replace(page);
}

function swap(isTrying) {
  storage.hidden = !isTrying;
  restart.hidden = isTrying;
}

swap(true);
finish().catch(() => swap(false));
