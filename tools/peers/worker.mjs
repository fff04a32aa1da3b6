// Measures the JavaScript peers: one request as JSON a line, one answer as JSON a line.
// {"task", "documents", "first", "count"} is answered with {"seconds", "processor"} or {"error"}.
import {createInterface} from 'node:readline';
import jsonld from 'jsonld';
import {peersFor} from './credentials.mjs';

const {workload, documentLoader, issue, verify, derive} = await peersFor(process.argv[2]);

const tasks = {
  'vc issue': text => issue('digitalbazaar', 'eddsa-rdfc-2022', text),
  'dcc issue': text => issue('digitalcredentials', 'eddsa-rdfc-2022', text),
  'vc verify': text => verify('digitalbazaar', 'eddsa-rdfc-2022', text),
  'vc verify without status': text =>
    verify('digitalbazaar', 'eddsa-rdfc-2022', text, 'signature'),
  'dcc verify': text => verify('digitalcredentials', 'eddsa-rdfc-2022', text),
  'dcc verify without status': text =>
    verify('digitalcredentials', 'eddsa-rdfc-2022', text, 'signature'),
  'ecdsa issue': text => issue('digitalbazaar', 'ecdsa-rdfc-2019', text),
  'ecdsa verify': text => verify('digitalbazaar', 'ecdsa-rdfc-2019', text, 'signature'),
  'jcs issue': text => issue('digitalbazaar', 'eddsa-jcs-2022', text),
  'jcs verify': text => verify('digitalbazaar', 'eddsa-jcs-2022', text, 'signature'),
  'sd issue': text => issue('digitalbazaar', 'ecdsa-sd-2023', text),
  'sd derive': text => derive(text),
  'sd verify': text => verify('digitalbazaar', 'ecdsa-sd-2023', text, 'signature'),
  canonicalize: text => jsonld.canonize(JSON.parse(text), {
    algorithm: 'RDFC-1.0', format: 'application/n-quads', safe: true, base: null,
    rdfDirection: 'i18n-datatype', documentLoader
  })
};

async function measure({task, documents, first, count}) {
  const texts = workload.documents[documents];
  const work = tasks[task];
  const processor = process.cpuUsage();
  const begun = process.hrtime.bigint();
  let last;
  for(let number = first; number < first + count; number++) {
    last = await work(texts[number % texts.length]);
  }
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  const {user, system} = process.cpuUsage(processor);
  return {seconds, processor: (user + system) / 1e6, last};
}

for await (const line of createInterface({input: process.stdin})) {
  let answer;
  try {
    answer = await measure(JSON.parse(line));
  } catch(error) {
    answer = {error: String(error?.message ?? error).slice(0, 300)};
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
