// The credential inside an image (credentials/baking): PNG and SVG, and no pixel.

import { Refusal } from './outcomes.js';
import { textInPng } from './png.js';
import { textInSvg } from './svg.js';

export const MOST_BYTES = 5_242_880;
const IMAGE_BEGINNINGS = ['<', 'data:', '\u0089PNG', 'iVBORw0KGgo'];

/** Take the credential out of an image of a form: {bytes, isLegacy}, as it would have come alone. */
export async function credentialIn(bytes, form) {
  if (bytes.length > MOST_BYTES) throw new Refusal('IMAGE_TOO_LARGE', 'The image is too large.');
  const { text, isLegacy } = form === 'png' ? await textInPng(bytes) : textInSvg(bytes);
  const stripped = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  if (stripped === '') throw new Refusal('IMAGE_CREDENTIAL_EMPTY', 'Its place is empty.');
  if (IMAGE_BEGINNINGS.some((one) => stripped.startsWith(one))) {
    throw new Refusal('IMAGE_IN_IMAGE', 'There is another image inside the image.');
  }
  return { bytes: new TextEncoder().encode(stripped), isLegacy };
}
