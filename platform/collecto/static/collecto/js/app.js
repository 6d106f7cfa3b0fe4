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

// Steppers: the buttons appear, and move the number between its bounds.
function readyStepper(box) {
  const input = box.querySelector("input");
  const buttons = box.querySelectorAll("[data-step]");
  if (!input || input.disabled) return;
  const bound = (name, fallback) => (input[name] === "" ? fallback : Number(input[name]));
  const refresh = () => {
    const value = Number(input.value || 0);
    for (const button of buttons) {
      button.disabled = button.dataset.step < 0 ? value <= bound("min", -Infinity) : value >= bound("max", Infinity);
    }
  };
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = Number(input.value || 0) + Number(button.dataset.step) * Number(input.step || 1);
      input.value = Math.min(bound("max", Infinity), Math.max(bound("min", -Infinity), next));
      input.dispatchEvent(new Event("change", { bubbles: true }));
      refresh();
      announce(input.value);
    });
  }
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

function ready(root) {
  root.querySelectorAll("[data-stepper]").forEach(readyStepper);
  root.querySelectorAll(".table-wrap:not([tabindex])").forEach((box) => widths.observe(box));
}

// A second click does nothing while the first is on its way; the way back finds the button free again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});

addEventListener("pageshow", () => {
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

document.addEventListener("htmx:afterSettle", (event) => {
  const target = event.detail.target;
  ready(target);
  announceMessages(target);
  if (target.id === "main") document.getElementById("heading")?.focus();
  if (target.id === "records") announce(document.querySelector("#records .records-count")?.textContent.trim());
});

// Print buttons show only where they work.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A request that got no good answer is said and shown; the page stays as it was.
function showLoss() {
  const line = document.createElement("p");
  line.className = "message";
  line.dataset.tone = "danger";
  line.textContent = status.dataset.lost;
  document.querySelector("#main > p.message")?.remove();
  document.getElementById("main").prepend(line);
  announce(status.dataset.lost);
}
document.addEventListener("htmx:responseError", showLoss);
document.addEventListener("htmx:sendError", showLoss);

ready(document);
announceMessages(document);
document.getElementById("error-summary")?.focus();
