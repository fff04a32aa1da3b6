// The order of texts: JavaScript's own is by halves of characters (UTF-16).

/** Compare texts as the verifier orders them, by whole characters. */
export function byCodePoints(one, other) {
  const [ours, theirs] = [one, other].map((text) => [...text].map((character) => character.codePointAt(0)));
  const place = ours.findIndex((point, index) => point !== theirs[index]);
  return place < 0 ? ours.length - theirs.length : ours[place] - (theirs[place] ?? -1);
}
