// Shows how far a job is; without it the page has a link to look again.

const place = document.querySelector("[data-progress]");

async function ask() {
  try {
    return await fetch(place.dataset.progress, { credentials: "same-origin" });
  } catch {
    return null;
  }
}

async function look() {
  const answer = await ask();
  const isSilent = answer === null || answer.status >= 429;
  place.querySelector("[data-silent]").hidden = !isSilent;
  if (isSilent) {
    setTimeout(look, 2000);
    return;
  }
  if (!answer.ok) {
    // The job is gone, or nobody is signed in any more: the page itself says which.
    location.reload();
    return;
  }
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
