// Reads a QR code out of a picture or a frame of the camera: with the browser's own reader where it
// has one, else with the library qr.  Nothing is sent anywhere.

import decode from 'qr/decode.js';

// A picture is made no larger than this for reading: more points take time and find nothing more.
const MOST_PIXELS = 1600;
const MILLISECONDS = 400;

async function own(source) {
  if (!('BarcodeDetector' in globalThis)) return undefined;
  try {
    const formats = await globalThis.BarcodeDetector.getSupportedFormats();
    if (!formats.includes('qr_code')) return undefined;
    const detector = new globalThis.BarcodeDetector({ formats: ['qr_code'] });
    const [found] = await detector.detect(source);
    return found?.rawValue;
  } catch {
    return undefined;
  }
}

function pixels(source, width, height) {
  const scale = Math.min(1, MOST_PIXELS / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

// Gives the text of a code, or undefined where none is seen.
export async function readCode(source, width, height) {
  if (!width || !height) return undefined;
  const found = await own(source);
  if (found) return found;
  try {
    return decode(pixels(source, width, height), { timeLimit: MILLISECONDS });
  } catch {
    return undefined;
  }
}

// Gives the text of the code in a file, or undefined where it is no picture or has none.
export async function readCodeOfFile(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return undefined;
  }
  const found = await readCode(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  return found;
}
