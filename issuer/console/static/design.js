// The design form: levels of the chosen framework, credits for the hours, checks while one writes.
// All of it is shown by the page, too, once the draft is saved.

const form = document.querySelector("form[data-check]");
const live = form.querySelector("[data-live]");
const list = form.querySelector("[data-checks]");
const proposal = form.querySelector("[data-proposal]");
const weights = JSON.parse(list.dataset.weights);
let waiting;
let asked = 0;

document.documentElement.classList.add("scripted");

function made(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

function showLevels(levels, unit) {
  const box = form.querySelector("[data-levels]");
  const chosen = form.querySelector("input[name=level]:checked")?.value;
  for (const old of box.querySelectorAll(".check")) {
    old.remove();
  }
  levels.forEach((level, index) => {
    const line = document.createElement("div");
    line.className = "field check";
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "level", id: `level-${index + 1}`, value: level.code });
    input.checked = level.code === chosen;
    const label = document.createElement("label");
    label.htmlFor = input.id;
    label.append(made("strong", level.code), " ", made("span", level.summary));
    line.append(input, label);
    box.append(line);
  });
  for (const choice of form.querySelectorAll("[data-level-choice]")) {
    const before = choice.value;
    choice.replaceChildren(choice[0], ...levels.map((level) => new Option(level.code, level.code)));
    if (levels.some((level) => level.code === before)) {
      choice.value = before;
    }
  }
  if (unit) {
    form.elements["credits-unit"].value = unit;
  }
}

function showProposal(found) {
  const amount = form.elements["credits-amount"];
  proposal.hidden = !found.credits || found.credits === amount.value.trim();
  proposal.querySelector("[data-why]").textContent = found.why;
  proposal.querySelector("[data-use]").textContent = list.dataset.useText.replace("{amount}", found.credits);
  proposal.querySelector("[data-use]").onclick = () => {
    amount.value = found.credits;
    proposal.hidden = true;
    check(false);
  };
}

function showChecks(found) {
  const lines = found.errors.map((error) => made("li", error.message));
  for (const one of found.checks.filter((check) => check.weight !== "asked")) {
    const line = made("li", `${weights[one.weight]}: ${one.message} `);
    if (one.english) {
      const english = made("span", one.english);
      english.lang = "en";
      english.className = "fine";
      line.append(english);
    }
    lines.push(line);
  }
  if (found.can_be_published) {
    lines.push(made("li", list.dataset.good));
  }
  list.replaceChildren(...lines);
  live.hidden = lines.length === 0;
}

async function check(isNewFramework) {
  const number = ++asked;
  const fields = new FormData(form);
  fields.delete("image");
  const answer = await fetch(form.dataset.check, { method: "POST", body: fields });
  if (!answer.ok || number !== asked) {
    return;
  }
  const found = await answer.json();
  if (isNewFramework) {
    showLevels(found.levels, found.unit);
  }
  showProposal(found);
  showChecks(found);
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => check(false), 600);
});
form.elements.framework.addEventListener("change", () => {
  clearTimeout(waiting);
  check(true);
});
