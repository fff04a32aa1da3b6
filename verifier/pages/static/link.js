// A link as VerifierPlus has it, /#verify?vc=…, fills the field; the reader sends it, or does not.

const found = /^#verify\?vc=(https?(?::|%3A).+)$/i.exec(location.hash);
if (found) {
  const parameters = new URLSearchParams(location.hash.slice("#verify?".length));
  document.querySelector("#link").value = parameters.get("vc");
}
