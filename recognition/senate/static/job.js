// Shows how far a job is; without it the page has a link to look again.

const place = document.querySelector("[data-progress]");

async function look() {
  const answer = await fetch(place.dataset.progress, { credentials: "same-origin" });
  if (!answer.ok) return;
  const { state, done, total, secondsLeft } = await answer.json();
  if (state !== "waiting" && state !== "running") {
    location.reload();
    return;
  }
  const bar = place.querySelector("progress");
  bar.max = Math.max(total, 1);
  bar.value = done;
  place.querySelector("[data-done]").textContent = done;
  place.querySelector("[data-left]").textContent = secondsLeft ?? "–";
  setTimeout(look, 500);
}

if (place) setTimeout(look, 300);
