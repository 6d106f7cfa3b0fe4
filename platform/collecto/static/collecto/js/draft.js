// What is typed into a form stays on this telephone until it is sent: a lost network or a closed page loses nothing.

const HOURS_KEPT = 24;
const PREFIX = "draft:";

function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    return draft && Date.now() - draft.at < HOURS_KEPT * 3_600_000 ? draft : null;
  } catch {
    return null;
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

function kept() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

/** Return what is typed: every field but the secret of the session and the count of the lines. */
function typed(form) {
  const fields = [...new FormData(form)];
  return fields.filter(([name, value]) => typeof value === "string" && !/csrf|_FORMS$/.test(name));
}

function keep(form, key) {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: typed(form) }));
  } catch {
    // Private windows may keep nothing: the form works without.
  }
}

/** Write one field back; a day that is over is not what is meant now. */
function write(form, name, value) {
  const field = form.elements[name];
  if (!field) return;
  if (field.type === "date" && value && value < new Date().toLocaleDateString("sv")) return;
  const before = field.value;
  field.value = value;
  const box = field instanceof RadioNodeList ? [...field].find((each) => each.checked) : field;
  box?.dispatchEvent(new Event("input", { bubbles: true }));
  if (value && field.value !== before) box?.closest("details")?.setAttribute("open", "");
}

for (const key of kept()) if (!read(key)) forget(key);

const sent = document.querySelector("[data-draft-sent]")?.dataset.draftSent;
for (const key of sent ? kept() : []) {
  if (read(key)?.fields.some(([name, value]) => name === "op_key" && value === sent)) forget(key);
}

const form = document.querySelector("form[data-draft]");
if (form) {
  const key = PREFIX + form.dataset.draft;
  const draft = "draftRestored" in form.dataset ? read(key) : null;
  if (draft) {
    for (const [name, value] of draft.fields) write(form, name, value);
    const note = document.querySelector("[data-draft-back]");
    note.hidden = false;
    note.querySelector("button").addEventListener("click", () => {
      forget(key);
      location.reload();
    });
  }
  for (const event of ["input", "change"]) form.addEventListener(event, () => keep(form, key));
}
