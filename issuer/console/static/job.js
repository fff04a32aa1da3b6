// How far a job has come, asked for every two seconds until it rests; then the page is shown anew.

const box = document.querySelector("[data-job]");

function show(name, value) {
  box.querySelector(`[data-${name}]`).textContent = value ?? "–";
}

async function look() {
  const answer = await fetch(box.dataset.job);
  if (!answer.ok) {
    return;
  }
  const found = await answer.json();
  box.querySelector("progress").value = found.issued + found.failed;
  for (const name of ["issued", "failed", "rate", "left"]) {
    show(name, found[name]);
  }
  if (found.state === box.dataset.state) {
    setTimeout(look, 2000);
  } else {
    location.reload();
  }
}

if (box.dataset.state === "running") {
  setTimeout(look, 1000);
}
