// Makes pages nicer to use; every page works without it.  Nothing is ever written as HTML.

for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  for (const leaving of ["dragleave", "drop"]) {
    zone.addEventListener(leaving, () => zone.classList.remove("over"));
  }
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    const { files } = event.dataTransfer;
    if (files.length > 0) {
      input.files = files;
      // Whoever drops a file wants the answer; whoever chooses one may still look at the form.
      if ("sends" in zone.dataset) {
        input.form.requestSubmit();
      }
    }
  });
}

for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.dataset.busy) {
      document.querySelector("[role=status]").textContent = button.dataset.busy;
    }
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

document.querySelector("[data-focus]")?.focus();
