// Builds the modules of the page "check it on this device" from src/, the pinned contexts and the
// JSON Schemas: the one that checks, and the one that reads codes in pictures.  Usage: npm ci && npm run build

import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import Ajv from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const ROOT = new URL('../../', import.meta.url);
const CLASSES = ['OpenBadgeCredential', 'EndorsementCredential', 'ClrCredential'];
const OUT = new URL('verifier/pages/static/', ROOT);

async function contexts() {
  const folder = new URL('schemas/contexts/', ROOT);
  const manifest = JSON.parse(await readFile(new URL('manifest.json', folder), 'utf8'));
  const pinned = {};
  for (const [url, entry] of Object.entries(manifest.contexts)) {
    if (entry.for !== 'production') continue;
    const bytes = await readFile(new URL(entry.file, folder));
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (digest !== entry.sha256) throw new Error(`${entry.file} is not what the manifest pins`);
    pinned[url] = JSON.parse(bytes);
  }
  return `export default ${JSON.stringify(pinned)}`;
}

async function schemas() {
  const text = await readFile(new URL('schemas/json/open-badges-3.0.schema.json', ROOT), 'utf8');
  const { $defs } = JSON.parse(text);
  // Nobody reads the validator's own sentences, which would make it larger.
  const code = { source: true, esm: true };
  const ajv = new Ajv({ code, messages: false, strict: false, unicodeRegExp: true });
  for (const name of CLASSES) ajv.addSchema({ $id: name, $ref: `defs#/$defs/${name}` });
  ajv.addSchema({ $id: 'defs', $defs });
  return standaloneCode(ajv, Object.fromEntries(CLASSES.map((name) => [name, name])));
}

const virtual = {
  name: 'virtual',
  setup(builder) {
    builder.onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path, namespace: 'virtual' }));
    builder.onLoad({ filter: /.*/, namespace: 'virtual' }, async ({ path }) => ({
      contents: path === 'virtual:contexts' ? await contexts() : await schemas(),
      loader: 'js',
      resolveDir: new URL('.', import.meta.url).pathname,
    }));
  },
};

const MODULES = { check: 'device-check.js', codes: 'device-codes.js' };
const result = await build({
  entryPoints: Object.keys(MODULES).map((name) => new URL(`src/${name}.js`, import.meta.url).pathname),
  outdir: new URL('.', import.meta.url).pathname,
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  write: false,
  plugins: [virtual],
  metafile: true,
});
const built = {};
for (const { path, contents } of result.outputFiles) {
  const file = MODULES[/([a-z]+)\.js$/.exec(path)[1]];
  await writeFile(new URL(file, OUT), contents);
  built[file] = createHash('sha256').update(contents).digest('hex');
}
const packages = new Set(
  Object.keys(result.metafile.inputs).flatMap((path) => {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
    return match === null ? [] : [match[1]];
  }),
);
const sources = [
  ...['build.mjs', 'package-lock.json'].map((name) => new URL(name, import.meta.url)),
  ...(await readdir(new URL('src/', import.meta.url), { recursive: true }))
    .filter((name) => name.endsWith('.js'))
    .map((name) => new URL(`src/${name}`, import.meta.url)),
  new URL('schemas/contexts/manifest.json', ROOT),
  new URL('schemas/json/open-badges-3.0.schema.json', ROOT),
];
const digests = {};
for (const url of sources.sort()) {
  const digest = createHash('sha256').update(await readFile(url)).digest('hex');
  digests[url.pathname.slice(ROOT.pathname.length)] = digest;
}
const record = `${JSON.stringify({ built, sources: digests }, null, 2)}\n`;
await writeFile(new URL('built.json', import.meta.url), record);
let notice = 'device-check.js and device-codes.js are built by tools/device_check from these packages.\n';
for (const name of [...packages].sort()) {
  const folder = new URL(`node_modules/${name}/`, import.meta.url);
  const { version, license } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8'));
  const file = ['LICENSE', 'LICENSE-MIT', 'LICENSE.md', 'LICENSE.txt', 'license'];
  const texts = await Promise.all(file.map((one) => readFile(new URL(one, folder), 'utf8').catch(() => '')));
  notice += `\n---- ${name} ${version} (${license}) ----\n\n${texts.find(Boolean) ?? ''}`;
}
await writeFile(new URL('device-check.LICENSES.txt', OUT), notice);
for (const { path, contents } of result.outputFiles) console.log(`${path.split('/').at(-1)}: ${contents.length} bytes`);
