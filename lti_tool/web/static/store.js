// Puts the proof of this login into the platform's storage, then goes on; without it, all the same.
import { ask } from "./storage.js";

const link = document.getElementById("storage");
if (link.dataset.frame) await ask("lti.put_data", link.dataset).catch(() => {});
location.replace(link.href);
