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
      input.dispatchEvent(new Event("change"));
      if ("sends" in zone.dataset) {
        input.form.requestSubmit();
      }
    }
  });
}

// A file that is too large is told before it is sent.
for (const input of document.querySelectorAll("input[type=file][data-most-bytes]")) {
  input.addEventListener("change", () => {
    const isTooLarge = [...input.files].some((file) => file.size > Number(input.dataset.mostBytes));
    input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
    input.reportValidity();
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
