// Comfort only: every page works without this file.

const status = document.getElementById("status");

/** Say something once to assistive technology. */
function announce(text) {
  if (!status || !text) return;
  status.textContent = "";
  requestAnimationFrame(() => { status.textContent = text; });
}

function announceMessages(root) {
  const texts = [...root.querySelectorAll(".message-text")].map((node) => node.textContent.trim());
  announce(texts.join(" "));
}

/** Say how far something is when that has changed since it was last said. */
function announceProgress(target) {
  const said = target.querySelector("[data-said]")?.dataset.said;
  if (!said || said === target.dataset.told) return;
  target.dataset.told = said;
  announce(said);
}

// Steppers: the buttons appear, and move the number between its bounds.
function readyStepper(box) {
  const input = box.querySelector("input");
  const buttons = box.querySelectorAll("[data-step]");
  if (!input || input.disabled) return;
  const bound = (name, fallback) => (input[name] === "" ? fallback : Number(input[name]));
  const typed = () => Number((input.value || "0").replace(",", ".")) || 0;
  const refresh = () => {
    const value = typed();
    for (const button of buttons) {
      button.disabled = button.dataset.step < 0 ? value <= bound("min", -Infinity) : value >= bound("max", Infinity);
    }
  };
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = typed() + Number(button.dataset.step) * Number(input.step || 1);
      input.value = Math.min(bound("max", Infinity), Math.max(bound("min", -Infinity), next));
      input.dispatchEvent(new Event("change", { bubbles: true }));
      refresh();
      announce(input.value);
    });
  }
  input.addEventListener("input", refresh);
  refresh();
}

// Values within one tap appear, write themselves into their field, and show which one is there.
function readyQuick(box) {
  const input = document.getElementById(box.dataset.quick);
  const refresh = () => {
    for (const each of box.children) each.setAttribute("aria-pressed", String(each.value === input.value));
  };
  box.hidden = false;
  box.addEventListener("click", ({ target }) => {
    const chosen = target.closest("button");
    if (!chosen) return;
    input.value = chosen.value;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    refresh();
  });
  input.addEventListener("input", refresh);
  refresh();
}

// A table wider than its place can be scrolled with the keyboard.
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const scrolls = target.scrollWidth > target.clientWidth;
    const label = target.querySelector("caption")?.textContent.trim() ?? "";
    for (const [name, value] of Object.entries({ tabindex: "0", role: "group", "aria-label": label })) {
      if (scrolls) target.setAttribute(name, value);
      else target.removeAttribute(name);
    }
  }
});

// Good news floats: it goes after ten seconds in which nobody reads it, points at it or stands on it.
const PATIENCE_MS = 10_000;
const TICK_MS = 250;

function countdown(item, over, unseen = false) {
  let left = PATIENCE_MS;
  const clock = setInterval(() => {
    if (!item.isConnected) clearInterval(clock);
    else if ((unseen || !document.hidden) && !item.matches(":hover, :focus-within") && (left -= TICK_MS) <= 0) {
      clearInterval(clock);
      over();
    }
  }, TICK_MS);
}

/** Take a message away; whoever stood on it goes on from the heading. */
function dismiss(item) {
  const list = item.parentElement;
  if (item.contains(document.activeElement)) document.getElementById("heading")?.focus();
  item.remove();
  if (list && !list.children.length) list.remove();
}

function toasts() {
  let list = document.querySelector("ul.toasts");
  if (!list) {
    list = document.createElement("ul");
    list.className = "toasts";
    document.getElementById("main").prepend(list);
  }
  return list;
}

function readyMessages(root) {
  for (const item of root.querySelectorAll(".messages > [data-tone=ok]")) {
    const list = item.parentElement;
    toasts().append(item);
    if (!list.children.length) list.remove();
    const close = item.querySelector("[data-dismiss]");
    close?.removeAttribute("hidden");
    close?.addEventListener("click", () => dismiss(item));
    countdown(item, () => dismiss(item));
  }
}

// An act that cannot be taken back is held for as long as its toast stands, seen or not; leaving the page sends it.
const held = new Map();
const SENT_ON_LEAVING = "sent-on-leaving";

function hold(form) {
  const item = document.getElementById("held-toast").content.firstElementChild.cloneNode(true);
  const button = form.querySelector("button");
  item.querySelector(".message-text").textContent = form.dataset.held;
  item.querySelector("button").addEventListener("click", () => {
    held.delete(form);
    release(form);
    button.focus();
    dismiss(item);
  });
  button.setAttribute("aria-disabled", "true");
  held.set(form, item);
  toasts().append(item);
  announce(form.dataset.held);
  countdown(item, () => sendHeld(form), true);
}

/** Let the act of a form be asked for again. */
function release(form) {
  delete form.dataset.sent;
  form.querySelector("button").removeAttribute("aria-disabled");
}

/** Return what a held form sends: it comes back to this page as it is now filtered. */
function sentBy(form) {
  const body = new FormData(form);
  body.set("next", location.pathname + location.search);
  return body;
}

async function sendHeld(form) {
  const item = held.get(form);
  held.delete(form);
  form.dataset.sent = "yes";
  dismiss(item);
  try {
    const answer = await fetch(form.action, { method: "POST", body: sentBy(form), keepalive: true });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok && new URL(answer.url).pathname === location.pathname) {
      renewLines(form.closest("tr"), page);
      return;
    }
    showLoss(answer.ok ? status.dataset.away : page.querySelector(".notice-text")?.textContent.trim());
  } catch {
    showLoss();
  }
  release(form);
}

/** Put the lines as they stand now in the place of those among which an act was done.
 *
 * Others whose act is still held stay, and so does the one that has the focus. */
function renewLines(done, page) {
  const main = document.getElementById("main");
  const focus = document.activeElement;
  const address = (line) => line.querySelector("a")?.getAttribute("href");
  const anew = [...page.querySelectorAll("tbody tr")];
  for (const line of new Set([focus, ...held.keys()].map((each) => each.closest("tbody tr")))) {
    if (line && line !== done) anew.find((each) => address(each) === address(line))?.replaceWith(line);
  }
  const [old, fresh] = [document, page].map((each) => each.getElementById("records"));
  const said = page.querySelectorAll("#main > .messages");
  if (old && fresh) {
    old.replaceWith(fresh);
    main.prepend(...said);
  } else {
    const told = main.querySelectorAll(":scope > .toasts, :scope > .messages");
    main.replaceChildren(...told, ...page.getElementById("main").childNodes);
  }
  readyMessages(main);
  ready(fresh ?? main);
  announceMessages(main);
  if (!focus.isConnected) document.getElementById("heading")?.focus();
  else if (focus !== document.body) focus.focus({ preventScroll: true });
}

addEventListener("pagehide", () => {
  if (held.size) sessionStorage.setItem(SENT_ON_LEAVING, location.href);
  for (const [form, item] of held) {
    navigator.sendBeacon(form.action, sentBy(form));
    dismiss(item);
  }
  held.clear();
});

// Whoever comes back to a page that sent its acts on leaving sees what became of them.
addEventListener("pageshow", ({ persisted }) => {
  if (sessionStorage.getItem(SENT_ON_LEAVING) !== location.href) return;
  sessionStorage.removeItem(SENT_ON_LEAVING);
  if (persisted || performance.getEntriesByType("navigation")[0].type === "back_forward") location.reload();
});

// A page that only asks "are you sure" opens in a dialog above the one that leads to it.
async function askInDialog(link) {
  const answer = await fetch(link.href).catch(() => null);
  const stands = answer?.ok && !answer.redirected;
  const page = stands ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const form = page?.querySelector("main form[method=post]");
  if (!form) {
    location.assign(link.href);
    return;
  }
  const dialog = document.createElement("dialog");
  const heading = document.createElement("h2");
  dialog.className = "dialog";
  heading.id = "dialog-heading";
  heading.textContent = page.getElementById("heading").textContent;
  dialog.setAttribute("aria-labelledby", heading.id);
  form.action = link.href;
  form.querySelector("a.quiet")?.setAttribute("data-close", "");
  dialog.append(heading, ...page.querySelectorAll(".lead:not(:empty)"), form);
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  ready(dialog);
  dialog.showModal();
}

function ready(root) {
  readyMessages(root);
  root.querySelectorAll("[data-stepper]").forEach(readyStepper);
  root.querySelectorAll("[data-quick]").forEach(readyQuick);
  root.querySelectorAll(".table-wrap:not([tabindex])").forEach((box) => widths.observe(box));
}

// A second click does nothing while the first is on its way; the way back finds the button free again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent || held.has(form)) {
    event.preventDefault();
    return;
  }
  if (form.dataset.held) {
    event.preventDefault();
    hold(form);
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});

addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

// Dialogs opened and closed by attribute: data-open="id" and data-close.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.open);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  const asking = event.target.closest("a[data-dialog]");
  if (asking && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    askInDialog(asking);
  }
  const closer = event.target.closest("[data-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
  }
});

// htmx: clean addresses, and what changed is said and found.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") return;
  const parameters = event.detail.parameters;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
});

// A list that keeps one waiting says so, and shows the shape of what comes in the place of what was.
const PATIENT_MS = 400;
const waits = new WeakMap();

document.addEventListener("htmx:beforeRequest", ({ detail: { target } }) => {
  if (!target.matches(".records")) return;
  clearTimeout(waits.get(target));
  waits.set(target, setTimeout(() => target.setAttribute("aria-busy", "true"), PATIENT_MS));
});
document.addEventListener("htmx:afterRequest", ({ detail: { target } }) => {
  clearTimeout(waits.get(target));
  target.removeAttribute("aria-busy");
});

// Forms that come back to this page come back to it as it is now filtered.
document.addEventListener("htmx:pushedIntoHistory", (event) => {
  for (const field of document.querySelectorAll("input[name=next]")) field.value = event.detail.path;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const target = event.detail.target;
  ready(target);
  announceMessages(target);
  announceProgress(target);
  if (target.id === "main") document.getElementById("heading")?.focus();
  if (target.id === "records") announce(document.querySelector("#records .records-count")?.textContent.trim());
});

// Print buttons show only where they work.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A request that got no good answer is said and shown; the page stays as it was.
function showLoss(text = status.dataset.lost) {
  const line = document.createElement("p");
  line.className = "message";
  line.dataset.tone = "danger";
  line.textContent = text;
  document.querySelector("#main > p.message")?.remove();
  document.getElementById("main").prepend(line);
  announce(text);
}
document.addEventListener("htmx:responseError", () => showLoss());
document.addEventListener("htmx:sendError", () => showLoss());

announceMessages(document);
ready(document);
document.getElementById("error-summary")?.focus();
