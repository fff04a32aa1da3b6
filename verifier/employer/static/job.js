// How far a job has come, asked for every two seconds until it rests; then the page is shown anew.

const box = document.querySelector("[data-job]");
const active = ["waiting", "running"];

async function look() {
  const answer = await fetch(box.dataset.job);
  if (!answer.ok) {
    return;
  }
  const found = await answer.json();
  if (found.state !== box.dataset.state) {
    location.reload();
    return;
  }
  box.querySelector("progress").value = found.done;
  box.querySelector("[data-done]").textContent = found.done;
  box.querySelector("[data-rate]").textContent = found.rate ?? "–";
  box.querySelector("[data-left]").textContent = found.seconds_left ?? "–";
  setTimeout(look, 2000);
}

if (active.includes(box.dataset.state)) {
  setTimeout(look, 1000);
}
