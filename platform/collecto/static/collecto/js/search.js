// The search box: "/" brings the cursor there; a camera reads codes where the browser can; photographs shrink.

const box = () => document.querySelector("[data-search]:not([hidden])");

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const input = box();
  if (!input || !input.checkVisibility()) return;
  event.preventDefault();
  input.focus();
  input.select();
});

/** Make a photograph small enough for a telephone's network; the server reads no more of it anyway. */
async function shrink(input) {
  const [file] = input.files;
  const most = Number(input.dataset.shrink);
  if (!file?.type.startsWith("image/")) return;
  const picture = await createImageBitmap(file);
  const scale = most / Math.max(picture.width, picture.height);
  if (scale >= 1) return;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  const files = new DataTransfer();
  files.items.add(new File([blob], "code.jpg", { type: "image/jpeg" }));
  input.files = files.files;
}

// A form that is sent while its photograph still shrinks waits for it. It is sent again in a task of its own:
// a form that is sent while it tells of being sent stays where it is.
for (const input of document.querySelectorAll("input[data-shrink]")) {
  let shrinking = null;
  input.addEventListener("change", () => {
    const mine = shrink(input).catch(() => {}).then(() => { if (shrinking === mine) shrinking = null; });
    shrinking = mine;
  });
  input.form.addEventListener("submit", (event) => {
    if (!shrinking) return;
    event.preventDefault();
    shrinking.then(() => setTimeout(() => input.form.requestSubmit(event.submitter)));
  });
}

/** Show the camera until a code is seen, then hand over what it says. */
async function scan(dialog, found) {
  const video = dialog.querySelector("video");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  dialog.addEventListener("close", stop, { once: true });
  video.srcObject = stream;
  dialog.showModal();
  await video.play();
  const detector = new BarcodeDetector();
  while (dialog.open) {
    const [code] = await detector.detect(video);
    if (code) {
      stop();
      dialog.close();
      found(code.rawValue);
      return;
    }
    await new Promise((next) => setTimeout(next, 150));
  }
}

// Where the browser reads codes itself, the link to the photograph opens the camera instead, and a form that
// takes a code has a button for it.
const dialog = document.getElementById("scan");
const reads = dialog && "BarcodeDetector" in window && navigator.mediaDevices;
const link = document.querySelector("a[data-scan]");
if (link && reads) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const query = (text) => new URLSearchParams({ q: text, go: "1" });
    scan(dialog, (text) => { location.assign(`${dialog.dataset.found}?${query(text)}`); }).catch(() => {
      location.assign(link.href);
    });
  });
}
const button = document.querySelector("button[data-scan-into]");
if (button && reads) {
  const field = document.getElementById(button.dataset.scanInto);
  button.hidden = false;
  button.addEventListener("click", () => {
    scan(dialog, (text) => {
      field.value = text;
      field.form.requestSubmit(field.form.querySelector("[name=read_code]"));
    }).catch(() => { dialog.close(); button.hidden = true; field.focus(); });
  });
}
